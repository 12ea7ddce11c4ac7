// redraft rank: a table of texts from recorded verdicts.

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <map>

#include "redraft/base/random.h"
#include "redraft/cli/args.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/rank_texts.h"
#include "redraft/rank/bradley_terry.h"
#include "redraft/rank/elo.h"
#include "redraft/rank/glicko2.h"
#include "redraft/rank/standings.h"

namespace redraft::cli {
namespace {

struct Options {
  std::string verdicts;
  std::string method = "bt";
  double k = 32;
  double base = 1200;
  int top = 5;
  bool slot = false, length = false, ties = false, judge_slopes = false, log_odds = false;
  std::uint64_t seed = 1;
  bool json = false;
  std::vector<std::string> texts;
  ModelFlags models;
};

/// Verdicts read so far; ids and judges are numbered as they appear.
struct Tournament {
  std::vector<Json> ids;
  std::vector<rank::Outcome> outcomes;
  std::map<std::string, int> index_of_id, index_of_judge;
};

/// The number of a name: that under which it is known, or the next one.
int NumberOf(std::map<std::string, int>& known, const std::string& name) {
  return known.emplace(name, static_cast<int>(known.size())).first->second;
}

int ItemIndex(Tournament& tournament, const Json& id) {
  const int index = NumberOf(tournament.index_of_id, DumpJson(id));
  if (index == static_cast<int>(tournament.ids.size())) tournament.ids.push_back(id);
  return index;
}

/// A member that is a number, or empty when it is absent or null.
Result<std::optional<double>> OptionalNumber(const Json& line, const char* key) {
  const auto it = line.find(key);
  if (it == line.end() || it->is_null()) return std::optional<double>();
  if (!it->is_number()) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("\"{}\" must be a number", key));
  }
  return std::optional<double>(it->get<double>());
}

/// Everything but who was compared and who judged.
Result<rank::Outcome> ReadVerdict(const Json& line) {
  rank::Outcome outcome;
  REDRAFT_ASSIGN(const std::optional<double> p_a, OptionalNumber(line, "p_a"));
  if (!p_a || !(*p_a >= 0 && *p_a <= 1)) {
    return Fail(ErrorCode::kInvalidArgument, "\"p_a\" must be a number from 0 to 1");
  }
  outcome.p_a = *p_a;
  const auto first = line.find("first");
  outcome.has_slot = first != line.end() && !first->is_null();
  if (outcome.has_slot) {
    if (*first != "a" && *first != "b") {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("\"first\" is {}; it must be \"a\" or \"b\"", DumpJson(*first)));
    }
    outcome.a_first = *first == "a";
  }
  REDRAFT_ASSIGN(outcome.logit, OptionalNumber(line, "logit"));
  REDRAFT_ASSIGN(const std::optional<double> len_a, OptionalNumber(line, "len_a"));
  REDRAFT_ASSIGN(const std::optional<double> len_b, OptionalNumber(line, "len_b"));
  for (const auto& length : {len_a, len_b}) {
    if (length && !(*length >= 0)) {
      return Fail(ErrorCode::kInvalidArgument, "\"len_a\" and \"len_b\" must not be negative");
    }
  }
  if (len_a && len_b && *len_a > 0 && *len_b > 0) {
    outcome.log_len_ratio = std::log(*len_a / *len_b);
  }
  return outcome;
}

/// Adds the verdict of a line; a bad line adds neither text nor judge.
Status AddVerdict(Tournament& tournament, const Json& line) {
  REDRAFT_ASSIGN(rank::Outcome outcome, ReadVerdict(line));
  for (const char* key : {"a", "b"}) {
    const auto id = line.find(key);
    if (id == line.end() || !(id->is_string() || id->is_number())) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("\"{}\" must be the id of a text, a string or a number", key));
    }
  }
  if (line["a"] == line["b"]) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} is compared with itself", DumpJson(line["a"])));
  }
  std::string judge;
  if (line.contains("judge") && !line["judge"].is_null()) {
    REDRAFT_ASSIGN(judge, TextMember(line, "judge"));
  }
  outcome.a = ItemIndex(tournament, line["a"]);
  outcome.b = ItemIndex(tournament, line["b"]);
  outcome.judge = NumberOf(tournament.index_of_judge, judge);
  tournament.outcomes.push_back(outcome);
  return Ok{};
}

