#pragma once

// A verdict as a JSON object: reasons first, one per criterion, then the winner and how sure the
// judge is.
//
//   {"criteria":{"voice":"A is flat where B listens.", …},"winner":"B","confidence":0.7}
//
// Strict, as for verdict lines (verdict_parser.h): a reply that is not exactly one such object, has
// two winners, or a confidence outside [0, 1] is no verdict.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "redraft/base/json.h"
#include "redraft/judge/verdict_parser.h"

namespace redraft::judge {

/// The key that names the winner, as it is written in a reply.
inline constexpr std::string_view kWinnerKey = "\"winner\"";

/// JSON schema of the answer, with one reason for each criterion; without criteria winner and
/// confidence alone.
Json VerdictSchema(std::span<const std::string> criteria);

/// Reads a reply, which may stand in a Markdown code fence. p_a is (1 + confidence) / 2 for A and
/// (1 − confidence) / 2 for B; a winner without any confidence is a tie. The rationale has one line
/// "criterion: reason" each. Other members are ignored.
std::optional<ParsedVerdict> ParseStructuredVerdict(std::string_view reply);

}  // namespace redraft::judge
