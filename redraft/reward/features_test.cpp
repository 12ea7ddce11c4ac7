#include "redraft/reward/features.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>
#include <sstream>

#include "redraft/base/hash.h"

namespace redraft::reward {
namespace {

std::map<std::uint64_t, std::uint32_t> AsMap(const std::vector<Gram>& grams) {
  std::map<std::uint64_t, std::uint32_t> map;
  for (const Gram& gram : grams) map[gram.hash] += gram.count;
  EXPECT_EQ(map.size(), grams.size()) << "an n-gram is listed twice";
  return map;
}

/// The definition, word by word, for text of ASCII letters and spaces.
std::map<std::uint64_t, std::uint32_t> SlowGrams(const std::string& text) {
  std::map<std::uint64_t, std::uint32_t> counts;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    word = " " + word + " ";
    for (std::size_t n = 2; n <= 5; ++n) {
      for (std::size_t i = 0; i + n <= word.size(); ++i) ++counts[StableHash(word.substr(i, n))];
    }
  }
  return counts;
}

TEST(Features, AWordGivesItsRunsOfTwoToFiveLettersWithASpaceOnEitherSide) {
  std::map<std::uint64_t, std::uint32_t> expected;
  for (const char* gram : {" o", "ow", "wl", "l ", " ow", "owl", "wl ", " owl", "owl ", " owl "}) {
    ++expected[StableHash(gram)];
  }
  EXPECT_EQ(AsMap(CountGrams("owl")), expected);
}

TEST(Features, NoNgramCrossesAWordBoundary) {
  auto apart = AsMap(CountGrams("salt"));
  for (const auto& [hash, count] : AsMap(CountGrams("marsh"))) apart[hash] += count;
  EXPECT_EQ(AsMap(CountGrams("salt marsh")), apart);
  EXPECT_EQ(AsMap(CountGrams("\n salt \t\r\n marsh ")), apart);
}

RC_GTEST_PROP(Features, CountsEqualTheDefinition, ()) {
  const auto letters =
      *rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcdeABCDE  \n")));
  RC_ASSERT(AsMap(CountGrams(letters)) == SlowGrams(letters));
}

RC_GTEST_PROP(Features, AnyBytesAreAcceptedAndFoldingIsIdempotent, ()) {
  const auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const std::string folded = FoldText(bytes);
  RC_ASSERT(FoldText(folded) == folded);
  RC_ASSERT(CountGrams(folded) == CountGrams(bytes));
}

TEST(Features, ManyDistinctNgramsAreAllCounted) {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += std::to_string(i * 7919) + " ";
  EXPECT_EQ(AsMap(CountGrams(text)), SlowGrams(text));
}

TEST(Features, TypographyDoesNotMatter) {
  EXPECT_EQ(FoldText("\u201CDon\u2019t,\u201D she said \u2013 \u00C9lise\u2026"),
            " \"don't,\" she said \u2014 \u00E9lise... ");
  EXPECT_EQ(FoldText("ZE\u200BRO\u00AD width\u00A0space"), " zero width space ");
  EXPECT_EQ(FoldText("bell\x07 and \x7F"), " bell and ");
}

TEST(Features, CapitalsOfLatinGreekAndCyrillicAreFolded) {
  EXPECT_EQ(FoldText("\u0104\u0141\u017D \u0178 \u00D7 \u0130"),
            " \u0105\u0142\u017E \u00FF \u00D7 i ");
  EXPECT_EQ(FoldText("\u039F\u03B4\u03CC\u03C2 \u041E\u043B\u044C\u0433\u0430 \u0401"),
            " \u03BF\u03B4\u03CC\u03C2 \u043E\u043B\u044C\u0433\u0430 \u0451 ");
}

TEST(Features, BytesThatAreNotUtf8CountAsReplacementCharacters) {
  EXPECT_EQ(FoldText("a\xFF z"), " a\uFFFD z ");
}

TEST(Features, ATextWithoutWordsHasNoFeatures) {
  EXPECT_TRUE(CountGrams("").empty());
  EXPECT_TRUE(CountGrams(" \n\t ").empty());
  EXPECT_EQ(FoldText("\u200B"), "");
}

TEST(Features, PortableLogAgreesWithTheLibraryToTheLastDigits) {
  for (double x = 1e-3; x < 1e9; x *= 1.37) {
    EXPECT_NEAR(PortableLog(x), std::log(x), 1e-15 * std::max(1.0, std::abs(std::log(x)))) << x;
  }
  EXPECT_EQ(PortableLog(1), 0);
}

TEST(Features, TermFrequencyIsOnePlusLogAlsoBeyondTheTable) {
  EXPECT_EQ(TermFrequency(1), 1);
  for (const std::uint32_t count : {2U, 255U, 256U, 4000000U}) {
    EXPECT_NEAR(TermFrequency(count), 1 + std::log(count), 1e-14);
  }
}

}  // namespace
}  // namespace redraft::reward
