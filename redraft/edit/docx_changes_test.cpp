#include "redraft/edit/docx_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "redraft/base/xml.h"
#include "redraft/base/xml_scan.h"
#include "redraft/edit/apply.h"
#include "redraft/edit/docx.h"
#include "redraft/edit/docx_fixture.h"
#include "redraft/text/codepoint.h"

namespace redraft::edit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Authorship kBy = {"Redraft", "2026-11-27T00:00:00Z"};

/// The main document as it is after rejecting or accepting our changes: a small writer of its own,
/// as Word's manual describes it.
class Settled final : public XmlHandler {
 public:
  explicit Settled(bool accepted) : accepted_(accepted) {}
  std::string xml = "<?xml version=\"1.0\"?>\n";

  void Start(std::string_view name, const XmlAttributes& attributes) override {
    const bool ours = AttributeOf(attributes, "w:author") == "Redraft";
    if (skipped_ > 0 || (ours && name == (accepted_ ? "del" : "ins"))) {
      ++skipped_;
      return;
    }
    const bool unwrapped = ours && name == (accepted_ ? "ins" : "del");
    unwrapped_.push_back(unwrapped);
    in_ours_ += unwrapped ? 1 : 0;
    if (unwrapped) return;
    xml += "<" + Spelled(name);
    if (unwrapped_.size() == 1) {
      xml += " xmlns:w='" + kDocxSpace + "' xmlns:m='urn:m' xmlns:xml2='urn:x'";
    }
    for (const auto& [key, value] : attributes) xml += " " + key + "=\"" + XmlEscaped(value) + "\"";
    xml += ">";
  }
  void End(std::string_view name) override {
    if (skipped_ > 0) {
      --skipped_;
      return;
    }
    if (!unwrapped_.back()) xml += "</" + Spelled(name) + ">";
    in_ours_ -= unwrapped_.back() ? 1 : 0;
    unwrapped_.pop_back();
  }
  void Text(std::string_view text) override {
    if (skipped_ == 0) xml += XmlEscaped(text);
  }

 private:
  std::string Spelled(std::string_view name) const {
    return "w:" + std::string(name == "delText" && in_ours_ > 0 ? "t" : name);
  }
  bool accepted_;
  int skipped_ = 0, in_ours_ = 0;
  std::vector<bool> unwrapped_;
};

std::string SettledText(const std::string& docx, bool accepted) {
  auto members = Unzipped(docx);
  Settled settled(accepted);
  EXPECT_TRUE(ReadXml(members["word/document.xml"], "document", settled));
  members["word/document.xml"] = settled.xml;
  const auto read = Docx::Read(Zip({members.begin(), members.end()}), "settled.docx");
  EXPECT_TRUE(read) << read.error().message;
  return read ? read->text() : "";
}

struct Edited {
  std::string text;      ///< of the document before
  std::string docx;      ///< after
  std::string document;  ///< its XML
};

Edited WithEdit(const std::string& paragraphs, const std::string& was, const std::string& is,
                const Members& others = {}) {
  const auto docx = Docx::Read(DocxBytesOf(paragraphs, others), "a.docx");
  EXPECT_TRUE(docx) << docx.error().message;
  Edited edited{docx->text(), "", ""};
  const auto edit = EditOf(docx->text(), was, is);
  auto bytes = docx->WithEdits({edit}, kBy);
  EXPECT_TRUE(bytes) << bytes.error().message;
  if (!bytes) return edited;
  edited.docx = *std::move(bytes);
  edited.document = Unzipped(edited.docx)["word/document.xml"];
  EXPECT_EQ(SettledText(edited.docx, true), Apply(docx->text(), {edit})->text);
  EXPECT_EQ(SettledText(edited.docx, false), docx->text());
  EXPECT_EQ(Docx::Read(edited.docx, "b.docx")->text(), Apply(docx->text(), {edit})->text);
  return edited;
}

