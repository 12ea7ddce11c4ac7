#include "redraft/audit/book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/audit/plain_text.h"
#include "redraft/base/hash.h"

namespace redraft::audit {
namespace {

using ::testing::HasSubstr;

Book Parsed(std::string_view bytes, const std::string& name = "b.txt") {
  const auto book = ParseBook(bytes, name);
  EXPECT_TRUE(book) << book.error().message;
  return book ? *book : Book{};
}

std::string ErrorOf(std::string_view bytes, const std::string& name = "b.txt") {
  const auto book = ParseBook(bytes, name);
  EXPECT_FALSE(book);
  if (book) return "";
  EXPECT_EQ(book.error().code, ErrorCode::kInvalidArgument);
  return book.error().message;
}

TEST(Book, PlainTextIsTakenAsItIs) {
  const std::string bytes = "\xEF\xBB\xBFThe tide.  \r\nIt came.\r\rIn.";
  const Book book = Parsed(bytes);
  EXPECT_EQ(book.text, "The tide.\nIt came.\n\nIn.");
  EXPECT_EQ(book.sha256, Sha256Hex(bytes));
  EXPECT_TRUE(book.excerpts.empty());
}

TEST(Book, MarkdownLosesItsMarkup) {
  EXPECT_EQ(Parsed("# Low _Water_\n\nIt **came**.\n", "b.md").text, "Low Water\n\nIt came.\n");
  EXPECT_EQ(Parsed("# Low _Water_\n", "b.txt").text, "# Low _Water_\n");
}

TEST(Book, WhatProjectGutenbergPutsAroundATextGoes) {
  const Book book = Parsed(
      "The Project Gutenberg EBook of Low Water\n\nTitle: Low Water\nAuthor: A. Writer\n\n"
      "*** START OF THIS PROJECT GUTENBERG EBOOK LOW WATER ***\n\n\nProduced by Somebody and\n"
      "others\n\n\n  LOW WATER\n\nThe tide came in.\n\nEnd of the Project Gutenberg EBook of "
      "Low\n\n"
      "*** END OF THIS PROJECT GUTENBERG EBOOK LOW WATER ***\n\n*** START: FULL LICENSE ***\nno\n");
  EXPECT_EQ(book.title, "Low Water");
  EXPECT_EQ(book.author, "A. Writer");
  EXPECT_EQ(book.text, "  LOW WATER\n\nThe tide came in.");
  EXPECT_EQ(Parsed("*** START OF THE PROJECT GUTENBERG EBOOK X ***\nText.").text, "Text.");
  EXPECT_EQ(Parsed("small print\n*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*\n\nText.\n").text,
            "Text.");
  // Its own stars and titles are a book's own.
  EXPECT_EQ(Parsed("Title: One\n\n*** \n\nTwo.").text, "Title: One\n\n***\n\nTwo.");
  EXPECT_EQ(Parsed("Title: One\n\nTwo.").title, "");
  EXPECT_EQ(ErrorOf("*** START OF THE PROJECT GUTENBERG EBOOK X ***\n\n"
                    "*** END OF THE PROJECT GUTENBERG EBOOK X ***\n"),
            "b.txt holds no text of a book");
}

TEST(Book, WrappedLinesAreJoinedAndVerseIsNot) {
  const std::string wrapped =
      "It was the hour at which the boats came in, and nobody who\n"
      "had a choice in the matter stood on the quay, because of\n"
      "the gulls, which had learned that people who stand on a\n"
      "quay at that hour mostly hold something that is worth a\n"
      "try.\n";
  const std::string joined = JoinWrappedLines(wrapped + "\nThe tide is out,\nthe boats are in.\n");
  EXPECT_EQ(joined.substr(0, 70),
            "It was the hour at which the boats came in, and nobody who had a choic");
  EXPECT_TRUE(joined.ends_with(" try.\n\nThe tide is out,\nthe boats are in.\n")) << joined;
  // Not wrapped at all: nothing changes.
  const std::string free = "One.\nTwo.\nThree.\nFour.\n";
  EXPECT_EQ(JoinWrappedLines(free), free);
}

TEST(Book, TheReferencesJsonHasItsExcerptsSortedByNumber) {
  const Book book = Parsed(R"([
      {"excerpt_id":"p_id10","excerpt_text":"Ten.","book_name":"Low Water","detail":"They count."},
      {"paragraph_id":"p_id9","paragraph_text":"Nine.","author_name":"A. Writer","word_count":1,
       "instruction":"Write it."}])");
  EXPECT_EQ(book.title, "Low Water");
  EXPECT_EQ(book.author, "A. Writer");
  EXPECT_EQ(book.text, "Nine.\n\nTen.");
  ASSERT_EQ(book.excerpts.size(), 2U);
  EXPECT_EQ(book.excerpts[0], (Excerpt{"p_id9", 0, 5, "", "Write it."}));
  EXPECT_EQ(book.excerpts[1], (Excerpt{"p_id10", 7, 11, "They count.", ""}));
  EXPECT_EQ(book.TextOf(book.excerpts[1]), "Ten.");
  // Ids without numbers, and equal numbers, keep the order of the file.
  const Book unnumbered =
      Parsed(R"([{"excerpt_id":"b","excerpt_text":"B"},{"excerpt_id":"a","excerpt_text":"A"}])");
  EXPECT_EQ(unnumbered.text, "B\n\nA");
  EXPECT_EQ(Parsed(R"([{"excerpt_id":"b2_p7","excerpt_text":"B"},
                       {"excerpt_id":"b2_p1","excerpt_text":"A"}])")
                .text,
            "B\n\nA");
  EXPECT_EQ(Parsed(R"([{"excerpt_id":3,"excerpt_text":"C"}])").excerpts[0].id, "3");
}

