#include "redraft/cli/run_session.h"

#include <fmt/format.h>

#include <cstdio>

#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/cli/endpoint_check.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/judge_opening.h"
#include "redraft/cli/progress.h"
#include "redraft/evolve/engine.h"
#include "redraft/evolve/section.h"
#include "redraft/llm/replay_endpoint.h"

namespace redraft::cli {
namespace {

/// Engine events on their way to the terminal, standard output and the ledger.
class Recorder {
 public:
  Recorder(Progress& progress, bool json) : progress_(progress), json_(json) {}

  void On(const Json& event) {
    progress_.On(event);
    if (json_) PrintLine(DumpJson(event));
    const std::string kind = event.at("event");
    if (kind == "draft") {
      drafts_.push_back(*core::DraftFromJson(event));
    } else if (kind == "verdict") {
      verdicts_.push_back(*core::VerdictFromJson(event));
    } else {
      events_.push_back(event);
    }
  }

  /// Makes what has gathered visible to readers of the ledger.
  Status Append(store::Ledger& ledger, const std::string& run) {
    REDRAFT_RETURN_IF_ERROR(ledger.AppendDrafts(run, std::span(drafts_).subspan(appended_drafts_)));
    REDRAFT_RETURN_IF_ERROR(
        ledger.AppendVerdicts(run, std::span(verdicts_).subspan(appended_verdicts_)));
    REDRAFT_RETURN_IF_ERROR(ledger.AppendEvents(run, std::span(events_).subspan(appended_events_)));
    appended_drafts_ = drafts_.size();
    appended_verdicts_ = verdicts_.size();
    appended_events_ = events_.size();
    return Ok{};
  }

  store::Projections Projections(const evolve::RunRecord& record) const {
    store::Projections all{drafts_, verdicts_, {}, events_};
    for (const evolve::Rated& r : record.ratings)
      all.ratings.push_back({r.id, r.elo, r.bt, r.se, r.n});
    return all;
  }

