#pragma once

// Which words are ornament, which name what cannot be seen, which tell instead of showing
// (data/edit/words.toml).

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "redraft/base/result.h"

namespace redraft::edit {

enum WordClass : std::uint8_t { kOrnament = 1, kAbstract = 2, kTelling = 4 };

class WordClasses {
 public:
  static const WordClasses& Builtin();
  /// Errors  not TOML, an unknown class.
  static Result<WordClasses> FromToml(std::string_view toml);

  /// A bit for each class of a folded word.
  std::uint8_t Of(std::string_view word) const {
    const auto found = classes_.find(std::string(word));
    return found == classes_.end() ? std::uint8_t{0} : found->second;
  }

 private:
  std::unordered_map<std::string, std::uint8_t> classes_;
};

}  // namespace redraft::edit
