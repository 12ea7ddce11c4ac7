#pragma once

// From what --judge says to a JudgeChoice (model_options.h).
//
//   reward | reward:… | rule:… | exec:COMMAND       as CONTRACT
//   llm                                             --llm at --endpoint, asked as --form says
//   llm:MODEL, llm:MODEL/FORM, llm:/FORM            another model there, or another form
//   panel:J+J…                                      all of them together (compound_judges.h)
//   cascade:J+J                                     the second decides where the first is unsure
//
// Members of panels and cascades are single judges; their names hold no "+".

#include "redraft/cli/llm_judge_flags.h"
#include "redraft/cli/model_options.h"

namespace redraft::cli {

/// Errors: kInvalidArgument for a panel or cascade with too few or unfit members, and when `form`
/// asks something of a judge without an LLM; as ChooseModel.
Result<JudgeChoice> ResolveJudge(const std::string& spec, const ModelFlags& flags,
                                 const Config& config, const LlmJudgeForm& form);

}  // namespace redraft::cli
