#include "redraft/cli/lm_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "redraft/base/hash.h"
#include "redraft/cli/model_paths.h"
#include "redraft/llm/embedded_endpoint.h"
#include "redraft/store/ledger.h"

namespace redraft::cli {
namespace {

constexpr std::size_t kChunk = 64;  // requests between two lines of progress

Result<std::string> RunFor(store::Ledger& ledger, const std::string& model) {
  const Json manifest = {{"command", "train reward --lm"}, {"model", model}};
  const std::string identity = Sha256Hex(DumpJson(manifest));
  REDRAFT_ASSIGN(const auto same, ledger.FindByIdentity(identity));
  if (same) return same->id;
  return ledger.CreateRun({identity, "readings of " + model, manifest, ""});
}

Result<std::vector<core::Reply>> AskAll(llm::Client& client,
                                        const std::vector<core::Request>& requests) {
  std::vector<core::Reply> replies;
  for (std::size_t begin = 0; begin < requests.size(); begin += kChunk) {
    const auto first = requests.begin() + static_cast<std::ptrdiff_t>(begin);
    const std::size_t count = std::min(kChunk, requests.size() - begin);
    REDRAFT_ASSIGN(auto chunk, client.Ask({first, first + static_cast<std::ptrdiff_t>(count)}));
    std::move(chunk.begin(), chunk.end(), std::back_inserter(replies));
    std::fputs(fmt::format("read {} of {}\n", replies.size(), requests.size()).c_str(), stderr);
  }
  return replies;
}

/// What is asked of the texts and reorderings of `examples`, in their order.
struct Plan {
  std::vector<core::Request> requests;
  std::vector<const std::string*> texts;  ///< of two requests each: likelihood, state
  std::vector<std::size_t> at;            ///< parallel: the first of the requests
  std::vector<const std::string*> reordered;
  std::vector<std::size_t> reordered_at;
};

Plan PlanOf(const std::vector<reward::LmExample>& examples, const std::string& model) {
  Plan plan;
  for (const reward::LmExample& example : examples) {
    for (const std::string& text : example.texts) {
      plan.texts.push_back(&text);
      plan.at.push_back(plan.requests.size());
      plan.requests.push_back(reward::LikelihoodRequest(model, text));
      plan.requests.push_back(reward::StateRequest(model, text));
    }
    for (const reward::LmReordered& item : example.reordered) {
      for (const std::string* text : {&item.shuffled, &item.swapped}) {
        if (*text == item.text) continue;
        plan.reordered.push_back(text);
        plan.reordered_at.push_back(plan.requests.size());
        plan.requests.push_back(reward::LikelihoodRequest(model, *text));
      }
    }
  }
  return plan;
}

}  // namespace

Result<reward::LmReadings> ReadExamples(llm::Client& client,
                                        const std::vector<reward::LmExample>& examples,
                                        const std::string& reader_id) {
  const Plan plan = PlanOf(examples, reader_id);
  REDRAFT_ASSIGN(const auto replies, AskAll(client, plan.requests));
  reward::LmReadings readings;
  readings.reader_id = reader_id;
  for (std::size_t i = 0; i < plan.texts.size(); ++i) {
    const std::size_t at = plan.at[i];
    REDRAFT_ASSIGN(auto reading, reward::ReadingFrom(replies[at], replies[at + 1]));
    readings.totals[*plan.texts[i]] = reward::TotalOf(reading.logprobs);
    readings.texts.emplace(*plan.texts[i], std::move(reading));
  }
  for (std::size_t i = 0; i < plan.reordered.size(); ++i) {
    readings.totals[*plan.reordered[i]] = reward::TotalOf(replies[plan.reordered_at[i]].logprobs);
  }
  return readings;
}

Result<reward::LmReadings> ReadExamples(const std::vector<reward::LmExample>& examples,
                                        const std::string& reader, const std::string& db,
                                        const ModelFlags& flags) {
  REDRAFT_ASSIGN(const auto path, ResolveModel(reader));
  llm::EmbeddedOptions options;
  options.cache_folder = CacheFolder();
  REDRAFT_ASSIGN(auto opened, llm::EmbeddedEndpoint::Open(path, options));
  const std::shared_ptr<llm::Endpoint> endpoint = std::move(opened);
  const std::string id = endpoint->info().model;
  REDRAFT_ASSIGN(store::Ledger ledger, store::Ledger::Open(db, {.create = true}));
  REDRAFT_ASSIGN(const std::string run, RunFor(ledger, id));
  REDRAFT_ASSIGN(const store::RunLock lock, ledger.Lock(run));
  REDRAFT_ASSIGN(const auto log, ledger.Replies(run));
  REDRAFT_RETURN_IF_ERROR(ledger.SetState(run, store::RunState::kRunning));
  REDRAFT_ASSIGN(const llm::ClientOptions client_options, ClientOptionsFor(flags, {}, 0));
  llm::Client client(*log, client_options);
  client.AddEndpoint(endpoint);
  Result<reward::LmReadings> readings = ReadExamples(client, examples, id);
  if (readings) readings->reader = reader;
  store::RunState state = store::RunState::kFinished;
  if (!readings) {
    const bool interrupted = readings.error().code == ErrorCode::kCancelled;
    state = interrupted ? store::RunState::kInterrupted : store::RunState::kFailed;
  }
  REDRAFT_RETURN_IF_ERROR(ledger.SetState(run, state));
  return readings;
}

}  // namespace redraft::cli
