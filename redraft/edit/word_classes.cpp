#include "redraft/edit/word_classes.h"

#include <string>
#include <utility>

#include "redraft/base/assets.h"
#include "redraft/base/check.h"
#include "redraft/base/toml.h"
#include "redraft/text/words.h"

namespace redraft::edit {

Result<WordClasses> WordClasses::FromToml(std::string_view toml) {
  constexpr std::string_view kName = "data/edit/words.toml";
  REDRAFT_ASSIGN(const Json json, ParseToml(toml, kName));
  REDRAFT_RETURN_IF_ERROR(CheckKeys(json, {"ornament", "abstract", "telling"}, kName));
  WordClasses classes;
  for (const auto& [key, bit] : {std::pair{"ornament", kOrnament}, std::pair{"abstract", kAbstract},
                                 std::pair{"telling", kTelling}}) {
    const std::string list = json.value(key, std::string());
    for (const std::string_view word : text::Words(list)) {
      std::uint8_t& bits = classes.classes_[std::string(word)];
      bits = static_cast<std::uint8_t>(bits | bit);
    }
  }
  return classes;
}

const WordClasses& WordClasses::Builtin() {
  static const WordClasses classes = [] {
    const auto bytes = FindAsset("data/edit/words.toml");
    REDRAFT_CHECK(bytes);
    auto read = FromToml(*bytes);
    REDRAFT_CHECK(read);
    return std::move(*read);
  }();
  return classes;
}

}  // namespace redraft::edit
