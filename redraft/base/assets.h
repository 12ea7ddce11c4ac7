#pragma once

// Files of prompts/ and data/ that are part of the program (made by cmake/embed.py).

#include <span>
#include <string_view>

#include "redraft/base/result.h"

namespace redraft {

struct Asset {
  std::string_view name;   ///< path in the repository, e.g. "data/models.toml"
  std::string_view bytes;  ///< lives as long as the program
};

/// All assets, sorted by name.
std::span<const Asset> Assets();

/// The bytes of one asset. Errors: kNotFound.
Result<std::string_view> FindAsset(std::string_view name);

}  // namespace redraft
