#include "redraft/evolve/engine.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <memory>
#include <set>

#include "redraft/base/random.h"
#include "redraft/evolve/draft_job.h"
#include "redraft/evolve/draws.h"
#include "redraft/evolve/estimate.h"
#include "redraft/evolve/opening.h"
#include "redraft/rank/bradley_terry.h"
#include "redraft/rank/elo.h"
#include "redraft/rank/pairing.h"

namespace redraft::evolve {
namespace {

constexpr double kEloBase = 1200.0;
const double kEloPerLogit = 400.0 / std::log(10.0);

/// A slot of the population to be filled: lineage, draws, and the request that asks for the text.
struct Slot {
  core::Draft draft;
  core::Request request;
};

class Evolution {
 public:
  Evolution(const EvolveOptions& options, const Task& task, const judge::Judge& judge,
            const RunJobs& run, const Emit& emit)
      : options_(options),
        task_(task),
        judge_(judge),
        run_(run),
        emit_(emit),
        rng_(options.seed),
        limits_(text::LimitsOf(task.brief, task.pack.noun)),
        seen_(limits_.near_duplicate) {}

  Result<RunRecord> Run() {
    const auto deal = DealDrafts(task_.pack, options_.initial, options_.draws, rng_.Fork("deal"));
    std::vector<Slot> slots;
    for (const DraftDraw& draw : deal) REDRAFT_RETURN_IF_ERROR(AddFirstDraft(draw, 0, slots));
    REDRAFT_RETURN_IF_ERROR(Write({"draft", 0}, std::move(slots)));
    if (population_.size() < 2) return TooFew();
    REDRAFT_RETURN_IF_ERROR(JudgePopulation(0));
    for (int generation = 1; generation <= options_.generations; ++generation) {
      const auto parents = SelectParents(ranking_, founders_, options_.top, options_.founder_quota);
      REDRAFT_ASSIGN(std::vector<Slot> variants, PlanVariants(parents, generation));
      population_ = parents;
      REDRAFT_RETURN_IF_ERROR(Write({"vary", generation}, std::move(variants)));
      REDRAFT_RETURN_IF_ERROR(JudgePopulation(generation));
    }
    return Finish();
  }

 private:
  Status AddFirstDraft(const DraftDraw& draw, int generation, std::vector<Slot>& slots) {
    Slot slot;
    slot.draft.id = fmt::format("g{:02}-{:03}", generation, slots.size());
    slot.draft.generation = generation;
    slot.draft.founder = slot.draft.id;
    slot.draft.operation = "draft";
    slot.draft.style = task_.pack.styles[draw.style].name;
    slot.draft.theme = task_.pack.themes[draw.theme].name;
    REDRAFT_ASSIGN(slot.request, DraftRequest(task_, options_, draw, Seed(slot.draft.id)));
    slots.push_back(std::move(slot));
    return Ok{};
  }

  std::uint64_t Seed(const std::string& draft_id) const {
    // 53 bits: JSON numbers on the other side of the wire are often doubles.
    return rng_.Fork("draft/" + draft_id).Next() >> 11;
  }

  Result<std::vector<Slot>> PlanVariants(const std::vector<std::string>& parents, int generation) {
    std::vector<Slot> slots;
    const bool braked =
        options_.brake > 0 && record_.generations.back().diversity.trigram_jaccard > options_.brake;
    const int total = static_cast<int>(parents.size()) * options_.variants;
    const int fresh = braked ? total / 2 : 0;
    if (braked) {
      emit_({{"event", "brake"},
             {"generation", generation},
             {"fresh", fresh},
             {"why",
              fmt::format("mean trigram overlap {:.3f} is above {:.3f}",
                          record_.generations.back().diversity.trigram_jaccard, options_.brake)}});
    }
    for (int v = 0; v < options_.variants; ++v) {
      for (const std::string& parent_id : parents) {
        if (static_cast<int>(slots.size()) == total - fresh) break;
        const core::Draft& parent = record_.Find(parent_id);
        const auto objectives =
            DealObjectives(task_.pack, options_.variants, options_.draws,
                           rng_.Fork(fmt::format("objectives/{}/{}", generation, parent_id)));
        const std::size_t objective = objectives[static_cast<std::size_t>(v)];
        Slot slot;
        slot.draft.id = fmt::format("g{:02}-{:03}", generation, slots.size());
        slot.draft.generation = generation;
        slot.draft.parents = {parent_id};
        slot.draft.founder = parent.founder;
        slot.draft.operation = "vary";
        slot.draft.style = parent.style;
        slot.draft.theme = parent.theme;
        slot.draft.objective = task_.pack.objectives[objective].name;
        if (rng_.Fork("mend/" + slot.draft.id).Uniform() < options_.mend) {
          slot.draft.operation = "mend";
          slot.draft.objective.clear();
          slot.request = MendingRequest(task_, options_, parent, Seed(slot.draft.id));
        } else {
          REDRAFT_ASSIGN(slot.request,
                         VariantRequest(task_, options_, parent, {objective, CritiqueOf(parent_id)},
                                        Seed(slot.draft.id)));
        }
        slots.push_back(std::move(slot));
      }
    }
    const auto deal = DealDrafts(task_.pack, fresh, options_.draws,
                                 rng_.Fork(fmt::format("deal/{}", generation)));
    for (const DraftDraw& draw : deal) {
      REDRAFT_RETURN_IF_ERROR(AddFirstDraft(draw, generation, slots));
    }
    return slots;
  }

