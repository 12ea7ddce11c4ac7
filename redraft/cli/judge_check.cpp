#include "redraft/cli/judge_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "redraft/base/hash.h"
#include "redraft/base/random.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/judge_opening.h"
#include "redraft/cli/judge_pairs.h"
#include "redraft/cli/ledger_run.h"
#include "redraft/cli/model_paths.h"
#include "redraft/cli/progress.h"
#include "redraft/judge/qualification_set.h"

namespace redraft::cli {
namespace {

/// A judge with what it is shown.
struct Trial {
  const JudgeChoice& choice;
  const ModelFlags& flags;
  const judge::Judge& judge;
  std::span<const judge::GoldPair> pairs;
};

Result<Json> Play(const Trial& trial, core::ReplyLog& log) {
  // A check has no limit of its own: it never counts towards the user's.
  ModelFlags flags = trial.flags;
  flags.max_calls.reset();
  flags.max_tokens.reset();
  flags.max_cost.reset();
  REDRAFT_ASSIGN(const llm::ClientOptions client_options,
                 ClientOptionsFor(flags, trial.choice.llm, 1));
  llm::Client client(log, client_options);
  REDRAFT_RETURN_IF_ERROR(AddJudgeEndpoints(client, trial.choice, flags));
  Progress progress(CallsPerVerdict(trial.choice) > 0 ? Progress::Style::kAuto
                                                      : Progress::Style::kSilent);
  const auto run = [&](std::span<core::Job* const> jobs) {
    progress.On({{"event", "stage"}, {"stage", "check"}, {"generation", 0}, {"jobs", jobs.size()}});
    return client.Run(jobs, [&](const llm::Progress& p) { progress.On(p); });
  };
  REDRAFT_ASSIGN(const auto found, judge::QualifyJudge(trial.pairs, trial.judge, {}, run));
  return judge::ToJson(found);
}

Result<Json> PlayInMemory(const Trial& trial) {
  core::MemoryReplyLog log;
  return Play(trial, log);
}

/// Whether a program answers, which may change behind its name.
bool IsProgram(const JudgeChoice& choice) {
  return choice.spec.starts_with("exec:") || std::ranges::any_of(choice.members, IsProgram);
}

}  // namespace

Result<std::vector<judge::GoldPair>> ReadGoldPairs(const std::string& file, std::uint64_t seed) {
  REDRAFT_ASSIGN(const auto lines, ReadJsonLines(file));
  std::vector<judge::GoldPair> pairs;
  for (const JsonLine& line : lines) {
    const auto read = [&]() -> Status {
      if (!line.value) return Fail(line.value.error());
      judge::GoldPair pair;
      pair.id = NameMember(*line.value, "id");
      if (pair.id.empty()) pair.id = fmt::format("line {}", line.number);
      REDRAFT_ASSIGN(pair.a, TextMember(*line.value, "a"));
      REDRAFT_ASSIGN(pair.b, TextMember(*line.value, "b"));
      pair.brief = NameMember(*line.value, "brief");
      if (!NameMember(*line.value, "label").empty()) {
        REDRAFT_ASSIGN(pair.label, LabelMember(*line.value));
      }
      pairs.push_back(std::move(pair));
      return Ok{};
    };
    if (Status status = read(); !status) {
      return Fail(std::move(status).error().Within(
          fmt::format("{} line {}", file == "-" ? "standard input" : file, line.number)));
    }
  }
  if (pairs.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                file + " holds no pair; lines are {\"id\",\"a\",\"b\",\"label\":\"a|b|tie\"}");
  }
  Rng rng = Rng(seed).Fork("judge check");
  rng.Shuffle(pairs);
  return pairs;
}

Result<std::vector<judge::GoldPair>> BuiltInGoldPairs() {
  REDRAFT_ASSIGN(const auto set, judge::DefaultPairs());
  std::vector<judge::GoldPair> pairs;
  for (const judge::QualificationPair& pair : set) {
    pairs.push_back({pair.id, pair.a, pair.b, pair.label, pair.brief});
  }
  return pairs;
}

Json CheckManifest(const judge::Judge& judge, const JudgeChoice& choice,
                   std::span<const judge::GoldPair> pairs) {
  Sha256 texts;
  for (const judge::GoldPair& pair : pairs) texts.Update(Sha256Hex(pair.a) + Sha256Hex(pair.b));
  return {{"kind", "judge check"},
          {"judge", judge.id()},
          {"servers", JudgeServers(choice)},
          {"pairs", texts.Hex()},
          {"brief", {{"sha256", ""}}}};
}

Json ToJson(const JudgeStanding& standing) {
  return {{"judge_checked", !standing.check.is_null()},
          {"judge_qualified", standing.qualified},
          {"judge_accepted", !standing.qualified},
          {"judge_check", standing.check}};
}

std::string Mark(const JudgeStanding& standing) {
  return standing.qualified ? "" : "judge not qualified: it was used without a check";
}

Result<JudgeStanding> CheckJudge(const JudgeChoice& choice, const core::Pack& pack,
                                 const core::Rubric& rubric, const ModelFlags& flags) {
  REDRAFT_ASSIGN(const auto pairs, BuiltInGoldPairs());
  REDRAFT_ASSIGN(const auto judge, MakeJudge(choice, pack, rubric));
  const Trial trial{choice, flags, *judge, pairs};
  Result<Json> check = Fail(ErrorCode::kFailed, "");
  if (CallsPerVerdict(choice) == 0 || IsProgram(choice)) {
    check = PlayInMemory(trial);
  } else {
    std::error_code ignored;
    std::filesystem::create_directories(CacheFolder(), ignored);
    check = FindInLedger((CacheFolder() / "judge-checks.db").string(),
                         CheckManifest(*judge, choice, pairs), judge->id(),
                         [&](core::ReplyLog& log) { return Play(trial, log); });
    // Another process checks this judge now, or the cache cannot be written.
    if (!check && check.error().code == ErrorCode::kConfig) check = PlayInMemory(trial);
  }
  if (!check) return Fail(check.error());
  const std::string decision = check->at("decision");
  if (decision != "hard" && decision != "soft") {
    return Fail(ErrorCode::kGateFailed,
                fmt::format("the judge {} is not qualified: {} (or --accept-judge: use it all the "
                            "same, every output is marked)",
                            judge->id(), check->at("recommendation").get<std::string>()));
  }
  return JudgeStanding{true, std::move(*check)};
}

}  // namespace redraft::cli
