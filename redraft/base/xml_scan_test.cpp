#include "redraft/base/xml_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "redraft/base/xml.h"

namespace redraft {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> PiecesOf(std::string_view xml) {
  std::vector<std::string> pieces;
  XmlScanner scanner(xml);
  for (XmlPiece piece; scanner.Next(piece);) {
    pieces.emplace_back(xml.substr(piece.start, piece.end - piece.start));
  }
  return pieces;
}

TEST(XmlScan, PiecesCoverTheDocument) {
  EXPECT_THAT(
      PiecesOf("<?xml version='1.0'?><a x='>' y=\"/>\">t<b/><!-- <c> --><![CDATA[<d>]]></a>"),
      ElementsAre("<?xml version='1.0'?>", "<a x='>' y=\"/>\">", "t", "<b/>", "<!-- <c> -->",
                  "<![CDATA[<d>]]>", "</a>"));
}

TEST(XmlScan, WhatIsNotClosedRunsToTheEnd) {
  for (const std::string_view open :
       {"<a", "<a x='", "<!--", "<![CDATA[", "<?x", "<!D", "<", "</"}) {
    EXPECT_THAT(PiecesOf(open), ElementsAre(open));
  }
}

TEST(XmlScan, NamesHaveAPrefixAndALocalPart) {
  XmlPiece piece;
  XmlScanner scanner("<w:t\nx='1'></w:t><br/>");
  ASSERT_TRUE(scanner.Next(piece));
  EXPECT_EQ(piece.kind, XmlKind::kStart);
  EXPECT_EQ(piece.name, "w:t");
  EXPECT_EQ(piece.prefix(), "w");
  EXPECT_EQ(piece.local(), "t");
  ASSERT_TRUE(scanner.Next(piece));
  EXPECT_EQ(piece.kind, XmlKind::kEnd);
  EXPECT_EQ(piece.name, "w:t");
  ASSERT_TRUE(scanner.Next(piece));
  EXPECT_EQ(piece.kind, XmlKind::kEmpty);
  EXPECT_EQ(piece.name, "br");
  EXPECT_EQ(piece.prefix(), "");
  EXPECT_EQ(piece.local(), "br");
  EXPECT_FALSE(scanner.Next(piece));
}

TEST(XmlScan, AttributesAreDecoded) {
  const std::string_view tag = "<w:p a:x = 'one' \n x=\"t&amp;w&#233;\" y='>'/>";
  EXPECT_EQ(XmlAttribute(tag, "a:x"), "one");
  EXPECT_EQ(XmlAttribute(tag, "x"), "t&wé");
  EXPECT_EQ(XmlAttribute(tag, "y"), ">");
  EXPECT_EQ(XmlAttribute(tag, "z"), "");
  EXPECT_EQ(XmlAttribute("<a>", "z"), "");
  EXPECT_EQ(XmlAttribute("<a x", "x"), "");
  EXPECT_EQ(XmlAttribute("<a x='", "x"), "");
}

TEST(XmlScan, ReferencesAreDecodedAndUnknownOnesStay) {
  EXPECT_EQ(XmlDecoded("&lt;&gt;&amp;&quot;&apos;&#65;&#x1F642;"), "<>&\"'A🙂");
  EXPECT_EQ(XmlDecoded("&nonesuch; & &#0; &; &"), "&nonesuch; & &#0; &; &");
}

TEST(XmlScan, TheLastChildIsPutBeforeTheEndOfTheRoot) {
  EXPECT_EQ(XmlWithLast("<a><b/></a>\n<!-- x -->", "<c/>"), "<a><b/><c/></a>\n<!-- x -->");
  EXPECT_EQ(XmlWithLast("<?xml version='1.0'?><n:a x='1'/>", "<c/>"),
            "<?xml version='1.0'?><n:a x='1'><c/></n:a>");
}

TEST(XmlScan, OnlyUtf8WithoutADoctypeIsScannable) {
  EXPECT_TRUE(CheckScannable("<a>é</a>", "x"));
  EXPECT_TRUE(CheckScannable("\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?><a>é</a>", "x"));
  const auto error = [](std::string_view xml) {
    const Status status = CheckScannable(xml, "x.xml");
    return status ? "" : status.error().message;
  };
  EXPECT_EQ(error("<?xml version='1.0' encoding='ISO-8859-1'?><a>e</a>"), "x.xml: is not in UTF-8");
  EXPECT_EQ(error("<!DOCTYPE a><a/>"), "x.xml: has a DOCTYPE, which is not allowed here");
  EXPECT_THAT(error("<a>"), HasSubstr("not well-formed"));
}

TEST(XmlScan, XmlHoldsNoControlCharacters) {
  EXPECT_TRUE(IsXmlText("a\t\n\ré🙂"));
  EXPECT_FALSE(IsXmlText(std::string_view("\0", 1)));
  EXPECT_FALSE(IsXmlText("\x1B[0m"));
  EXPECT_FALSE(IsXmlText("\xFF"));
  EXPECT_FALSE(IsXmlText("\xEF\xBF\xBF"));
  EXPECT_TRUE(IsXmlText("\xEF\xBF\xBD"));
}

/// What libxml2 hears, as the twin of the scanner.
struct Scribe final : XmlHandler {
  std::string heard;
  void Start(std::string_view name, const XmlAttributes& attributes) override {
    heard += "<" + std::string(name);
    if (!attributes.empty()) heard += " " + attributes.front().second;
    heard += ">";
  }
  void End(std::string_view name) override { heard += "</" + std::string(name) + ">"; }
  void Text(std::string_view text) override { heard += text; }
};

std::string Scanned(std::string_view xml) {
  std::string heard;
  XmlScanner scanner(xml);
  for (XmlPiece piece; scanner.Next(piece);) {
    const std::string_view bytes = xml.substr(piece.start, piece.end - piece.start);
    const std::string local(piece.local());
    switch (piece.kind) {
      case XmlKind::kStart:
      case XmlKind::kEmpty: {
        heard += "<" + local;
        if (bytes.find('=') != std::string_view::npos) heard += " " + XmlAttribute(bytes, "x");
        heard += ">";
        if (piece.kind == XmlKind::kEmpty) heard += "</" + local + ">";
        break;
      }
      case XmlKind::kEnd:
        heard += "</" + local + ">";
        break;
      case XmlKind::kText:
        heard += XmlDecoded(bytes);
        break;
      case XmlKind::kRaw:
        heard += bytes.substr(9, bytes.size() - 12);
        break;
      case XmlKind::kOther:
        break;
    }
  }
  return heard;
}

TEST(XmlScan, ReadsWhatLibxml2Reads) {
  EXPECT_TRUE(rc::check([] {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
        std::vector<std::string>{"<b>", "<b x='>'>", "</b>", "<c/>", "<c x=\"'/>&lt;\" />", "text",
                                 "é", "&amp;", "&#x41;", "<!-- <b> ' -->", "<?p ' > ?>",
                                 "<![CDATA[&amp;<b>]]>", "\n", "'", "\"", ">"}));
    std::string xml = "<a>";
    int open = 0;
    for (const std::string& piece : pieces) {
      if (piece == "</b>" && open == 0) continue;
      open += piece.starts_with("<b") ? 1 : piece == "</b>" ? -1 : 0;
      xml += piece;
    }
    for (; open > 0; --open) xml += "</b>";
    xml += "</a>";
    Scribe scribe;
    RC_ASSERT(ReadXml(xml, "x", scribe).has_value());
    RC_ASSERT(Scanned(xml) == scribe.heard);
    std::string joined;
    for (const std::string& piece : PiecesOf(xml)) joined += piece;
    RC_ASSERT(joined == xml);
  }));
}

TEST(XmlScan, EscapedTextComesBack) {
  EXPECT_TRUE(rc::check([] {
    const auto pieces =
        *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
            "a", "&", "<", ">", "\"", "'", "]]>", "&amp;", "é", "\t", "\r\n"}));
    std::string text;
    for (const std::string& piece : pieces) text += piece;
    RC_ASSERT(XmlDecoded(XmlEscaped(text)) == text);
    Scribe scribe;
    RC_ASSERT(ReadXml("<a x=\"" + XmlEscaped(text) + "\">" + XmlEscaped(text) + "</a>", "x", scribe)
                  .has_value());
    RC_ASSERT(scribe.heard == "<a " + text + ">" + text + "</a>");
  }));
}

}  // namespace
}  // namespace redraft
