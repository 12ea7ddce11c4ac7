#include "redraft/edit/docx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/edit/docx_fixture.h"

namespace redraft::edit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Docx DocxOf(const std::string& bytes) {
  auto docx = Docx::Read(bytes, "a.docx");
  EXPECT_TRUE(docx) << docx.error().message;
  if (!docx) docx = Docx::Read(DocxBytesOf(""), "empty");
  return *std::move(docx);
}

std::string TextOf(const std::string& body) { return DocxOf(DocxBytesOf(body)).text(); }

std::string ErrorOf(const std::string& bytes) {
  const auto docx = Docx::Read(bytes, "a.docx");
  EXPECT_FALSE(docx);
  if (docx) return "";
  EXPECT_EQ(docx.error().code, ErrorCode::kInvalidArgument);
  return docx.error().message;
}

std::string P(const std::string& text, const std::string& properties = "") {
  return ParagraphXml(RunXml(text), properties);
}

TEST(Docx, ParagraphsAreJoinedByEmptyLines) {
  EXPECT_EQ(TextOf(P("One &amp; two.") + "<w:p/>" + ParagraphXml("") + P("Three.")),
            "One & two.\n\n\n\n\n\nThree.");
}

TEST(Docx, RunsTabsBreaksAndHyphensAreOneText) {
  EXPECT_EQ(
      TextOf(ParagraphXml(
          "<w:r><w:tab/><w:t xml:space='preserve'>The </w:t></w:r><w:proofErr/>"
          "<w:r><w:rPr><w:b/></w:rPr><w:t>low</w:t><w:t xml:space='preserve'>\n wa</w:t></w:r>"
          "<w:r><w:t> ter </w:t><w:br/><w:t>mark</w:t><w:noBreakHyphen/><w:t>s</w:t>"
          "<w:softHyphen/><w:br w:type='page'/><w:t>.</w:t></w:r>")),
      "\tThe low  water\nmark\u2011s.");
}

TEST(Docx, HeadingsListsAndQuotationsHaveMarksByWhatTheirStyleIsCalledInTheFile) {
  EXPECT_EQ(TextOf(P("One", "<w:pStyle w:val='Kop1'/>") + P("Two", "<w:pStyle w:val='Mine'/>") +
                   P("Three", "<w:outlineLvl w:val='2'/>") +
                   P("Item", "<w:numPr><w:ilvl w:val='0'/><w:numId w:val='4'/></w:numPr>") +
                   P("None", "<w:numPr><w:numId w:val='0'/></w:numPr>") +
                   P("Said", "<w:pStyle w:val='Citaat'/>") +
                   P("Was", "<w:pPrChange><w:pPr><w:pStyle w:val='Kop1'/></w:pPr></w:pPrChange>")),
            "# One\n\n## Two\n\n### Three\n\n- Item\n\nNone\n\n> Said\n\nWas");
}

TEST(Docx, TablesLinksAndContentControlsAreReadInOrder) {
  EXPECT_EQ(TextOf("<w:tbl><w:tr><w:tc>" + P("A") + "</w:tc><w:tc>" + P("B") +
                   "</w:tc></w:tr></w:tbl><w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr>"
                   "<w:sdtContent>" +
                   ParagraphXml("<w:smartTag>" + RunXml("C") + "</w:smartTag><w:hyperlink>" +
                                RunXml(" link") + "</w:hyperlink>") +
                   "</w:sdtContent></w:sdt>"),
            "A\n\nB\n\nC link");
}

TEST(Docx, EarlierChangesAreReadAsAccepted) {
  const std::string body =
      ParagraphXml(RunXml("Old ") +
                       "<w:del w:id='7' w:author='E'><w:r><w:delText>gone </w:delText>"
                       "</w:r></w:del><w:ins w:id='8' w:author='E'>" +
                       RunXml("new ") +
                       "</w:ins><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>",
                   "<w:rPr><w:del w:id='9' w:author='E'/></w:rPr>") +
      P("end.");
  const Docx docx = DocxOf(DocxBytesOf(body));
  EXPECT_EQ(docx.text(), "Old new end.") << "the mark of the first paragraph is deleted";
  EXPECT_THAT(docx.Notes(), ElementsAre(HasSubstr("read as accepted")));
}

TEST(Docx, WhatIsNotReadIsSaid) {
  const std::string body = ParagraphXml(
      RunXml("Text") +
      "<w:r><w:footnoteReference w:id='2'/></w:r><w:r><mc:AlternateContent>"
      "<mc:Choice><w:drawing><pic:pic/><w:txbxContent>" +
      P("in a box") +
      "</w:txbxContent>"
      "</w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>" +
      P("in a box") + "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>" +
      RunXml("hidden", "<w:vanish/>") + RunXml(".", "<w:vanish w:val='0'/>") +
      "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>");
  const Docx docx = DocxOf(DocxBytesOf(body));
  EXPECT_EQ(docx.text(), "Text.");
  EXPECT_THAT(
      docx.Notes(),
      ElementsAre("not read, and kept as they are: text boxes (1), pictures (1), notes (1), "
                  "pieces of hidden text (1)"));
  EXPECT_THAT(DocxOf(DocxBytesOf(P("Plain."))).Notes(), IsEmpty());
}

