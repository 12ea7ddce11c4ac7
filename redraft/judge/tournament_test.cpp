#include "redraft/judge/tournament.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "redraft/judge/local_judges.h"

namespace redraft::judge {
namespace {

/// Texts "1", "22", …: the longer, the better.
std::vector<Contender> Texts(int count) {
  std::vector<Contender> texts;
  for (int i = 0; i < count; ++i) {
    texts.push_back({"t" + std::to_string(i), std::string(static_cast<std::size_t>(i + 1), 'x')});
  }
  return texts;
}

class LengthScorer final : public core::Scorer {
 public:
  std::string id() const override { return "test:length"; }
  double Score(std::string_view text) const override { return static_cast<double>(text.size()); }
};

Status StepAll(std::span<core::Job* const> jobs) {
  for (core::Job* job : jobs) EXPECT_TRUE(job->Step({}).empty());
  return Ok{};
}

TEST(PlayTournament, FindsTheTopAndStopsWhenItIsSettled) {
  const auto judge = ScorerJudge(std::make_shared<LengthScorer>());
  TournamentOptions options;
  options.top = 3;
  const auto tournament = PlayTournament(Texts(30), *judge, options, StepAll);
  ASSERT_TRUE(tournament) << tournament.error().message;
  EXPECT_TRUE(tournament->settled);
  EXPECT_LT(tournament->verdicts.size(), 300U);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(tournament->standings.items[static_cast<std::size_t>(i)].item, 29 - i);
}

TEST(PlayTournament, StopsAtTheLimitWithACoin) {
  const auto coin = RuleJudge("coin");
  TournamentOptions options;
  options.max_bouts = 100;
  const auto tournament = PlayTournament(Texts(30), **coin, options, StepAll);
  ASSERT_TRUE(tournament);
  EXPECT_EQ(tournament->verdicts.size(), 100U);
  EXPECT_FALSE(tournament->settled);
}

TEST(PlayTournament, AsksBoutsWithTheSameFirstTextTogetherAndLogsThemAsPlanned) {
  /// Remembers who was shown first, in the order asked.
  std::vector<std::vector<std::string>> asked;
  const RunMatches run = [&](std::span<core::Job* const> jobs) {
    auto& turn = asked.emplace_back();
    for (core::Job* job : jobs) turn.push_back(dynamic_cast<Match&>(*job).verdict().a);
    return StepAll(jobs);
  };
  const auto coin = RuleJudge("coin");
  TournamentOptions options;
  options.max_bouts = 200;
  ASSERT_TRUE(PlayTournament(Texts(20), **coin, options, run));
  for (const auto& turn : asked) {
    std::vector<std::string> groups = turn;
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    EXPECT_EQ(groups.size(), std::set<std::string>(turn.begin(), turn.end()).size());
  }
}

TEST(PlayTournament, JudgesTheDecisiveFewInBothOrders) {
  // Two texts far above and two far below; two in the middle, of which one belongs to the top.
  class Close final : public core::Scorer {
   public:
    std::string id() const override { return "test:close"; }
    double Score(std::string_view text) const override {
      constexpr double kScores[] = {-40, -39, 0, 0.01, 39, 40};
      return kScores[text.size() - 1];
    }
  };
  TournamentOptions options;
  options.top = 3;
  options.opening_rounds = 2;
  options.max_bouts = 30;
  options.settled = 2;  // never
  const auto tournament =
      PlayTournament(Texts(6), *ScorerJudge(std::make_shared<Close>()), options, StepAll);
  ASSERT_TRUE(tournament);
  ASSERT_EQ(tournament->verdicts.size(), 30U);
  for (std::size_t i = 6; i < 30; i += 3) {  // turns of three: a pair in both orders, and one more
    EXPECT_EQ(tournament->verdicts[i].a, tournament->verdicts[i + 1].b);
    EXPECT_EQ(tournament->verdicts[i].b, tournament->verdicts[i + 1].a);
  }
}

TEST(PlayTournament, IsAFunctionOfItsSeed) {
  const auto coin = RuleJudge("coin");
  TournamentOptions options;
  options.max_bouts = 60;
  const auto once = PlayTournament(Texts(12), **coin, options, StepAll);
  const auto twice = PlayTournament(Texts(12), **coin, options, StepAll);
  ASSERT_TRUE(once && twice);
  for (std::size_t i = 0; i < once->verdicts.size(); ++i) {
    EXPECT_EQ(once->verdicts[i].a, twice->verdicts[i].a);
    EXPECT_EQ(once->verdicts[i].p_a, twice->verdicts[i].p_a);
  }
}

TEST(PlayTournament, RefusesASingleText) {
  const auto coin = RuleJudge("coin");
  EXPECT_EQ(PlayTournament(Texts(1), **coin, {}, StepAll).error().code,
            ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace redraft::judge
