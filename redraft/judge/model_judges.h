#pragma once

// Judges that ask a model or a program: every comparison is a request, so it is in the ledger, is
// never paid twice, and replays.

#include <memory>
#include <string>
#include <vector>

#include "redraft/judge/judge.h"
#include "redraft/judge/shots.h"

namespace redraft::judge {

/// How an LLM judge answers.
enum class AnswerForm {
  kLabel,       ///< one letter; its log-odds are read from the first token (needs label requests)
  kLine,        ///< a line "WINNER: A|B|tie" alone; one repair request when that is missing
  kStructured,  ///< a JSON object: a reason per criterion, winner, confidence; repaired likewise
  kVerdict,     ///< reasons (chain of thought, Wei et al. 2022), then that line
};
/// "label", "line", "structured", "verdict".
const char* ToString(AnswerForm form);
/// Errors: kInvalidArgument.
Result<AnswerForm> ParseAnswerForm(const std::string& name);

struct LlmJudgeOptions {
  std::string model;  ///< endpoint model name or GGUF id
  AnswerForm form = AnswerForm::kVerdict;
  std::string judge_role;             ///< from the pack
  std::string noun;                   ///< from the pack
  std::string rubric;                 ///< text shown to the judge
  std::vector<std::string> criteria;  ///< names of the rubric's, for reasons in kStructured
  std::vector<Shot> shots;            ///< shown in this order before the pair (judge/shots.h)
  int max_tokens = 1200;              ///< of a reasoned answer
  /// Least probability mass on the two labels for a label answer to count as a verdict.
  double least_mass = 0.05;
};

/// The id names the model and a hash of everything else that is said: prompt, framing, shots.
/// Greedy (temperature 0). The texts are delimited, quoted (quotation.h) and declared to be
/// material, not instructions. What stays the same in a run comes first in every prompt.
/// Errors: kNotFound, kInvalidArgument when a prompt file does not render.
Result<std::unique_ptr<Judge>> LlmJudge(LlmJudgeOptions options);

/// A reward model behind a server: each text is one kScore request, so a text that meets many
/// others is asked for once; P(first is better) = sigmoid(score(first) - score(second)). `model` is
/// what requests name, and the judge's id.
std::unique_ptr<Judge> RewardServerJudge(std::string model);

/// "exec:COMMAND": the comparison is the line {"first":{"id","text"},"second":{"id","text"}}, the
/// answer {"logit":x}, positive for the first; carried by llm::ExecEndpoint.
std::unique_ptr<Judge> ExecJudge(std::string command);

}  // namespace redraft::judge
