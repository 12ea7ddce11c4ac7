#pragma once

// From what --judge says to a choice that can be opened (judge_opening.h) and put on record.
//
//   reward | reward:… | rule:… | exec:COMMAND       as CONTRACT
//   llm                                             --llm at --endpoint, asked as --form says
//   llm:MODEL, llm:MODEL/FORM, llm:/FORM            another model there, or another form
//   panel:J+J…                                      all of them together (compound_judges.h)
//   cascade:J+J                                     the second where it decides (CascadeJudge)
//
// Members of panels and cascades are single judges; their names hold no "+".

#include "redraft/cli/llm_judge_flags.h"
#include "redraft/cli/model_options.h"

namespace redraft::cli {

/// Which judge, and for LLMs which model answers in which form.
struct JudgeChoice {
  std::string spec = "reward";
  std::string model;                                     ///< Request::model of an LLM judge
  judge::AnswerForm form = judge::AnswerForm::kVerdict;  ///< of an LLM judge
  std::vector<judge::Shot> shots;                        ///< of an LLM judge; not put on record
  ModelChoice llm;                   ///< of an LLM judge: where its model answers
  std::vector<JudgeChoice> members;  ///< of a panel, or the two of a cascade
};

/// Errors: kInvalidArgument for a panel or cascade with too few or unfit members, and when `form`
/// asks something of a judge without an LLM; as ChooseModel.
Result<JudgeChoice> ResolveJudge(const std::string& spec, const ModelFlags& flags,
                                 const Config& config, const LlmJudgeForm& form);

/// For a run's manifest: {"spec","model","form","llm": where, or null,"members"}.
Json ToJson(const JudgeChoice& choice);
/// Throws Json::exception for a value of another shape.
JudgeChoice JudgeChoiceFromJson(const Json& json);

/// Where models answer may change between sessions of a run, and with it the prices; the model may
/// not. Gives the LLMs of a choice their address anew. Errors: as ChooseModel.
Status Readdress(JudgeChoice& choice, const ModelFlags& flags, const Config& config);

}  // namespace redraft::cli
