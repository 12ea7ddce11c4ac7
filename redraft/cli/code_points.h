#pragma once

// Bytes of a text and its code points, which is what the offsets of our JSON count.

#include <cstddef>
#include <string_view>

namespace redraft::cli {

/// Counts along a text. Cheap for offsets that are asked for in ascending order; others start anew.
class CodePointCounter {
 public:
  explicit CodePointCounter(std::string_view text) : text_(text) {}

  /// Code points before byte `at`.
  std::size_t CodePoints(std::size_t at);
  /// The byte at which the code point with this index begins; the end of the text for all beyond.
  std::size_t Byte(std::size_t code_point);

 private:
  void Step();

  std::string_view text_;
  std::size_t byte_ = 0, code_points_ = 0;
};

}  // namespace redraft::cli
