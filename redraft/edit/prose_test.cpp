#include "redraft/edit/prose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redraft::edit {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Forms(const Prose& prose) {
  std::vector<std::string> forms;
  for (const Word& word : prose.words()) forms.emplace_back(word.form);
  return forms;
}

TEST(Prose, WordsAreFoldedAndKeepTheirPlace) {
  const Prose prose("Anna’s well-worn boat—Édith's, too—left.");
  EXPECT_THAT(Forms(prose), ElementsAre("anna's", "well-worn", "boat", "Édith's", "too", "left"));
  EXPECT_EQ(
      prose.text().substr(prose.words()[0].start, prose.words()[0].end - prose.words()[0].start),
      "Anna’s");
  EXPECT_TRUE(prose.words()[0].capital);
  EXPECT_FALSE(prose.words()[1].capital);
}

TEST(Prose, GapsTellHowStronglyWordsAreParted) {
  const Prose prose("One two, three; four (five) -- six. Seven");
  std::vector<Gap> gaps;
  for (const Word& word : prose.words()) gaps.push_back(word.gap);
  EXPECT_THAT(gaps, ElementsAre(Gap::kStop, Gap::kSpace, Gap::kComma, Gap::kClause, Gap::kClause,
                                Gap::kClause, Gap::kStop));
  EXPECT_EQ(prose.ClauseEnd(0), 2U);
  EXPECT_EQ(prose.ClauseEnd(1), 2U);
  EXPECT_EQ(prose.ClauseEnd(6), 7U);
}

TEST(Prose, SpeechIsMarked) {
  const Prose prose("“I will,” she said. \"Then go,\" he answered, and went.");
  std::vector<std::string> spoken;
  for (const Word& word : prose.words()) {
    if (word.spoken) spoken.emplace_back(word.form);
  }
  EXPECT_THAT(spoken, ElementsAre("i", "will", "then", "go"));
}

TEST(Prose, SpeechThatIsNeverClosedEndsWithItsParagraph) {
  const Prose prose("\"He never came.\n\nWe left.");
  EXPECT_TRUE(prose.words()[0].spoken);
  EXPECT_FALSE(prose.words().back().spoken);
}

TEST(Prose, HeadingsCodeAndQuotationsAreNoProse) {
  const Prose prose(
      "# A title\n\nOne line\nand more.\n\n> Quoted.\n\n```\ncode\n```\n\n- an item\n");
  EXPECT_THAT(Forms(prose), ElementsAre("one", "line", "and", "more", "an", "item"));
  ASSERT_EQ(prose.sentences().size(), 2U);
  EXPECT_TRUE(prose.sentences()[0].ends_paragraph);
  EXPECT_EQ(prose.sentences()[1].paragraph, 1U);
}

TEST(Prose, BrokenBytesMakeNoWordThatCutsACharacter) {
  for (const char* text : {"\xC2\xC3\xA9 a", "\xE2\x80\xC3\xA9", "\xE2\x80", "a\xFF", "\xC2"}) {
    const Prose prose(text);
    for (const Word& word : prose.words()) EXPECT_LT(word.start, word.end) << text;
  }
}

}  // namespace
}  // namespace redraft::edit
