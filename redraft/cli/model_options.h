#pragma once

// From flags and redraft.toml to endpoints, client and judge: what every command that asks a model
// shares.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redraft/cli/args.h"
#include "redraft/cli/config.h"
#include "redraft/core/pack.h"
#include "redraft/judge/judge.h"
#include "redraft/judge/model_judges.h"
#include "redraft/llm/client.h"

namespace redraft::cli {

/// The default writer, and the one of --small.
inline constexpr const char* kDefaultModel = "qwen2.5-coder-1.5b-instruct";
inline constexpr const char* kSmallModel = "smollm2-135m-instruct";

/// What the user typed. Empty: not given.
struct ModelFlags {
  std::string config;
  std::string endpoint, llm, judge;
  std::string key_env;
  std::optional<int> concurrency;
  std::optional<std::int64_t> max_calls, max_tokens;
  std::optional<double> max_cost;
  bool tag_requests = false;
  bool accept_judge = false;
};

/// Declares the flags.
void DeclareModelFlags(Args& args, ModelFlags& flags);
/// The same for commands in which models write and none judges: without the judge's.
void DeclareWriterFlags(Args& args, ModelFlags& flags);

/// Flags and redraft.toml, resolved. A run keeps `url` and `model` in its manifest.
struct ModelChoice {
  std::string name;   ///< of the endpoint, for messages
  std::string url;    ///< empty: the embedded engine
  std::string model;  ///< as given to the endpoint, or the embedded model's id or file
  std::string key_env;
  int concurrency = 16;
  double price_in = 0.0, price_out = 0.0;
  bool embedded() const { return url.empty(); }
};
Result<ModelChoice> ChooseModel(const ModelFlags& flags, const Config& config);

/// Which judge: CONTRACT's J, and for `llm` which model answers in which form.
struct JudgeChoice {
  std::string spec = "reward";
  std::string model;                                     ///< Request::model of an LLM judge
  judge::AnswerForm form = judge::AnswerForm::kVerdict;  ///< of an LLM judge
  std::vector<judge::Shot> shots;                        ///< of an LLM judge
};

/// The form in which an LLM is asked unless the user says otherwise: the embedded engine always
/// gives log-odds, a server may not.
judge::AnswerForm DefaultForm(const ModelChoice& model);

/// Whether the judge asks a model, so that its verdicts cost calls.
bool AsksModel(const JudgeChoice& judge);

/// The judge itself, with the pack's framing and the rubric's text.
/// Errors: kInvalidArgument for an unknown judge; kConfig for a reward model file.
Result<std::unique_ptr<judge::Judge>> MakeJudge(const JudgeChoice& choice, const core::Pack& pack,
                                                const core::Rubric& rubric);

/// Opens the endpoint of a choice. The embedded engine loads its model here, so open it only when
/// something is left to ask. `model_name` of the result is what requests must name.
/// Errors: kConfig for models and URLs; kUnavailable … when used.
Result<std::shared_ptr<llm::Endpoint>> OpenEndpoint(const ModelChoice& choice,
                                                    const ModelFlags& flags);

/// The server that a judge sends texts to beside the writer's, as it may be shown; empty: none.
std::string JudgeServer(const JudgeChoice& judge);

/// What the judge needs beside the writer's endpoint: a judge program, a reward server, a model
/// that reads, or nothing (null). Errors: kConfig for the address, or a reader that is another
/// model.
Result<std::shared_ptr<llm::Endpoint>> OpenJudgeEndpoint(const JudgeChoice& judge,
                                                         const ModelFlags& flags);

/// Gives `client` all that the judge asks: for `llm` the endpoint of `model`, else what
/// OpenJudgeEndpoint opens. Errors: as OpenEndpoint and OpenJudgeEndpoint.
Status AddJudgeEndpoints(llm::Client& client, const JudgeChoice& judge, const ModelChoice& model,
                         const ModelFlags& flags);

/// What Request::model says for a choice, without opening anything: the model's name at a server,
/// the id (or file name) of an embedded one.
std::string RequestModel(const ModelChoice& choice);

/// Client options from the flags; interrupts are those of InterruptCount().
llm::ClientOptions ClientOptionsFor(const ModelFlags& flags, const ModelChoice& choice,
                                    std::uint64_t seed);

/// Counts SIGINT and SIGTERM from the first call on; the third ends the process with status 6.
const std::atomic<int>* InterruptCount();

}  // namespace redraft::cli
