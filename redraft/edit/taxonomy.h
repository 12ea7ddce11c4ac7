#pragma once

// What can be wrong with a span: the categories of LAMP, as data (data/edit/taxonomy.toml).

#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"

namespace redraft::edit {

/// One kind of weakness. Chakrabarty et al., "Can AI writing be salvaged?" (CHI 2025), §4.
struct Category {
  std::string id;                   ///< on record and in --only: "cliche"
  std::string name;                 ///< for people: "Cliché"
  std::string description;          ///< one sentence: what it is; for models and for --help
  std::string advice;               ///< one sentence: how it is mended; for models
  std::vector<std::string> labels;  ///< other spellings in data files, compared without case
};

class Taxonomy {
 public:
  /// The embedded taxonomy.
  static const Taxonomy& Builtin();
  /// Errors  not TOML; a category without id, name or description; an id twice.
  static Result<Taxonomy> FromToml(std::string_view toml);

  const std::vector<Category>& categories() const { return categories_; }
  /// By id; null if there is none.
  const Category* Find(std::string_view id) const;
  /// By id, name or any of the labels, without case and surrounding white space; null: unknown.
  const Category* FindLabel(std::string_view label) const;
  /// The categories of a comma-separated list of ids ("cliche,purple_prose"), in its order.
  /// Errors  an unknown id, naming it and those there are.
  Result<std::vector<std::string>> Select(std::string_view ids) const;

 private:
  std::vector<Category> categories_;
};

}  // namespace redraft::edit
