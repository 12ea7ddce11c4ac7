#include "redraft/evolve/findings.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "redraft/evolve/ratings.h"
#include "redraft/stats/intervals.h"

namespace redraft::evolve {
namespace {

std::optional<Share> MakeShare(double successes, double trials) {
  if (trials <= 0) return std::nullopt;
  const stats::Interval wilson = stats::Wilson(successes, trials);
  return Share{successes, trials, wilson.lo, wilson.hi};
}

/// Keeps drafts reachable by id.
class Index {
 public:
  explicit Index(const std::vector<core::Draft>& drafts) {
    for (const core::Draft& draft : drafts) by_id_.emplace(draft.id, &draft);
  }
  const core::Draft* Find(const std::string& id) const {
    const auto it = by_id_.find(id);
    return it == by_id_.end() ? nullptr : it->second;
  }

 private:
  std::map<std::string, const core::Draft*> by_id_;
};

void FindRanking(const RunContents& contents, const Index& index,
                 const std::vector<store::Rating>& ratings, Findings& f) {
  f.by_elo = contents.Option<std::string>("ranking", "bradley_terry") == "elo";
  for (const store::Rating& rating : ratings) {
    const core::Draft* draft = index.Find(rating.id);
    if (draft != nullptr && draft->gated.empty()) f.ranking.push_back({draft, rating});
  }
  const auto score = [&](const Ranked& r) {
    return f.by_elo ? r.rating.elo : r.rating.bt.value_or(r.rating.elo);
  };
  std::ranges::stable_sort(f.ranking, [&](const Ranked& a, const Ranked& b) {
    // A text that nobody judged has a rating by convention only: it comes after all others.
    return std::pair(a.rating.n > 0, score(a)) > std::pair(b.rating.n > 0, score(b));
  });
}

void FindWinner(const RunContents& contents, const Index& index, Findings& f) {
  const core::Draft* best = nullptr;
  const Json& result = contents.run.result;
  if (result.is_object() && result.contains("best") && result["best"].is_object()) {
    best = index.Find(result["best"].value("draft", std::string()));
  }
  if (best == nullptr && !f.ranking.empty()) best = f.ranking.front().draft;
  if (best == nullptr) return;
  const auto rated = std::ranges::find(f.ranking, best, &Ranked::draft);
  f.winner = rated == f.ranking.end() ? Ranked{best, {.id = best->id}} : *rated;

  std::set<std::string> seen;  // a ledger is outside data: a circle must not hang the report
  for (const core::Draft* at = best; at != nullptr && seen.insert(at->id).second;) {
    f.lineage.insert(f.lineage.begin(), at);
    at = at->parents.empty() ? nullptr : index.Find(at->parents.front());
  }
}

void FindAverage(const RunContents& contents, Findings& f) {
  std::vector<Ranked> founders;
  for (const Ranked& r : f.ranking) {
    if (r.draft->generation == 0 && r.rating.n > 0) founders.push_back(r);
  }
  if (!founders.empty()) {
    f.average_of = static_cast<int>(founders.size());
    f.average_rank = f.average_of / 2 + 1;
    f.average = founders[static_cast<std::size_t>(f.average_rank - 1)];
    return;
  }
  for (const core::Draft& draft : contents.drafts) {
    if (draft.generation == 0 && draft.gated.empty())
      founders.push_back({&draft, {.id = draft.id}});
  }
  if (founders.empty()) return;
  std::ranges::stable_sort(founders, {}, [](const Ranked& r) { return r.draft->words; });
  f.average_of = static_cast<int>(founders.size());
  f.average = founders[founders.size() / 2];
}

void FindGates(const RunContents& contents, Findings& f) {
  for (const Json& event : contents.events) {
    if (event.value("event", "") != "rejected" || !event.contains("reasons")) continue;
    ++f.rejected_texts;
    for (const Json& reason : event["reasons"]) {
      if (reason.is_string()) ++f.rejected[reason.get<std::string>()];
    }
  }
  for (const core::Draft& draft : contents.drafts) {
    if (!draft.gated.empty()) f.gated.push_back(&draft);
  }
}

void FindGenerations(const RunContents& contents, Findings& f) {
  const Json& result = contents.run.result;
  if (result.is_object() && result.contains("generations") && result["generations"].is_array()) {
    for (const Json& figures : result["generations"]) f.generations.push_back(figures);
  }
  // The events carry figures that the result need not have, and exist for unfinished runs too.
  std::vector<Json> told;
  for (const Json& event : contents.events) {
    if (event.value("event", "") == "generation") told.push_back(event);
  }
  if (told.size() >= f.generations.size() && !told.empty()) f.generations = std::move(told);
}

/// Texts of different batches do not meet again under one judge's eyes: each batch by itself.
rank::Consistency ConsistencyOf(const RunContents& contents, bool slots) {
  std::map<int, std::vector<core::Verdict>> batches;
  for (const core::Verdict& v : contents.verdicts) batches[v.generation].push_back(v);
  rank::Consistency total;
  for (const auto& [generation, verdicts] : batches) {
    const JudgedDrafts judged = OutcomesOf(contents.drafts, verdicts, slots);
    total += rank::MeasureConsistency(static_cast<int>(judged.ids.size()), judged.outcomes);
  }
  return total;
}

Status FindJudge(const RunContents& contents, const Index& index, bool slots, Findings& f) {
  std::set<std::string> judges;
  double first = 0, decided = 0, longer = 0, uneven = 0, logits = 0;
  int with_logit = 0;
  JudgeFigures& judge = f.judge;
  for (const core::Verdict& v : contents.verdicts) {
    judges.insert(v.judge);
    ++judge.verdicts;
    if (v.logit) {
      logits += std::abs(*v.logit);
      ++with_logit;
    }
    if (!v.p_a) {
      ++judge.none;
      continue;
    }
    if (*v.p_a == 0.5) {
      ++judge.ties;
      continue;
    }
    const bool a_wins = *v.p_a > 0.5;
    ++decided;
    first += a_wins;
    const core::Draft *a = index.Find(v.a), *b = index.Find(v.b);
    if (a == nullptr || b == nullptr || a->words == b->words) continue;
    ++uneven;
    longer += a_wins == (a->words > b->words);
  }
  for (const std::string& id : judges) judge.id += (judge.id.empty() ? "" : ", ") + id;
  judge.slots_on_record = slots;
  judge.first_slot = MakeShare(first, decided);
  judge.longer = MakeShare(longer, uneven);
  if (with_logit > 0) judge.mean_logit = logits / with_logit;
  if (decided == 0) return Ok{};
  judge.consistency = ConsistencyOf(contents, slots);
  REDRAFT_ASSIGN(const RatedDrafts fit,
                 RateDrafts(contents.drafts, contents.verdicts, {.slots = true, .length = true}));
  judge.slot = fit.slot;
  judge.length = fit.length;
  if (judge.length) {
    judge.length->value *= std::numbers::ln2;
    judge.length->se *= std::numbers::ln2;
  }
  return Ok{};
}

}  // namespace

Result<Findings> Find(const RunContents& contents) {
  const Index index(contents.drafts);
  const bool slots = contents.run.manifest.is_object()
                         ? contents.run.manifest.value("slots_on_record", true)
                         : true;
  Findings f;
  std::vector<store::Rating> ratings = contents.ratings;
  if (ratings.empty() && !contents.verdicts.empty()) {
    REDRAFT_ASSIGN(RatedDrafts rated,
                   RateDrafts(contents.drafts, contents.verdicts, {.slots = slots}));
    ratings = std::move(rated.ratings);
  }
  FindRanking(contents, index, ratings, f);
  FindWinner(contents, index, f);
  FindAverage(contents, f);
  FindGates(contents, f);
  FindGenerations(contents, f);
  REDRAFT_RETURN_IF_ERROR(FindJudge(contents, index, slots, f));
  f.null = contents.run.result.is_object() ? contents.run.result.value("null", Json(nullptr))
                                           : Json(nullptr);
  return f;
}

}  // namespace redraft::evolve
