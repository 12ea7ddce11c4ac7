#pragma once

// What the paragraph styles of a DOCX mean to a reader.

#include <map>
#include <string>
#include <string_view>

#include "redraft/base/result.h"

namespace redraft::edit {

struct DocxStyle {
  enum class Kind { kText, kHeading, kQuotation, kCode };
  Kind kind = Kind::kText;
  int level = 0;  ///< of a heading, 1 to 6
  bool listed = false;
};

/// By id. A style is what its name says in the file format ("heading 1", "Quote", whatever the
/// program shows), or its outline level, or what the style it is based on is.
/// Errors  as ReadXml.
Result<std::map<std::string, DocxStyle, std::less<>>> ReadDocxStyles(std::string_view styles_xml,
                                                                     const std::string& name);

}  // namespace redraft::edit
