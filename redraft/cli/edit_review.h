#pragma once

// Walking through the edits of a text one by one with the person who wrote it.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/json.h"
#include "redraft/cli/edit_view.h"
#include "redraft/core/edit.h"

namespace redraft::cli {

/// A place with all that could stand there.
struct ReviewPlace {
  core::WeakSpan span;
  std::vector<core::Edit> candidates;  ///< best first; never empty
  bool chosen = false;                 ///< the scorer would carry the first out
};

/// The places of a result (edit_json.h) that have candidates, the chosen one first.
/// Throws Json::exception for an object of another shape.
std::vector<ReviewPlace> ReviewPlaces(const Json& result, std::string_view input);

class Review {
 public:
  /// What is said, and the answer to it; nothing at the end of input.
  using Ask = std::function<std::optional<std::string>(const std::string& said)>;

  /// Takes up the decisions that a result has in "decisions": by place the index of the accepted
  /// candidate, -1 for a rejected place, null for one that is undecided.
  Review(std::string_view text, const Json& result);

  /// Asks about every undecided place. Answers, of which the first letter counts:
  ///   a  accept   r  reject   n  another candidate   b  back to the place before   q  quit
  /// False when the person quit or the input ended before all was decided.
  bool Walk(const Ask& ask, const Marking& marking);

  Json decisions() const;
  /// The accepted edits, sorted, disjoint.
  std::vector<core::Edit> accepted() const;

 private:
  std::string Question(std::size_t place, std::size_t candidate, const Marking& marking) const;
  bool Fits(std::size_t place, std::size_t candidate) const;

  std::string_view text_;
  std::vector<ReviewPlace> places_;
  std::vector<std::optional<int>> decisions_;
};

}  // namespace redraft::cli
