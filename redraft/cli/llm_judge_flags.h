#pragma once

// How an LLM judge is asked: --form, --shots and --shot-count, for the commands that judge pairs.
//
//   zero-shot          --judge llm --form label (or line)
//   few-shot           --judge llm --form label --shots examples.jsonl
//   chain of thought   --judge llm --form verdict or structured (with or without --shots)

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "redraft/cli/args.h"
#include "redraft/cli/jsonl.h"
#include "redraft/judge/model_judges.h"

namespace redraft::cli {

/// What the user typed. Empty: not given.
struct LlmJudgeFlags {
  std::string form, shots;
  int shot_count = 4;
};

void DeclareLlmJudgeFlags(Args& args, LlmJudgeFlags& flags);

/// The flags, resolved.
struct LlmJudgeForm {
  std::optional<judge::AnswerForm> form;  ///< none: what the endpoint does best
  std::vector<judge::Shot> shots;
};

/// Reads the shots and chooses those that touch nothing of `tested`, the lines that are to be
/// judged; says on standard error how many were left out. Errors: kInvalidArgument for a bad line
/// of the file, and when no shot is left.
Result<LlmJudgeForm> ResolveLlmJudge(const LlmJudgeFlags& flags, std::span<const JsonLine> tested,
                                     std::uint64_t seed);

}  // namespace redraft::cli
