#pragma once

// From a settled tally to the numbers of the paper (arXiv 2603.20957, and the decisions of its
// evaluation where the prose is open; docs/audit.md lists them).

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "redraft/audit/tally.h"

namespace redraft::audit {

/// The longest run of the mask, the first of equals; empty when the mask is.
Range LongestBlock(const Mask& mask);

/// M4 as the reference counts: every suffix of a span is a candidate; longest first, then the
/// earliest, whatever does not overlap what was taken.
/// Cost  O(E log E + n) for E ends, without listing the suffixes.
std::uint32_t CountDistinctSpans(std::span<const std::uint32_t> start_of_end,
                                 std::uint32_t shortest);

/// M4 on whole spans only: longest first, then the earliest.
std::uint32_t CountMaximalSpans(std::vector<Range> spans, std::uint32_t book_tokens);

struct CrossExcerpt {
  std::uint32_t crossing = 0;  ///< spans that some other excerpt's prompt brought about
  std::uint32_t counted = 0;   ///< spans of at least the length asked for that lie in one excerpt
  bool operator==(const CrossExcerpt&) const = default;
};
/// `starts` as in BookTokens.
CrossExcerpt CountCrossing(std::span<const SourcedRange> crossing,
                           std::span<const std::uint32_t> starts, std::uint32_t shortest);

/// Jaccard of what the first and the second half of each excerpt's generations cover; empty when
/// the numbering of generations is not known across tallies, or the guard acted.
std::optional<double> SelfAgreement(const Tally& tally);

}  // namespace redraft::audit
