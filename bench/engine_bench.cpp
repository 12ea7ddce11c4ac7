// The engine without a model: AlphaWrite's schedule (60/5/5/5, 20 rounds) replayed from a ledger,
// and the start-up of the program.
//
//   bench_engine [--json F] [PROGRAM]
//
// Figures  replay_seconds, replay_rss_mb (peak of this process while it replays), requests,
// verdicts,
//          help_ms (median of 21 runs of `PROGRAM --help`; default: redraft beside the bench)

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "redraft/base/file.h"
#include "redraft/base/json.h"
#include "redraft/base/process.h"
#include "redraft/evolve/engine.h"
#include "redraft/evolve/fake_writer.h"
#include "redraft/judge/local_judges.h"
#include "redraft/llm/client.h"
#include "redraft/llm/replay_endpoint.h"
#include "redraft/llm/scripted_endpoint.h"
#include "redraft/reward/model.h"
#include "redraft/store/ledger.h"

namespace redraft {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Result<std::size_t> Run(store::Ledger& ledger, const std::string& run,
                        std::shared_ptr<llm::Endpoint> endpoint) {
  evolve::Task task;
  REDRAFT_ASSIGN(task.brief, core::ParseBrief("A ferry that does not come."));
  REDRAFT_ASSIGN(task.pack, core::LoadPack("fiction"));
  task.rubric = task.pack.rubric;
  REDRAFT_ASSIGN(evolve::EvolveOptions options, evolve::Preset("alphawrite"));
  options.writer = "fake";
  REDRAFT_ASSIGN(auto model, reward::RewardModel::BuiltIn());
  const auto judge = judge::ScorerJudge(std::make_shared<reward::RewardModel>(std::move(model)));
  REDRAFT_ASSIGN(const auto replies, ledger.Replies(run));
  llm::Client client(*replies);
  client.AddEndpoint(std::move(endpoint));
  REDRAFT_ASSIGN(
      const auto record,
      evolve::Evolve(
          options, task, *judge,
          [&](const evolve::Stage&, std::span<core::Job* const> jobs) { return client.Run(jobs); },
          [](const Json&) {}));
  return record.verdicts.size();
}

Status Bench(const std::string& json_file, const std::string& program) {
  const auto db =
      std::filesystem::temp_directory_path() / fmt::format("redraft-bench-{}.db", ::getpid());
  std::filesystem::remove(db);
  REDRAFT_ASSIGN(store::Ledger ledger, store::Ledger::Open(db, {.create = true}));
  REDRAFT_ASSIGN(
      const std::string run,
      ledger.CreateRun(
          {.identity = "bench", .name = "bench", .manifest = Json::object(), .parent = ""}));
  llm::ScriptedOptions scripted;
  scripted.info.model = "fake";
  REDRAFT_RETURN_IF_ERROR(Run(ledger, run,
                              std::make_shared<llm::ScriptedEndpoint>(
                                  [](const core::Request& request, int) -> Result<core::Reply> {
                                    return evolve::testing::Write(request);
                                  },
                                  scripted)));
  const auto start = Clock::now();
  REDRAFT_ASSIGN(const std::size_t verdicts,
                 Run(ledger, run, std::make_shared<llm::ReplayEndpoint>(run)));
  Json figures = {{"replay_seconds", Seconds(start)}, {"verdicts", verdicts}};
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  figures["replay_rss_mb"] = static_cast<double>(usage.ru_maxrss) / 1024;
  REDRAFT_ASSIGN(const auto counts, ledger.Count(run));
  figures["requests"] = counts.requests;
  std::filesystem::remove(db);

  if (!program.empty()) {
    std::vector<double> times;
    for (int i = 0; i < 21; ++i) {
      const auto began = Clock::now();
      ProcessOptions help;
      help.command = {program, "--help"};
      REDRAFT_RETURN_IF_ERROR(RunProcess(help));
      times.push_back(1000 * Seconds(began));
    }
    std::ranges::sort(times);
    figures["help_ms"] = times[times.size() / 2];
  }
  for (const auto& [name, value] : figures.items()) {
    std::printf("%-16s %10.2f\n", name.c_str(), value.get<double>());
  }
  if (json_file.empty()) return Ok{};
  return WriteFileAtomic(json_file, DumpJson({{"engine", figures}}) + "\n");
}

}  // namespace
}  // namespace redraft

int main(int argc, char** argv) {
  std::string json_file;
  std::string program = std::filesystem::path(argv[0]).replace_filename("redraft").string();
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--json" && i + 1 < argc) {
      json_file = argv[++i];
    } else {
      program = word;
    }
  }
  const redraft::Status status = redraft::Bench(json_file, program);
  if (!status) std::fprintf(stderr, "bench_engine: %s\n", status.error().message.c_str());
  return status ? 0 : 1;
}
