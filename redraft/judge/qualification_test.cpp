#include "redraft/judge/qualification.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "redraft/base/random.h"
#include "redraft/judge/local_judges.h"
#include "redraft/text/words.h"

namespace redraft::judge {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// What a judge says of a bout: log-odds for the text shown first, or only a verdict, or nothing.
struct Says {
  std::optional<double> p_a, logit;
};

class Played final : public Match {
 public:
  Played(const Bout& bout, const Says& says) : Match(bout, "scripted") {
    verdict_.p_a = says.p_a;
    verdict_.logit = says.logit;
    verdict_.calls = 1;
  }
  std::vector<core::Request> Step(std::span<const core::Reply>) override { return {}; }
};

class Scripted final : public Judge {
 public:
  using Script = std::function<Says(const Bout&)>;
  explicit Scripted(Script script) : script_(std::move(script)) {}
  std::string id() const override { return "scripted"; }
  std::unique_ptr<Match> Play(Bout bout) const override {
    EXPECT_EQ(bout.role, core::Role::kCheck);
    return std::make_unique<Played>(bout, script_(bout));
  }

 private:
  Script script_;
};

Says Logit(double logit) { return {core::Probability(logit), logit}; }
Says Hard(bool first) { return {first ? 1.0 : 0.0, std::nullopt}; }

/// Texts that say how good they are: "good 7 …" beats "good 3 …"; `words` long.
std::string Text(int quality, int serial, int words) {
  std::string text = fmt::format("good {} serial {}", quality, serial);
  for (int i = 4; i < words; ++i) text += " word";
  return text;
}
int QualityOf(const std::string& text) { return std::stoi(text.substr(5)); }
double Gap(const Bout& bout) { return QualityOf(bout.first.text) - QualityOf(bout.second.text); }

/// Labelled pairs of equal length, the better one a in half of them.
std::vector<GoldPair> Pairs(int count) {
  std::vector<GoldPair> pairs;
  for (int i = 0; i < count; ++i) {
    const bool a = i % 2 == 0;
    pairs.push_back({fmt::format("p{}", i), Text(a ? 7 : 3, i, 20), Text(a ? 3 : 7, i, 20),
                     a ? Label::kA : Label::kB, ""});
  }
  return pairs;
}

Result<Qualification> Check(const std::vector<GoldPair>& pairs, const Judge& judge,
                            const QualifyOptions& options = {}) {
  return QualifyJudge(pairs, judge, options, [](std::span<core::Job* const> jobs) {
    for (core::Job* job : jobs) EXPECT_TRUE(job->Step({}).empty());
    return Status(Ok{});
  });
}

/// A noise of its own for each bout.
double Noise(const Bout& bout) {
  return Rng(1).Fork(bout.first.text + "/" + bout.second.text).Normal();
}

TEST(QualifyJudge, AcceptsAJudgeThatKnowsTheBetterTextAfterOneBatch) {
  const auto found =
      Check(Pairs(200), Scripted([](const Bout& b) { return Logit(Gap(b) + Noise(b)); }));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->decision, Decision::kHard);
  EXPECT_TRUE(found->accepted());
  EXPECT_EQ(found->n, 40);
  EXPECT_EQ(found->calls, 80);
  EXPECT_GT(found->effect->lo, 0);
  EXPECT_EQ(found->accuracy_symmetric, 1.0);
  EXPECT_GT(*found->swap_agreement, 0.95);
  EXPECT_THAT(Recommendation(*found), StartsWith("accepted"));
}

TEST(QualifyJudge, AcceptsByLogOddsAJudgeThatAlwaysSaysTheFirst) {
  const auto found = Check(
      Pairs(200), Scripted([](const Bout& b) { return Logit(20 + 0.5 * Gap(b) + Noise(b)); }));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->decision, Decision::kSoft);
  EXPECT_EQ(found->slot1_rate, 1.0);
  EXPECT_EQ(found->swap_agreement, 0.0);
  EXPECT_EQ(found->accuracy_hard, 0.5);
  EXPECT_GT(*found->accuracy_symmetric, 0.9);
  EXPECT_NEAR(*found->slot_logit, 20, 0.5);
}

TEST(QualifyJudge, RefusesAJudgeThatAlwaysSaysTheFirstInWords) {
  const auto found = Check(Pairs(200), Scripted([](const Bout&) { return Hard(true); }));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->decision, Decision::kRefuse);
  EXPECT_EQ(found->n, 200);
  EXPECT_EQ(found->slot1_rate, 1.0);
  EXPECT_FALSE(found->effect);
}

TEST(QualifyJudge, RefusesAnInvertedJudgeAndSaysSo) {
  const auto found =
      Check(Pairs(200), Scripted([](const Bout& b) { return Logit(-Gap(b) + Noise(b)); }));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->decision, Decision::kInverted);
  EXPECT_FALSE(found->accepted());
  EXPECT_LT(found->effect->hi, 0);
  EXPECT_THAT(Recommendation(*found), HasSubstr("prefers the worse text"));
}

TEST(QualifyJudge, DecidesByVerdictsWhereThereAreNoLogOdds) {
  const auto knows = [](const Bout& b) { return Hard(Gap(b) + 3 * Noise(b) > 0); };
  const auto found = Check(Pairs(200), Scripted(knows));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->decision, Decision::kHard);
  EXPECT_FALSE(found->log_odds);
  EXPECT_GT(*found->accuracy_hard, 0.8);
}