  /// What the judge said the last time the parent lost; the words that help most.
  std::string CritiqueOf(const std::string& parent) const {
    if (!options_.critique) return "";
    constexpr std::size_t kLongest =
        1200;  // bytes; a reasoned verdict runs to 2.4-5.5 k characters
    for (auto v = record_.verdicts.rbegin(); v != record_.verdicts.rend(); ++v) {
      const bool lost =
          v->p_a && ((v->a == parent && *v->p_a < 0.5) || (v->b == parent && *v->p_a > 0.5));
      if (!lost || v->rationale.empty()) continue;
      const std::string side = v->a == parent ? "A" : "B";
      std::string words = v->rationale.substr(0, kLongest);
      while (!words.empty() && FirstInvalidUtf8Tail(words)) words.pop_back();
      return "(The draft is text " + side + ".)\n" + words;
    }
    return "";
  }

  static bool FirstInvalidUtf8Tail(const std::string& text) {
    // A cut may split the last character: true while the text ends in an incomplete sequence.
    std::size_t i = text.size(), back = 0;
    while (i > 0 && back < 4 && (static_cast<unsigned char>(text[i - 1]) & 0xC0) == 0x80)
      --i, ++back;
    if (i == 0) return back > 0;
    const auto lead = static_cast<unsigned char>(text[i - 1]);
    const std::size_t need = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    return need != back;
  }

  /// Fills slots with texts that pass the gates, and folds them in slot order.
  Status Write(const Stage& stage, std::vector<Slot> slots) {
    rejected_ = gated_ = fresh_ = 0;
    Status failed = Ok{};
    const MakeRepair repair = [&](const core::Request& first,
                                  const std::vector<std::string>& reasons, int number) {
      Result<core::Request> again = RepairRequest(task_, first, reasons, number);
      if (!again) failed = Fail(again.error());
      return again ? std::move(*again) : first;
    };
    std::vector<std::unique_ptr<DraftJob>> jobs;
    for (Slot& slot : slots) {
      if (stage.generation > 0 && slot.draft.parents.empty()) ++fresh_;
      jobs.push_back(std::make_unique<DraftJob>(std::move(slot.draft), std::move(slot.request),
                                                limits_, seen_, options_.repairs, repair));
    }
    // Texts of one stage are compared with each other in slot order, after all of them exist; those
    // turned down by that go round again.
    std::vector<DraftJob*> open;
    for (const auto& job : jobs) open.push_back(job.get());
    text::NearDuplicates stage_texts = seen_;
    while (!open.empty()) {
      const std::vector<core::Job*> batch(open.begin(), open.end());
      emit_({{"event", "stage"},
             {"stage", std::string(stage.name)},
             {"generation", stage.generation},
             {"jobs", batch.size()}});
      REDRAFT_RETURN_IF_ERROR(run_(stage, batch));
      REDRAFT_RETURN_IF_ERROR(std::move(failed));
      std::vector<DraftJob*> again;
      for (DraftJob* job : open) {
        if (!job->accepted()) continue;
        const std::string repeats = Repeats(job->draft(), stage_texts);
        if (repeats.empty()) {
          stage_texts.Add(job->draft().id, job->draft().text);
        } else if (job->Reject(repeats)) {
          again.push_back(job);
        }
      }
      open = std::move(again);
    }
    for (const auto& job : jobs) Settle(*job);
    return Ok{};
  }

  void Settle(DraftJob& job) {
    for (const auto& reasons : job.rejections()) {
      emit_({{"event", "rejected"}, {"slot", job.draft().id}, {"reasons", reasons}});
      ++rejected_;
      for (const std::string& reason : reasons) ++reasons_[reason];
    }
    const bool only_close = job.draft().gated == std::vector<std::string>{"near_duplicate"};
    if (only_close && options_.keep_near_duplicates) job.KeepAnyway();
    const core::Draft& draft = job.draft();
    if (job.accepted()) {
      seen_.Add(draft.id, draft.text);
      founders_[draft.id] = draft.founder;
      population_.push_back(draft.id);
    } else {
      ++gated_;
    }
    record_.drafts.push_back(draft);
    Json event = core::ToJson(draft);
    event["event"] = "draft";
    emit_(event);
  }

