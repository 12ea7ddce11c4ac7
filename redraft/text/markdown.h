#pragma once

// Markdown as its readers see it. The one door to cmark (CommonMark 0.30).

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace redraft::text {

struct Heading {
  std::string text;                ///< without markup
  int level = 0;                   ///< 1 is the highest
  std::size_t start = 0, end = 0;  ///< bytes of its lines, end behind the line break
};

/// The headings of a document that are not inside another block, in order.
std::vector<Heading> Headings(std::string_view document);

/// The text without markup: blocks are parted by an empty line, items of a list begin new lines,
/// line breaks inside a paragraph stay, raw HTML and addresses of links are left out.
std::string PlainText(std::string_view document);

}  // namespace redraft::text
