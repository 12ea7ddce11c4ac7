#pragma once

// What differs between the forms in which an LLM judge answers: its prompt, what is asked of the
// model, and how a reply becomes a verdict. Internal to judge.

#include <memory>
#include <string>
#include <vector>

#include "redraft/judge/model_judges.h"

namespace redraft::judge {

/// Name of the prompt file.
std::string PromptOf(AnswerForm form);

/// How a shot's answer is written.
std::string ShotAnswer(AnswerForm form, bool first_better);

/// Everything about asking again after an unusable reply; empty for label judges, which are asked
/// once. Errors: as llm::RenderPrompt.
Result<std::vector<core::Message>> RepairOf(AnswerForm form);

/// A match that sends `request` (messages, model and roles are set) in the form of `options`. A
/// reply without a usable verdict is followed by one `repair`, and then there is none.
std::unique_ptr<Match> AskIn(const LlmJudgeOptions& options, const Bout& bout, std::string judge,
                             core::Request request, const std::vector<core::Message>& repair);

}  // namespace redraft::judge