TEST(QualifyJudge, AcceptsACoinAboutAsRarelyAsItSays) {
  int accepted = 0, inverted = 0;
  constexpr int kCoins = 200;
  for (std::uint64_t seed = 0; seed < kCoins; ++seed) {
    const auto found = Check(Pairs(200), Scripted([&](const Bout& b) {
                               return Logit(Rng(seed).Fork(b.first.text + b.second.text).Normal());
                             }));
    accepted += found->accepted() ? 1 : 0;
    inverted += found->decision == Decision::kInverted ? 1 : 0;
  }
  EXPECT_LE(accepted, 0.06 * kCoins);  // 2.5 % at the last look, and the early ones
  EXPECT_LE(inverted, 0.06 * kCoins);
}

/// Pairs whose better text is mostly the shorter one, as in edits.
std::vector<GoldPair> EditLikePairs(int count) {
  std::vector<GoldPair> pairs;
  for (int i = 0; i < count; ++i) {
    const bool a = i % 2 == 0, shorter = i % 10 < 8;
    const int better = shorter ? 20 - i % 7 : 30 + i % 5, worse = 24 + i % 3;
    const std::string good = Text(7, i, better), bad = Text(3, i, worse);
    pairs.push_back(
        {fmt::format("p{}", i), a ? good : bad, a ? bad : good, a ? Label::kA : Label::kB, ""});
  }
  return pairs;
}

TEST(QualifyJudge, RefusesARuleAboutLengthHoweverOftenItIsRight) {
  for (const char* rule : {"shorter", "longer"}) {
    const auto judge = *RuleJudge(rule);
    const auto found = Check(EditLikePairs(200), *judge);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->decision, Decision::kRefuse) << rule;
  }
  const auto by_length = [](const Bout& b) {
    return Logit(-4 * std::log(static_cast<double>(text::CountWords(b.first.text)) /
                               text::CountWords(b.second.text)));
  };
  EXPECT_EQ(Check(EditLikePairs(200), Scripted(by_length))->decision, Decision::kRefuse);
}

TEST(QualifyJudge, AcceptsAJudgeWhoseKnowledgeGoesBeyondLength) {
  const auto found =
      Check(EditLikePairs(200),
            Scripted([](const Bout& b) { return Logit(0.5 * Gap(b) + 2 * Noise(b)); }));
  EXPECT_TRUE(found->accepted());
}

TEST(QualifyJudge, CountsMissingVerdictsAndTies) {
  int asked = 0;
  const auto found = Check(Pairs(40), Scripted([&](const Bout&) -> Says {
                             ++asked;
                             if (asked % 4 == 0) return {};
                             return {0.5, 0.0};
                           }));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->parse_rate, 0.75);
  EXPECT_EQ(found->tie_rate, 1.0);
  EXPECT_FALSE(found->slot1_rate);
  EXPECT_EQ(found->accuracy_hard, 0.5);
  EXPECT_EQ(found->decision, Decision::kRefuse);
}

TEST(QualifyJudge, CountsTriadsThatGoRound) {
  std::vector<GoldPair> pairs;
  const auto name = [](int i) { return Text(i, 0, 20); };
  for (const auto& [x, y] :
       {std::pair(1, 2), std::pair(2, 3), std::pair(3, 1), std::pair(3, 4), std::pair(1, 4)}) {
    pairs.push_back({fmt::format("{}-{}", x, y), name(x), name(y), std::nullopt, ""});
  }
  // 1 > 2 > 3 > 1 goes round; 1 > 3 > 4 and 1 > 4 would not, but 3 > 1: 3 > 1 > 4 and 3 > 4.
  const auto found = Check(pairs, Scripted([](const Bout& b) {
                             const int x = QualityOf(b.first.text), y = QualityOf(b.second.text);
                             if (x == 3 && y == 1) return Logit(1);
                             if (x == 1 && y == 3) return Logit(-1);
                             return Logit(y - x);
                           }));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->cyclic_share, 0.5);
  EXPECT_FALSE(found->accuracy_hard);
  EXPECT_EQ(found->decision, Decision::kRefuse);
  EXPECT_THAT(Recommendation(*found), HasSubstr("give labels"));
}

TEST(QualifyJudge, RefusesToCheckOnNothing) {
  EXPECT_EQ(Check({}, *std::move(*RuleJudge("coin"))).error().code, ErrorCode::kInvalidArgument);
}

TEST(QualifyJudge, PrintsWhatIsPromisedAndNoInfinity) {
  const auto found =
      Check(Pairs(40), Scripted([](const Bout& b) { return Logit(1e300 * Gap(b)); }));
  const Json json = ToJson(*found);
  for (const char* key :
       {"n", "swap_agreement", "slot1_rate", "slot_logit", "parse_rate", "tie_rate", "cyclic_share",
        "accuracy_hard", "accuracy_symmetric", "logit_coef_given_length", "calls", "decision"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json["logit_coef_given_length"].size(), 3U);
  EXPECT_TRUE(json["cyclic_share"].is_null());
  EXPECT_EQ(json["decision"], "hard");
}

}  // namespace
}  // namespace redraft::judge
