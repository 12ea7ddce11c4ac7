#include "redraft/evolve/options.h"

#include <fmt/format.h>

#include "redraft/base/toml.h"

namespace redraft::evolve {
namespace {

/// Calls `visit(name, member)` for each plain option: the one list behind writing and reading.
template <class Options, class Visitor>
void ForEachOption(Options& o, Visitor visit) {
  visit("preset", o.preset);
  visit("initial", o.initial);
  visit("top", o.top);
  visit("variants", o.variants);
  visit("generations", o.generations);
  visit("rounds", o.rounds);
  visit("seed", o.seed);
  visit("parent_matches", o.parent_matches);
  visit("critique", o.critique);
  visit("founder_quota", o.founder_quota);
  visit("brake", o.brake);
  visit("repairs", o.repairs);
  visit("keep_near_duplicates", o.keep_near_duplicates);
  visit("writer", o.writer);
  visit("embedded", o.embedded);
  visit("temperature", o.sampling.temperature);
  visit("top_p", o.sampling.top_p);
  visit("min_p", o.sampling.min_p);
  visit("top_k", o.sampling.top_k);
  visit("repetition_penalty", o.sampling.repetition_penalty);
  visit("dry_multiplier", o.sampling.dry_multiplier);
  visit("accept_judge", o.accept_judge);
}

}  // namespace

Result<EvolveOptions> Preset(const std::string& name) {
  EvolveOptions o;
  o.preset = name;
  if (name == "default") return o;
  if (name == "small") {
    o.initial = 16;  // what the embedded engine writes at once
    o.top = 3;
    o.variants = 2;
    o.generations = 2;
    o.rounds = 8;
    o.repairs = 1;
    return o;
  }
  if (name == "alphawrite") {
    o.rounds = 20;
    o.draws = Draws::kWithReplacement;
    o.ranking = Ranking::kElo;
    o.pairing = Pairing::kRandom;
    o.parent_matches = 0;
    o.critique = false;
    o.founder_quota = 0;
    o.brake = 0;
    o.keep_near_duplicates = true;
    o.accept_judge = true;  // the reference checks no judge
    return o;
  }
  const std::vector<std::string> names = {"alphawrite", "small", "default"};
  const std::string nearest = Nearest(name, names);
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("unknown preset '{}'; {}", name,
                          nearest.empty() ? "known are alphawrite, small, default"
                                          : "did you mean '" + nearest + "'?"));
}

Status Validate(const EvolveOptions& o) {
  const auto check = [](bool valid, const char* option, int value, const char* rule) -> Status {
    if (valid) return Ok{};
    return Fail(ErrorCode::kInvalidArgument, fmt::format("--{} is {}; {}", option, value, rule));
  };
  REDRAFT_RETURN_IF_ERROR(check(o.initial >= 2 && o.initial <= 100'000, "initial", o.initial,
                                "it must be between 2 and 100000"));
  REDRAFT_RETURN_IF_ERROR(check(o.top >= 1 && o.top <= o.initial, "top", o.top,
                                "it must be at least 1 and at most --initial"));
  REDRAFT_RETURN_IF_ERROR(check(o.variants >= 1 && o.variants <= 1000, "variants", o.variants,
                                "it must be between 1 and 1000"));
  REDRAFT_RETURN_IF_ERROR(check(o.generations >= 0 && o.generations <= 1000, "generations",
                                o.generations, "it must be between 0 and 1000"));
  if (!(o.mend >= 0 && o.mend <= 1)) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--mend is {}; it must be between 0 and 1", o.mend));
  }
  REDRAFT_RETURN_IF_ERROR(check(o.rounds >= 1 && o.rounds <= 10'000, "rounds", o.rounds,
                                "it must be between 1 and 10000"));
  return Ok{};
}

Json ToJson(const EvolveOptions& options) {
  Json json;
  ForEachOption(options, [&json](const char* name, const auto& value) { json[name] = value; });
  if (options.mend > 0) json["mend"] = options.mend;  // runs without it are what they were before
  json["draws"] = options.draws == Draws::kStratified ? "stratified" : "with_replacement";
  json["ranking"] = options.ranking == Ranking::kElo ? "elo" : "bradley_terry";
  json["pairing"] = options.pairing == Pairing::kActive ? "active" : "random";
  return json;
}

Result<EvolveOptions> OptionsFromJson(const Json& json) {
  try {
    EvolveOptions options;
    ForEachOption(options, [&json](const char* name, auto& value) { json.at(name).get_to(value); });
    options.mend = json.value("mend", 0.0);
    options.draws = json.at("draws") == "stratified" ? Draws::kStratified : Draws::kWithReplacement;
    options.ranking = json.at("ranking") == "elo" ? Ranking::kElo : Ranking::kBradleyTerry;
    options.pairing =
        json.value("pairing", "random") == "active" ? Pairing::kActive : Pairing::kRandom;
    return options;
  } catch (const nlohmann::json::exception& error) {
    return Fail(ErrorCode::kInvalidArgument, std::string("not evolve options: ") + error.what());
  }
}

}  // namespace redraft::evolve
