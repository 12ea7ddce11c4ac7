#pragma once

// A pack: everything that makes the program write and judge one kind of text. All of it is data
// (prompts/packs/<name>/pack.toml), so a new kind of text needs no code.

#include <string>
#include <string_view>
#include <vector>

#include "redraft/core/rubric.h"

namespace redraft::core {

/// A named choice that is drawn for a draft and put into its prompt.
struct Choice {
  std::string name;         ///< recorded with the draft
  std::string description;  ///< said to the model
};

struct Pack {
  std::string name;
  std::string noun;         ///< what one text is called: "story", "essay", …
  std::string writer_role;  ///< who the model is when it writes
  std::string judge_role;   ///< who the model is when it judges
  std::vector<Choice> styles;
  std::vector<Choice> themes;
  std::vector<Choice> objectives;  ///< what a variant is asked to improve
  Rubric rubric;
  std::string sha256;  ///< of the file
};

/// Reads pack.toml. Errors: kInvalidArgument: unknown or missing key, an empty list, a weight that
/// is not positive; `name` says where.
Result<Pack> ParsePack(std::string_view toml, std::string_view name);

/// Names of the packs in the program.
std::vector<std::string> PackNames();

/// A pack of the program by name, or one of the user's by path to its pack.toml.
/// Errors: kInvalidArgument naming the nearest pack.
Result<Pack> LoadPack(const std::string& name_or_path);

}  // namespace redraft::core
