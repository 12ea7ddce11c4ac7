#include "redraft/rank/consistency.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

#include "redraft/rank/published_runs_test.h"

namespace redraft::rank {
namespace {

Outcome Win(int a, int b, bool a_first = true) {
  return {.a = a, .b = b, .p_a = 1, .a_first = a_first};
}

TEST(MeasureConsistency, TellsRepeatsInTheSameOrderFromSwappedOnes) {
  const auto found = MeasureConsistency(2, {Win(0, 1), Win(0, 1), Win(1, 0), Win(1, 0, false)});
  EXPECT_EQ(found.repeats.pairs, 6);
  EXPECT_EQ(found.repeats.same, 2);
  // Shown first: 0, 0, 1, 0; won: 0, 0, 1, 1.
  EXPECT_EQ(found.same_order.pairs, 3);
  EXPECT_EQ(found.same_order.same, 1);
  EXPECT_EQ(found.swapped_order.pairs, 3);
  EXPECT_EQ(found.swapped_order.same, 1);
}

TEST(MeasureConsistency, CountsRepeatsWithoutASlotInNeitherOrder) {
  Outcome unknown = Win(0, 1);
  unknown.has_slot = false;
  const auto found = MeasureConsistency(2, {Win(0, 1), unknown});
  EXPECT_EQ(found.repeats.pairs, 1);
  EXPECT_EQ(found.same_order.pairs + found.swapped_order.pairs, 0);
}

TEST(MeasureConsistency, FindsTriadsThatGoRoundAndSkipsUndecidedPairs) {
  EXPECT_EQ(MeasureConsistency(3, {Win(0, 1), Win(1, 2), Win(2, 0)}).cyclic, 1);
  EXPECT_EQ(MeasureConsistency(3, {Win(0, 1), Win(1, 2), Win(0, 2)}).cyclic, 0);
  EXPECT_EQ(MeasureConsistency(3, {Win(0, 1), Win(1, 0), Win(1, 2), Win(2, 0)}).triads, 0);
}

TEST(MeasureConsistency, UsesLogOddsWhereTheSlotDecidesEveryVerdict) {
  // The first slot always wins, but by less where the better text stands second.
  std::vector<Outcome> outcomes;
  for (int i = 0; i < 3; ++i) {
    for (int j = i + 1; j < 3; ++j) {
      outcomes.push_back({.a = i, .b = j, .p_a = 1, .logit = 40.5});
      outcomes.push_back({.a = j, .b = i, .p_a = 1, .logit = 39.5});
    }
  }
  const auto found = MeasureConsistency(3, outcomes);
  EXPECT_EQ(found.triads, 1);
  EXPECT_EQ(found.cyclic, 0);
}

TEST(MeasureConsistency, AddsUpOverTournaments) {
  Consistency total = MeasureConsistency(3, {Win(0, 1), Win(1, 2), Win(2, 0)});
  total += MeasureConsistency(3, {Win(0, 1), Win(0, 1), Win(1, 2), Win(0, 2)});
  EXPECT_EQ(total.triads, 2);
  EXPECT_EQ(total.cyclic, 1);
  EXPECT_EQ(total.repeats.same, 1);
}

/// All triples, all pairs of verdicts.
Consistency Slow(int items, const std::vector<Outcome>& outcomes) {
  Consistency result;
  const auto winner = [](const Outcome& o) { return o.p_a > 0.5 ? o.a : o.p_a < 0.5 ? o.b : -1; };
  const auto first = [](const Outcome& o) { return o.a_first ? o.a : o.b; };
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    for (std::size_t j = i + 1; j < outcomes.size(); ++j) {
      const Outcome &x = outcomes[i], &y = outcomes[j];
      if (std::minmax(x.a, x.b) != std::minmax(y.a, y.b)) continue;
      const bool same = winner(x) == winner(y);
      for (Agreement* count :
           {&result.repeats, first(x) == first(y) ? &result.same_order : &result.swapped_order}) {
        ++count->pairs;
        count->same += same ? 1 : 0;
      }
    }
  }
  const auto ahead = [&](int x, int y) {
    int lead = 0;
    for (const Outcome& o : outcomes) {
      if (std::minmax(o.a, o.b) != std::minmax(x, y)) continue;
      lead += winner(o) == x ? 1 : winner(o) == y ? -1 : 0;
    }
    return lead > 0 ? 1 : lead < 0 ? -1 : 0;
  };
  for (int x = 0; x < items; ++x) {
    for (int y = x + 1; y < items; ++y) {
      for (int z = y + 1; z < items; ++z) {
        const int xy = ahead(x, y), yz = ahead(y, z), zx = ahead(z, x);
        if (xy == 0 || yz == 0 || zx == 0) continue;
        ++result.triads;
        result.cyclic += xy == yz && yz == zx ? 1 : 0;
      }
    }
  }
  return result;
}

RC_GTEST_PROP(MeasureConsistency, AgreesWithCountingEverything, ()) {
  const int items = *rc::gen::inRange(2, 7);
  const int count = *rc::gen::inRange(0, 30);
  std::vector<Outcome> outcomes;
  for (int i = 0; i < count; ++i) {
    const int a = *rc::gen::inRange(0, items);
    const int b = (a + *rc::gen::inRange(1, items)) % items;
    outcomes.push_back({.a = a,
                        .b = b,
                        .p_a = *rc::gen::elementOf(std::vector<double>{0, 0.5, 1, 0.9}),
                        .a_first = *rc::gen::arbitrary<bool>()});
  }
  const Consistency fast = MeasureConsistency(items, outcomes), slow = Slow(items, outcomes);
  RC_ASSERT(fast.triads == slow.triads);
  RC_ASSERT(fast.cyclic == slow.cyclic);
  RC_ASSERT(fast.repeats.pairs == slow.repeats.pairs);
  RC_ASSERT(fast.repeats.same == slow.repeats.same);
  RC_ASSERT(fast.same_order.same == slow.same_order.same);
  RC_ASSERT(fast.swapped_order.same == slow.swapped_order.same);
}

TEST(MeasureConsistency, OfThePublishedRunsIsWhatWasPublished) {
  if (PublishedRunsFolder().empty()) GTEST_SKIP() << "no published runs beside the repository";
  const auto measure = [](const char* name) {
    const PublishedRun run = ReadPublishedRun(name);
    return MeasureConsistency(static_cast<int>(run.ids.size()), run.outcomes);
  };
  // Published: cyclic 18 to 23 % in story1 to story3; swapped and unswapped repeats together
  // agree in 70 to 86 % of book_store's.
  for (const char* name : {"story1", "story3"}) {
    const auto found = measure(name);
    const double share = static_cast<double>(found.cyclic) / found.triads;
    EXPECT_GE(share, 0.175) << name;
    EXPECT_LE(share, 0.235) << name;
  }
  const auto books = measure("book_store");
  const double agree = static_cast<double>(books.repeats.same) / books.repeats.pairs;
  EXPECT_GE(agree, 0.70);
  EXPECT_LE(agree, 0.864);
}

}  // namespace
}  // namespace redraft::rank
