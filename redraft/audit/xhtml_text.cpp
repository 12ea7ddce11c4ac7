#include "redraft/audit/xhtml_text.h"

#include <algorithm>
#include <array>

namespace redraft::audit {
namespace {

constexpr auto kBlocks = std::to_array<std::string_view>(
    {"address", "article", "aside",      "blockquote", "body",   "caption", "dd",   "div",
     "dl",      "dt",      "figcaption", "figure",     "footer", "h1",      "h2",   "h3",
     "h4",      "h5",      "h6",         "header",     "hgroup", "hr",      "main", "nav",
     "ol",      "p",       "pre",        "section",    "table",  "ul"});
constexpr auto kLines = std::to_array<std::string_view>({"br", "li", "tr"});
constexpr auto kCells = std::to_array<std::string_view>({"td", "th"});
constexpr auto kUnseen = std::to_array<std::string_view>(
    {"audio", "head", "math", "rp", "rt", "script", "style", "svg", "template", "video"});
/// Words of epub:type for what is not the author's text.
constexpr auto kApparatus = std::to_array<std::string_view>(
    {"colophon", "contributors", "copyright-page", "cover", "halftitlepage", "imprimatur",
     "imprint", "landmarks", "loa", "loi", "lot", "lov", "noteref", "other-credits", "page-list",
     "pagebreak", "titlepage", "toc"});

/// What parts nothing for a reader but would part words: soft hyphen, zero-width space, word
/// joiner, zero-width no-break space.
constexpr auto kInvisible =
    std::to_array<std::string_view>({"\u00AD", "\u200B", "\u2060", "\uFEFF"});
constexpr auto kSpaces =
    std::to_array<std::string_view>({"\u00A0", "\u2002", "\u2003", "\u2009", "\u200A", "\u202F"});

template <std::size_t N>
bool OneOf(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool IsApparatus(std::string_view types) {
  for (std::size_t at = 0; at < types.size();) {
    const std::size_t end = std::min(types.find(' ', at), types.size());
    if (OneOf(kApparatus, types.substr(at, end - at))) return true;
    at = end + 1;
  }
  return false;
}

std::size_t CodePointBytes(char lead) {
  const auto c = static_cast<unsigned char>(lead);
  return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

}  // namespace

void XhtmlText::Put(std::string_view piece) {
  if (breaks_ > 0 && !text_.empty()) {
    text_.append(static_cast<std::size_t>(breaks_), '\n');
  } else if (space_ && !text_.empty()) {
    text_ += ' ';
  }
  breaks_ = 0;
  space_ = false;
  text_ += piece;
}

void XhtmlText::Text(std::string_view text) {
  if (skipped_ > 0) return;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view point = text.substr(at, CodePointBytes(text[at]));
    at += point.size();
    const bool blank = point == " " || point == "\t" || point == "\n" || point == "\r";
    if (verbatim_ > 0 && point == "\n") {
      Break(1);
    } else if (blank || OneOf(kSpaces, point)) {
      space_ = true;
    } else if (!OneOf(kInvisible, point)) {
      Put(point);
    }
  }
}

void XhtmlText::Start(std::string_view name, const XmlAttributes& attributes) {
  if (skipped_ > 0 || OneOf(kUnseen, name) || IsApparatus(AttributeOf(attributes, "epub:type"))) {
    ++skipped_;
    return;
  }
  if (OneOf(kBlocks, name)) Break(2);
  if (OneOf(kLines, name)) Break(1);
  if (OneOf(kCells, name)) space_ = true;
  if (name == "pre") ++verbatim_;
}

void XhtmlText::End(std::string_view name) {
  if (skipped_ > 0) {
    --skipped_;
    return;
  }
  if (OneOf(kBlocks, name)) Break(2);
  if (OneOf(kLines, name)) Break(1);
  if (name == "pre") --verbatim_;
}

}  // namespace redraft::audit
