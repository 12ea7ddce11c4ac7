#pragma once

// From a JudgeChoice to a judge and to what answers it.

#include <memory>
#include <string>
#include <vector>

#include "redraft/cli/judge_choice.h"
#include "redraft/core/pack.h"
#include "redraft/judge/judge.h"
#include "redraft/llm/endpoint.h"
#include "redraft/reward/lm_model.h"

namespace redraft::cli {

/// How many requests a comparison may take; 0 for a judge that works in this process.
int CallsPerVerdict(const JudgeChoice& judge);

/// The judge itself, with the pack's framing and the rubric's text.
/// Errors: kInvalidArgument for an unknown judge; kConfig for a reward model file.
Result<std::unique_ptr<judge::Judge>> MakeJudge(const JudgeChoice& choice, const core::Pack& pack,
                                                const core::Rubric& rubric);

/// The servers that a judge sends texts to, as they may be shown: of LLMs, and of reward models.
std::vector<std::string> JudgeServers(const JudgeChoice& judge);

/// Gives `client` all that the judge asks: LLMs, judge programs, reward servers, a model that
/// reads. `open` are the models that `client` asks already.
/// Errors: as OpenEndpoint; kConfig for an address, or a reader that is another model.
Status AddJudgeEndpoints(llm::Client& client, const JudgeChoice& judge, const ModelFlags& flags,
                         std::vector<ModelChoice> open = {});

/// Whether a judge is "reward:lm" or "reward:lm:FILE".
bool IsLmReward(const std::string& spec);

/// The language model whose readings `model` has weights for. Errors: kConfig for one that is not
/// there, or is another file of that name, since its readings mean something else.
Result<std::shared_ptr<llm::Endpoint>> OpenReader(const reward::LmReward& model);

}  // namespace redraft::cli
