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

constexpr std::size_t kChunk = 256;  // requests between two lines of progress

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

Result<LmReadings> ReadThrough(llm::Client& client, const reward::LmExamples& examples,
                               const std::string& model) {
  std::vector<core::Request> requests;
  for (const std::string& text : examples.texts) {
    requests.push_back(reward::LikelihoodRequest(model, text));
    requests.push_back(reward::StateRequest(model, text));
  }
  std::vector<const std::string*> others;
  for (const auto& item : examples.reordered) {
    if (item.shuffled != item.text) others.push_back(&item.shuffled);
  }
  for (const auto& item : examples.reordered) {
    if (item.swapped != item.text) others.push_back(&item.swapped);
  }
  for (const auto* text : others) requests.push_back(reward::LikelihoodRequest(model, *text));
  REDRAFT_ASSIGN(const auto replies, AskAll(client, requests));
  LmReadings readings{.model = model, .texts = {}, .totals = {}};
  for (std::size_t i = 0; i < examples.texts.size(); ++i) {
    REDRAFT_ASSIGN(auto reading, reward::ReadingFrom(replies[2 * i], replies[2 * i + 1]));
    readings.totals[examples.texts[i]] = reward::TotalOf(reading.logprobs);
    readings.texts.emplace(examples.texts[i], std::move(reading));
  }
  for (std::size_t i = 0; i < others.size(); ++i) {
    readings.totals[*others[i]] =
        reward::TotalOf(replies[2 * examples.texts.size() + i].logprobs);
  }
  return readings;
}

}  // namespace

Result<LmReadings> ReadExamples(const reward::LmExamples& examples, const std::string& model,
                                const std::string& db, const ModelFlags& flags) {
  REDRAFT_ASSIGN(const auto path, ResolveModel(model));
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
  llm::Client client(*log, ClientOptionsFor(flags, {}, 0));
  client.AddEndpoint(endpoint);
  Result<LmReadings> readings = ReadThrough(client, examples, id);
  REDRAFT_RETURN_IF_ERROR(ledger.SetState(
      run, readings ? store::RunState::kFinished
                    : readings.error().code == ErrorCode::kCancelled ? store::RunState::kInterrupted
                                                                     : store::RunState::kFailed));
  return readings;
}

}  // namespace redraft::cli
