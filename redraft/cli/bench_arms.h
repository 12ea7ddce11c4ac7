#pragma once

// `bench edit --revisions`: best of N against a random one and the draft, chosen by one model and
// refereed by another, and the other way round.

#include <string>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/edit/price.h"

namespace redraft::cli {

struct BenchArmsOptions {
  std::vector<std::string> files;  ///< output of `edit --jsonl --revisions`
  std::string chooser, referee;    ///< edit_scorer.h
  edit::Prices prices;
  std::uint64_t seed = 1;  ///< of the random arm and the intervals
  bool json = false;
};

/// Prints the table; 1 when some lines were of another shape, which are named on standard error.
/// Errors: kInvalidArgument for a file, or when there is no good line; those of OpenScorer and its
/// readings.
Result<int> BenchArms(const BenchArmsOptions& options);

}  // namespace redraft::cli
