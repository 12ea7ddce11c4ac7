#pragma once

// Reads the verdict of a judge that answers in words. Strict: a reply whose last line is not a
// verdict, or that names two different winners, has none. Nothing is ever guessed from the prose
// (the reference's fallbacks picked a wrong winner for 10 of 20 awkward replies).

#include <optional>
#include <string>
#include <string_view>

namespace redraft::judge {

struct ParsedVerdict {
  double p_a = 0.5;       ///< 1: A, 0: B, 0.5: tie
  std::string rationale;  ///< the reply without its verdict line
};

/// `reply`'s last non-blank line must be "WINNER: A", "WINNER: B" or "WINNER: tie", in any case,
/// Markdown emphasis and a full stop allowed. Any other line of that form must say the same.
std::optional<ParsedVerdict> ParseVerdict(std::string_view reply);

/// Whether a line by itself is such a verdict.
bool IsVerdictLine(std::string_view line);

}  // namespace redraft::judge
