#include "redraft/evolve/draws.h"

#include <gtest/gtest.h>

#include <set>

namespace redraft::evolve {
namespace {

core::Pack PackOf(std::size_t styles, std::size_t themes) {
  core::Pack pack;
  for (std::size_t i = 0; i < styles; ++i) pack.styles.push_back({"s" + std::to_string(i), ""});
  for (std::size_t i = 0; i < themes; ++i) pack.themes.push_back({"t" + std::to_string(i), ""});
  for (std::size_t i = 0; i < 8; ++i) pack.objectives.push_back({"o" + std::to_string(i), ""});
  return pack;
}

TEST(DealDrafts, UsesEveryPairBeforeAnyComesAgain) {
  for (const auto& [styles, themes] : {std::pair{12, 12}, {12, 8}, {5, 7}, {1, 9}, {6, 4}}) {
    const auto pack = PackOf(static_cast<std::size_t>(styles), static_cast<std::size_t>(themes));
    std::set<std::pair<std::size_t, std::size_t>> pairs;
    for (const DraftDraw& d : DealDrafts(pack, styles * themes, Draws::kStratified, Rng(3))) {
      pairs.insert({d.style, d.theme});
    }
    EXPECT_EQ(pairs.size(), static_cast<std::size_t>(styles * themes)) << styles << " × " << themes;
  }
}

TEST(DealDrafts, SpreadsAShortDealOverAllStylesAndThemes) {
  std::set<std::size_t> styles, themes;
  for (const DraftDraw& d : DealDrafts(PackOf(12, 12), 12, Draws::kStratified, Rng(4))) {
    styles.insert(d.style);
    themes.insert(d.theme);
  }
  EXPECT_EQ(styles.size(), 12U);
  EXPECT_EQ(themes.size(), 12U);
}

TEST(DealDrafts, WithReplacementFindsAbout29Of36CombinationsIn60Draws) {
  double distinct = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::set<std::pair<std::size_t, std::size_t>> pairs;
    for (const DraftDraw& d : DealDrafts(PackOf(12, 3), 60, Draws::kWithReplacement, Rng(seed))) {
      pairs.insert({d.style, d.theme});
    }
    distinct += static_cast<double>(pairs.size()) / 200;
  }
  EXPECT_NEAR(distinct, 36 * (1 - std::pow(35.0 / 36, 60)), 0.6);  // 29.4
}

TEST(SelectParents, CapsAFounderAndFillsUpByRank) {
  const std::vector<std::string> ranking = {"a", "b", "c", "d", "e"};
  const std::map<std::string, std::string> founders = {
      {"a", "x"}, {"b", "x"}, {"c", "x"}, {"d", "y"}, {"e", "x"}};
  using Ids = std::vector<std::string>;
  EXPECT_EQ(SelectParents(ranking, founders, 3, 2), (Ids{"a", "b", "d"}));
  EXPECT_EQ(SelectParents(ranking, founders, 3, 0), (Ids{"a", "b", "c"}));
  EXPECT_EQ(SelectParents(ranking, founders, 4, 1), (Ids{"a", "d", "b", "c"}));
  EXPECT_EQ(SelectParents(ranking, founders, 9, 2).size(), 5U);
}

}  // namespace
}  // namespace redraft::evolve
