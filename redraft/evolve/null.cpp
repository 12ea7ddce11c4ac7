#include "redraft/evolve/null.h"

#include <cmath>
#include <map>
#include <set>

#include "redraft/base/random.h"
#include "redraft/stats/intervals.h"

namespace redraft::evolve {
namespace {

/// A fresh verdict between a new variant and an older text, from the variant's side.
struct Meeting {
  int generation;
  std::size_t variant, older;  ///< indices of drafts
  double wins;                 ///< probability that the variant is better
};

constexpr int kReplicates = 1000;
constexpr double kTwoSided95 = 1.959964;

double Logit(double wins, double n) { return std::log((wins + 0.5) / (n - wins + 0.5)); }

/// Mean over generations of the log-odds of a variant, with one weight per draft.
std::optional<double> MeanLogit(std::span<const Meeting> meetings, std::span<const double> weight) {
  std::map<int, std::pair<double, double>> totals;  // generation -> (wins, n)
  for (const Meeting& m : meetings) {
    const double w = weight[m.variant] * weight[m.older];
    totals[m.generation].first += w * m.wins;
    totals[m.generation].second += w;
  }
  double sum = 0;
  int generations = 0;
  for (const auto& [generation, total] : totals) {
    if (total.second <= 0) continue;
    sum += Logit(total.first, total.second);
    ++generations;
  }
  return generations == 0 ? std::nullopt : std::optional(sum / generations);
}

/// Standard error that `statistic` would have if the verdicts were independent coin tosses.
double IndependentError(std::span<const Meeting> meetings) {
  std::map<int, std::pair<double, double>> totals;
  for (const Meeting& m : meetings) {
    totals[m.generation].first += m.wins;
    totals[m.generation].second += 1;
  }
  double variance = 0;
  for (const auto& [generation, total] : totals) {
    const double p = (total.first + 0.5) / (total.second + 1);
    variance += 1 / (total.second * p * (1 - p));
  }
  return std::sqrt(variance) / static_cast<double>(totals.size());
}

/// Poisson(1) weights: a bootstrap in which each draft is drawn independently of all others.
std::vector<double> PoissonWeights(std::size_t count, Rng& rng) {
  std::vector<double> weights(count);
  for (double& weight : weights) {
    double product = rng.Uniform();
    int draws = 0;
    for (; product > std::exp(-1.0) && draws < 20; ++draws) product *= rng.Uniform();
    weight = draws;
  }
  return weights;
}

Interval WithBootstrap(std::span<const Meeting> meetings, std::size_t drafts, Rng rng) {
  const std::vector<double> ones(drafts, 1.0);
  const double value = MeanLogit(meetings, ones).value_or(0.0);
  double sum = 0, squares = 0;
  int done = 0;
  for (int i = 0; i < kReplicates; ++i) {
    const auto replicate = MeanLogit(meetings, PoissonWeights(drafts, rng));
    if (!replicate) continue;
    sum += *replicate;
    squares += *replicate * *replicate;
    ++done;
  }
  const double spread =
      done < 2 ? 0.0 : std::sqrt(std::max(0.0, (squares - sum * sum / done) / (done - 1)));
  const double error = std::max(spread, IndependentError(meetings));
  return {value, value - kTwoSided95 * error, value + kTwoSided95 * error};
}

double Probability(double logit) { return 1 / (1 + std::exp(-logit)); }

Json ToJson(const Interval& interval) {
  return {{"value", interval.value}, {"lo", interval.lo}, {"hi", interval.hi}};
}

}  // namespace

RunNull MeasureNull(std::span<const core::Draft> drafts, std::span<const core::Verdict> verdicts,
                    std::span<const std::string> final_top,
                    std::span<const std::string> final_population, int generations,
                    std::uint64_t seed) {
  RunNull null;
  if (generations == 0) return null;
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < drafts.size(); ++i) index[drafts[i].id] = i;

  std::vector<Meeting> with_kept, with_parent;
  for (const core::Verdict& v : verdicts) {
    if (!v.p_a || v.adaptive || v.generation == 0 || !index.contains(v.a) || !index.contains(v.b))
      continue;
    const std::size_t a = index[v.a], b = index[v.b];
    const bool a_new = drafts[a].generation == v.generation && !drafts[a].parents.empty();
    const bool b_new = drafts[b].generation == v.generation && !drafts[b].parents.empty();
    const bool a_kept = drafts[a].generation < v.generation;
    const bool b_kept = drafts[b].generation < v.generation;
    if (!(a_new && b_kept) && !(b_new && a_kept)) continue;
    const Meeting meeting =
        a_new ? Meeting{v.generation, a, b, *v.p_a} : Meeting{v.generation, b, a, 1 - *v.p_a};
    with_kept.push_back(meeting);
    const auto& parents = drafts[meeting.variant].parents;
    if (std::ranges::find(parents, drafts[meeting.older].id) != parents.end()) {
      with_parent.push_back(meeting);
      with_parent.back().generation = 0;  // pooled: one win rate for the run
    }
  }
  const Rng rng(seed);
  if (!with_kept.empty()) {
    null.progress = WithBootstrap(with_kept, drafts.size(), rng.Fork("null/progress"));
  }
  if (!with_parent.empty()) {
    const Interval logit = WithBootstrap(with_parent, drafts.size(), rng.Fork("null/parents"));
    null.variant_win_rate =
        Interval{Probability(logit.value), Probability(logit.lo), Probability(logit.hi)};
  }
  const auto count_new = [&](std::span<const std::string> ids) {
    return std::ranges::count_if(ids, [&](const std::string& id) {
      return index.contains(id) && drafts[index.at(id)].generation == generations;
    });
  };
  if (!final_top.empty() && !final_population.empty()) {
    const auto in_top = static_cast<double>(count_new(final_top));
    const auto size = static_cast<double>(final_top.size());
    const stats::Interval wilson = stats::Wilson(in_top, size);
    null.variant_share = Interval{in_top / size, wilson.lo, wilson.hi};
    null.expected_share = static_cast<double>(count_new(final_population)) /
                          static_cast<double>(final_population.size());
  }
  return null;
}

Json ToJson(const RunNull& null) {
  const auto or_null = [](const std::optional<Interval>& interval) {
    return interval ? ToJson(*interval) : Json(nullptr);
  };
  Json share = or_null(null.variant_share);
  if (null.variant_share) {
    share = {{"value", null.variant_share->value},
             {"expected", null.expected_share},
             {"lo", null.variant_share->lo},
             {"hi", null.variant_share->hi}};
  }
  return {{"progress", or_null(null.progress)},
          {"variant_share", std::move(share)},
          {"variant_win_rate", or_null(null.variant_win_rate)}};
}

}  // namespace redraft::evolve
