#include "redraft/reward/order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "redraft/reward/cohesion.h"

namespace redraft::reward {
namespace {

constexpr std::string_view kText =
    "Olga sold the tickets at the harbour. She had a stamp with the wrong year. In the winter the "
    "harbour froze. Then Olga stamped library books instead. I was one of her readers.";

SentenceOrder Reversed(SentenceOrder order) {
  std::reverse(order.begin(), order.end());
  return order;
}

TEST(Order, PatternsDependOnTheOrderOfSentencesAndWordingDoesNot) {
  const Passage passage(kText);
  const SentenceOrder order = OrderOf(passage);
  const auto changed = [&](const SparseVector& a, const SparseVector& b) {
    return a.index != b.index || a.value != b.value;
  };
  EXPECT_TRUE(changed(OrderPatterns(order), OrderPatterns(Reversed(order))));
  EXPECT_FALSE(changed(WordingPatterns(order), WordingPatterns(Reversed(order))));
}

TEST(Order, CellsAreSortedDistinctAndInRange) {
  const Passage passage(kText);
  for (const auto& [vector, bits] : {std::pair(OrderPatterns(OrderOf(passage)), kOrderBits),
                                     std::pair(WordingPatterns(OrderOf(passage)), kWordingBits)}) {
    ASSERT_FALSE(vector.index.empty());
    EXPECT_EQ(vector.index.size(), vector.value.size());
    EXPECT_EQ(std::adjacent_find(vector.index.begin(), vector.index.end(),
                                 [](auto a, auto b) { return a >= b; }),
              vector.index.end());
    EXPECT_LT(vector.index.back(), 1U << bits);
  }
}

TEST(Order, OfNothingIsNothing) {
  EXPECT_TRUE(OrderPatterns({}).index.empty());
  EXPECT_TRUE(WordingPatterns({}).index.empty());
  EXPECT_TRUE(SeamsOf({}, Lexicon()).empty());
  EXPECT_TRUE(BelongingOf({}, Lexicon()).empty());
}

TEST(Lexicon, RarityIsTheInverseDocumentFrequencyInSteps) {
  const Passage a("The harbour froze.");
  const Passage b("The harbour burned.");
  const Passage c("The library burned, burned, burned.");
  const std::vector<SentenceOrder> texts = {OrderOf(a), OrderOf(b), OrderOf(c)};
  const Lexicon lexicon(texts);
  const auto rarity = [&](const Passage& passage, std::size_t stem) {
    return lexicon.Rarity(passage.sentences()[0].stems[stem]);
  };
  std::multiset<double> of_c = {rarity(c, 0), rarity(c, 1)};
  EXPECT_EQ(of_c, (std::multiset<double>{0.3125, 0.6875}));  // ln(4/3) and ln(4/2), in sixteenths
  EXPECT_EQ(lexicon.Rarity(0x123456789), 1.375);             // ln 4: never seen
  EXPECT_EQ(Lexicon(lexicon.cells()).Rarity(0x123456789), 1.375);
}

/// The overlap features of a seam by their definition.
std::array<double, 2> SlowOverlap(const SentenceOrder& order, std::size_t cut,
                                  const Lexicon& lexicon) {
  std::set<std::uint64_t> left, right;
  for (std::size_t i = 0; i < order.size(); ++i) {
    (i < cut ? left : right).insert(order[i]->stems.begin(), order[i]->stems.end());
  }
  double shared = 0, left_sum = 0, right_sum = 0;
  for (const auto stem : left) {
    left_sum += lexicon.Rarity(stem);
    if (right.contains(stem)) shared += lexicon.Rarity(stem);
  }
  for (const auto stem : right) right_sum += lexicon.Rarity(stem);
  const double least = std::max(1.0, std::min(left_sum, right_sum));
  return {shared / least, least / 100};
}

TEST(Cohesion, SeamsMatchASlowTwin) {
  const Passage passage(kText);
  const SentenceOrder order = OrderOf(passage);
  const Lexicon lexicon(std::vector<SentenceOrder>{order});
  const auto seams = SeamsOf(order, Lexicon());  // everything maximally common: rarity 0
  ASSERT_EQ(seams.size(), order.size() - 1);
  const Passage other("Nothing here. Nothing there.");
  const Lexicon rare(std::vector<SentenceOrder>{OrderOf(other)});
  const auto weighted = SeamsOf(order, rare);
  for (std::size_t cut = 1; cut < order.size(); ++cut) {
    const auto slow = SlowOverlap(order, cut, rare);
    EXPECT_DOUBLE_EQ(weighted[cut - 1][0], slow[0]);
    EXPECT_DOUBLE_EQ(weighted[cut - 1][7], slow[1]);
  }
}

TEST(Cohesion, ASentenceOnTheSameThingsSharesMoreThanAForeignOne) {
  const Passage passage(kText);
  const Passage foreign("He counted the coins twice and pushed one back across the counter.");
  SentenceOrder order = OrderOf(passage);
  const Lexicon lexicon(std::vector<SentenceOrder>{OrderOf(foreign)});
  const double own = BelongingOf(order, lexicon)[2][0];
  order[2] = &foreign.sentences()[0];
  EXPECT_GT(own, BelongingOf(order, lexicon)[2][0]);
}

TEST(Cohesion, TheOrderOfTheOtherSentencesDoesNotMatterToBelonging) {
  const Passage passage(kText);
  const SentenceOrder order = OrderOf(passage);
  const Lexicon lexicon(std::vector<SentenceOrder>{order});
  const auto forward = BelongingOf(order, lexicon);
  auto backward = BelongingOf(Reversed(order), lexicon);
  std::reverse(backward.begin(), backward.end());
  EXPECT_EQ(forward, backward);
}

TEST(Cohesion, FlatSentencesHaveLessSubstance) {
  const Passage passage("The ferryman weighed her herring twice. It was a day and it was there.");
  const Passage other("Nothing here.");
  const Lexicon lexicon(std::vector<SentenceOrder>{OrderOf(other)});
  EXPECT_GT(SubstanceOf(passage.sentences()[0], lexicon)[0],
            SubstanceOf(passage.sentences()[1], lexicon)[0]);
}

}  // namespace
}  // namespace redraft::reward