TEST(DocxChanges, AnEditIsADeletionAnInsertionAndAComment) {
  const Edited edited = WithEdit(
      ParagraphXml("<w:r w:rsidR='01'><w:rPr><w:i/></w:rPr><w:t>The old cat sat.</w:t></w:r>"),
      "old", "grey & <thin>");
  const std::string date = R"( w:author="Redraft" w:date="2026-11-27T00:00:00Z")";
  EXPECT_EQ(
      edited.document,
      DocumentXml(ParagraphXml(
          R"(<w:r w:rsidR='01'><w:rPr><w:i/></w:rPr><w:t xml:space="preserve">The </w:t></w:r>)"
          R"(<w:commentRangeStart w:id="1"/><w:del w:id="2")" +
          date +
          R"(><w:r w:rsidR='01'><w:rPr><w:i/></w:rPr><w:delText xml:space="preserve">old</w:delText></w:r></w:del>)"
          R"(<w:ins w:id="3")" +
          date +
          R"(><w:r><w:rPr><w:i/></w:rPr><w:t xml:space="preserve">grey &amp; &lt;thin&gt;</w:t></w:r></w:ins>)"
          R"(<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r>)"
          R"(<w:r w:rsidR='01'><w:rPr><w:i/></w:rPr><w:t xml:space="preserve"> cat sat.</w:t></w:r>)")));
  const auto members = Unzipped(edited.docx);
  EXPECT_EQ(
      members.at("word/comments.xml"),
      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:comments xmlns:w=\"" +
          kDocxSpace + "\"><w:comment xmlns:w=\"" + kDocxSpace + R"(" w:id="1")" + date +
          R"( w:initials="R"><w:p><w:r><w:t xml:space="preserve">)"
          "Cliché: worn by use</w:t></w:r></w:p></w:comment></w:comments>");
  EXPECT_THAT(members.at("word/_rels/document.xml.rels"),
              HasSubstr("<Relationship Id=\"rId2\" Type=\"" + kDocxRelations +
                        "/comments\" Target=\"comments.xml\"/></Relationships>"));
  EXPECT_THAT(members.at("[Content_Types].xml"),
              HasSubstr(R"(<Override PartName="/word/comments.xml" ContentType="application/)"
                        R"(vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"/>)"));
}

TEST(DocxChanges, EverythingElseStaysToTheByte) {
  const Edited edited = WithEdit(ParagraphXml(RunXml("One two.")) +
                                     "<w:p  w:rsidR='7' ><w:r>\n<w:t>Left  alone</w:t></w:r></w:p>",
                                 "two", "three");
  EXPECT_THAT(edited.document,
              HasSubstr("<w:p  w:rsidR='7' ><w:r>\n<w:t>Left  alone</w:t></w:r></w:p>"));
  auto before = Unzipped(DocxBytesOf("")), after = Unzipped(edited.docx);
  for (const char* name : {"_rels/.rels", "word/styles.xml", "docProps/odd.bin"}) {
    EXPECT_EQ(after.at(name), before.at(name)) << name;
  }
}

TEST(DocxChanges, WholeWordsAtBothEndsThatStayAreNotMarked) {
  const Edited edited =
      WithEdit(ParagraphXml(RunXml("He ran as fast as the wind could.")),
               "He ran as fast as the wind could.", "He ran so fast the wind could.");
  EXPECT_THAT(edited.document, HasSubstr(">as fast as</w:delText>"));
  EXPECT_THAT(edited.document, HasSubstr(">so fast</w:t>"));
  EXPECT_THAT(WithEdit(ParagraphXml(RunXml("A cat sat.")), "cat", "old cat").document,
              Not(HasSubstr("<w:del ")));
}

TEST(DocxChanges, AnEditOverManyRunsKeepsTheirPropertiesAndTakesTheFirst) {
  const Edited edited =
      WithEdit(ParagraphXml(RunXml("a b", "<w:b/>") + "<w:bookmarkStart w:id='4' w:name='x'/>" +
                            RunXml("c", "<w:i/>") + RunXml("d e")),
               "bcd", "new");
  EXPECT_THAT(edited.document,
              HasSubstr(R"(<w:rPr><w:i/></w:rPr><w:delText xml:space="preserve">c<)"));
  EXPECT_THAT(edited.document, HasSubstr(R"(<w:rPr><w:b/></w:rPr><w:t xml:space="preserve">new<)"));
  EXPECT_THAT(edited.document, HasSubstr("<w:bookmarkStart w:id='4' w:name='x'/>"));
  EXPECT_THAT(edited.document, Not(HasSubstr(R"(w:id="4")"))) << "the id is taken";
}

TEST(DocxChanges, ANoteInsideAnEditStaysBehindTheNewWords) {
  const Edited edited = WithEdit(
      ParagraphXml("<w:r><w:t>old</w:t><w:footnoteReference w:id='2'/><w:t>er.</w:t></w:r>"),
      "older", "new");
  const std::size_t note = edited.document.find("<w:footnoteReference w:id='2'/>");
  ASSERT_NE(note, std::string::npos);
  EXPECT_EQ(edited.document.rfind("<w:del ", note), edited.document.find("<w:del "));
  EXPECT_LT(edited.document.find(">new<"), note);
  EXPECT_GT(edited.document.find(">er</w:delText>"), note);
}

