#include "redraft/cli/edit_run.h"

#include <algorithm>

#include "redraft/base/assets.h"
#include "redraft/base/hash.h"
#include "redraft/cli/edit_json.h"
#include "redraft/cli/endpoint_check.h"
#include "redraft/cli/ledger_run.h"
#include "redraft/cli/progress.h"
#include "redraft/llm/prompt.h"

namespace redraft::cli {
namespace {

/// Texts whose requests are planned together.
constexpr std::size_t kBatch = 64;

Result<Json> PromptHashes() {
  Json hashes;
  for (const char* name : {"edit/detect", "edit/detect-repair", "edit/rewrite",
                           "edit/rewrite-repair", "edit/revise"}) {
    REDRAFT_ASSIGN(hashes[name], llm::PromptSha256(name));
  }
  return hashes;
}

Json OptionsJson(const edit::EditOptions& options) {
  const edit::RewriteOptions& rewrite = options.rewrite;
  return {{"work", static_cast<int>(options.work)},
          {"detector", edit::ToString(options.detector)},
          {"only", options.only},
          {"candidates", rewrite.candidates},
          {"seed", rewrite.seed},
          {"section_words", options.section_words},
          {"spans_per_hundred_words", options.spans_per_hundred_words},
          {"prices",
           {{"distance", rewrite.prices.distance},
            {"length", rewrite.prices.length},
            {"max_distance", rewrite.prices.max_distance},
            {"max_growth", rewrite.prices.max_growth}}}};
}

/// Edits all inputs; `run` drives jobs, which may be none.
Result<Json> Edit(const EditSetup& setup, std::span<const EditInput> inputs,
                  const std::function<Status(std::span<core::Job* const>)>& run) {
  Json results = Json::array();
  for (; !inputs.empty(); inputs = inputs.subspan(std::min(kBatch, inputs.size()))) {
    std::vector<std::unique_ptr<edit::Editing>> batch;
    std::vector<core::Job*> jobs;
    for (const EditInput& input : inputs.first(std::min(kBatch, inputs.size()))) {
      edit::EditOptions options = setup.options;
      options.rewrite.brief = input.brief;
      batch.push_back(std::make_unique<edit::Editing>(input.text, options, *setup.scorer));
      for (core::Job* job : batch.back()->jobs()) jobs.push_back(job);
    }
    if (!jobs.empty()) REDRAFT_RETURN_IF_ERROR(run(jobs));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      results.push_back(ToJson(batch[i]->result(), inputs[i].text, setup.options, *setup.scorer));
    }
    REDRAFT_RETURN_IF_ERROR(setup.scorer_status());
  }
  return results;
}

}  // namespace

bool AsksModel(const edit::EditOptions& options) {
  return options.work != edit::Work::kDetect || options.detector != edit::Detector::kLocal;
}

Result<Json> EditManifest(const EditSetup& setup, std::span<const EditInput> inputs) {
  Json texts = Json::array();
  for (const EditInput& input : inputs) {
    texts.push_back({{"sha256", Sha256Hex(input.text)}, {"brief_sha256", Sha256Hex(input.brief)}});
  }
  REDRAFT_ASSIGN(const Json prompts, PromptHashes());
  REDRAFT_ASSIGN(const std::string_view taxonomy, FindAsset("data/edit/taxonomy.toml"));
  return Json{{"schema", "redraft.edit-run/1"},
              {"texts", std::move(texts)},
              {"options", OptionsJson(setup.options)},
              {"model", RequestModel(setup.model)},
              {"embedded", setup.model.embedded()},
              {"scorer", setup.scorer->id()},
              {"prompts", prompts},
              {"taxonomy_sha256", Sha256Hex(taxonomy)}};
}

Result<Json> EditTexts(const EditSetup& setup, std::span<const EditInput> inputs) {
  if (!AsksModel(setup.options)) {
    return Edit(setup, inputs, [](std::span<core::Job* const>) { return Status(Ok{}); });
  }
  REDRAFT_ASSIGN(const Json manifest, EditManifest(setup, inputs));
  return FindInLedger(setup.db, manifest, setup.name, [&](core::ReplyLog& log) -> Result<Json> {
    REDRAFT_ASSIGN(const llm::ClientOptions options,
                   ClientOptionsFor(setup.flags, setup.model, setup.options.rewrite.seed));
    llm::Client client(log, options);
    bool opened = false;
    Progress progress(setup.quiet ? Progress::Style::kSilent : Progress::Style::kAuto);
    return Edit(setup, inputs, [&](std::span<core::Job* const> jobs) -> Status {
      if (!opened) {
        // Only now: a model takes its time to load, and texts without weak spots need none.
        REDRAFT_RETURN_IF_ERROR(CheckServers(setup.model, setup.flags, false, 0));
        REDRAFT_ASSIGN(auto endpoint, OpenEndpoint(setup.model, setup.flags));
        client.AddEndpoint(std::move(endpoint));
        opened = true;
      }
      progress.On(
          Json{{"event", "stage"}, {"stage", "edit"}, {"generation", 0}, {"jobs", jobs.size()}});
      return client.Run(jobs, [&](const llm::Progress& p) { progress.On(p); });
    });
  });
}

Status KeepResults(const EditSetup& setup, std::span<const EditInput> inputs, const Json& results) {
  REDRAFT_ASSIGN(const Json manifest, EditManifest(setup, inputs));
  return KeepInLedger(setup.db, manifest, results);
}

}  // namespace redraft::cli
