#pragma once

// One change to a text, and the place it is made in.

#include <cstddef>
#include <string>

namespace redraft::core {

/// A stretch of a text that could be better. Offsets are bytes of the text it was found in, on
/// code-point boundaries; `start` < `end` unless the category asks for an insertion.
struct WeakSpan {
  std::size_t start = 0;
  std::size_t end = 0;    ///< one past the last byte
  std::string category;   ///< id of the taxonomy (data/edit/taxonomy.toml), e.g. "cliche"
  std::string reason;     ///< in plain words, for the writer
  double confidence = 0;  ///< in [0, 1]; of one detector, comparable within it

  friend bool operator==(const WeakSpan&, const WeakSpan&) = default;
};

/// A span and the words that are to stand in its place; an empty replacement deletes.
struct Edit {
  WeakSpan span;
  std::string replacement;

  friend bool operator==(const Edit&, const Edit&) = default;
};

}  // namespace redraft::core
