// `redraft runs`, `redraft show`, `redraft doctor`: what a ledger holds, and whether it is sound.

#include <fmt/format.h>

#include "redraft/base/clock.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/config.h"
#include "redraft/cli/endpoint_check.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/run_session.h"
#include "redraft/store/ledger.h"

namespace redraft::cli {
namespace {

using store::Counts;
using store::Ledger;
using store::Run;

struct LedgerOptions {
  std::string db, run = "latest", rebuild;
  bool json = false;
};

Result<Ledger> OpenLedger(const LedgerOptions& options, bool read_only) {
  REDRAFT_ASSIGN(const Config config, LoadConfig(""));
  return Ledger::Open(LedgerPath(options.db, config), {.read_only = read_only});
}

/// 1234567 -> "1,234,567".
std::string Grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

/// The state as people see it: a run whose process died is no longer running.
std::string StateText(Ledger& ledger, const Run& run) {
  if (run.state != store::RunState::kRunning) return ToString(run.state);
  const auto holder = ledger.WorkedOnBy(run.id);
  return holder ? fmt::format("running ({})", holder->process) : "cut off";
}

Json RunJson(Ledger& ledger, const Run& run) {
  const auto holder = ledger.WorkedOnBy(run.id);
  return {{"run", run.id},
          {"name", run.name},
          {"created", FormatUtc(run.created_ms)},
          {"state", ToString(run.state)},
          {"process", holder ? Json(holder->process) : Json(nullptr)},
          {"parent", run.parent.empty() ? Json(nullptr) : Json(run.parent)}};
}

void AddCounts(Json& json, const Counts& counts) {
  json["drafts"] = counts.drafts;
  json["verdicts"] = counts.verdicts;
  json["requests"] = counts.requests;
  json["attempts"] = counts.attempts;
  json["generations"] = counts.generations;
}

std::int64_t Answered(const Counts& counts) {
  std::int64_t sum = 0;
  for (const auto& [role, calls] : counts.calls) sum += calls;
  return sum;
}

Result<int> RunRuns(const LedgerOptions& options) {
  REDRAFT_ASSIGN(Ledger ledger, OpenLedger(options, true));
  REDRAFT_ASSIGN(const std::vector<Run> runs, ledger.Runs());
  Json list = Json::array();
  if (!options.json && !runs.empty()) {
    PrintLine(fmt::format("{:<12}  {:<20}  {:<16}  {:>7}  {:>8}  {:>8}  {}", "RUN", "CREATED",
                          "STATE", "DRAFTS", "VERDICTS", "ANSWERED", "NAME"));
  }
  for (const Run& run : runs) {
    REDRAFT_ASSIGN(const Counts counts, ledger.Count(run.id));
    if (options.json) {
      Json json = RunJson(ledger, run);
      AddCounts(json, counts);
      list.push_back(std::move(json));
      continue;
    }
    PrintLine(fmt::format("{:<12}  {:<20}  {:<16}  {:>7}  {:>8}  {:>8}  {}", run.id,
                          FormatUtc(run.created_ms), StateText(ledger, run), Grouped(counts.drafts),
                          Grouped(counts.verdicts), Grouped(Answered(counts)), run.name));
  }
  if (options.json) {
    PrintLine(DumpJson({{"schema", "redraft.runs/1"}, {"runs", std::move(list)}}));
  } else if (runs.empty()) {
    PrintLine(fmt::format("no runs yet in {}; `redraft evolve` makes one", ledger.path().string()));
  }
  return 0;
}

void PrintShow(Ledger& ledger, const Run& run, const Counts& counts) {
  const auto line = [](std::string_view what, const std::string& value) {
    if (!value.empty()) PrintLine(fmt::format("{:<12}  {}", what, value));
  };
  line("run", run.id);
  line("name", run.name);
  line("created", FormatUtc(run.created_ms));
  line("state", StateText(ledger, run));
  line("fork of", run.parent);
  line("drafts", fmt::format("{} in {} generations", Grouped(counts.drafts), counts.generations));
  line("verdicts", Grouped(counts.verdicts));
  line("requests", fmt::format("{} planned, {} answered, {} tries", Grouped(counts.requests),
                               Grouped(Answered(counts)), Grouped(counts.attempts)));
  for (const auto& [role, calls] : counts.calls) {
    line("", fmt::format("{:>9}  {}", Grouped(calls), core::ToString(role)));
  }
  for (const auto& [role, used] : counts.spent.by_role) {
    line("used by", fmt::format("{:<9}  {} tokens in, {} out, cost {:.4f}", core::ToString(role),
                                Grouped(used.usage.tokens_in), Grouped(used.usage.tokens_out),
                                used.usage.cost));
  }
  line("tokens", fmt::format("{} in, {} out", Grouped(counts.spent.usage.tokens_in),
                             Grouped(counts.spent.usage.tokens_out)));
  line("cost", fmt::format("{:.4f}", counts.spent.usage.cost));
}

Result<int> RunShow(const LedgerOptions& options) {
  REDRAFT_ASSIGN(Ledger ledger, OpenLedger(options, true));
  REDRAFT_ASSIGN(const Run run, ledger.FindRun(options.run));
  REDRAFT_ASSIGN(const Counts counts, ledger.Count(run.id));
  if (!options.json) {
    PrintShow(ledger, run, counts);
    return 0;
  }
  Json json = {{"schema", "redraft.show/1"}};
  json.update(RunJson(ledger, run));
  AddCounts(json, counts);
  Json calls = Json::object();
  for (const auto& [role, count] : counts.calls) calls[core::ToString(role)] = count;
  json["calls"] = std::move(calls);
  json["tokens"] = {{"in", counts.spent.usage.tokens_in}, {"out", counts.spent.usage.tokens_out}};
  json["cost"] = NumberOrNull(counts.spent.usage.cost);
  json["by_role"] = core::ByRole(counts.spent);
  json["result"] = run.result;
  PrintLine(DumpJson(json));
  return 0;
}

Result<int> RunDoctor(const LedgerOptions& options) {
  REDRAFT_ASSIGN(Ledger ledger, OpenLedger(options, true));
  REDRAFT_ASSIGN(const store::Health health, ledger.Check());
  std::error_code ignored;
  const auto bytes = std::filesystem::file_size(ledger.path(), ignored);
  const auto disk = std::filesystem::space(std::filesystem::absolute(ledger.path()), ignored);
  const auto mebibytes = [](std::uintmax_t n) {
    return Grouped(static_cast<std::int64_t>(n >> 20));
  };
  const int status = health.problems.empty() ? 0 : ExitStatus(ErrorCode::kConfig);
  if (options.json) {
    PrintLine(DumpJson({{"schema", "redraft.doctor/1"},
                        {"ledger", ledger.path().string()},
                        {"sound", health.problems.empty()},
                        {"problems", health.problems},
                        {"schema_version", health.schema_version},
                        {"bytes", bytes},
                        {"disk_free", disk.available},
                        {"rows", health.rows}}));
    return status;
  }
  PrintLine(fmt::format("{:<10}  {} ({} MiB; {} MiB free on its disk)", "ledger",
                        ledger.path().string(), mebibytes(bytes), mebibytes(disk.available)));
  PrintLine(fmt::format("{:<10}  {}", "schema", health.schema_version));
  for (const auto& [table, rows] : health.rows) {
    PrintLine(fmt::format("{:<10}  {:>12}", table, Grouped(rows)));
  }
  for (const std::string& problem : health.problems) {
    PrintLine(fmt::format("{:<10}  {}", "PROBLEM", problem));
  }
  PrintLine(health.problems.empty()
                ? "sound: every row has its owner, every answer its reply"
                : fmt::format("{} problems: keep a copy of the file before you go on with it",
                              health.problems.size()));
  return status;
}

Result<int> RunEndpointDoctor(const ModelFlags& flags, bool json) {
  REDRAFT_ASSIGN(const Config config, LoadConfig(flags.config));
  REDRAFT_ASSIGN(const ModelChoice choice, ChooseModel(flags, config));
  return ReportEndpoints(choice, flags, json);
}

Result<int> RunRebuild(const LedgerOptions& options) {
  REDRAFT_ASSIGN(Ledger ledger, OpenLedger(options, false));
  REDRAFT_ASSIGN(const Run run, ledger.FindRun(options.rebuild));
  REDRAFT_RETURN_IF_ERROR(Rebuild(ledger, run));
  REDRAFT_ASSIGN(const Counts counts, ledger.Count(run.id));
  PrintLine(fmt::format("run {}: {} drafts and {} verdicts made anew from {} requests", run.id,
                        counts.drafts, counts.verdicts, counts.requests));
  return 0;
}

}  // namespace

void DeclareRuns(Args& root) {
  auto options = std::make_shared<LedgerOptions>();
  Args& runs = root.Command("runs", "list the runs of a ledger");
  runs.Option("--db", options->db, "ledger file (default ./redraft.db)");
  runs.Flag("--json", options->json, "print one JSON object");
  runs.Example("redraft runs");
  runs.Run([options] { return RunRuns(*options); });
}

void DeclareShow(Args& root) {
  auto options = std::make_shared<LedgerOptions>();
  Args& show = root.Command("show", "show what a run has done and used");
  show.Positional("run", options->run, "id, unique prefix of one, or \"latest\"", false);
  show.Option("--db", options->db, "ledger file (default ./redraft.db)");
  show.Flag("--json", options->json, "print one JSON object");
  show.Example("redraft show latest --json");
  show.Run([options] { return RunShow(*options); });
}

void DeclareDoctor(Args& root) {
  auto options = std::make_shared<LedgerOptions>();
  auto models = std::make_shared<ModelFlags>();
  Args& doctor = root.Command("doctor", "check that a ledger is sound, or what an endpoint can do");
  doctor.Option("--db", options->db, "ledger file (default ./redraft.db)");
  doctor.Flag("--json", options->json, "print one JSON object");
  doctor.Option("--rebuild", options->rebuild,
                "make a finished run's drafts, verdicts, ratings and events anew from its replies");
  doctor.Option("--endpoint", models->endpoint,
                "probe a server instead: a base URL, or a name in redraft.toml");
  doctor.Option("--llm", models->llm, "the model to probe there");
  doctor.Option("--key-env", models->key_env, "environment variable that holds the key");
  doctor.Option("--config", models->config, "configuration file (default ./redraft.toml)");
  doctor.Example("redraft doctor --json");
  doctor.Example("redraft doctor --endpoint http://127.0.0.1:8080/v1 --llm qwen2.5-7b");
  doctor.Example("redraft doctor --rebuild latest");
  doctor.Run([options, models] {
    if (!models->endpoint.empty()) return RunEndpointDoctor(*models, options->json);
    return options->rebuild.empty() ? RunDoctor(*options) : RunRebuild(*options);
  });
}

}  // namespace redraft::cli
