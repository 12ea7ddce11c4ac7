#include "redraft/edit/seam.h"

#include <gtest/gtest.h>

#include "redraft/edit/apply.h"

namespace redraft::edit {
namespace {

/// The text with `reply` in the place of the part between brackets.
std::string With(std::string text, std::string_view reply,
                 const std::vector<std::string>& names = {}) {
  const std::size_t start = text.find('{');
  text.erase(start, 1);
  const std::size_t end = text.find('}');
  text.erase(end, 1);
  const Seam seam(text, {start, end, "cliche", "", 1}, names);
  return Apply(text, {seam.Fit(reply)}).value().text;
}

TEST(Seam, TheAnswerIsTakenOutOfItsWrapping) {
  const std::string text = "The road was {as long as a river} that day.";
  const std::string want = "The road was two days long that day.";
  for (const char* reply :
       {"two days long", "  two days long\n", "\"two days long\"", "[[two days long]]",
        "Answer: two days long", "REPLACEMENT: two days long", "```\ntwo days long\n```",
        "Here is the rewritten passage:\n\ntwo days long", "two days long\n\nTrouble: Cliché.",
        "The road was [[two days long]] that day.", "“two days long”"}) {
    EXPECT_EQ(With(text, reply), want) << reply;
  }
}

TEST(Seam, WordsAroundTheSpanThatTheModelRepeatsAreTakenOff) {
  EXPECT_EQ(
      With("The road was {as long as a river} that day.", "The road was two days long that day."),
      "The road was two days long that day.");
  EXPECT_EQ(With("We met in {the dead of} night.", "in the middle of the night"),
            "We met in the middle of the night.");
  EXPECT_EQ(With("It was {very, very cold} there.", "very cold there"), "It was very cold there.");
  EXPECT_EQ(With("He had {had enough}.", "had his fill"), "He had had his fill.")
      << "the span itself begins with the word";
}

TEST(Seam, CapitalsFollowThePlace) {
  EXPECT_EQ(With("{The wind howled} outside.", "wind got into the shed"),
            "Wind got into the shed outside.");
  EXPECT_EQ(With("Then {the wind howled} outside.", "Wind got into the shed"),
            "Then wind got into the shed outside.");
  EXPECT_EQ(With("Then {the boy} ran.", "Marek", {"Marek"}), "Then Marek ran.");
  EXPECT_EQ(With("Then {we all} ran.", "I"), "Then I ran.");
  EXPECT_EQ(With("Then {the spies} ran.", "MI5"), "Then MI5 ran.");
  EXPECT_EQ(With("“{come in},” she said.", "Enter"), "“enter,” she said.")
      << "a writer who starts small wants it small";
}

TEST(Seam, NamesGetTheirCapitalBack) {
  EXPECT_EQ(With("Then {the boy} ran.", "marek’s dog and delphine", {"Marek", "Delphine"}),
            "Then Marek’s dog and Delphine ran.");
  EXPECT_EQ(With("The mark stayed. Then {the boy} ran.", "the mark", {"Mark"}),
            "The mark stayed. Then the mark ran.")
      << "a word that the text has in small letters, too";
  EXPECT_EQ(With("Then {the boy} ran.", "O'Brien's dog", {"O'Brien"}), "Then O'Brien's dog ran.");
  EXPECT_EQ(With("Then {the boy} ran.", "the remark", {"Mark"}), "Then the remark ran.");
}

TEST(Seam, TheMarkAtTheEndIsThatOfTheSpan) {
  EXPECT_EQ(With("It was {a bitter pill}, and he knew it.", "his own fault."),
            "It was his own fault, and he knew it.");
  EXPECT_EQ(With("{It was a bitter pill.} He left.", "It was his own fault"),
            "It was his own fault. He left.");
  EXPECT_EQ(With("{It was a bitter pill.} He left.", "Whose fault was it?"),
            "Whose fault was it? He left.");
  EXPECT_EQ(With("{It was a bitter pill,} so he left.", "It was his own fault."),
            "It was his own fault, so he left.");
  EXPECT_EQ(With("He was {lost…} She was not.", "gone."), "He was gone. She was not.");
}

TEST(Seam, QuotationMarksFollowSpanAndText) {
  EXPECT_EQ(With("She said, {\"It is a bitter pill.\"} He left.", "It is my own fault."),
            "She said, \"It is my own fault.\" He left.");
  EXPECT_EQ(With("“No.” It was {a bitter pill} and she'd said \"so\".", "the pill she’d named"),
            "“No.” It was the pill she'd named and she'd said \"so\".");
  EXPECT_EQ(With("“No,” she said. It’s {a bitter pill}.", "what they called \"the boss's tax\""),
            "“No,” she said. It’s what they called “the boss’s tax”.");
}

TEST(Seam, LineBreaksAndWhiteSpaceFollowTheText) {
  EXPECT_EQ(With("One.\r\n{Two and\r\nthree.}\r\n", "Two\nand four."),
            "One.\r\nTwo\r\nand four.\r\n");
  EXPECT_EQ(With("It was{ a bitter pill }then.", "hard"), "It was hard then.");
  EXPECT_EQ(With("It was {a bitter pill}.", "hard\nand long"), "It was hard.");
}

TEST(Seam, DeletionsLeaveNoHole) {
  EXPECT_EQ(With("He left. {He was gone.} She slept.", "DELETE"), "He left. She slept.");
  EXPECT_EQ(With("He left. {He was gone.}\n\nShe slept.", "DELETE."), "He left.\n\nShe slept.");
  EXPECT_EQ(With("He left, {as people do,} at noon.", "DELETE"), "He left, at noon.");
  EXPECT_EQ(With("{As people do,} he left.", "DELETE"), "As people do, he left.")
      << "what is left would have no beginning";
}

TEST(Seam, NothingUsableChangesNothing) {
  for (const char* reply : {"", "   ", "...", "[[]]", "\n\n\n"}) {
    EXPECT_EQ(With("It was {a bitter pill} then.", reply), "It was a bitter pill then.") << reply;
  }
}

TEST(Seam, KnowsWhereSentencesBegin) {
  const std::string text = "One. Two (three) said.\n- Four “Five” six";
  for (const char* word : {"One", "Two", "Five"}) {
    EXPECT_EQ(BeginsSentence(text, text.find(word)), std::string(word) != "Five") << word;
  }
  EXPECT_FALSE(BeginsSentence(text, text.find("said")));
  EXPECT_EQ(EndMark("he said.”"), ".");
  EXPECT_EQ(EndMark("(he said)"), "");
  EXPECT_EQ(EndMark(""), "");
}

}  // namespace
}  // namespace redraft::edit
