#pragma once

// Content addresses (SHA-256) and a fast stable 64-bit hash for features and seeds.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "redraft/base/result.h"

namespace redraft {

/// 64 lower-case hex digits of the SHA-256 of the bytes.
std::string Sha256Hex(std::string_view bytes);

/// SHA-256 of a stream, fed piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void Update(std::string_view bytes);
  /// The digest of all bytes so far, as hex; may be called at any time, more bytes may follow.
  std::string Hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// 64-bit FNV-1a with a final avalanche: the same value on every machine and in every release,
/// because trained weights and seeds depend on it.
std::uint64_t StableHash(std::string_view bytes, std::uint64_t seed = 0);

}  // namespace redraft
