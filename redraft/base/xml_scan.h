#pragma once

// The pieces of an XML document and where they stand, for changing a few bytes and keeping the
// rest.
//
// Input  a document in UTF-8 that ReadXml accepts; of any other, pieces are made that cover it, but
//        they mean nothing.
// Cost   linear; nothing is copied.

#include <cstddef>
#include <string>
#include <string_view>

#include "redraft/base/result.h"

namespace redraft {

enum class XmlKind {
  kStart,
  kEmpty,  ///< <name/>: start and end in one
  kEnd,
  kText,
  kRaw,    ///< a CDATA section
  kOther,  ///< comment, instruction, declaration
};

struct XmlPiece {
  XmlKind kind = XmlKind::kOther;
  std::size_t start = 0, end = 0;  ///< bytes of the document, markup included
  std::string_view name;           ///< of a tag, with its prefix: "w:t"

  /// Without the prefix: "t".
  std::string_view local() const;
  /// "w"; empty if there is none.
  std::string_view prefix() const;
};

class XmlScanner {
 public:
  /// `document` must outlive the scanner and its pieces.
  explicit XmlScanner(std::string_view document) : document_(document) {}
  /// The next piece; false at the end. The pieces cover the document without gaps.
  bool Next(XmlPiece& piece);

 private:
  std::string_view document_;
  std::size_t at_ = 0;
};

/// Succeeds if the bytes are a document that XmlScanner reads as ReadXml does; `name` stands in
/// messages. Errors: as ReadXml; kInvalidArgument if not in UTF-8 or with a DOCTYPE.
Status CheckScannable(std::string_view document, const std::string& name);

/// The value of an attribute of a tag ("<w:t xml:space='preserve'>"), decoded; empty if there is
/// none.
std::string XmlAttribute(std::string_view tag, std::string_view name);

/// The characters that a text piece stands for. Unknown references stay.
std::string XmlDecoded(std::string_view text);

/// The text as it stands between tags or in double quotes.
std::string XmlEscaped(std::string_view text);

/// The document with `last` as the last child of its root element.
std::string XmlWithLast(std::string_view document, std::string_view last);

/// Whether XML can hold the text: UTF-8 without control characters other than tab, line feed and
/// carriage return, and without U+FFFE and U+FFFF.
bool IsXmlText(std::string_view text);

}  // namespace redraft