std::string FieldXml(const std::string& instruction, const std::string& result) {
  return "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>" + instruction +
         "</w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>" + result +
         "<w:r><w:fldChar w:fldCharType='end'/></w:r>";
}

TEST(Docx, FieldsAreReadButStayAsTheyAre) {
  const std::string body =
      ParagraphXml(FieldXml(" TOC \\o ", RunXml("One 1"))) +
      ParagraphXml(RunXml("See ") + FieldXml(" REF x ", RunXml("Table 1")) + RunXml(" here, ") +
                   "<w:hyperlink>" + RunXml("there") + "</w:hyperlink>" +
                   "<w:fldSimple w:instr='PAGE'>" + RunXml("9") + "</w:fldSimple>");
  const Docx docx = DocxOf(DocxBytesOf(body));
  EXPECT_EQ(docx.text(), "\n\nSee Table 1 here, there9");
  const auto can = [&](const std::string& part) {
    const std::size_t at = docx.text().find(part);
    return docx.CanEdit(at, at + part.size());
  };
  EXPECT_TRUE(can("See "));
  EXPECT_FALSE(can("See T"));
  EXPECT_FALSE(can("able"));
  EXPECT_TRUE(can(" here, "));
  EXPECT_FALSE(can("there"));
  EXPECT_FALSE(can("9"));
  EXPECT_TRUE(docx.CanEdit(6, 6)) << "between plain text and a field";
  EXPECT_FALSE(docx.CanEdit(7, 7)) << "inside a field";
  EXPECT_FALSE(docx.CanEdit(25, 25)) << "between two that stay";
}

