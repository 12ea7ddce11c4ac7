#pragma once

// What an editor must not touch.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace redraft::edit {

enum class ProtectedKind { kFrontMatter, kCode, kLink, kQuotation, kMarkup };

/// A half-open range of bytes that stays as it is.
struct ProtectedRange {
  std::size_t start = 0;
  std::size_t end = 0;
  ProtectedKind kind = ProtectedKind::kCode;

  friend bool operator==(const ProtectedRange&, const ProtectedRange&) = default;
};

/// Protected parts of a Markdown or plain text, sorted, disjoint: YAML or TOML front matter; code,
/// fenced, inline, or indented and not prose; links with their words, addresses, notes; block
/// quotations and quotations whose source is named ("Hale writes, “…”", "“…” (Hale 1999)"; what
/// people say in a story is none); marks of headings and lists, rules, tables, tags, comments.
/// Cost  linear.
std::vector<ProtectedRange> ProtectedRanges(std::string_view text);

/// Proper names of `text`, each once, in order of first use: capitalised words that occur inside
/// sentences. A rewrite of a span that holds one must keep it.
std::vector<std::string> Names(std::string_view text);

/// "Marek" of "Marek's", with either apostrophe.
std::string_view WithoutPossessive(std::string_view word);

/// True if [start, end) shares a byte with one of `ranges`.
bool Touches(const std::vector<ProtectedRange>& ranges, std::size_t start, std::size_t end);

}  // namespace redraft::edit
