#pragma once

// `redraft rank FILES|DIR`: texts from files and folders, ranked by a judge.

#include <string>
#include <vector>

#include "redraft/cli/judge_check.h"
#include "redraft/judge/tournament.h"

namespace redraft::cli {

/// Reads text files (id: the path), the files of folders (id: the path relative to the folder) and
/// JSON Lines of {"id","text"} (files ending in .jsonl, and -).
/// Errors: kInvalidArgument for what cannot be read, a line without id or text, an id given twice.
Result<std::vector<judge::Contender>> ReadTexts(const std::vector<std::string>& paths);

struct RankedTexts {
  judge::Tournament tournament;
  JudgeStanding standing;
  std::int64_t calls = 0;  ///< model calls; comparisons for judges that ask no model
};

/// Checks the judge, then ranks them. --max-calls limits the comparisons; reaching it is a result,
/// not an error. Errors: as CheckJudge; the endpoint's.
Result<RankedTexts> RankTexts(const std::vector<judge::Contender>& texts, const ModelFlags& flags,
                              int top, std::uint64_t seed);

}  // namespace redraft::cli
