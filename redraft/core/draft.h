#pragma once

// A text in a population, with everything that says where it came from.

#include <cstdint>
#include <string>
#include <vector>

#include "redraft/base/json.h"

namespace redraft::core {

struct Draft {
  std::string id;      ///< unique in its run, sorts by creation: "g00-017"
  int generation = 0;  ///< 0: first drafts
  std::string text;    ///< after cleaning
  int words = 0;
  std::vector<std::string> parents;  ///< draft ids; empty for first drafts
  std::string founder;    ///< id of the first draft it descends from (its own id for founders)
  std::string operation;  ///< "draft", "vary" or "mend"
  std::string style;      ///< drawn for first drafts; inherited by variants
  std::string theme;
  std::string objective;  ///< drawn for variants
  std::string model;
  std::uint64_t seed = 0;
  std::string key;                 ///< request whose reply became the text
  int repairs = 0;                 ///< requests beyond the first
  std::vector<std::string> gated;  ///< gate reasons when no try passed; empty: accepted
};

Json ToJson(const Draft& draft);
Result<Draft> DraftFromJson(const Json& json);

}  // namespace redraft::core
