#include "redraft/audit/tokeniser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "redraft/audit/letters.h"
#include "redraft/base/random.h"
#include "redraft/text/codepoint.h"

namespace redraft::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Words = std::vector<std::string>;

Words Ref(std::string_view text) { return Tokeniser(Profile::kRef).Words(text); }
Words Clean(std::string_view text) { return Tokeniser(Profile::kClean).Words(text); }

TEST(Tokeniser, RefSplitsAsTheReferenceDoes) {
  EXPECT_THAT(Ref("Don't stop!"), ElementsAre("don", "t", "stop"));
  EXPECT_THAT(Ref("Don\u2019t stop!"), ElementsAre("don", "t", "stop"));
  EXPECT_THAT(Ref("self-respect, now\u2014then"), ElementsAre("self", "respect", "now", "then"));
  EXPECT_THAT(Ref("3.14 1,000 M.D."), ElementsAre("3", "14", "1", "000", "m", "d"));
  EXPECT_THAT(Ref("café naïve"), ElementsAre("café", "naïve"));
  for (const char* nothing : {"é", "東京", "Ελλάδα", "ＡＢＣ", "Ⅷ", "__", "", "ΣΑΣ", " \n"}) {
    EXPECT_THAT(Ref(nothing), IsEmpty()) << nothing;
  }
  EXPECT_THAT(Ref("_word_ snake_case"), ElementsAre("_word_", "snake_case"));
  EXPECT_THAT(Ref("co\u00ADoperate a\u200Bb"), ElementsAre("co", "operate", "a", "b"));
  EXPECT_THAT(Ref("cafe\u0301"), ElementsAre("cafe"));
  EXPECT_THAT(Ref("ﬁne"), ElementsAre("ﬁne"));
  EXPECT_THAT(Ref("don\u02BCt"), ElementsAre("don\u02BCt"));
  EXPECT_THAT(Ref("İstanbul"), ElementsAre("i\u0307stanbul"));
  EXPECT_THAT(Ref("aΣ aΣa Σa"), ElementsAre("aς", "aσa", "σa"));
  EXPECT_THAT(Ref("\u212A \u212Ab"), ElementsAre("kb")) << "the Kelvin sign is not ASCII";
  EXPECT_THAT(Ref("½a ²"), ElementsAre("½a"));
}

TEST(Tokeniser, CleanTakesAllScripts) {
  EXPECT_THAT(Clean("Don't _stop_ *now*!"), ElementsAre("dont", "stop", "now"));
  EXPECT_THAT(Clean("‘Don\u2019t,’ he said"), ElementsAre("dont", "he", "said"));
  EXPECT_THAT(Clean("cafe\u0301 café ﬁne ＡＢＣ"), ElementsAre("café", "café", "fine", "abc"));
  EXPECT_THAT(Clean("Ελλάδα"), ElementsAre("ελλάδα"));
  EXPECT_THAT(Clean("東京 is"), ElementsAre("東", "京", "is"));
  EXPECT_THAT(Clean("self-respect"), ElementsAre("self", "respect"));
}

/// One code point at a time, from the definition.
Words SlowRef(std::string_view text) {
  Words words;
  for (std::size_t at = 0; at < text.size();) {
    std::string word;
    bool keep = false;
    while (at < text.size()) {
      const std::size_t start = at;
      const std::int32_t c = text::NextCodePoint(text, at);
      if (c < 0 || !IsWordCharacter(c)) break;
      keep |= c < 0x80 && c != '_';
      AppendLower(word, c, text, start);
    }
    if (keep) words.push_back(word);
  }
  return words;
}

TEST(Tokeniser, RefIsTheSlowTwinOnAnyText) {
  const std::vector<std::string> pieces = {"a",
                                           "Z",
                                           "9",
                                           "_",
                                           " ",
                                           "\n",
                                           "'",
                                           "\u2019",
                                           "é",
                                           "É",
                                           "Σ",
                                           "İ",
                                           "東",
                                           "\u212A",
                                           "Ⱥ",
                                           "\xFF",
                                           "\xE2\x80",
                                           "word",
                                           "LongerWordThanSixteenBytes",
                                           "-",
                                           "\u0307",
                                           "𝔘"};
  Rng rng(3);
  std::set<std::string> seen_words;
  std::set<std::uint64_t> seen_keys;
  Tokeniser tokeniser(Profile::kRef);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::size_t i = rng.Below(60); i > 0; --i) text += pieces[rng.Below(pieces.size())];
    const Words expected = SlowRef(text);
    ASSERT_EQ(tokeniser.Words(text), expected) << text;
    std::vector<std::uint64_t> keys;
    std::vector<ByteRange> ranges;
    tokeniser.AppendTokens(text, keys, ranges);
    ASSERT_EQ(ranges.size(), expected.size());
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const auto part = text.substr(ranges[i].begin, ranges[i].end - ranges[i].begin);
      ASSERT_THAT(SlowRef(part), ElementsAre(expected[i])) << text;
      if (seen_words.insert(expected[i]).second) {
        ASSERT_TRUE(seen_keys.insert(keys[i]).second) << expected[i];
      }
    }
  }
  EXPECT_EQ(seen_words.size(), seen_keys.size());
}

TEST(Tokeniser, CleanPointsBackAtTheSource) {
  const std::string text = "He _said_: “Don\u2019t ﬁne cafe\u0301.” 東京!";
  std::vector<std::uint64_t> keys;
  std::vector<ByteRange> ranges;
  Tokeniser(Profile::kClean).AppendTokens(text, keys, ranges);
  Words parts;
  for (const ByteRange& r : ranges) parts.push_back(text.substr(r.begin, r.end - r.begin));
  EXPECT_THAT(parts, ElementsAre("He", "said", "Don\u2019t", "ﬁne", "cafe\u0301", "東", "京"));
}

TEST(Tokeniser, StatesItsUnicodeVersion) { EXPECT_FALSE(UnicodeVersion().empty()); }

}  // namespace
}  // namespace redraft::audit
