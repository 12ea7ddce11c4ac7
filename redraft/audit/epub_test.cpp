#include "redraft/audit/epub.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "redraft/audit/book.h"
#include "redraft/audit/epub_fixture.h"
#include "redraft/base/file.h"
#include "redraft/base/zip_fixture.h"

namespace redraft::audit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A book of one document, with one member in the place of what it would have.
std::string BookWith(const std::string& body, const Members& others = {}) {
  Members members = {{"mimetype", "application/epub+zip"},
                     {"META-INF/container.xml", kContainerXml},
                     {"epub/content.opf", PackageXml(ItemXml("c1", "text/1.xhtml"), RefXml("c1"))},
                     {"epub/text/1.xhtml", PageXml(body)}};
  for (const auto& other : others) {
    std::erase_if(members, [&](const auto& member) { return member.first == other.first; });
    members.push_back(other);
  }
  return Zip(members);
}

std::string TextOf(const std::string& body) {
  const auto epub = ReadEpub(BookWith(body), "b.epub");
  EXPECT_TRUE(epub) << epub.error().message;
  return epub ? epub->text : "";
}

std::string ErrorOf(const std::string& bytes) {
  const auto epub = ReadEpub(bytes, "b.epub");
  EXPECT_FALSE(epub);
  if (epub) return "";
  EXPECT_EQ(epub.error().code, ErrorCode::kInvalidArgument);
  return epub.error().message;
}

TEST(Epub, DocumentsComeInTheOrderOfTheSpine) {
  const std::string package =
      PackageXml(ItemXml("a", "text/2%20b.xhtml") + ItemXml("b", "../one.xhtml") +
                     ItemXml("n", "nav.xhtml", "nav") +
                     R"(<item id="s" href="x.svg" media-type="image/svg+xml"/>)",
                 RefXml("b") + RefXml("n") + RefXml("s") + RefXml("a"));
  const auto epub = ReadEpub(Zip({{"META-INF/container.xml", kContainerXml},
                                  {"epub/content.opf", package},
                                  {"epub/text/2 b.xhtml", PageXml("<p>Second.</p>")},
                                  {"one.xhtml", PageXml("<p>First.</p>")},
                                  {"epub/nav.xhtml", PageXml("<nav>Contents</nav>")}}),
                             "b.epub");
  ASSERT_TRUE(epub) << epub.error().message;
  EXPECT_EQ(epub->title, "Low Water");
  EXPECT_EQ(epub->author, "A. Writer");
  EXPECT_EQ(epub->text, "First.\n\nSecond.\n");
}

TEST(Epub, TextIsWhatAReaderSees) {
  EXPECT_EQ(TextOf("<h2>One</h2>\n<p>She <em>really</em>\n  did.<br/>Then&#160;not.</p><p>"
                   "<span>No</span><i>body</i> &mdash; knew</p><hr/><ul><li>a</li><li>b</li></ul>"),
            "One\n\nShe really did.\nThen not.\n\nNobody — knew\n\na\nb\n");
  EXPECT_EQ(TextOf("<p>tide<a epub:type=\"noteref\">12</a>s co\u00ADop\u2060—\u200Aerate</p>"
                   "<script>x()</script><p><ruby>漢<rp>(</rp><rt>kan</rt></ruby></p>"),
            "tides coop— erate\n\n漢\n");
  EXPECT_EQ(TextOf("<pre>a\n  b</pre><table><tr><td>1</td><td>2</td></tr></table>"),
            "a\nb\n\n1 2\n");
}

TEST(Epub, WhatABookCallsItsApparatusIsLeftOut) {
  EXPECT_EQ(TextOf("<section epub:type=\"frontmatter imprint\"><p>Made by</p></section>"
                   "<section epub:type=\"chapter\"><p>It rained.</p></section>"
                   "<section epub:type=\"copyright-page\">©</section>"),
            "It rained.\n");
  EXPECT_EQ(ErrorOf(BookWith("<p epub:type=\"toc\">1</p>")),
            "b.epub: spine: no document in it holds any text");
}

TEST(Epub, ABrokenArchiveIsNamed) {
  const std::string whole = BookWith("<p>It rained.</p>");
  EXPECT_THAT(ErrorOf("PK\x03\x04"), HasSubstr("b.epub is not a zip file, or a damaged one"));
  EXPECT_THAT(ErrorOf(whole.substr(0, whole.size() - 10)), HasSubstr("not a zip file"));
  std::string damaged = whole;
  damaged[damaged.find("epub/text/1.xhtml") + 25] ^= 0x55;
  EXPECT_THAT(ErrorOf(damaged), HasSubstr("b.epub: "));
  EXPECT_EQ(ErrorOf(Zip({{"word/document.xml", "<x/>"}})),
            "b.epub: META-INF/container.xml: missing, so this zip is no EPUB");
  EXPECT_EQ(ErrorOf(Zip({{"META-INF/container.xml", kContainerXml}})),
            "b.epub: has no such member (epub/content.opf)");
  EXPECT_EQ(ErrorOf(BookWith("", {{"epub/content.opf", PackageXml("", "")}})),
            "b.epub: epub/content.opf: has no spine");
  EXPECT_EQ(ErrorOf(BookWith("", {{"epub/content.opf", PackageXml("", RefXml("c1"))}})),
            "b.epub: spine: names 'c1', which the manifest does not have");
  EXPECT_THAT(ErrorOf(BookWith("<p>")),
              HasSubstr("b.epub: epub/text/1.xhtml, line 1: not well-formed XML"));
}

