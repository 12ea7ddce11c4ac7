#include "redraft/cli/code_points.h"

namespace redraft::cli {

void CodePointCounter::Step() {
  ++byte_;
  while (byte_ < text_.size() && (static_cast<unsigned char>(text_[byte_]) & 0xC0U) == 0x80U) {
    ++byte_;
  }
  ++code_points_;
}

std::size_t CodePointCounter::CodePoints(std::size_t at) {
  if (at < byte_) byte_ = code_points_ = 0;
  while (byte_ < at && byte_ < text_.size()) Step();
  return code_points_;
}

std::size_t CodePointCounter::Byte(std::size_t code_point) {
  if (code_point < code_points_) byte_ = code_points_ = 0;
  while (code_points_ < code_point && byte_ < text_.size()) Step();
  return byte_;
}

}  // namespace redraft::cli
