#pragma once

// A result of `redraft audit score`, read back: what comparing, gating and reporting need of it.

#include <optional>
#include <string>

#include "redraft/audit/mask.h"
#include "redraft/base/json.h"
#include "redraft/base/result.h"

namespace redraft::audit {

struct ResultFile {
  std::string name;    ///< of the file, without folders
  std::string sha256;  ///< of its bytes
  Json json;           ///< as it was written
  std::string book_name, book_sha256;
  std::uint64_t generations = 0;
  std::optional<double> bmc;  ///< empty for a book without tokens
  std::uint32_t span = 0;     ///< longest, in the prompted excerpt
  std::optional<std::uint32_t> span_in_book;
  std::uint32_t spans = 0;  ///< distinct, as the reference counts
  bool guarded = false;     ///< the matcher's guard acted: span and spans are lower bounds
  Mask mask;
};

/// Errors: kInvalidArgument naming the file and the member that is missing or wrong.
Result<ResultFile> ParseResult(std::string_view bytes, const std::string& name);
Result<ResultFile> ReadResult(const std::string& path);

/// Whether two results may be compared: one book, k, trimming and profile.
/// Errors: kInvalidArgument saying what differs.
Status CheckComparable(const ResultFile& a, const ResultFile& b);

/// {"schema","jaccard","random","self_a","self_b"}: how far two models cover the same places,
/// beside what independent masks would give and what each model's own halves give. Errors: as
/// CheckComparable.
Result<Json> SimilarityJson(const ResultFile& a, const ResultFile& b);

}  // namespace redraft::audit
