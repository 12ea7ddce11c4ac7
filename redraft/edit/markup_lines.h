#pragma once

// A Markdown or plain text line by line: what each line is to an editor.
//
// Cost  linear.

#include <cstddef>
#include <string_view>
#include <vector>

namespace redraft::edit {

enum class LineKind {
  kProse,
  kBlank,
  kFrontMatter,
  kCode,       ///< fenced, the fences included; or indented and not prose
  kQuotation,  ///< "> …", and the lines that continue it
  kHeading,    ///< "# …", or the line above "====" or "----"
  kMarkup,     ///< rules, underlines of headings, rows of tables, comments
  kReference,  ///< "[name]: address"
};

struct Line {
  std::size_t start = 0;  ///< first byte
  std::size_t end = 0;    ///< behind the line break
  std::size_t body = 0;   ///< behind the marks of a heading or list; `start` if there are none
  LineKind kind = LineKind::kProse;
};

/// All lines; they cover the text. "\n", "\r\n" and "\r" end one.
std::vector<Line> MarkupLines(std::string_view text);

}  // namespace redraft::edit
