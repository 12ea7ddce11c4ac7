#include "redraft/evolve/null.h"

#include <gtest/gtest.h>

#include <cmath>

#include "redraft/base/random.h"

namespace redraft::evolve {
namespace {

core::Draft Text(const std::string& id, int generation, std::vector<std::string> parents = {}) {
  core::Draft draft;
  draft.id = id;
  draft.generation = generation;
  draft.parents = std::move(parents);
  return draft;
}

core::Verdict Judged(const std::string& a, const std::string& b, double p_a, int generation) {
  core::Verdict verdict;
  verdict.a = a;
  verdict.b = b;
  verdict.p_a = p_a;
  verdict.generation = generation;
  return verdict;
}

core::Verdict Adaptive(core::Verdict verdict) {
  verdict.adaptive = true;
  return verdict;
}

TEST(MeasureNull, HasNothingToSayWithoutGenerations) {
  const RunNull null = MeasureNull({}, {}, {}, {}, 0, 1);
  EXPECT_FALSE(null.progress || null.variant_share || null.variant_win_rate);
  EXPECT_TRUE(ToJson(null)["progress"].is_null());
}

TEST(MeasureNull, CountsFreshMeetingsOfVariantsAndKeptParentsOnly) {
  const std::vector drafts = {Text("p", 0), Text("q", 0), Text("v", 1, {"p"}), Text("w", 1, {"q"})};
  const std::vector verdicts = {Judged("p", "q", 1, 0),  // chose the parents: never counts
                                Judged("v", "p", 1, 1),  // own parent
                                Judged("q", "v", 0, 1),  // v beats q
                                Judged("w", "p", 0, 1),  // p beats w
                                Judged("v", "w", 1, 1),  // both new
                                Judged("p", "q", 1, 1),  // both kept
                                Adaptive(Judged("v", "q", 0, 1))};  // chosen by the others
  const std::vector<std::string> top = {"v", "p"}, population = {"v", "p", "q", "w"};
  const RunNull null = MeasureNull(drafts, verdicts, top, population, 1, 1);
  EXPECT_DOUBLE_EQ(null.progress->value, std::log(2.5 / 1.5));  // 2 of 3, half a verdict added
  EXPECT_DOUBLE_EQ(null.variant_win_rate->value, 1.5 / 2);      // 1 of 1
  EXPECT_DOUBLE_EQ(null.variant_share->value, 0.5);
  EXPECT_DOUBLE_EQ(null.expected_share, 0.5);
}

TEST(MeasureNull, AveragesGenerationsWhateverTheirSize) {
  const std::vector drafts = {Text("p", 0), Text("v", 1, {"p"}), Text("w", 2, {"p"})};
  std::vector<core::Verdict> verdicts;
  for (int i = 0; i < 8; ++i) verdicts.push_back(Judged("v", "p", 1, 1));
  verdicts.push_back(Judged("w", "p", 0, 2));
  const std::vector<std::string> ids = {"p"};
  const RunNull null = MeasureNull(drafts, verdicts, ids, ids, 2, 1);
  EXPECT_DOUBLE_EQ(null.progress->value, (std::log(8.5 / 0.5) + std::log(0.5 / 1.5)) / 2);
}

TEST(MeasureNull, CoversZeroAboutAsOftenAsItSaysWhenTextsDifferButVariantsDoNotGain) {
  // Texts have persistent worth, so verdicts on one text are not independent: an interval that
  // treats them so would be too narrow.
  int covered = 0;
  constexpr int kRuns = 200;
  for (int run = 0; run < kRuns; ++run) {
    Rng rng(static_cast<std::uint64_t>(run));
    std::vector<core::Draft> drafts;
    std::vector<double> worth;
    for (int i = 0; i < 30; ++i) {
      drafts.push_back(Text("d" + std::to_string(i), i < 5 ? 0 : 1,
                            i < 5 ? std::vector<std::string>{} : std::vector<std::string>{"d0"}));
      worth.push_back(rng.Normal());
    }
    std::vector<core::Verdict> verdicts;
    for (int i = 0; i < 300; ++i) {
      const std::size_t v = 5 + rng.Below(25), p = rng.Below(5);
      const double wins = rng.Uniform() < 1 / (1 + std::exp(worth[p] - worth[v])) ? 1 : 0;
      verdicts.push_back(Judged(drafts[v].id, drafts[p].id, wins, 1));
    }
    const std::vector<std::string> ids = {"d0"};
    const Interval progress = *MeasureNull(drafts, verdicts, ids, ids, 1, 1).progress;
    covered += progress.lo <= 0 && progress.hi >= 0;
  }
  EXPECT_GE(covered, kRuns * 86 / 100);  // five parents are few clusters
}

}  // namespace
}  // namespace redraft::evolve
