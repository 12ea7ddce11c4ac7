#include "redraft/base/xml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redraft {
namespace {

using ::testing::HasSubstr;

/// Writes down what it hears: <name key=value>, text, </name>.
struct Scribe final : XmlHandler {
  std::string heard;
  void Start(std::string_view name, const XmlAttributes& attributes) override {
    heard += "<" + std::string(name);
    for (const auto& [key, value] : attributes) heard += " " + key + "=" + value;
    heard += ">";
  }
  void End(std::string_view name) override { heard += "</" + std::string(name) + ">"; }
  void Text(std::string_view text) override { heard += text; }
};

std::string Heard(std::string_view xml) {
  Scribe scribe;
  const Status status = ReadXml(xml, "x.xml", scribe);
  EXPECT_TRUE(status) << status.error().message;
  return scribe.heard;
}

std::string ErrorOf(std::string_view xml, std::string* heard = nullptr) {
  Scribe scribe;
  const Status status = ReadXml(xml, "x.xml", scribe);
  if (heard != nullptr) *heard = scribe.heard;
  return status ? "" : status.error().message;
}

TEST(Xml, ElementsAttributesAndTextsArriveInOrder) {
  EXPECT_EQ(Heard("<?xml version='1.0'?>\n<a xmlns:e='urn:e' x='1&amp;2' e:type='n'>é<e:b/>"
                  "<![CDATA[<raw>]]><!-- not heard --></a>"),
            "<a x=1&2 e:type=n>é<b></b><raw></a>");
}

TEST(Xml, NamedCharactersOfHtmlAreKnownWithAndWithoutADoctype) {
  EXPECT_EQ(Heard("<p>a&mdash;b&nbsp;c&hellip;&amp;&#233;</p>"), "<p>a—b\u00A0c…&é</p>");
  EXPECT_EQ(Heard("<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.1//EN\" "
                  "\"http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd\"><p>&eacute;</p>"),
            "<p>é</p>");
}

TEST(Xml, OtherEncodingsAreReadAsDeclared) {
  EXPECT_EQ(Heard("<?xml version='1.0' encoding='ISO-8859-1'?><p>caf\xE9</p>"), "<p>café</p>");
}

TEST(Xml, NothingOfAnEntityBombExpands) {
  std::string heard;
  EXPECT_EQ(ErrorOf("<!DOCTYPE lolz [\n<!ENTITY lol \"lol\">\n<!ENTITY lol2 \"&lol;&lol;\">\n]>\n"
                    "<p>&lol2;</p>",
                    &heard),
            "x.xml, line 2: declares the entity 'lol'; entities are not expanded");
  EXPECT_EQ(heard, "");
  EXPECT_THAT(ErrorOf("<!DOCTYPE p [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><p>&e;</p>", &heard),
              HasSubstr("declares the entity 'e'"));
  EXPECT_EQ(heard, "");
  EXPECT_THAT(ErrorOf("<!DOCTYPE p [<!ENTITY % e SYSTEM \"http://127.0.0.1/x\"> %e;]><p/>"),
              HasSubstr("declares the entity 'e'"));
  EXPECT_THAT(ErrorOf("<!DOCTYPE p [<!NOTATION n SYSTEM 'n'><!ENTITY e SYSTEM 'x' NDATA n>]><p/>"),
              HasSubstr("entity"));
}

TEST(Xml, WhatIsNotWellFormedIsSaidWithItsLine) {
  EXPECT_THAT(ErrorOf("<a>\n<b></a>"), HasSubstr("x.xml, line 2: not well-formed XML: "));
  EXPECT_THAT(ErrorOf("<a>cut"), HasSubstr("not well-formed XML"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("not well-formed XML"));
  EXPECT_THAT(ErrorOf("<a>&nonesuch;</a>"), HasSubstr("nonesuch"));
  EXPECT_THAT(ErrorOf("<!DOCTYPE a SYSTEM 'a.dtd'><a>&nonesuch;</a>"), HasSubstr("nonesuch"));
  EXPECT_THAT(ErrorOf("<a>\xFF</a>"), HasSubstr("not well-formed XML"));
  ::testing::internal::CaptureStderr();
  EXPECT_THAT(ErrorOf(std::string("<\0\0\0{\"sc\":\"redraft\"}", 19)),
              HasSubstr("not well-formed XML"));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "") << "a library does not print";
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "<a>";
  EXPECT_THAT(ErrorOf(deep), HasSubstr("not well-formed XML"));
}

}  // namespace
}  // namespace redraft