Result<rank::Standings> Rate(const Tournament& tournament, const Options& options) {
  const int items = static_cast<int>(tournament.ids.size());
  const auto& outcomes = tournament.outcomes;
  if (options.method == "elo") {
    REDRAFT_ASSIGN(const auto ratings,
                   rank::ReplayElo(items, outcomes, {.base = options.base, .k = options.k}));
    return rank::EloStandings(ratings, outcomes);
  }
  if (options.method == "glicko2") {
    REDRAFT_ASSIGN(
        const auto ratings,
        rank::UpdateGlicko2(std::vector<rank::GlickoRating>(tournament.ids.size()), outcomes));
    return rank::GlickoStandings(ratings, outcomes);
  }
  REDRAFT_ASSIGN(const rank::BradleyTerry fit,
                 rank::FitBradleyTerry(items, outcomes,
                                       {.slot = options.slot,
                                        .length = options.length,
                                        .judge_slopes = options.judge_slopes,
                                        .davidson = options.ties,
                                        .log_odds = options.log_odds}));
  const rank::TopK top =
      rank::PosteriorTopK(fit, options.top, Rng(options.seed).Fork("rank/top"), 4000);
  return rank::BradleyTerryStandings(fit, top, outcomes);
}

void PrintTable(const rank::Standings& standings, const std::vector<Json>& ids,
                const Options& options) {
  const auto cell = [](const std::optional<double>& value, int digits) {
    return value ? fmt::format("{:>9.{}f}", *value, digits) : fmt::format("{:>9}", "–");
  };
  const int digits = options.method == "bt" ? 3 : 1;
  PrintLine(fmt::format("{:>4}{:>9}{:>9}{:>9}{:>9}{:>9}{:>6}  id", "rank", "rating", "se", "lo",
                        "hi", fmt::format("top {}", options.top), "n"));
  int place = 0;
  for (const rank::Standing& row : standings.items) {
    const Json& id = ids[static_cast<std::size_t>(row.item)];
    PrintLine(fmt::format("{:>4}{}{}{}{}{}{:>6}  {}", ++place, cell(row.rating, digits),
                          cell(row.se, digits), cell(row.lo, digits), cell(row.hi, digits),
                          cell(row.p_top, 2), row.verdicts,
                          id.is_string() ? id.get<std::string>() : DumpJson(id)));
  }
  if (standings.slot) {
    PrintLine(fmt::format("first slot: {:+.3f} ± {:.3f} logits", standings.slot->value,
                          standings.slot->se));
  }
  if (standings.length) {
    PrintLine(fmt::format("log length ratio: {:+.3f} ± {:.3f} logits", standings.length->value,
                          standings.length->se));
  }
  if (standings.components > 1) {
    PrintLine(
        fmt::format("the verdicts fall into {} groups of texts that never met; ratings of "
                    "different groups cannot be compared",
                    standings.components));
  }
}

Result<int> RankVerdicts(const Options& options) {
  if (options.top < 1) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--top {}: must be at least 1", options.top));
  }
  if (!std::isfinite(options.k) || !std::isfinite(options.base)) {
    return Fail(ErrorCode::kInvalidArgument, "--k and --base must be finite numbers");
  }
  const bool terms =
      options.slot || options.length || options.ties || options.judge_slopes || options.log_odds;
  if (terms && options.method != "bt") {
    std::fprintf(stderr,
                 "redraft: note: --slot, --length, --ties, --judge-slopes and --log-odds "
                 "only act with --method bt\n");
  }
  Tournament tournament;
  REDRAFT_ASSIGN(const int status, VisitJsonLines(options.verdicts, [&](const Json& line) {
                   return AddVerdict(tournament, line);
                 }));
  if (tournament.outcomes.empty()) {
    return Fail(status == 0 ? ErrorCode::kInvalidArgument : ErrorCode::kFailed,
                fmt::format("{} holds no verdict; each line needs \"a\", \"b\" and \"p_a\"",
                            options.verdicts == "-" ? "standard input" : options.verdicts));
  }
  REDRAFT_ASSIGN(const rank::Standings standings, Rate(tournament, options));
  if (!options.json) {
    PrintTable(standings, tournament.ids, options);
    return status;
  }
  Json result = {{"schema", "redraft.rank/1"}};
  result.update(rank::ToJson(standings, tournament.ids));
  PrintLine(DumpJson(result));
  return status;
}

