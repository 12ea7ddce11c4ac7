#pragma once

// A long manuscript in pieces that fit a prompt and a person's patience.

#include <cstddef>
#include <string_view>
#include <vector>

namespace redraft::edit {

/// A half-open range of bytes.
struct Section {
  std::size_t start = 0;
  std::size_t end = 0;
  friend bool operator==(const Section&, const Section&) = default;
};

/// Consecutive sections that together are `text`, each of at most `max_words` words where that is
/// possible: cut at empty lines, never within a fenced block, inside a paragraph only where one is
/// longer than a section, and there behind a sentence.
std::vector<Section> Sections(std::string_view text, int max_words);

}  // namespace redraft::edit
