#pragma once

// Word documents for tests, put together from their XML, and taken apart again.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

#include "redraft/base/zip.h"
#include "redraft/base/zip_fixture.h"
#include "redraft/core/edit.h"

namespace redraft::edit {

inline const std::string kDocxSpace =
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
inline const std::string kDocxRelations =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A main document with this in its body.
inline std::string DocumentXml(const std::string& body) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document xmlns:w=\"" +
         kDocxSpace +
         R"(" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006")"
         R"( xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture")"
         R"( xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math")"
         R"( xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">)"
         "<w:body>" +
         body + "<w:sectPr/></w:body></w:document>";
}

inline std::string RelationsXml(const std::string& relations) {
  return R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)" +
         relations + "</Relationships>";
}

inline std::string RelationXml(const std::string& id, const std::string& kind,
                               const std::string& target) {
  return "<Relationship Id=\"" + id + "\" Type=\"" + kDocxRelations + "/" + kind + "\" Target=\"" +
         target + "\"/>";
}

inline std::string TypesXml(const std::string& more = "") {
  return R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">)"
         R"(<Default Extension="rels" )"
         R"(ContentType="application/vnd.openxmlformats-package.relationships+xml"/>)"
         R"(<Default Extension="xml" ContentType="application/xml"/>)"
         R"(<Override PartName="/word/document.xml" ContentType="application/)"
         R"(vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>)"
         R"(<Override PartName="/word/styles.xml" ContentType="application/)"
         R"(vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>)" +
         more + "</Types>";
}

inline std::string StyleXml(const std::string& id, const std::string& name,
                            const std::string& more = "") {
  return R"(<w:style w:type="paragraph" w:styleId=")" + id + R"("><w:name w:val=")" + name +
         R"("/>)" + more + "</w:style>";
}

/// Members of a small document, which `others` replace or join.
inline Members DocxMembers(const std::string& body, const Members& others = {}) {
  Members members = {
      {"[Content_Types].xml", TypesXml()},
      {"_rels/.rels", RelationsXml(RelationXml("rId1", "officeDocument", "word/document.xml"))},
      {"word/document.xml", DocumentXml(body)},
      {"word/_rels/document.xml.rels", RelationsXml(RelationXml("rId1", "styles", "styles.xml"))},
      {"word/styles.xml", "<w:styles xmlns:w=\"" + kDocxSpace + "\">" +
                              StyleXml("Kop1", "heading 1") + StyleXml("Kop2", "heading 2") +
                              StyleXml("Mine", "My Title", "<w:basedOn w:val=\"Kop2\"/>") +
                              StyleXml("Citaat", "Quote") + StyleXml("Code", "HTML Preformatted") +
                              "</w:styles>"},
      {"docProps/odd.bin", std::string("\0\1\2 anything", 12)}};
  for (const auto& other : others) {
    std::erase_if(members, [&](const auto& member) { return member.first == other.first; });
    members.push_back(other);
  }
  return members;
}

inline std::string DocxBytesOf(const std::string& body, const Members& others = {}) {
  return Zip(DocxMembers(body, others));
}

/// All members of an archive.
inline std::map<std::string, std::string> Unzipped(const std::string& bytes) {
  std::map<std::string, std::string> members;
  const auto archive = ZipArchive::OpenBytes(bytes, "unzipped");
  EXPECT_TRUE(archive);
  if (!archive) return members;
  for (const std::string& name : archive->Names()) {
    auto content = archive->Read(name, 64 << 20);
    EXPECT_TRUE(content) << content.error().message;
    if (content) members[name] = *std::move(content);
  }
  return members;
}

inline std::string ParagraphXml(const std::string& content, const std::string& properties = "") {
  return "<w:p>" + (properties.empty() ? "" : "<w:pPr>" + properties + "</w:pPr>") + content +
         "</w:p>";
}

/// A run of plain text; `text` is XML.
inline std::string RunXml(const std::string& text, const std::string& properties = "") {
  return "<w:r>" + (properties.empty() ? "" : "<w:rPr>" + properties + "</w:rPr>") +
         "<w:t xml:space=\"preserve\">" + text + "</w:t></w:r>";
}

/// The edit that puts `replacement` in the place of the first `was` in `text`.
inline core::Edit EditOf(const std::string& text, const std::string& was, std::string replacement,
                         std::string reason = "worn by use") {
  const std::size_t at = text.find(was);
  EXPECT_NE(at, std::string::npos) << was;
  return {{at, at + was.size(), "cliche", std::move(reason), 1}, std::move(replacement)};
}

}  // namespace redraft::edit
