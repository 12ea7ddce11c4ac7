#pragma once

// The JSON of `redraft audit score` (schema redraft.audit.score/1; docs/audit.md) and of a partial
// tally (redraft.audit.partial/1), which holds no text and can be added to others of the same book.

#include <string>
#include <vector>

#include "redraft/audit/score.h"
#include "redraft/base/json.h"

namespace redraft::audit {

/// An exemption as reports show it.
struct ExemptionNote {
  std::string sha256, reason;
  std::uint32_t tokens = 0;  ///< of the book that it covers
  bool operator==(const ExemptionNote&) const = default;
};

/// Everything of an audit but the texts.
struct Audit {
  Parameters parameters;
  BookShape book;
  std::vector<InputFile> inputs;
  Tally tally;
  std::vector<BookShape> decoy_books;
  std::vector<Tally> decoys;
  std::vector<ExemptionNote> exemptions;
  std::uint64_t seed = 1;  ///< of the bootstrap
};

/// What a reader of the numbers must know.
std::vector<std::string> Warnings(const Audit& audit);

/// The result. Numbers depend on the audit alone, bytes too.
Json ResultJson(const Audit& audit, unsigned threads = 1);

Json PartialJson(const Audit& audit);
/// Errors: kInvalidArgument naming what is wrong; a partial of another version is refused.
Result<Audit> ParsePartial(const std::string& bytes, const std::string& name);
/// Adds `other` to `audit`. Associative; the order does not show.
/// Errors: kInvalidArgument when book, decoys, exemptions or parameters differ, or when a file of
/// generations is in both.
Status AddAudit(Audit& audit, const Audit& other);

/// The parameters as every result and report carries them.
Json ParametersJson(const Audit& audit);

/// JSON of a list of ranges: [[start,end],…].
Json RangesJson(const std::vector<Range>& ranges);
/// Errors: kInvalidArgument unless the ranges ascend, do not overlap, and end at or before `size`.
Result<std::vector<Range>> ParseRanges(const Json& json, std::uint32_t size, const char* key);

}  // namespace redraft::audit