  Status JudgePopulation(int generation) {
    const bool active = options_.pairing == Pairing::kActive;
    const std::vector<rank::Pair> pairs =
        OpeningPairs(options_, record_, population_, generation, rng_);
    const std::size_t most = MostVerdicts(options_, population_.size(),
                                          NewTexts(record_, population_, generation).size());
    std::size_t played = pairs.size();
    REDRAFT_RETURN_IF_ERROR(
        Play(generation, pairs, {active ? std::optional(false) : std::nullopt, false}));
    for (int turn = 0; active && played < most; ++turn) {
      REDRAFT_ASSIGN(const Deciding next, NextPairs(generation, turn, most - played));
      if (next.pairs.empty()) break;
      played += next.pairs.size();
      REDRAFT_RETURN_IF_ERROR(Play(generation, next.pairs, {next.decisive, true}));
    }
    return RankPopulation(generation);
  }

  struct Deciding {
    std::vector<rank::Pair> pairs;
    std::optional<bool> decisive;  ///< judge::Bout::decisive
  };
  /// The next pairs, at most `left`, where the top is undecided; none when it is settled.
  Result<Deciding> NextPairs(int generation, int turn, std::size_t left) const {
    const Rng rng = rng_.Fork(fmt::format("active/{}/{}", generation, turn));
    const auto accepted = Accepted();
    REDRAFT_ASSIGN(const auto joint, FitAll(accepted));
    const auto index = IndexOf(accepted);
    std::vector<int> alive;
    for (const std::string& id : population_) alive.push_back(index.at(id));
    const rank::BradleyTerry fit = rank::Restrict(joint, alive);
    const auto top = rank::PosteriorTopK(fit, options_.top, rng.Fork("posterior"));
    if (rank::Settled(top)) return Deciding{};
    const std::size_t turn_size = std::max<std::size_t>(1, population_.size() / 2);
    Deciding next;
    next.pairs =
        rank::DecisivePairs(fit, top, Outcomes(IndexOf(population_), 0),
                            static_cast<int>(std::min(left, turn_size)), rng.Fork("pairs"));
    if (rank::FewUndecided(top)) next.decisive = true;
    return next;
  }

  /// What is known of the pairs of one stage.
  struct Choice {
    std::optional<bool> decisive;  ///< judge::Bout::decisive
    bool adaptive = false;         ///< core::Verdict::adaptive
  };
  /// Judges the pairs of the population and logs their verdicts in the order planned.
  Status Play(int generation, const std::vector<rank::Pair>& pairs, Choice choice) {
    std::vector<std::unique_ptr<judge::Match>> matches;
    std::vector<core::Job*> jobs;
    for (const rank::Pair& pair : pairs) {
      const core::Draft& first = record_.Find(population_[static_cast<std::size_t>(pair.first)]);
      const core::Draft& second = record_.Find(population_[static_cast<std::size_t>(pair.second)]);
      judge::Bout bout{{first.id, first.text}, {second.id, second.text}, task_.brief.task};
      bout.seed = rng_.Fork("coin").seed();
      bout.decisive = choice.decisive;
      bout.replicate = shown_[{first.id, second.id}]++;
      matches.push_back(judge_.Play(std::move(bout)));
    }
    for (const std::size_t i : rank::PrefixOrder(pairs)) jobs.push_back(matches[i].get());
    emit_({{"event", "stage"},
           {"stage", "judge"},
           {"generation", generation},
           {"jobs", jobs.size()}});
    REDRAFT_RETURN_IF_ERROR(run_({"judge", generation}, jobs));
    for (const auto& match : matches) {
      core::Verdict verdict = match->verdict();
      verdict.generation = generation;
      verdict.adaptive = choice.adaptive;
      Json event = core::ToJson(verdict);
      event["event"] = "verdict";
      emit_(event);
      record_.verdicts.push_back(std::move(verdict));
    }
    return Ok{};
  }

  /// Outcomes of the verdicts from `first` on, over the given ids.
  std::vector<rank::Outcome> Outcomes(const std::map<std::string, int>& index,
                                      std::size_t first) const {
    std::vector<rank::Outcome> outcomes;
    for (std::size_t i = first; i < record_.verdicts.size(); ++i) {
      const core::Verdict& v = record_.verdicts[i];
      if (!v.p_a || !index.contains(v.a) || !index.contains(v.b)) continue;
      rank::Outcome outcome;
      outcome.a = index.at(v.a);
      outcome.b = index.at(v.b);
      outcome.p_a = *v.p_a;
      outcome.logit = v.logit;
      outcomes.push_back(outcome);
    }
    return outcomes;
  }

  static std::map<std::string, int> IndexOf(const std::vector<std::string>& ids) {
    std::map<std::string, int> index;
    for (const std::string& id : ids) index.emplace(id, static_cast<int>(index.size()));
    return index;
  }