Result<int> RankTextsByJudge(const Options& options) {
  REDRAFT_ASSIGN(const auto texts, ReadTexts(options.texts));
  REDRAFT_ASSIGN(const RankedTexts ranked,
                 RankTexts(texts, options.models, options.top, options.seed));
  std::vector<Json> ids;
  for (const judge::Contender& text : texts) ids.emplace_back(text.id);
  const rank::Standings& standings = ranked.tournament.standings;
  if (!options.json) {
    PrintTable(standings, ids, options);
    PrintLine(fmt::format("{} comparisons; {}", ranked.calls,
                          ranked.tournament.settled
                              ? "the top is settled"
                              : "stopped by the limit before the top was settled"));
    if (const std::string mark = Mark(ranked.standing); !mark.empty()) PrintLine(mark);
    return 0;
  }
  Json result = {{"schema", "redraft.rank/1"}};
  result.update(rank::ToJson(standings, ids));
  result.update(ToJson(ranked.standing));
  result["calls"] = ranked.calls;
  result["stopped"] = ranked.tournament.settled ? "settled" : "budget";
  PrintLine(DumpJson(result));
  return 0;
}

}  // namespace

void DeclareRank(Args& root) {
  Args& command = root.Command("rank", "rank texts by a judge, or by verdicts on record");
  auto options = std::make_shared<Options>();
  command.Positional("texts", options->texts,
                     "text files, folders, JSON Lines of {\"id\",\"text\"} (*.jsonl or -)", false);
  command.Option(
      "--verdicts", options->verdicts,
      "JSON Lines of {\"a\",\"b\",\"first\":\"a|b\",\"p_a\",\"judge\"?,\"len_a\"?,"
      "\"len_b\"?,\"logit\"?} in the order in which they were given; - is standard input");
  command.Choice("--method", options->method, {"bt", "elo", "glicko2"},
                 "Bradley–Terry over all verdicts at once; Elo in order; Glicko-2 in one period");
  command.Option("--top", options->top, "report each text's probability of being among the best N");
  command.Option("--seed", options->seed, "of the draws behind that probability");
  command.Flag("--json", options->json, "one JSON object instead of the table");
  command.Group("Elo");
  command.Option("--k", options->k, "points at stake in one comparison");
  command.Option("--base", options->base, "rating of a text before its first comparison");
  command.Group("Bradley–Terry");
  command.Flag("--slot", options->slot, "fit the advantage of the text shown first");
  command.Flag("--length", options->length, "fit the effect of the log length ratio");
  command.Flag("--ties", options->ties,
               "model a p_a of 0.5 as a tie (Davidson), not as half a win");
  command.Flag("--judge-slopes", options->judge_slopes,
               "fit how sharply each judge tells texts apart");
  command.Flag("--log-odds", options->log_odds, "use the \"logit\" of verdicts that have one");
  command.Example("redraft rank --verdicts verdicts.jsonl --slot");
  command.Example("redraft rank --verdicts - --method elo --json < verdicts.jsonl");
  DeclareModelFlags(command, options->models);
  command.Example("redraft rank drafts/ --top 3");
  command.Run([options]() -> Result<int> {
    if (options->verdicts.empty() == options->texts.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "name either texts to be judged, or the verdicts to rank by: --verdicts FILE");
    }
    return options->texts.empty() ? RankVerdicts(*options) : RankTextsByJudge(*options);
  });
}

}  // namespace redraft::cli
