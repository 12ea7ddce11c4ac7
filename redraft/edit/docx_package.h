#pragma once

// A DOCX as a package: which of its members are what, and the package with members changed.
// ISO/IEC 29500-2 (OPC).

#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"

namespace redraft::edit {

/// What Redraft needs of a package. Bytes are those of the members, unpacked.
struct DocxPackage {
  std::string name;                 ///< stands in messages
  std::string archive;              ///< the file, as it was read
  std::string main;                 ///< member: "word/document.xml"
  std::string document;             ///< its bytes
  std::string types;                ///< of "[Content_Types].xml"
  std::string relations;            ///< of the main member's relationships; empty: has none
  std::string styles;               ///< empty: has none
  std::string comments_member;      ///< the comments, or where they would go
  std::string comments;             ///< empty: has none
  std::vector<std::string> macros;  ///< members that hold macros
  bool macro_enabled = false;       ///< says so of itself
  bool is_signed = false;
};

/// Opens a package; what it holds besides is not unpacked.
/// Errors  kInvalidArgument saying what to do: another format, encrypted, damaged, no main document
///         or one outside the package, over kMaxInputBytes of XML, not in UTF-8, with a DOCTYPE.
Result<DocxPackage> OpenDocx(std::string bytes, const std::string& name);

/// The package with another main document and comments (empty: none are added), as a plain .docx:
/// without macros, and no template. Everything else is copied.
Result<std::string> ChangedDocx(const DocxPackage& package, const std::string& document,
                                const std::string& comments);

}  // namespace redraft::edit