TEST(DocxChanges, AReplacementThatChangesNothingIsACommentAlone) {
  const Edited edited = WithEdit(ParagraphXml(RunXml("The old cat.")), "old", "old");
  EXPECT_THAT(edited.document, Not(HasSubstr("<w:del ")));
  EXPECT_THAT(edited.document, Not(HasSubstr("<w:ins ")));
  EXPECT_THAT(edited.document, HasSubstr("<w:commentReference"));
}

TEST(DocxChanges, InsertionsGoAlsoIntoEmptyParagraphs) {
  for (const std::string empty : {"<w:p/>", "<w:p w:rsidR='1'></w:p>"}) {
    const auto docx = Docx::Read(DocxBytesOf(empty), "a.docx");
    ASSERT_TRUE(docx);
    const auto edited = docx->WithEdits({{{0, 0, "", "", 1}, "a\tb\nc"}}, kBy);
    ASSERT_TRUE(edited) << edited.error().message;
    EXPECT_EQ(Docx::Read(*edited, "b.docx")->text(), "a\tb\nc");
    EXPECT_EQ(SettledText(*edited, false), "");
  }
}

TEST(DocxChanges, InsideAnEarlierInsertionOursStandsBetweenItsHalves) {
  const Edited edited =
      WithEdit(ParagraphXml("<w:ins w:id='9' w:author='E'>" + RunXml("one two three") + "</w:ins>"),
               "two", "2");
  EXPECT_THAT(edited.document, HasSubstr("</w:ins><w:ins w:id=\"3\" w:author=\"Redraft\""));
  EXPECT_THAT(edited.document, HasSubstr(">2</w:t></w:r></w:ins><w:ins w:id='9' w:author='E'>"));
}

TEST(DocxChanges, CommentsJoinThoseThatAreThere) {
  const std::string comments = "<x:comments xmlns:x=\"" + kDocxSpace +
                               "\"><x:comment x:id=\"1\"/><x:comment x:id='3'/></x:comments>";
  const Edited edited = WithEdit(ParagraphXml(RunXml("One two.")), "two", "three",
                                 {{"word/notes7.xml", comments},
                                  {"word/_rels/document.xml.rels",
                                   RelationsXml(RelationXml("rId1", "comments", "notes7.xml"))}});
  const auto members = Unzipped(edited.docx);
  EXPECT_FALSE(members.contains("word/comments.xml"));
  EXPECT_THAT(members.at("word/notes7.xml"),
              HasSubstr("<x:comment x:id='3'/><w:comment xmlns:w=\"" + kDocxSpace +
                        "\" w:id=\"2\" w:author"));
  EXPECT_THAT(edited.document, HasSubstr("<w:del w:id=\"4\"")) << "1 and 3 are taken";
}

TEST(DocxChanges, WhatXmlCannotHoldIsRefused) {
  const auto docx = Docx::Read(DocxBytesOf(ParagraphXml(RunXml("One two."))), "a.docx");
  ASSERT_TRUE(docx);
  for (const char* bad : {"\x01", "\r\n", "\xFF", "\xEF\xBF\xBE"}) {
    const auto edited = docx->WithEdits({EditOf("One two.", "two", bad)}, kBy);
    ASSERT_FALSE(edited);
    EXPECT_THAT(edited.error().message, HasSubstr("the replacement of the edit of [4, 7) holds"));
  }
  EXPECT_TRUE(docx->WithEdits({EditOf("One two.", "two", "2", "a reason\x1B[0m")}, kBy));
  EXPECT_FALSE(docx->WithEdits({EditOf("One two.", "two", "2", "\xFF")}, kBy));
  EXPECT_FALSE(docx->WithEdits({EditOf("One two.", "two", "2")}, {"\x01", ""}));
  EXPECT_THAT(docx->WithEdits({EditOf("One two.", "two", "2"), EditOf("One two.", "o", "2")}, kBy)
                  .error()
                  .message,
              HasSubstr("overlap"));
}

std::string AnyWords(const std::vector<std::string>& pieces) {
  std::string text;
  for (const auto& piece :
       *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces)))
    text += piece;
  return text;
}

std::string AnyRun() {
  std::string run = *rc::gen::element("<w:r>", "<w:r w:rsidR='00A1'>");
  run += *rc::gen::element("", "<w:rPr><w:b/></w:rPr>", "<w:rPr><w:i/><w:sz w:val='28'/></w:rPr>",
                           "<w:rPr><w:vanish/></w:rPr>", "<w:br w:type='page'/>");
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    run += *rc::gen::element("<w:tab/>", "<w:br/>", "<w:noBreakHyphen/>", "<w:softHyphen/>",
                             "<w:footnoteReference w:id='5'/>", " ", "<m:oMath/>", "", "<!-- c -->",
                             "<w:drawing><w:t>no</w:t></w:drawing>");
    run += *rc::gen::element("<w:t>", "<w:t xml:space=\"preserve\">");
    run += AnyWords({"a", "word", " ", "é", "🙂", "&amp;", "&#xE9;", "\n", "“", "<![CDATA[<]]>"});
    run += "</w:t>";
  }
  return run + "</w:r>";
}

