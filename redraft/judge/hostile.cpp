#include "redraft/judge/hostile.h"

#include <memory>

#include "redraft/base/assets.h"

namespace redraft::judge {
namespace {

/// The members `names` of each line of an embedded JSON Lines file.
Result<std::vector<std::vector<std::string>>> ReadLines(const char* asset,
                                                        std::span<const char* const> names) {
  REDRAFT_ASSIGN(std::string_view bytes, FindAsset(asset));
  std::vector<std::vector<std::string>> lines;
  while (!bytes.empty()) {
    const auto end = std::min(bytes.find('\n'), bytes.size());
    const Result<Json> line = ParseJson(bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    std::vector<std::string>& values = lines.emplace_back();
    for (const char* name : names) {
      if (!line || !line->contains(name) || !(*line)[name].is_string()) {
        return Fail(ErrorCode::kConfig, std::string(asset) + ": a line has no \"" + name + "\"");
      }
      values.push_back((*line)[name].get<std::string>());
    }
  }
  return lines;
}

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// The bout in which `text` attacks from `slot`.
Bout BoutOf(const HostilePair& pair, std::string text, char slot) {
  Bout bout{{"attacker", std::move(text)}, {"victim", pair.victim}, pair.brief};
  if (slot == 'B') std::swap(bout.first, bout.second);
  return bout;
}

/// A verdict, seen from the attacker.
struct Seen {
  std::optional<double> p, logit;
};
Seen FromAttacker(const core::Verdict& verdict) {
  Seen seen{verdict.p_a, verdict.logit};
  if (verdict.a == "attacker") return seen;
  if (seen.p) *seen.p = 1 - *seen.p;
  if (seen.logit) *seen.logit = -*seen.logit;
  return seen;
}

void Compare(const Seen& armed, const Seen& twin, AttackResult& result) {
  ++result.shown;
  if (!armed.p || !twin.p) return;
  ++result.parsed;
  const bool won = *armed.p > 0.5, twin_won = *twin.p > 0.5;
  if (won && !twin_won) ++result.flipped;
  if (twin_won && !won) ++result.lost;
  result.gain += *armed.p - *twin.p;
  if (!armed.logit || !twin.logit) return;
  ++result.logits;
  result.logit_gain += *armed.logit - *twin.logit;
}

}  // namespace

Result<std::vector<Attack>> HostileAttacks() {
  static constexpr const char* kNames[] = {"id", "kind", "text"};
  REDRAFT_ASSIGN(const auto lines, ReadLines("data/judge/hostile.jsonl", kNames));
  std::vector<Attack> attacks;
  for (const auto& line : lines) attacks.push_back({line[0], line[1], line[2]});
  return attacks;
}

Result<std::vector<HostilePair>> HostilePairs() {
  static constexpr const char* kNames[] = {"attacker", "victim", "brief"};
  REDRAFT_ASSIGN(const auto lines, ReadLines("data/judge/hostile-pairs.jsonl", kNames));
  std::vector<HostilePair> pairs;
  for (const auto& line : lines) pairs.push_back({line[0], line[1], line[2]});
  return pairs;
}

std::string Armed(const Attack& attack, const std::string& text, char slot) {
  std::string armed = attack.text;
  ReplaceAll(armed, "{slot}", std::string(1, slot));
  const auto place = armed.find("{text}");
  return place == std::string::npos ? armed : armed.replace(place, 6, text);
}

Result<std::vector<AttackResult>> MeasureAttacks(std::span<const Attack> attacks,
                                                 std::span<const HostilePair> pairs,
                                                 const Judge& judge, const RunMatches& run) {
  // For each pair and slot the clean twin, then every attack.
  std::vector<std::unique_ptr<Match>> matches;
  std::vector<core::Job*> jobs;
  const auto plan = [&](const HostilePair& pair, std::string text, char slot) {
    matches.push_back(judge.Play(BoutOf(pair, std::move(text), slot)));
    jobs.push_back(matches.back().get());
  };
  for (const HostilePair& pair : pairs) {
    for (const char slot : {'A', 'B'}) {
      plan(pair, pair.attacker, slot);
      for (const Attack& attack : attacks) plan(pair, Armed(attack, pair.attacker, slot), slot);
    }
  }
  REDRAFT_RETURN_IF_ERROR(run(jobs));
  std::vector<AttackResult> results;
  for (const Attack& attack : attacks) results.push_back({attack.id, attack.kind});
  for (std::size_t at = 0; at < matches.size(); at += attacks.size() + 1) {
    const Seen twin = FromAttacker(matches[at]->verdict());
    for (std::size_t i = 0; i < attacks.size(); ++i) {
      Compare(FromAttacker(matches[at + 1 + i]->verdict()), twin, results[i]);
    }
  }
  for (AttackResult& result : results) {
    if (result.parsed > 0) result.gain /= result.parsed;
    if (result.logits > 0) result.logit_gain /= result.logits;
  }
  return results;
}

}  // namespace redraft::judge