TEST(Book, FaultsOfTheJsonAreNamed) {
  EXPECT_THAT(ErrorOf(R"([{"excerpt_id":"p1","excerpt_text":"Cut)"),
              HasSubstr("b.txt: not JSON: at byte"));
  EXPECT_THAT(ErrorOf("{}", "b.json"), HasSubstr("b.json: not a list of"));
  EXPECT_EQ(ErrorOf("[]", "b.json"), "b.json holds no text of a book");
  EXPECT_EQ(ErrorOf(R"([{"excerpt_id":"p1","excerpt_text":" "}])"),
            "b.txt holds no text of a book");
  EXPECT_EQ(ErrorOf(R"([{"excerpt_text":"x"}])"), "b.txt: record 1 has no excerpt_id");
  EXPECT_EQ(ErrorOf(R"([{"excerpt_id":"p1"}])"), "b.txt: record 1 (p1) has no excerpt_text");
  EXPECT_EQ(ErrorOf(R"([{"excerpt_id":"p1","excerpt_text":["x"]}])"),
            "b.txt: record 1 has no text as its excerpt_text");
  EXPECT_EQ(ErrorOf(R"([{"excerpt_id":"p1","excerpt_text":"x"}, 3])"),
            "b.txt: record 2 is not an object");
  EXPECT_EQ(ErrorOf(R"([{"excerpt_id":"p1","excerpt_text":"x"},
                        {"excerpt_id":"p1","excerpt_text":"y"}])"),
            "b.txt: the excerpt_id 'p1' is there twice; ids must be unique");
  EXPECT_EQ(
      ErrorOf(R"([{"excerpt_id":"p1","excerpt_text":"x"},
                        {"excerpt_id":"coda","excerpt_text":"y"}])"),
      "b.txt: the excerpt_id 'coda' has no number to sort by, others have; number all or none");
}

TEST(Book, WhatIsNoTextIsNamed) {
  EXPECT_EQ(ErrorOf(""), "b.txt is empty; it must hold text");
  EXPECT_THAT(ErrorOf("caf\xE9"), HasSubstr("is not UTF-8 text (byte 3)"));
  EXPECT_THAT(ErrorOf(std::string_view("a\0b", 3)), HasSubstr("is binary"));
}

}  // namespace
}  // namespace redraft::audit