std::string AnyFlow(int depth) {
  std::string flow;
  for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
    const int kind = *rc::gen::inRange(0, 12);
    if (kind < 6 || depth == 0) {
      flow += AnyRun();
    } else if (kind == 6) {
      flow += "<w:hyperlink>" + AnyFlow(depth - 1) + "</w:hyperlink>";
    } else if (kind == 7) {
      const std::string kind_of = *rc::gen::element("ins", "moveTo");
      flow +=
          "<w:" + kind_of + " w:id='8' w:author='E'>" + AnyFlow(depth - 1) + "</w:" + kind_of + ">";
    } else if (kind == 8) {
      flow += "<w:del w:id='9' w:author='E'><w:r><w:delText>no</w:delText></w:r></w:del>";
    } else if (kind == 9) {
      flow += "<w:smartTag>" + AnyFlow(depth - 1) + "</w:smartTag>";
    } else if (kind == 10) {
      flow +=
          "<w:r><w:fldChar w:fldCharType='begin'/><w:instrText>REF</w:instrText>"
          "<w:fldChar w:fldCharType='separate'/></w:r>" +
          AnyRun() + "<w:r><w:fldChar w:fldCharType='end'/></w:r>";
    } else {
      flow += "<w:bookmarkStart w:id='3'/>";
    }
  }
  return flow;
}

std::string AnyBody() {
  std::string body;
  for (int i = *rc::gen::inRange(1, 5); i > 0; --i) {
    body += *rc::gen::element("", "<w:p/>");
    body += ParagraphXml(AnyFlow(2), *rc::gen::element("", "<w:pStyle w:val='Kop1'/>",
                                                       "<w:numPr><w:numId w:val='1'/></w:numPr>",
                                                       "<w:rPr><w:del w:id='2'/></w:rPr>"));
  }
  return body;
}

std::vector<core::Edit> AnyEdits(const Docx& docx) {
  std::vector<std::size_t> borders;
  for (std::size_t at = 0; at < docx.text().size();) {
    if (*rc::gen::inRange(0, 3) == 0) borders.push_back(at);
    text::NextCodePoint(docx.text(), at);
  }
  borders.push_back(docx.text().size());
  borders.push_back(docx.text().size());
  std::vector<core::Edit> edits;
  for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
    const int kind = *rc::gen::inRange(0, 4);  // leave, replace, insert, extend
    const std::size_t end = kind == 2 ? borders[i] : borders[i + 1];
    if (kind == 0 || !docx.CanEdit(borders[i], end)) continue;
    std::string replacement = AnyWords({"a", " ", "new", "<&>\"", "é", "\n", "\t"});
    if (kind == 3) replacement = docx.text().substr(borders[i], end - borders[i]) + replacement;
    edits.push_back({{borders[i], end, "cliche", "why", 1}, std::move(replacement)});
  }
  return edits;
}

TEST(DocxChanges, AcceptingGivesTheEditedTextAndRejectingTheOldOneForAnyDocument) {
  EXPECT_TRUE(rc::check([] {
    const std::string bytes = DocxBytesOf(AnyBody());
    const auto docx = Docx::Read(bytes, "a.docx");
    RC_ASSERT(docx.has_value());
    const std::vector<core::Edit> edits = AnyEdits(*docx);
    const auto applied = Apply(docx->text(), edits);
    if (!applied) RC_DISCARD("two insertions at one place");
    RC_CLASSIFY(!edits.empty());
    const auto edited = docx->WithEdits(edits, kBy);
    RC_ASSERT(edited.has_value());
    const auto again = Docx::Read(*edited, "b.docx");
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->text() == applied->text);
    RC_ASSERT(SettledText(*edited, true) == applied->text);
    RC_ASSERT(SettledText(*edited, false) == docx->text());
    const auto before = Unzipped(bytes), after = Unzipped(*edited);
    for (const auto& [name, content] : before) {
      const bool listed = name == "word/document.xml" || name == "[Content_Types].xml" ||
                          name == "word/_rels/document.xml.rels";
      RC_ASSERT(after.contains(name));
      if (!listed || edits.empty()) RC_ASSERT(after.at(name) == content);
    }
  }));
}

}  // namespace
}  // namespace redraft::edit
