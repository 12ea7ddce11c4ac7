#pragma once

// Judging the pairs of a JSON Lines file, for the commands that do so: `judge` and `bench pairs`.

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "redraft/cli/jsonl.h"
#include "redraft/cli/judging.h"
#include "redraft/core/verdict.h"
#include "redraft/judge/pair_bench.h"
#include "redraft/judge/pair_verdict.h"

namespace redraft::cli {

/// A member that names something: a string or number, or empty when it is not there.
std::string NameMember(const Json& line, const char* key);

/// The line's "label". Errors: kInvalidArgument.
Result<judge::Label> LabelMember(const Json& line);

struct PairOptions {
  std::string brief;  ///< what the texts were written for, when a line has no "brief"
  judge::Orders orders = judge::Orders::kBoth;
  std::uint64_t seed = 1;
};

/// Receives a line and its verdicts in the order of judge::BoutsOf (the pair's texts are called "a"
/// and "b"), or why the line is bad.
using PairDone =
    std::function<void(const JsonLine& line, const Result<std::vector<core::Verdict>>& verdicts)>;

/// Judges each line's {"a","b","brief"?}, some hundreds at a time, and calls `done` in the order of
/// the lines. Errors: as Judging::Run; bad lines go to `done`.
Status JudgePairs(Judging& judging, std::span<const JsonLine> lines, const PairOptions& options,
                  const PairDone& done);

}  // namespace redraft::cli