 private:
  Progress& progress_;
  bool json_;
  std::vector<core::Draft> drafts_;
  std::vector<core::Verdict> verdicts_;
  std::vector<Json> events_;
  std::size_t appended_drafts_ = 0, appended_verdicts_ = 0, appended_events_ = 0;
};

/// Runs the engine over a client. `after_stage` is called when a stage's replies are complete.
Result<evolve::RunRecord> Walk(const RunSetup& setup, llm::Client& client, Progress& progress,
                               Recorder& recorder, const std::function<Status()>& before_stage) {
  REDRAFT_ASSIGN(const auto judge, MakeJudge(setup.judge, setup.task.pack, setup.task.rubric));
  const evolve::RunJobs run = [&](const evolve::Stage&,
                                  std::span<core::Job* const> jobs) -> Status {
    REDRAFT_RETURN_IF_ERROR(before_stage());
    return client.Run(jobs, [&](const llm::Progress& p) { progress.On(p); });
  };
  return evolve::Evolve(setup.options, setup.task, *judge, run,
                        [&](const Json& event) { recorder.On(event); });
}

Result<Json> DoneEvent(store::Ledger& ledger, const std::string& run, const RunSetup& setup,
                       const JudgeStanding& standing, const evolve::RunRecord& record) {
  REDRAFT_ASSIGN(const store::Counts counts, ledger.Count(run));
  Json calls;
  for (const core::Role role :
       {core::Role::kDraft, core::Role::kJudge, core::Role::kVariant, core::Role::kRepair}) {
    const auto it = counts.calls.find(role);
    calls[core::ToString(role)] = it == counts.calls.end() ? 0 : it->second;
  }
  const core::Draft& best = record.Best();
  Json generations = Json::array();
  for (const auto& figures : record.generations) generations.push_back(evolve::ToJson(figures));
  Json null = evolve::ToJson(record.null);
  null["judged_by"] = "the selecting judge";
  Json done = {
      {"event", "done"},
      {"schema", "redraft.evolve/1"},
      {"run", run},
      {"best",
       {{"draft", best.id},
        {"sha256", Sha256Hex(best.text)},
        {"text", best.text},
        {"rating", record.best_rating}}},
      {"calls", calls},
      {"tries", counts.spent.tries},
      {"tokens", {{"in", counts.spent.usage.tokens_in}, {"out", counts.spent.usage.tokens_out}}},
      {"cost", counts.spent.usage.cost},
      {"generations", generations},
      {"null", null},
      {"judge", setup.judge_id}};
  done.update(ToJson(standing));
  return done;
}

/// The first event of a run's work.
Json CheckEvent(const JudgeStanding& standing) {
  Json event = {{"event", "judge_check"}};
  event.update(ToJson(standing));
  return event;
}

/// The standing that a finished run's result tells of.
JudgeStanding StandingOnRecord(const Json& result) {
  if (result.is_null()) return {};
  return {result.value("judge_qualified", false), result.value("judge_check", Json())};
}

Status WriteBest(const RunSetup& setup, const SessionOptions& options, const std::string& text) {
  if (setup.section.empty()) {
    if (!options.output.empty() && options.output != "-") {
      return WriteFileAtomic(options.output, text + "\n");
    }
    if (!options.json) PrintLine(text);
    return Ok{};
  }
  REDRAFT_ASSIGN(const std::string document, ReadTextFile(setup.document));
  REDRAFT_ASSIGN(const evolve::Section section, evolve::FindSection(document, setup.section));
  const std::string whole = evolve::ReplaceBody(section, text);
  if (options.output == "-" && !options.json) {
    PrintLine(whole);
    return Ok{};
  }
  return WriteFileAtomic(options.output.empty() ? setup.document : options.output, whole);
}

std::string Signed(const Json& interval, const char* format) {
  if (interval.is_null()) return "not measured";
  return fmt::format(fmt::runtime(format), interval.at("value").get<double>(),
                     interval.at("lo").get<double>(), interval.at("hi").get<double>());
}

void PrintSummary(const RunSetup& setup, const SessionOptions& options, const Json& done) {
  const Json& null = done.at("null");
  const Json& share = null.at("variant_share");
  std::string text = fmt::format(
      "run {} is done: best draft {} ({:.0f} points)\n", done.at("run").get<std::string>(),
      done.at("best").at("draft").get<std::string>(), done.at("best").at("rating").get<double>());
  text += "  progress over kept parents   " +
          Signed(null.at("progress"), "{:+.2f} logits per generation (95 % {:+.2f} to {:+.2f})") +
          "\n";
  if (!share.is_null()) {
    text += fmt::format("  variants in the final top    {:.0f} % (chance {:.0f} %)\n",
                        100 * share.at("value").get<double>(),
                        100 * share.at("expected").get<double>());
  }
  const Json& wins = null.at("variant_win_rate");
  if (!wins.is_null()) {
    text += fmt::format("  variants against parents     {:.0f} % won (95 % {:.0f} to {:.0f})\n",
                        100 * wins.at("value").get<double>(), 100 * wins.at("lo").get<double>(),
                        100 * wins.at("hi").get<double>());
  }
  text += "  by the judge that selected (" + done.at("judge").get<std::string>() +
          "), so no proof of quality\n";
  if (const std::string mark = Mark(StandingOnRecord(done)); !mark.empty())
    text += "  " + mark + "\n";
  const auto& tokens = done.at("tokens");
  text += fmt::format("  {} tries, {} tokens in, {} out, cost {:.4f}\n",
                      done.at("tries").get<int>(), tokens.at("in").get<std::int64_t>(),
                      tokens.at("out").get<std::int64_t>(), done.at("cost").get<double>());
  if (!setup.writer.embedded())
    text += "  the brief and the texts were sent to " + setup.writer.url + "\n";
  const auto servers = JudgeServers(setup.judge);
  for (const std::string& server : servers) {
    if (server != llm::ShownUrl(setup.writer.url)) {
      text += "  the texts were sent to " + server + " to be judged\n";
    }
  }
  if (setup.writer.embedded() && servers.empty()) text += "  nothing left this machine\n";
  if (!setup.section.empty() && options.output.empty()) {
    text += "  section '" + setup.section + "' of " + setup.document + " now holds it\n";
  } else if (!options.output.empty()) {
    text += "  written to " + options.output + "\n";
  }
  std::fputs(text.c_str(), stderr);
}

Result<int> Deliver(const RunSetup& setup, const SessionOptions& options, const Json& done) {
  REDRAFT_RETURN_IF_ERROR(WriteBest(setup, options, done.at("best").at("text").get<std::string>()));
  if (options.json) {
    PrintLine(DumpJson(done));
  } else {
    PrintSummary(setup, options, done);
  }
  return 0;
}

/// What a replay of the run yields. Errors: see Replay.
struct Replayed {
  evolve::RunRecord record;
  store::Projections projections;
  Json done;
};
Result<Replayed> ReplayRun(store::Ledger& ledger, const store::Run& run, const RunSetup& setup,
                           bool json) {
  REDRAFT_ASSIGN(const auto replies, ledger.Replies(run.id));
  llm::Client client(*replies);
  client.AddEndpoint(std::make_shared<llm::ReplayEndpoint>(run.id));
  Progress progress(Progress::Style::kSilent);
  Recorder recorder(progress, json);
  const JudgeStanding standing = StandingOnRecord(run.result);
  recorder.On(CheckEvent(standing));
  REDRAFT_ASSIGN(auto record, Walk(setup, client, progress, recorder, [] { return Status(Ok{}); }));
  REDRAFT_ASSIGN(Json done, DoneEvent(ledger, run.id, setup, standing, record));
  store::Projections projections = recorder.Projections(record);
  return Replayed{std::move(record), std::move(projections), std::move(done)};
}

/// What is wrong with a server is said before anything is paid.
Status CheckRunServers(const RunSetup& setup, const ModelFlags& flags) {
  const core::Brief& brief = setup.task.brief;
  constexpr int kBytesPerToken = 4, kTokensPerWord = 2, kInstructions = 300;
  const auto bytes = brief.task.size() + setup.task.context.size();
  const int tokens = static_cast<int>(bytes) / kBytesPerToken +
                     kTokensPerWord * std::max(brief.max_words, 100) + kInstructions;
  REDRAFT_RETURN_IF_ERROR(CheckServers(setup.writer, flags, false, tokens));
  return CheckJudgeServers(setup.judge, flags, 2 * tokens);
}

}  // namespace

Result<JudgeStanding> StandingOf(const RunSetup& setup, const ModelFlags& flags) {
  REDRAFT_RETURN_IF_ERROR(CheckRunServers(setup, flags));
  if (setup.options.accept_judge) return JudgeStanding{};
  return CheckJudge(setup.judge, setup.task.pack, setup.task.rubric, flags);
}

store::RunState StateOf(ErrorCode code) {
  if (code == ErrorCode::kBudgetExhausted) return store::RunState::kBudget;
  if (code == ErrorCode::kCancelled) return store::RunState::kInterrupted;
  return store::RunState::kFailed;
}

Result<int> WorkOn(store::Ledger& ledger, const store::Run& run, const RunSetup& setup,
                   const SessionOptions& options) {
  if (run.state == store::RunState::kFinished) return Deliver(setup, options, run.result);
  REDRAFT_ASSIGN(const store::RunLock lock, ledger.Lock(run.id));
  JudgeStanding standing;
  if (options.standing) {
    standing = *options.standing;
  } else {
    REDRAFT_ASSIGN(standing, StandingOf(setup, options.flags));
  }
  REDRAFT_ASSIGN(const auto replies, ledger.Replies(run.id));
  REDRAFT_ASSIGN(const llm::ClientOptions client_options,
                 ClientOptionsFor(options.flags, setup.writer, setup.options.seed));
  llm::Client client(*replies, client_options);
  REDRAFT_ASSIGN(auto endpoint, OpenEndpoint(setup.writer, options.flags));
  client.AddEndpoint(std::move(endpoint));
  REDRAFT_RETURN_IF_ERROR(AddJudgeEndpoints(client, setup.judge, options.flags, {setup.writer}));
  REDRAFT_RETURN_IF_ERROR(ledger.ClearProjections(run.id));
  REDRAFT_RETURN_IF_ERROR(ledger.SetState(run.id, store::RunState::kRunning));
  if (options.json) PrintLine(DumpJson({{"event", "run"}, {"run", run.id}}));

  Result<evolve::RunRecord> record = [&] {
    Progress progress(options.json ? Progress::Style::kSilent : Progress::Style::kAuto);
    Recorder recorder(progress, options.json);
    recorder.On(CheckEvent(standing));
    auto result =
        Walk(setup, client, progress, recorder, [&] { return recorder.Append(ledger, run.id); });
    if (result) {
      if (auto status = ledger.ReplaceProjections(run.id, recorder.Projections(*result)); !status) {
        result = Fail(status.error());
      }
    }
    return result;
  }();
  if (!record) {
    Error error = record.error();
    REDRAFT_RETURN_IF_ERROR(ledger.SetState(run.id, StateOf(error.code)));
    const bool resumable =
        error.code == ErrorCode::kBudgetExhausted || error.code == ErrorCode::kCancelled ||
        error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kUnauthenticated;
    if (resumable) {
      error.message +=
          fmt::format("; nothing is lost: `redraft resume {}{}` goes on", run.id,
                      ledger.path() == "redraft.db" ? "" : " --db " + ledger.path().string());
    }
    return Fail(std::move(error));
  }
  REDRAFT_ASSIGN(const Json done, DoneEvent(ledger, run.id, setup, standing, *record));
  REDRAFT_RETURN_IF_ERROR(ledger.SetResult(run.id, done));
  REDRAFT_RETURN_IF_ERROR(ledger.SetState(run.id, store::RunState::kFinished));
  return Deliver(setup, options, done);
}

Result<int> Replay(store::Ledger& ledger, const store::Run& run, const SessionOptions& options) {
  REDRAFT_ASSIGN(const RunSetup setup, SetupFromManifest(run.manifest));
  if (options.json) PrintLine(DumpJson({{"event", "run"}, {"run", run.id}}));
  REDRAFT_ASSIGN(const Replayed replayed, ReplayRun(ledger, run, setup, options.json));
  if (!run.result.is_null() && DumpJson(replayed.done) != DumpJson(run.result)) {
    return Fail(
        ErrorCode::kFailed,
        fmt::format("the replay of run {} ends with draft {}, on record is {}: the ledger or "
                    "the program is not what it was",
                    run.id, replayed.done.at("best").at("draft").get<std::string>(),
                    run.result.at("best").at("draft").get<std::string>()));
  }
  RunSetup to_stdout = setup;
  to_stdout.section.clear();  // a replay never touches the document
  return Deliver(to_stdout, options, replayed.done);
}

Status Rebuild(store::Ledger& ledger, const store::Run& run) {
  REDRAFT_ASSIGN(const RunSetup setup, SetupFromManifest(run.manifest));
  REDRAFT_ASSIGN(const store::RunLock lock, ledger.Lock(run.id));
  REDRAFT_ASSIGN(const Replayed replayed, ReplayRun(ledger, run, setup, false));
  return ledger.ReplaceProjections(run.id, replayed.projections);
}

}  // namespace redraft::cli