TEST(Epub, PathsThatLeaveTheBookAreRefused) {
  for (const char* href : {"../../etc/passwd", "..%2f..%2fetc/passwd", "/etc/passwd",
                           "http://127.0.0.1/x.xhtml", "file:///etc/passwd", "a\\..\\b", ""}) {
    const std::string package = PackageXml(ItemXml("c1", href), RefXml("c1"));
    EXPECT_EQ(ErrorOf(BookWith("", {{"epub/content.opf", package}})),
              "b.epub: spine: names '" + std::string(href) + "', which is not inside the book");
  }
  EXPECT_THAT(
      ErrorOf(BookWith("", {{"META-INF/container.xml",
                             R"(<container><rootfile full-path="../x.opf"/></container>)"}})),
      HasSubstr("names '../x.opf', which is not inside the book"));
}

TEST(Epub, ADocumentCannotBeReadTwice) {
  EXPECT_EQ(ErrorOf(BookWith(
                "x", {{"epub/content.opf", PackageXml(ItemXml("c1", "text/1.xhtml") +
                                                          ItemXml("c2", "./text/../text/1.xhtml#x"),
                                                      RefXml("c1") + RefXml("c2"))}})),
            "b.epub: spine: names epub/text/1.xhtml twice");
}

TEST(Epub, AZipBombStopsAtTheLimit) {
  // 40 MB of blanks in each of two documents: each fits, both together do not.
  const std::string blanks = PageXml("<p>x</p>" + std::string(40 << 20, ' '));
  const std::string bomb =
      Zip({{"META-INF/container.xml", kContainerXml},
           {"epub/content.opf", PackageXml(ItemXml("a", "a.xhtml") + ItemXml("b", "b.xhtml"),
                                           RefXml("a") + RefXml("b"))},
           {"epub/a.xhtml", blanks},
           {"epub/b.xhtml", blanks}});
  EXPECT_LT(bomb.size(), 1U << 20);
  EXPECT_THAT(ErrorOf(bomb), HasSubstr("b.epub: unpacks to more than the limit of "));
}

TEST(Epub, AnEntityBombDoesNotExpand) {
  const std::string bomb =
      "<!DOCTYPE html [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]>" + PageXml("<p>&b;</p>");
  EXPECT_EQ(
      ErrorOf(BookWith("", {{"epub/text/1.xhtml", bomb}})),
      "b.epub: epub/text/1.xhtml, line 1: declares the entity 'a'; entities are not expanded");
}

TEST(Epub, AnEncryptedDocumentIsNamed) {
  EXPECT_EQ(ErrorOf(BookWith("", {{"META-INF/encryption.xml",
                                   R"(<encryption><CipherReference URI="epub/text/1.xhtml"/>)"
                                   R"(</encryption>)"}})),
            "b.epub: epub/text/1.xhtml: is encrypted (DRM); give the text without");
  // Fonts may be obfuscated without harm.
  EXPECT_TRUE(ReadEpub(BookWith("<p>x</p>", {{"META-INF/encryption.xml",
                                              R"(<encryption><CipherReference URI="epub/f.otf"/>)"
                                              R"(</encryption>)"}}),
                       "b.epub"));
}

TEST(Epub, ARealBookReadsAsItsText) {
  const std::filesystem::path path =
      std::filesystem::path(REDRAFT_SOURCE_DIR) / "../shared/data/books/sherlock-holmes.epub";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  const auto book = ReadBook(path);
  ASSERT_TRUE(book) << book.error().message;
  EXPECT_EQ(book->title, "The Adventures of Sherlock Holmes");
  EXPECT_EQ(book->author, "Arthur Conan Doyle");
  EXPECT_TRUE(
      book->text.starts_with("A Scandal in Bohemia\n\nI\n\nTo Sherlock Holmes she is "
                             "always the woman. I have seldom"))
      << book->text.substr(0, 200);
  EXPECT_THAT(book->text, Not(HasSubstr("Standard Ebooks")));
  EXPECT_THAT(book->text, Not(HasSubstr("Uncopyright")));
  EXPECT_THAT(book->text, HasSubstr("The Adventure of the Copper Beeches"));
}

}  // namespace
}  // namespace redraft::audit
