#include "redraft/rank/pairing.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "redraft/base/check.h"

namespace redraft::rank {
namespace {

/// Items beyond these, by how undecided they are, are not paired.
constexpr int kMaxCandidates = 256;

/// A judge's opinion of a pair persists, so asking again says less. A pair judged once counts for a
/// fifth, one judged twice for a ninth.
constexpr double kRepeatDiscount = 4;

/// With so few items undecided each pair is judged in both orders.
constexpr int kDecisiveFew = 6;

/// Keeps the gains of decided items above 0, so that they are still ordered.
constexpr double kLeastUndecided = 1e-3;

/// The items that may be paired and what is known about them.
struct Candidates {
  std::vector<int> items;
  Eigen::VectorXd undecided;  ///< p_top (1 − p_top)
  Eigen::VectorXd strength;
  Eigen::MatrixXd covariance;
  Eigen::MatrixXd meetings;  ///< how often each two have met
};

Candidates Choose(const BradleyTerry& fit, const TopK& top, const std::vector<Outcome>& played,
                  Rng& rng) {
  Candidates chosen;
  const std::size_t count = fit.strength.size();
  chosen.items.resize(count);
  std::iota(chosen.items.begin(), chosen.items.end(), 0);
  rng.Shuffle(chosen.items);  // equal gains are not settled by the order of the items
  const auto undecided = [&top](int item) {
    const double p = top.p_top[static_cast<std::size_t>(item)];
    return std::max(p * (1 - p), kLeastUndecided);
  };
  std::stable_sort(chosen.items.begin(), chosen.items.end(),
                   [&](int i, int j) { return undecided(i) > undecided(j); });
  if (chosen.items.size() > kMaxCandidates) chosen.items.resize(kMaxCandidates);

  const auto size = static_cast<Eigen::Index>(chosen.items.size());
  chosen.undecided.resize(size);
  chosen.strength.resize(size);
  chosen.covariance.setZero(size, size);
  chosen.meetings.setZero(size, size);
  std::vector<int> place(count, -1);
  for (Eigen::Index i = 0; i < size; ++i) {
    const int item = chosen.items[static_cast<std::size_t>(i)];
    const auto at = static_cast<std::size_t>(item);
    place[at] = static_cast<int>(i);
    chosen.undecided[i] = undecided(item);
    chosen.strength[i] = fit.strength[at];
    chosen.covariance(i, i) = fit.se[at] * fit.se[at];
    for (Eigen::Index j = 0; !fit.covariance.empty() && j < size; ++j) {
      const auto other = static_cast<std::size_t>(chosen.items[static_cast<std::size_t>(j)]);
      chosen.covariance(i, j) = fit.covariance[at * count + other];
    }
  }
  for (const Outcome& outcome : played) {
    const int i = place[static_cast<std::size_t>(outcome.a)];
    const int j = place[static_cast<std::size_t>(outcome.b)];
    if (i < 0 || j < 0) continue;
    chosen.meetings(i, j) += 1;
    chosen.meetings(j, i) += 1;
  }
  return chosen;
}

/// Information that one verdict on a pair with this gap carries about the gap.
double VerdictInformation(const BradleyTerry& fit, double gap) {
  if (!fit.judge_noise.empty()) {
    double sum = 0;
    for (const double noise : fit.judge_noise) sum += 1 / (noise * noise);
    return sum / static_cast<double>(fit.judge_noise.size());
  }
  const double p = 1 / (1 + std::exp(-gap));
  return p * (1 - p);
}

}  // namespace

std::vector<Pair> RandomRounds(int items, int rounds, Rng rng) {
  REDRAFT_CHECK(items >= 0 && rounds >= 0);
  std::vector<Pair> pairs;
  for (int round = 0; round < rounds; ++round) {
    std::vector<int> waiting(static_cast<std::size_t>(items));
    std::iota(waiting.begin(), waiting.end(), 0);
    rng.Shuffle(waiting);
    while (waiting.size() >= 2) {
      const int first = waiting.back();
      waiting.pop_back();
      pairs.push_back({first, waiting.back()});
      waiting.pop_back();
    }
  }
  return pairs;
}

std::vector<Pair> ActivePairs(const BradleyTerry& fit, const TopK& top,
                              const std::vector<Outcome>& played, int count, Rng rng) {
  REDRAFT_CHECK(top.p_top.size() == fit.strength.size() && count >= 0);
  std::vector<Pair> pairs;
  if (fit.strength.size() < 2) return pairs;
  Candidates known = Choose(fit, top, played, rng);
  const auto size = static_cast<Eigen::Index>(known.items.size());

  // First appearances minus second ones, so that slots even out over the whole history.
  std::vector<int> lead(fit.strength.size(), 0);
  for (const Outcome& outcome : played) {
    if (!outcome.has_slot) continue;
    lead[static_cast<std::size_t>(outcome.a)] += outcome.a_first ? 1 : -1;
    lead[static_cast<std::size_t>(outcome.b)] += outcome.a_first ? -1 : 1;
  }

  Eigen::MatrixXd information(size, size);
  for (Eigen::Index i = 0; i < size; ++i) {
    for (Eigen::Index j = 0; j < size; ++j) {
      information(i, j) = VerdictInformation(fit, known.strength[i] - known.strength[j]);
    }
  }
  // A verdict with information w on the pair (i, j) takes w/(1 + w d) s sᵀ off the covariance Σ,
  // with s = Σ(e_i − e_j) and d = (e_i − e_j)ᵀs. Summed over the items with weights u that lowers
  // the variance by w/(1 + w d) (G_ii + G_jj − 2 G_ij), G = Σ diag(u) Σ.
  Eigen::MatrixXd& sigma = known.covariance;
  Eigen::MatrixXd gains = sigma * known.undecided.asDiagonal() * sigma;
  while (static_cast<int>(pairs.size()) < count) {
    Eigen::Index best_i = 0, best_j = 1;
    double best = -1;
    for (Eigen::Index j = 1; j < size; ++j) {
      for (Eigen::Index i = 0; i < j; ++i) {
        const double w = information(i, j) / (1 + kRepeatDiscount * known.meetings(i, j));
        const double d = sigma(i, i) + sigma(j, j) - 2 * sigma(i, j);
        const double gain = w / (1 + w * d) * (gains(i, i) + gains(j, j) - 2 * gains(i, j));
        if (gain > best) {
          best = gain;
          best_i = i;
          best_j = j;
        }
      }
    }
    const double w =
        information(best_i, best_j) / (1 + kRepeatDiscount * known.meetings(best_i, best_j));
    const Eigen::VectorXd s = sigma.col(best_i) - sigma.col(best_j);
    const double taken = w / (1 + w * (s[best_i] - s[best_j]));
    const Eigen::VectorXd weighted = known.undecided.cwiseProduct(s);
    const Eigen::VectorXd q = sigma * weighted;
    gains.noalias() -= taken * (s * q.transpose() + q * s.transpose());
    gains.noalias() += taken * taken * s.dot(weighted) * (s * s.transpose());
    sigma.noalias() -= taken * (s * s.transpose());
    known.meetings(best_i, best_j) += 1;
    known.meetings(best_j, best_i) += 1;

    int first = known.items[static_cast<std::size_t>(best_i)];
    int second = known.items[static_cast<std::size_t>(best_j)];
    int& first_lead = lead[static_cast<std::size_t>(first)];
    int& second_lead = lead[static_cast<std::size_t>(second)];
    const bool exchange = first_lead != second_lead ? first_lead > second_lead : rng.Below(2) == 1;
    first_lead += exchange ? -1 : 1;
    second_lead += exchange ? 1 : -1;
    if (exchange) std::swap(first, second);
    pairs.push_back({first, second});
  }
  return pairs;
}

std::vector<Pair> DecisivePairs(const BradleyTerry& fit, const TopK& top,
                                const std::vector<Outcome>& played, int count, Rng rng) {
  if (!FewUndecided(top)) return ActivePairs(fit, top, played, count, rng);
  std::vector<Pair> pairs = BothOrders(ActivePairs(fit, top, played, (count + 1) / 2, rng));
  pairs.resize(std::min(pairs.size(), static_cast<std::size_t>(count)));
  return pairs;
}

std::vector<Pair> BothOrders(const std::vector<Pair>& pairs) {
  std::vector<Pair> both;
  both.reserve(2 * pairs.size());
  for (const Pair& pair : pairs) {
    both.push_back(pair);
    both.push_back({pair.second, pair.first});
  }
  return both;
}

std::vector<std::size_t> PrefixOrder(const std::vector<Pair>& pairs) {
  std::map<int, std::size_t> appeared;
  for (std::size_t i = 0; i < pairs.size(); ++i) appeared.emplace(pairs[i].first, i);
  std::vector<std::size_t> order(pairs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) {
    return appeared.at(pairs[i].first) < appeared.at(pairs[j].first);
  });
  return order;
}

int CountUndecided(const TopK& top) {
  return static_cast<int>(std::count_if(top.p_top.begin(), top.p_top.end(),
                                        [](double p) { return p > 0.05 && p < 0.95; }));
}

bool FewUndecided(const TopK& top) { return CountUndecided(top) <= kDecisiveFew; }

bool Settled(const TopK& top, double target) { return top.expected_recall >= target; }

}  // namespace redraft::rank
