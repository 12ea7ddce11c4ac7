#include "redraft/judge/compound_judges.h"

#include <gtest/gtest.h>

#include <map>

#include "redraft/judge/local_judges.h"
#include "redraft/judge/model_judges.h"

namespace redraft::judge {
namespace {

/// A judge that knows log-odds for the pair (x, y), with a slot offset.
class Fixed final : public core::Scorer {
 public:
  Fixed(std::string id, double gap) : id_(std::move(id)), gap_(gap) {}
  std::string id() const override { return id_; }
  double Score(std::string_view text) const override { return text == "x" ? gap_ : 0.0; }

 private:
  std::string id_;
  double gap_;
};

std::shared_ptr<const Judge> Soft(const std::string& id, double gap) {
  return ScorerJudge(std::make_shared<Fixed>(id, gap));
}

std::shared_ptr<const Judge> Llm(const std::string& model, AnswerForm form) {
  LlmJudgeOptions options;
  options.model = model;
  options.form = form;
  return *LlmJudge(options);
}

Bout Pair() { return {{"1", "x"}, {"2", "y"}, ""}; }

/// Plays to the end with a reply per request, from `replies` by model in turn.
core::Verdict Play(const Judge& judge, std::map<std::string, std::vector<std::string>> replies) {
  const auto match = judge.Play(Pair());
  for (auto asked = match->Step({}); !asked.empty();) {
    std::vector<core::Reply> answers;
    for (const core::Request& request : asked) {
      std::vector<std::string>& left = replies[request.model];
      EXPECT_FALSE(left.empty()) << "one request too many to " << request.model;
      if (left.empty()) return {};
      answers.emplace_back().text = left.front();
      left.erase(left.begin());
    }
    asked = match->Step(answers);
  }
  for (const auto& [model, left] : replies) EXPECT_TRUE(left.empty()) << model << " was not asked";
  return match->verdict();
}

TEST(PanelJudge, AveragesLogOddsOfAllMembers) {
  const auto panel = PanelJudge({Soft("s1", 1.0), Soft("s2", -0.25), Soft("s3", 3.0)});
  EXPECT_EQ(panel->id(), "panel:s1+s2+s3");
  const auto verdict = Play(*panel, {});
  EXPECT_DOUBLE_EQ(*verdict.logit, 1.25);
  EXPECT_EQ(verdict.a, "1");
  EXPECT_EQ(verdict.judge, panel->id());
}

TEST(PanelJudge, AveragesProbabilitiesWhenAVerdictIsHardAndKeepsAllWords) {
  const auto panel =
      PanelJudge({Llm("m", AnswerForm::kVerdict), Llm("n", AnswerForm::kVerdict), Soft("s", 0)});
  const auto verdict =
      Play(*panel, {{"m", {"A sings.\nWINNER: A"}}, {"n", {"A is clear.\nWINNER: A"}}});
  EXPECT_DOUBLE_EQ(*verdict.p_a, 2.5 / 3);
  EXPECT_FALSE(verdict.logit) << "a mean of hard verdicts is no log-odds";
  EXPECT_EQ(verdict.rationale, "A sings.\n\nA is clear.");
  EXPECT_EQ(verdict.calls, 2);
}

TEST(PanelJudge, RepairsEachMemberByItselfAndLeavesOutWhoHasNoVerdict) {
  const auto panel = PanelJudge({Llm("m", AnswerForm::kLine), Llm("n", AnswerForm::kLine)});
  const auto verdict = Play(*panel, {{"m", {"hm", "hm"}}, {"n", {"WINNER: B"}}});
  EXPECT_EQ(verdict.p_a, 0.0);
  EXPECT_EQ(verdict.calls, 3);
  const auto none = Play(*panel, {{"m", {"hm", "hm"}}, {"n", {"hm", "hm"}}});
  EXPECT_FALSE(none.p_a);
  EXPECT_EQ(none.calls, 4);
}

TEST(CascadeJudge, AsksTheDeciderNothingWhereTheCheapJudgeIsSure) {
  const auto cascade = CascadeJudge(Soft("s", 1.5), Llm("m", AnswerForm::kVerdict));
  const auto verdict = Play(*cascade, {});
  EXPECT_DOUBLE_EQ(*verdict.logit, 1.5);
  EXPECT_EQ(verdict.calls, 0);
}

TEST(CascadeJudge, AsksTheDeciderInBothOrdersWhereItIsNot) {
  const auto cascade = CascadeJudge(Soft("s", 0.2), Llm("m", AnswerForm::kVerdict));
  const auto agreed = Play(*cascade, {{"m", {"Flat A.\nWINNER: B", "Flat B.\nWINNER: A"}}});
  EXPECT_EQ(agreed.p_a, 0.0);
  EXPECT_FALSE(agreed.logit);
  EXPECT_EQ(agreed.rationale, "Flat A.") << "the words of the order shown";
  EXPECT_EQ(agreed.calls, 2);
  const auto slot = Play(*cascade, {{"m", {"WINNER: A", "WINNER: A"}}});
  EXPECT_EQ(slot.p_a, 0.5) << "a judge that always says A says nothing";
}

TEST(CascadeJudge, AsksTheDeciderWhereTheTournamentSaysThatItDecides) {
  const Bout bout = Pair();
  Bout bulk = bout, decisive = bout;
  bulk.decisive = false;
  decisive.decisive = true;
  const auto unsure = CascadeJudge(Soft("s", 0.2), Soft("d", -3.0));
  const auto sure = CascadeJudge(Soft("s", 1.5), Soft("d", -3.0));
  const auto verdict = [](const Judge& judge, const Bout& b) {
    const auto match = judge.Play(b);
    EXPECT_TRUE(match->Step({}).empty());
    return match->verdict().logit.value_or(0);
  };
  EXPECT_GT(verdict(*unsure, bulk), 0);
  EXPECT_LT(verdict(*unsure, bout), 0);
  EXPECT_GT(verdict(*sure, bout), 0);
  EXPECT_LT(verdict(*sure, decisive), 0);
}

TEST(CascadeJudge, KeepsTheCheapVerdictWhenTheDeciderHasNone) {
  const auto cascade = CascadeJudge(Soft("s", 0.2), Llm("m", AnswerForm::kLine));
  const auto verdict = Play(*cascade, {{"m", {"hm", "hm", "hm", "hm"}}});
  EXPECT_DOUBLE_EQ(*verdict.logit, 0.2);
  EXPECT_EQ(verdict.calls, 4);
}

TEST(CascadeJudge, TakesContradictingHardVerdictsForUndecided) {
  const auto cascade = CascadeJudge(Llm("c", AnswerForm::kLine), Soft("s", 2.0));
  const auto verdict = Play(*cascade, {{"c", {"WINNER: A", "WINNER: A"}}});
  EXPECT_DOUBLE_EQ(*verdict.logit, 2.0);
  EXPECT_EQ(Play(*cascade, {{"c", {"WINNER: B", "WINNER: A"}}}).p_a, 0.0);
}

}  // namespace
}  // namespace redraft::judge