TEST(Docx, AnEditLiesInsideOneParagraphBehindItsMark) {
  const Docx docx = DocxOf(DocxBytesOf(P("One", "<w:pStyle w:val='Kop1'/>") + P("Two") + "<w:p/>" +
                                       P("x", "<w:pStyle w:val='Code'/>")));
  ASSERT_EQ(docx.text(), "# One\n\nTwo\n\n\n\nx");
  EXPECT_TRUE(docx.CanEdit(2, 5));
  EXPECT_FALSE(docx.CanEdit(1, 5));
  EXPECT_FALSE(docx.CanEdit(0, 0));
  EXPECT_FALSE(docx.CanEdit(2, 6));
  EXPECT_FALSE(docx.CanEdit(6, 6)) << "between paragraphs";
  EXPECT_TRUE(docx.CanEdit(7, 10));
  EXPECT_TRUE(docx.CanEdit(12, 12)) << "an empty paragraph";
  EXPECT_FALSE(docx.CanEdit(14, 15)) << "code";
  EXPECT_FALSE(docx.CanEdit(14, 99));
  EXPECT_FALSE(docx.CanEdit(5, 2));
  const auto refused = docx.WithEdits({{{3, 9, "cliche", "", 1}, "x"}}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(
      refused.error().message,
      "a.docx: the edit of [3, 9) crosses the end of a paragraph, or changes a link, a field, "
      "code, or the mark of a heading or list");
}

TEST(Docx, OtherFormatsAndEncryptedFilesAreNamedWithWhatToDo) {
  const std::string ole = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
  std::string stream;
  for (const char c : std::string("EncryptedPackage")) stream += {c, '\0'};
  EXPECT_EQ(ErrorOf(ole + stream),
            "a.docx is encrypted; open it with its password in Word or LibreOffice and save it "
            "without one");
  EXPECT_THAT(ErrorOf(ole + "WordDocument"), HasSubstr("of the old kind (.doc)"));
  EXPECT_THAT(ErrorOf("{\\rtf1 text}"), HasSubstr("a.docx is RTF"));
  EXPECT_EQ(ErrorOf(""), "a.docx is empty");
  EXPECT_THAT(ErrorOf("plain text"), HasSubstr("is no DOCX, or a damaged one"));
  EXPECT_THAT(ErrorOf(Zip({{"mimetype", "application/vnd.oasis.opendocument.text"}})),
              HasSubstr("an OpenDocument text or a book?"));
  EXPECT_THAT(ErrorOf(Zip({{"x", "y"}})), HasSubstr("is a zip file but no DOCX"));
  EXPECT_THAT(ErrorOf(DocxBytesOf("", {{"word/document.xml", "<workbook xmlns='urn:x'/>"}})),
              HasSubstr("its main part is <workbook>, so it is no text document"));
}

TEST(Docx, DamagedFilesAreErrorsNeverHalfATextRead) {
  const std::string whole = DocxBytesOf(P(std::string(5'000, 'a') + " some text to be pressed"));
  EXPECT_TRUE(Docx::Read(whole, "a.docx"));
  for (std::size_t cut = 0; cut < whole.size(); cut += 7) {
    EXPECT_NE(ErrorOf(whole.substr(0, cut)), "") << cut;
  }
  std::string flipped = whole;
  const std::size_t document = flipped.find("word/document.xml");
  for (std::size_t i = 30; i < 60; ++i) flipped[document + i] ^= 0x55;
  EXPECT_THAT(ErrorOf(flipped), HasSubstr("(word/document.xml)"));
}

TEST(Docx, HostilePackagesAreRefused) {
  EXPECT_THAT(
      ErrorOf(DocxBytesOf("", {{"word/document.xml", "<!DOCTYPE w [<!ENTITY e 'x'>]><w>&e;</w>"}})),
      HasSubstr("entities are not expanded"));
  EXPECT_THAT(ErrorOf(DocxBytesOf("", {{"word/document.xml", "<!DOCTYPE w><w/>"}})),
              HasSubstr("has a DOCTYPE"));
  EXPECT_THAT(
      ErrorOf(DocxBytesOf(
          "", {{"_rels/.rels", RelationsXml(RelationXml("r", "officeDocument", "../../x.xml"))}})),
      HasSubstr("a main document outside of itself"));
  EXPECT_THAT(ErrorOf(DocxBytesOf("", {{"_rels/.rels", RelationsXml("")}})),
              HasSubstr("names no main document"));
  EXPECT_THAT(ErrorOf(DocxBytesOf("", {{"Word/Document.xml", "<other/>"}})),
              HasSubstr("twice, so that programs may see different texts"));
  EXPECT_THAT(
      ErrorOf(DocxBytesOf("", {{"word/document.xml", DocumentXml(std::string(65 << 20, ' '))}})),
      HasSubstr("unpacks to more than the limit"));
  EXPECT_THAT(ErrorOf(DocxBytesOf("", {{"word/document.xml", "<w:document>"}})),
              HasSubstr("which may repair it"));
  EXPECT_THAT(ErrorOf(DocxBytesOf("", {{"word/document.xml", "<document xmlns='" + kDocxSpace +
                                                                 "'><body/></document>"}})),
              HasSubstr("in a way that Word does not write"));
}

Members WithMacros() {
  std::string types =
      TypesXml(R"(<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>)"
               R"(<Override PartName="/word/vbaData.xml" )"
               R"(ContentType="application/vnd.ms-word.vbaData+xml"/>)");
  const std::string plain =
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
  types.replace(types.find(plain), plain.size(),
                "application/vnd.ms-word.document.macroEnabled.main+xml");
  return DocxMembers(
      P("Text."),
      {{"[Content_Types].xml", types},
       {"word/_rels/document.xml.rels",
        RelationsXml(RelationXml("rId1", "styles", "styles.xml") +
                     "<Relationship Id='rId2' Type='http://schemas.microsoft.com/office/2006/"
                     "relationships/vbaProject' Target='vbaProject.bin'/>")},
       {"word/vbaProject.bin", "Sub AutoOpen()"},
       {"word/_rels/vbaProject.bin.rels", RelationsXml("")},
       {"word/vbaData.xml", "<x/>"}});
}

TEST(Docx, MacrosAreLeftOutAndThatIsSaid) {
  const Docx docx = DocxOf(Zip(WithMacros()));
  EXPECT_THAT(docx.Notes(), ElementsAre("its macros are left out of the edited document"));
  const auto edited = docx.WithEdits({EditOf(docx.text(), "Text", "Words")}, {});
  ASSERT_TRUE(edited);
  const auto members = Unzipped(*edited);
  for (const auto& [name, bytes] : members) {
    EXPECT_THAT(name, Not(HasSubstr("vba")));
    EXPECT_THAT(bytes, Not(HasSubstr("vba"))) << name;
    EXPECT_THAT(bytes, Not(HasSubstr("macroEnabled"))) << name;
  }
  EXPECT_THAT(members.at("[Content_Types].xml"), HasSubstr("wordprocessingml.document.main+xml"));
  EXPECT_THAT(members.at("[Content_Types].xml"),
              HasSubstr(R"(<Default Extension="bin" ContentType="application/octet-stream"/>)"))
      << "docProps/odd.bin still has a type";
  EXPECT_THAT(members.at("word/_rels/document.xml.rels"), HasSubstr("styles.xml"));
  EXPECT_THAT(DocxOf(*edited).Notes(), ElementsAre(HasSubstr("tracked changes")));
}

TEST(Docx, ATemplateBecomesADocument) {
  std::string types = TypesXml();
  types.replace(types.find("document.main"), 8, "template");
  const Docx docx = DocxOf(DocxBytesOf(P("Text."), {{"[Content_Types].xml", types}}));
  const auto edited = docx.WithEdits({}, {});
  ASSERT_TRUE(edited);
  EXPECT_EQ(Unzipped(*edited)["[Content_Types].xml"], TypesXml());
}

}  // namespace
}  // namespace redraft::edit
