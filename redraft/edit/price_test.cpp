#include "redraft/edit/price.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>

namespace redraft::edit {
namespace {

/// Scores what it is told to.
class Told final : public core::Scorer {
 public:
  explicit Told(std::map<std::string, double> scores) : scores_(std::move(scores)) {}
  std::string id() const override { return "told"; }
  double Score(std::string_view text) const override {
    const auto found = scores_.find(std::string(text));
    return found == scores_.end() ? 0 : found->second;
  }

 private:
  std::map<std::string, double> scores_;
};

TEST(Price, DistanceIsTheShareOfWordsThatChange) {
  EXPECT_EQ(Distance("one two three", "one two three"), 0);
  EXPECT_EQ(Distance("one two", "three four"), 1);
  EXPECT_DOUBLE_EQ(Distance("one two three", "one two four"), 2.0 / 6);
  EXPECT_DOUBLE_EQ(Distance("one two three", "one three"), 1.0 / 5);
  EXPECT_EQ(Distance("", ""), 0);
  EXPECT_EQ(Distance("one  two", "one\ntwo"), 0) << "white space is no word";
}

RC_GTEST_PROP(Price, DistanceIsNoughtForTheSameWordsAndNeverMoreThanOne, ()) {
  const auto text = [] {
    const auto words = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5));
    std::string joined;
    for (const int word : words) joined += std::string(1, static_cast<char>('a' + word)) + " ";
    return joined;
  };
  const std::string a = text(), b = text();
  const double distance = Distance(a, b);
  RC_ASSERT(distance >= 0 && distance <= 1);
  RC_ASSERT((distance == 0) == (a == b));
}

TEST(Price, ChangesAndLengthCostWhatTheHeaderSays) {
  const Told scorer({{"one two three four", 1}, {"one two three five", 2}, {"one two three", 2}});
  const Prices prices{.distance = 0.4, .length = 3};
  EXPECT_DOUBLE_EQ(Worth(scorer, "one two three four", "one two three five", prices),
                   1 - 0.4 * 2 / 8);
  EXPECT_DOUBLE_EQ(Worth(scorer, "one two three four", "one two three", prices),
                   1 - 0.4 * 1 / 7 - 3 * std::log(5.0 / 4));
  EXPECT_EQ(Worth(scorer, "one two three four", "one two three four", prices), 0);
}

TEST(Price, ATextIsBetterOnlyWhereBothViewsOfTheScorerSaySo) {
  class Split final : public core::Scorer {
   public:
    std::string id() const override { return "split"; }
    double Score(std::string_view text) const override { return text == "one" ? 1 : 3; }
    double Compare(std::string_view, std::string_view) const override { return 0.5; }
  };
  const Prices free{.distance = 0, .length = 0};
  EXPECT_EQ(Worth(Split(), "one", "two", free), 0.5);
  EXPECT_EQ(Worth(Split(), "two", "one", free), -2);
}

TEST(Price, BoundsAreOnDistanceAndOnGrowthInBothDirections) {
  std::string hundred;
  for (int i = 0; i < 100; ++i) hundred += "word ";
  std::string more = hundred, less = hundred.substr(0, 5 * 84);
  for (int i = 0; i < 16; ++i) more += "more ";
  EXPECT_TRUE(WithinBounds(hundred, more.substr(0, more.size() - 5), {}));
  EXPECT_FALSE(WithinBounds(hundred, more, {}));
  EXPECT_FALSE(WithinBounds(hundred, less, {}));
  EXPECT_TRUE(WithinBounds("one two three", "one", {})) << "five words are free";
  EXPECT_FALSE(WithinBounds("one two", "three four", {.max_distance = 0.9}));
}

TEST(Price, WhoKeepsTheVoiceChangesLessAndPaysMore) {
  const Prices kept = KeepVoice({});
  EXPECT_EQ(kept.max_distance, 0.15);
  EXPECT_EQ(kept.distance, 2 * Prices{}.distance);
  EXPECT_EQ(KeepVoice({.max_distance = 0.1}).max_distance, 0.1);
}

}  // namespace
}  // namespace redraft::edit
