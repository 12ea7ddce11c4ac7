// The reader of DOCX takes any bytes, and packages of which one member is any bytes: it ends, and
// what it accepts is UTF-8 whose edits give a document that reads as the edited text.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redraft/base/check.h"
#include "redraft/base/file.h"
#include "redraft/edit/apply.h"
#include "redraft/edit/docx.h"
#include "redraft/text/codepoint.h"
#include "tests/fuzz/stored_zip.h"

namespace {

using redraft::edit::Docx;

constexpr const char* kMembers[] = {"word/document.xml",   "word/styles.xml",
                                    "word/comments.xml",   "word/_rels/document.xml.rels",
                                    "[Content_Types].xml", "_rels/.rels"};
constexpr const char* kContents[] = {
    R"(<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>)"
    R"(<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr><w:r><w:t>Low water.</w:t></w:r></w:p></w:body>)"
    R"(</w:document>)",
    "<w:styles xmlns:w='w'/>",
    "<w:comments xmlns:w='w'/>",
    R"(<Relationships><Relationship Id="a" Type="r/styles" Target="styles.xml"/>)"
    R"(<Relationship Id="b" Type="r/comments" Target="comments.xml"/></Relationships>)",
    "<Types/>",
    R"(<Relationships><Relationship Type="r/officeDocument" Target="word/document.xml"/>)"
    R"(</Relationships>)"};

/// Replaces every third character that can be replaced, and puts something before every fifth.
std::vector<redraft::core::Edit> SomeEdits(const Docx& docx) {
  constexpr std::size_t kMost = 50;
  std::vector<redraft::core::Edit> edits;
  for (std::size_t at = 0, i = 0; at < docx.text().size() && edits.size() < kMost; ++i) {
    const std::size_t start = at;
    redraft::text::NextCodePoint(docx.text(), at);
    const std::size_t end = i % 5 == 0 ? start : at;
    if ((i % 3 != 0 && i % 5 != 0) || !docx.CanEdit(start, end)) continue;
    edits.push_back({{start, end, "cliche", "why", 1}, i % 2 == 0 ? "new <&>\n" : ""});
  }
  return edits;
}

void Read(std::string bytes) {
  const auto docx = Docx::Read(std::move(bytes), "fuzz.docx");
  if (!docx) {
    REDRAFT_CHECK(!docx.error().message.empty());
    return;
  }
  REDRAFT_CHECK(redraft::FirstInvalidUtf8(docx->text()) == std::string::npos);
  const auto edits = SomeEdits(*docx);
  const auto applied = redraft::edit::Apply(docx->text(), edits);
  const auto edited = docx->WithEdits(edits, {});
  REDRAFT_CHECK(applied && edited);
  const auto again = Docx::Read(*edited, "edited.docx");
  REDRAFT_CHECK(again && again->text() == applied->text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with("PK")) {
    Read(std::move(text));
    return 0;
  }
  // "<", with which seeds begin, chooses the main document.
  const std::size_t chosen = data[0] % std::size(kMembers);
  if (text.front() != '<') text.erase(0, 1);
  std::vector<std::pair<std::string, std::string>> members;
  for (std::size_t i = 0; i < std::size(kMembers); ++i) {
    members.emplace_back(kMembers[i], i == chosen ? text : kContents[i]);
  }
  Read(redraft::StoredZip(members));
  return 0;
}
