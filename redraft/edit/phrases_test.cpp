#include "redraft/edit/phrases.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redraft::edit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Matches(const std::string& phrase, std::string_view text) {
  const auto book = PhraseBook::FromToml(
      fmt::format("[sets]\nown = \"his|her\"\n[[list]]\ncategory = \"cliche\"\nreason = \"worn\"\n"
                  "confidence = 0.5\nphrases = [\"{}\"]\n",
                  phrase),
      "test.toml");
  EXPECT_TRUE(book) << book.error().message;
  std::vector<core::WeakSpan> found;
  book->Find(Prose(text), found);
  std::vector<std::string> pieces;
  for (const auto& span : found)
    pieces.emplace_back(text.substr(span.start, span.end - span.start));
  return pieces;
}

TEST(Phrases, WordsMatchWithoutCase) {
  EXPECT_THAT(Matches("out of reach", "Out of reach, he was out of reach."),
              ElementsAre("Out of reach", "out of reach"));
  EXPECT_THAT(Matches("out of reach", "out of its reach; out of, reach"), IsEmpty());
  EXPECT_THAT(Matches("couldn't help", "She couldn’t help it."), ElementsAre("couldn’t help"));
}

TEST(Phrases, ChoicesSetsPrefixesAndSuffixes) {
  EXPECT_THAT(Matches("held|holds <own> breath", "He held his breath; she holds her breath."),
              ElementsAre("held his breath", "holds her breath"));
  EXPECT_THAT(Matches("whisper* of", "Whispers of rain, whispering of, whisper."),
              ElementsAre("Whispers of", "whispering of"));
  EXPECT_THAT(Matches("kept *ing", "He kept walking and kept still."), ElementsAre("kept walking"));
}

TEST(Phrases, OptionalAndFreeWords) {
  EXPECT_THAT(Matches("a? sea of _", "A sea of mud. The sea of. It was sea of grass."),
              ElementsAre("A sea of mud", "sea of mud", "sea of grass"));
  EXPECT_THAT(Matches("in the _? end", "In the end. In the bitter end. In the very bitter end."),
              ElementsAre("In the end", "In the bitter end"));
}

TEST(Phrases, MarksAndBorders) {
  EXPECT_THAT(Matches(", a reminder", "It rang, a reminder. It was a reminder. A reminder."),
              ElementsAre("a reminder"));
  EXPECT_THAT(Matches("maybe , just maybe", "Maybe, just maybe. Maybe just maybe."),
              ElementsAre("Maybe, just maybe"));
  EXPECT_THAT(Matches("^ perhaps", "Perhaps so. But perhaps not."), ElementsAre("Perhaps"));
  EXPECT_THAT(Matches("after all $", "After all, he came after all these years."),
              ElementsAre("After all"));
}

TEST(Phrases, SpansReachToTheEndOfClauseOrSentence) {
  EXPECT_THAT(Matches("a pang of >", "He felt a pang of old regret, and went on."),
              ElementsAre("a pang of old regret"));
  EXPECT_THAT(Matches("a pang of >>", "He felt a pang of old regret, and went on."),
              ElementsAre("a pang of old regret, and went on"));
}

TEST(Phrases, SpeechIsLeftAlone) {
  EXPECT_THAT(Matches("time will tell", "\"Time will tell,\" he said. Time will tell."),
              ElementsAre("Time will tell"));
}

std::string ErrorOf(const std::string& list) {
  const auto book = PhraseBook::FromToml(list, "test.toml");
  EXPECT_FALSE(book);
  return book ? "" : book.error().message;
}

TEST(Phrases, MistakesInAFileAreErrorsThatSayWhere) {
  const auto with = [](const std::string& phrase) {
    return "[[list]]\ncategory = 'cliche'\nreason = 'r'\nconfidence = 0.5\nphrases = ['" + phrase +
           "']";
  };
  EXPECT_THAT(ErrorOf("["), HasSubstr("test.toml"));
  EXPECT_THAT(ErrorOf("[[list]]\ncategory = 'nope'"), HasSubstr("list 1: no category 'nope'"));
  EXPECT_THAT(ErrorOf("[[list]]\ncategory = 'cliche'\nreason = 'r'\nconfidence = 2"),
              HasSubstr("a confidence in (0, 1]"));
  EXPECT_THAT(ErrorOf("[[list]]\ncategory = 'cliche'\nreason = 'r'\nconfidence = 1\nphrases = [3]"),
              HasSubstr("phrases must be strings"));
  EXPECT_THAT(ErrorOf(with("")), HasSubstr("some word must be there"));
  EXPECT_THAT(ErrorOf(with("a? b?")), HasSubstr("some word must be there"));
  EXPECT_THAT(ErrorOf(with("_ b")), HasSubstr("must begin with a word"));
  EXPECT_THAT(ErrorOf(with("*ing b")), HasSubstr("must begin with a word"));
  EXPECT_THAT(ErrorOf(with("ab* b")), HasSubstr("needs 4 letters"));
  EXPECT_THAT(ErrorOf(with("a <x>")), HasSubstr("there is no set <x>"));
  EXPECT_THAT(ErrorOf(with("a > b")), HasSubstr("nothing may follow"));
}

TEST(Phrases, TheListsOfTheProgramAreReadAndLarge) {
  EXPECT_GT(PhraseBook::Builtin().size(), 300U);
}

}  // namespace
}  // namespace redraft::edit
