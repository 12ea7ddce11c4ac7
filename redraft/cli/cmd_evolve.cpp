#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/judge_opening.h"
#include "redraft/cli/model_paths.h"
#include "redraft/cli/run_session.h"
#include "redraft/evolve/estimate.h"
#include "redraft/evolve/section.h"

namespace redraft::cli {
namespace {

struct EvolveFlags {
  ModelFlags models;
  std::string brief, db, preset = "default", rubric, pack, section, output;
  std::optional<int> initial, top, variants, generations, rounds;
  std::optional<double> mend;
  std::uint64_t seed = 1;
  std::optional<double> temperature;
  bool small = false, json = false, dry_run = false, fork = false;
};

/// Default sampling. The embedded engine can repair what small models get wrong (loops); a server
/// is sent only what every server understands.
core::Sampling SamplingFor(const ModelChoice& writer, const EvolveFlags& flags) {
  core::Sampling sampling;
  if (writer.embedded()) {
    sampling.temperature = 0.9;
    sampling.top_p = 0.95;
    sampling.min_p = 0.05;
    sampling.top_k = 60;
    sampling.dry_multiplier = 0.8;
  }
  if (flags.temperature) sampling.temperature = *flags.temperature;
  return sampling;
}

/// The task of a section run: the document's front matter may set limits, the section's old text is
/// what is to be written anew.
Result<evolve::Task> SectionTask(const std::string& document, const std::string& heading) {
  REDRAFT_ASSIGN(const evolve::Section section, evolve::FindSection(document, heading));
  evolve::Task task;
  if (auto brief = core::ParseBrief(document)) task.brief = std::move(*brief);
  const bool written = section.body.find_first_not_of(" \t\r\n") != std::string::npos;
  task.brief.task = fmt::format("Write the section headed \"{}\".", section.heading);
  if (written) {
    task.brief.task +=
        " It now reads as follows; keep what it says, say it better.\n\n" + section.body;
  }
  task.brief.sha256 = Sha256Hex(section.before + "\n" + section.after);
  task.context = section.before + "[the section to be written]\n\n" + section.after;
  return task;
}

Result<RunSetup> MakeSetup(const EvolveFlags& flags, const Config& config) {
  RunSetup setup;
  setup.document = flags.brief;
  setup.section = flags.section;
  REDRAFT_ASSIGN(const std::string text, ReadTextFile(flags.brief, 4 << 20));
  if (flags.section.empty()) {
    REDRAFT_ASSIGN(setup.task.brief, core::ParseBrief(text));
  } else {
    REDRAFT_ASSIGN(setup.task, SectionTask(text, flags.section));
  }
  if (!flags.pack.empty()) setup.task.brief.pack = flags.pack;
  REDRAFT_ASSIGN(setup.task.pack, core::LoadPack(setup.task.brief.pack));
  setup.task.rubric = setup.task.pack.rubric;
  if (!flags.rubric.empty()) {
    REDRAFT_ASSIGN(const std::string rubric, ReadTextFile(flags.rubric, 1 << 20));
    REDRAFT_ASSIGN(setup.task.rubric, core::ParseRubric(rubric));
  }

  ModelFlags models = flags.models;
  if (flags.small && models.llm.empty()) models.llm = kSmallModel;
  REDRAFT_ASSIGN(setup.writer, ChooseModel(models, config));
  REDRAFT_ASSIGN(setup.options, evolve::Preset(flags.preset));
  evolve::EvolveOptions& o = setup.options;
  o.initial = flags.initial.value_or(o.initial);
  o.top = flags.top.value_or(o.top);
  o.variants = flags.variants.value_or(o.variants);
  o.mend = flags.mend.value_or(o.mend);
  o.generations = flags.generations.value_or(o.generations);
  o.rounds = flags.rounds.value_or(o.rounds);
  o.seed = flags.seed;
  o.writer = RequestModel(setup.writer);
  o.embedded = setup.writer.embedded();
  o.sampling = SamplingFor(setup.writer, flags);
  o.accept_judge = o.accept_judge || flags.models.accept_judge;
  REDRAFT_RETURN_IF_ERROR(evolve::Validate(o));

  const std::string judge_spec = !models.judge.empty()   ? models.judge
                                 : !config.judge.empty() ? config.judge
                                                         : "reward";
  REDRAFT_ASSIGN(setup.judge, ResolveJudge(judge_spec, models, config, {}));
  REDRAFT_ASSIGN(const auto judge, MakeJudge(setup.judge, setup.task.pack, setup.task.rubric));
  setup.judge_id = judge->id();
  return setup;
}

/// Whether some LLM gives reasons before it decides.
bool AnswersInWords(const JudgeChoice& judge) {
  return (judge.spec == "llm" && (judge.form == judge::AnswerForm::kVerdict ||
                                  judge.form == judge::AnswerForm::kStructured)) ||
         std::ranges::any_of(judge.members, AnswersInWords);
}

Result<int> PrintEstimate(const RunSetup& setup, bool json) {
  const int calls = CallsPerVerdict(setup.judge);
  REDRAFT_ASSIGN(const auto roles, evolve::Estimate(setup.options, setup.task, calls,
                                                    AnswersInWords(setup.judge) ? 700 : 1));
  Json list = Json::array();
  double total = 0;
  for (const auto& [role, estimate] : roles) {
    const double cost = (static_cast<double>(estimate.tokens_in) * setup.writer.prices.in +
                         static_cast<double>(estimate.tokens_out) * setup.writer.prices.out) /
                        1e6;
    total += cost;
    list.push_back({{"role", core::ToString(role)},
                    {"calls", estimate.calls},
                    {"tokens_in", estimate.tokens_in},
                    {"tokens_out", estimate.tokens_out},
                    {"cost", cost}});
  }
  const auto verdicts = evolve::PlannedVerdicts(setup.options);
  if (json) {
    PrintLine(DumpJson({{"schema", "redraft.estimate/1"},
                        {"roles", list},
                        {"verdicts", verdicts},
                        {"cost", total}}));
    return 0;
  }
  PrintLine(fmt::format("{:<10}{:>8}{:>14}{:>14}{:>12}", "role", "calls", "tokens in", "tokens out",
                        "cost"));
  for (const Json& row : list) {
    PrintLine(fmt::format("{:<10}{:>8}{:>14}{:>14}{:>12.4f}", row["role"].get<std::string>(),
                          row["calls"].get<std::int64_t>(), row["tokens_in"].get<std::int64_t>(),
                          row["tokens_out"].get<std::int64_t>(), row["cost"].get<double>()));
  }
  PrintLine(fmt::format(
      "{}{} verdicts by {}; total cost about {:.4f}, without repairs. Nothing was sent.",
      setup.options.pairing == evolve::Pairing::kActive ? "At most " : "", verdicts, setup.judge_id,
      total));
  if (calls > 0 && !setup.options.accept_judge) {
    PrintLine("Before that the judge is checked: 80 to 400 more calls, once for this judge.");
  }
  return 0;
}

/// A finished section run has written its winner into the document, so that the document no longer
/// says what the run was given: the run whose winner stands there is the one to go on with.
Result<std::optional<store::Run>> RunWhoseWinnerStands(const RunSetup& setup, const Json& manifest,
                                                       const std::vector<store::Run>& runs) {
  if (setup.section.empty()) return std::optional<store::Run>();
  REDRAFT_ASSIGN(const std::string document, ReadTextFile(setup.document));
  REDRAFT_ASSIGN(const evolve::Section section, evolve::FindSection(document, setup.section));
  for (const store::Run& run : runs) {
    if (run.state != store::RunState::kFinished) continue;
    const std::string text = run.result.at("best").at("text");
    if (evolve::ReplaceBody(section, text) != document) continue;
    Json as_given = manifest;
    as_given["brief"]["task"] = run.manifest.at("brief").at("task");
    if (Identity(as_given) == run.identity) return run;
  }
  return std::optional<store::Run>();
}

/// The brief's runs in which anything was answered: only those are worth keeping apart.
Result<std::vector<store::Run>> AnsweredRuns(store::Ledger& ledger,
                                             const std::string& brief_sha256) {
  REDRAFT_ASSIGN(const auto runs, ledger.RunsOfBrief(brief_sha256));
  std::vector<store::Run> answered;
  for (const store::Run& run : runs) {
    REDRAFT_ASSIGN(const store::Counts counts, ledger.Count(run.id));
    if (!counts.calls.empty()) answered.push_back(run);
  }
  return answered;
}

/// Works on the run with this identity, or on a new one if nothing forbids it.
Result<int> EvolveIn(store::Ledger& ledger, const RunSetup& setup, bool fork,
                     SessionOptions session) {
  REDRAFT_ASSIGN(const Json manifest, MakeManifest(setup));
  const std::string identity = Identity(manifest);
  REDRAFT_ASSIGN(const auto same, ledger.FindByIdentity(identity));
  if (same) return WorkOn(ledger, *same, setup, session);
  REDRAFT_ASSIGN(const auto others, AnsweredRuns(ledger, setup.task.brief.sha256));
  REDRAFT_ASSIGN(const auto written, RunWhoseWinnerStands(setup, manifest, others));
  if (written) return WorkOn(ledger, *written, setup, session);
  store::NewRun fresh{identity, setup.document, manifest, ""};
  if (!others.empty()) {
    const store::Run& last = others.back();
    if (!fork) {
      return Fail(
          ErrorCode::kInvalidArgument,
          fmt::format("run {} of this brief was made with another configuration: {}; use the "
                      "old one, or --fork to start a new run that reuses what still matches",
                      last.id, Difference(last.manifest, manifest)));
    }
    fresh.parent = last.id;
  }
  // Neither a model that is not there nor a judge that is refused should leave a run behind.
  if (setup.writer.embedded()) {
    REDRAFT_ASSIGN([[maybe_unused]] const auto file, ResolveModel(setup.writer.model));
  }
  REDRAFT_ASSIGN(session.standing, StandingOf(setup, session.flags));
  REDRAFT_ASSIGN(const std::string id, ledger.CreateRun(fresh));
  REDRAFT_ASSIGN(const store::Run run, ledger.FindRun(id));
  return WorkOn(ledger, run, setup, session);
}

Result<int> RunEvolve(const EvolveFlags& flags) {
  REDRAFT_ASSIGN(const Config config, LoadConfig(flags.models.config));
  REDRAFT_ASSIGN(const RunSetup setup, MakeSetup(flags, config));
  if (flags.dry_run) return PrintEstimate(setup, flags.json);
  REDRAFT_ASSIGN(store::Ledger ledger,
                 store::Ledger::Open(LedgerPath(flags.db, config), {.create = true}));
  return EvolveIn(ledger, setup, flags.fork, {flags.models, flags.json, flags.output, {}});
}

struct RunFlags {
  ModelFlags models;
  std::string run, db, output;
  bool json = false;
};

Result<store::Ledger> OpenExisting(const RunFlags& flags, const Config& config, bool read_only) {
  return store::Ledger::Open(LedgerPath(flags.db, config), {.read_only = read_only});
}

Result<int> RunResume(const RunFlags& flags) {
  REDRAFT_ASSIGN(const Config config, LoadConfig(flags.models.config));
  REDRAFT_ASSIGN(store::Ledger ledger, OpenExisting(flags, config, false));
  REDRAFT_ASSIGN(const store::Run run, ledger.FindRun(flags.run));
  REDRAFT_ASSIGN(RunSetup setup, SetupFromManifest(run.manifest));
  // The address, key and prices may have changed since; the models may not.
  REDRAFT_ASSIGN(setup.writer, Readdressed(setup.writer, flags.models, config));
  REDRAFT_RETURN_IF_ERROR(Readdress(setup.judge, flags.models, config));
  return WorkOn(ledger, run, setup, {flags.models, flags.json, flags.output, {}});
}

Result<int> RunReplay(const RunFlags& flags) {
  REDRAFT_ASSIGN(const Config config, LoadConfig(flags.models.config));
  REDRAFT_ASSIGN(store::Ledger ledger, OpenExisting(flags, config, true));
  REDRAFT_ASSIGN(const store::Run run, ledger.FindRun(flags.run));
  return Replay(ledger, run, {flags.models, flags.json, flags.output, {}});
}

}  // namespace

void DeclareEvolve(Args& root) {
  Args& args =
      root.Command("evolve", "evolve a text from a brief: draft, judge, select, vary, again");
  const auto flags = std::make_shared<EvolveFlags>();
  args.Positional("brief", flags->brief,
                  "the brief (Markdown or plain text); with --section, the document");
  args.Option("--db", flags->db, "ledger file (default ./redraft.db)");
  args.Option("-o,--output", flags->output, "write the best text there instead of standard output");
  args.Flag("--json", flags->json, "events as JSON Lines on standard output");
  args.Flag("--dry-run", flags->dry_run, "print calls, tokens and cost by role; send nothing");
  args.Flag("--fork", flags->fork,
            "start a new run after a change, reusing the replies that still match");
  args.Group("Evolution");
  args.Choice("--preset", flags->preset, {"alphawrite", "small", "default"}, "sizes and rules");
  args.Option("--initial", flags->initial, "first drafts");
  args.Option("--top", flags->top, "texts kept as parents");
  args.Option("--variants", flags->variants, "variants per parent");
  args.Option("--mend", flags->mend,
              "share of the variants that mend their parent's weak places and keep its other "
              "words (default 0)");
  args.Option("--generations", flags->generations, "generations of variants");
  args.Option("--rounds", flags->rounds,
              "matches of each text per generation: the most, with the preset alphawrite exactly");
  args.Option("--seed", flags->seed, "seed of everything random");
  args.Option("--temperature", flags->temperature, "sampling temperature of the writer");
  args.Option("--rubric", flags->rubric, "file with the criteria (default: the pack's)");
  args.Option("--pack", flags->pack,
              "kind of text: a pack's name, or a pack.toml (default: the brief's)");
  args.Option("--section", flags->section,
              "evolve the section with this heading; the rest is context");
  DeclareModelFlags(args, flags->models);
  args.Flag("--small", flags->small, std::string("write with ") + kSmallModel);
  args.Example("redraft evolve examples/demo/brief.md --preset small -o best.md");
  args.Example(
      "redraft evolve brief.md --endpoint http://127.0.0.1:8080/v1 --llm my-model --dry-run");
  args.Run([flags] { return RunEvolve(*flags); });
}

void DeclareResume(Args& root) {
  Args& args = root.Command("resume", "go on with a run that was stopped; nothing is asked twice");
  const auto flags = std::make_shared<RunFlags>();
  args.Positional("run", flags->run, "id, unique prefix, or latest");
  args.Option("--db", flags->db, "ledger file (default ./redraft.db)");
  args.Option("-o,--output", flags->output, "write the best text there");
  args.Flag("--json", flags->json, "events as JSON Lines on standard output");
  DeclareModelFlags(args, flags->models);
  args.Example("redraft resume latest --max-calls 500");
  args.Run([flags] { return RunResume(*flags); });
}

void DeclareReplay(Args& root) {
  Args& args = root.Command(
      "replay", "run the engine again over a finished run's replies, without any model");
  const auto flags = std::make_shared<RunFlags>();
  args.Positional("run", flags->run, "id, unique prefix, or latest");
  args.Option("--db", flags->db, "ledger file (default ./redraft.db)");
  args.Option("-o,--output", flags->output, "write the best text there");
  args.Flag("--json", flags->json, "events as JSON Lines on standard output");
  args.Example("redraft replay latest");
  args.Run([flags] { return RunReplay(*flags); });
}

}  // namespace redraft::cli