  std::vector<std::string> Accepted() const {
    std::vector<std::string> ids;
    for (const core::Draft& draft : record_.drafts) {
      if (draft.gated.empty()) ids.push_back(draft.id);
    }
    return ids;
  }

  Result<rank::BradleyTerry> FitAll(const std::vector<std::string>& ids) const {
    rank::BradleyTerryOptions fit;
    fit.slot = true;
    fit.log_odds = true;
    return rank::FitBradleyTerry(static_cast<int>(ids.size()), Outcomes(IndexOf(ids), 0), fit);
  }

  Status RankPopulation(int generation) {
    std::map<std::string, double> rating;
    if (options_.ranking == Ranking::kElo) {
      std::size_t first = 0;
      while (first < record_.verdicts.size() && record_.verdicts[first].generation < generation)
        ++first;
      const auto index = IndexOf(population_);
      REDRAFT_ASSIGN(const auto elo,
                     rank::ReplayElo(static_cast<int>(population_.size()), Outcomes(index, first)));
      for (const auto& [id, i] : index) rating[id] = elo[static_cast<std::size_t>(i)];
    } else {
      const auto ids = Accepted();
      REDRAFT_ASSIGN(const auto fit, FitAll(ids));
      for (std::size_t i = 0; i < ids.size(); ++i) {
        rating[ids[i]] = kEloBase + kEloPerLogit * fit.strength[i];
      }
    }
    ranking_ = population_;
    std::ranges::stable_sort(ranking_,
                             [&](const auto& a, const auto& b) { return rating[a] > rating[b]; });
    record_.best_rating = rating[ranking_.front()];
    AddFigures(generation);
    return Ok{};
  }

  void AddFigures(int generation) {
    GenerationFigures figures;
    figures.generation = generation;
    figures.drafts = static_cast<int>(population_.size());
    std::set<std::string> founders;
    std::vector<std::string> texts;
    for (const std::string& id : population_) {
      founders.insert(founders_[id]);
      texts.push_back(record_.Find(id).text);
    }
    figures.founders = static_cast<int>(founders.size());
    figures.diversity = text::Measure(texts);
    figures.gated = gated_;
    figures.rejected = rejected_;
    figures.fresh = fresh_;
    figures.best = record_.best_rating;
    record_.generations.push_back(figures);
    Json event = ToJson(figures);
    event["event"] = "generation";
    emit_(event);
  }

  Result<RunRecord> Finish() {
    const auto ids = Accepted();
    const auto outcomes = Outcomes(IndexOf(ids), 0);
    const int count = static_cast<int>(ids.size());
    REDRAFT_ASSIGN(const auto elo, rank::ReplayElo(count, outcomes));
    REDRAFT_ASSIGN(const auto fit, FitAll(ids));
    const auto played = rank::CountVerdicts(count, outcomes);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      record_.ratings.push_back({ids[i], elo[i], fit.strength[i], fit.se[i], played[i]});
    }
    record_.ranking = ranking_;
    const std::size_t top =
        std::min<std::size_t>(ranking_.size(), static_cast<std::size_t>(options_.top));
    record_.null = MeasureNull(record_.drafts, record_.verdicts, std::span(ranking_).first(top),
                               ranking_, options_.generations, options_.seed);
    return std::move(record_);
  }

  Result<RunRecord> TooFew() const {
    std::string counts;
    for (const auto& [reason, count] : reasons_) {
      counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", reason, count);
    }
    return Fail(
        ErrorCode::kFailed,
        fmt::format("{} of {} first drafts passed the gates and 2 are needed (turned down: {}); "
                    "loosen the brief's limits or use a stronger model",
                    population_.size(), options_.initial, counts));
  }

  const EvolveOptions& options_;
  const Task& task_;
  const judge::Judge& judge_;
  const RunJobs& run_;
  const Emit& emit_;
  const Rng rng_;
  const text::GateLimits limits_;
  text::NearDuplicates seen_;  ///< accepted texts of earlier stages
  RunRecord record_;
  std::vector<std::string> population_;  ///< ids alive, parents before variants
  std::vector<std::string> ranking_;     ///< the same, best first
  std::map<std::string, std::string> founders_;
  std::map<std::pair<std::string, std::string>, int> shown_;  ///< bouts by order shown
  std::map<std::string, int> reasons_;
  int rejected_ = 0, gated_ = 0, fresh_ = 0;  ///< of the stage being written
};

}  // namespace

Result<RunRecord> Evolve(const EvolveOptions& options, const Task& task, const judge::Judge& judge,
                         const RunJobs& run, const Emit& emit) {
  REDRAFT_RETURN_IF_ERROR(Validate(options));
  return Evolution(options, task, judge, run, emit).Run();
}

}  // namespace redraft::evolve
