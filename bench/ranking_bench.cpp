// How many judge calls does it take to find the best five of sixty texts, and how fast is a fit?
//
//   bench_ranking [--trials N] [--rows bars] [--json FILE]
//
// "--rows bars" leaves out the rows and the judges that no bar is about.
//
// Simulated judges, fully specified here. Texts have quality q ~ N(0, spread).
//   opinionated  (research/peers.md §B.3) log-odds for the first slot
//                = q_first − q_second + slot + opinion of the pair + call error; the opinion is
//                drawn once per pair, N(0, 1.7), and changes sign with the order; the call error is
//                N(0, 0.3). The hard verdict is the sign of the log-odds.
//   stochastic   (research/alphawrite.md §7) the first slot wins with probability
//                1/(1 + exp(−(q_first − q_second + slot))), independently at every call.
// Recall is the share of the true top five among the five rated best; regret is how much lower the
// mean quality of those five is. Every trial has its own seed, so that figures are reproducible.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "redraft/base/file.h"
#include "redraft/base/json.h"
#include "redraft/base/parallel.h"
#include "redraft/base/random.h"
#include "redraft/rank/bradley_terry.h"
#include "redraft/rank/elo.h"
#include "redraft/rank/pairing.h"

namespace {

using redraft::Rng;
using redraft::rank::Outcome;
using redraft::rank::Pair;

constexpr int kTexts = 60;
constexpr int kTop = 5;

struct Judge {
  std::string name;
  double spread = 1;
  double slot = 0;
  bool opinionated = true;
};

enum class Pairing { kRandom, kBothOrders, kActive };
enum class Rating { kElo, kBradleyTerry, kSlot, kLogOdds };

struct Method {
  std::string name;
  Pairing pairing = Pairing::kRandom;
  Rating rating = Rating::kElo;
  int calls = 0;
};

/// One simulated set of texts with the judge's opinions of them.
class World {
 public:
  World(const Judge& judge, Rng rng) : judge_(judge), calls_(rng.Fork("calls")) {
    Rng texts = rng.Fork("texts");
    for (double& quality : quality_) quality = judge.spread * texts.Normal();
    for (auto& row : opinion_) {
      for (double& opinion : row) opinion = 1.7 * texts.Normal();
    }
  }

  Outcome Ask(const Pair& pair) {
    const auto i = static_cast<std::size_t>(pair.first), j = static_cast<std::size_t>(pair.second);
    double logit = quality_[i] - quality_[j] + judge_.slot;
    bool first_wins = false;
    if (judge_.opinionated) {
      logit += (i < j ? opinion_[i][j] : -opinion_[j][i]) + 0.3 * calls_.Normal();
      first_wins = logit > 0;
    } else {
      first_wins = calls_.Uniform() < 1 / (1 + std::exp(-logit));
    }
    return {.a = pair.first, .b = pair.second, .p_a = first_wins ? 1.0 : 0.0, .logit = logit};
  }

  /// Recall and regret of taking the best-rated five.
  std::pair<double, double> Grade(const std::vector<double>& rating) const {
    const auto best = [](const auto& values) {
      std::vector<std::size_t> order(kTexts);
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::stable_sort(order.begin(), order.end(),
                       [&](std::size_t x, std::size_t y) { return values[x] > values[y]; });
      order.resize(kTop);
      return order;
    };
    const auto chosen = best(rating), truly = best(quality_);
    double recall = 0, regret = 0;
    for (const std::size_t text : truly) {
      if (std::find(chosen.begin(), chosen.end(), text) != chosen.end()) recall += 1;
      regret += quality_[text];
    }
    for (const std::size_t text : chosen) regret -= quality_[text];
    return {recall / kTop, regret / kTop};
  }

 private:
  Judge judge_;
  Rng calls_;
  std::array<double, kTexts> quality_{};
  std::array<std::array<double, kTexts>, kTexts> opinion_{};
};

redraft::rank::BradleyTerry Fit(const std::vector<Outcome>& outcomes, Rating rating) {
  auto fit = redraft::rank::FitBradleyTerry(
      kTexts, outcomes,
      {.slot = rating != Rating::kBradleyTerry, .log_odds = rating == Rating::kLogOdds});
  if (!fit) {
    fmt::print(stderr, "{}\n", fit.error().message);
    std::exit(1);
  }
  return std::move(*fit);
}

std::pair<double, double> Try(const Judge& judge, const Method& method, Rng rng) {
  World world(judge, rng.Fork("world"));
  std::vector<Outcome> outcomes;
  const auto play = [&](const std::vector<Pair>& pairs) {
    for (const Pair& pair : pairs) {
      if (static_cast<int>(outcomes.size()) < method.calls) outcomes.push_back(world.Ask(pair));
    }
  };
  switch (method.pairing) {
    case Pairing::kRandom:
      play(redraft::rank::RandomRounds(kTexts, 2 * method.calls / kTexts, rng.Fork("pairs")));
      break;
    case Pairing::kBothOrders:
      play(redraft::rank::BothOrders(
          redraft::rank::RandomRounds(kTexts, method.calls / kTexts, rng.Fork("pairs"))));
      break;
    case Pairing::kActive:
      play(redraft::rank::RandomRounds(kTexts, 1, rng.Fork("pairs")));
      while (static_cast<int>(outcomes.size()) < method.calls) {
        const Rng step = rng.Fork(fmt::format("step/{}", outcomes.size()));
        const auto fit = Fit(outcomes, method.rating);
        const auto top = redraft::rank::PosteriorTopK(fit, kTop, step.Fork("top"), 300);
        play(redraft::rank::ActivePairs(fit, top, outcomes, 15, step.Fork("pairs")));
      }
      break;
  }
  if (method.rating == Rating::kElo) {
    return world.Grade(*redraft::rank::ReplayElo(kTexts, outcomes));
  }
  return world.Grade(Fit(outcomes, method.rating).strength);
}

/// Prints one row per method, one recall/regret cell per judge.
void Table(const std::string& title, const std::vector<Judge>& judges,
           const std::vector<Method>& methods, int trials, redraft::Json& figures) {
  fmt::print("\n{} (recall/regret, {} trials)\n{:<34}", title, trials, "");
  for (const Judge& judge : judges) fmt::print("{:>18}", judge.name);
  fmt::print("\n");
  for (const Method& method : methods) {
    fmt::print("{:<34}", fmt::format("{}, {} calls", method.name, method.calls));
    for (const Judge& judge : judges) {
      std::vector<std::pair<double, double>> grades(static_cast<std::size_t>(trials));
      redraft::ParallelFor(grades.size(), [&](std::size_t trial) {
        grades[trial] = Try(judge, method, Rng(trial + 1));
      });
      double recall = 0, regret = 0;
      for (const auto& [r, g] : grades) {
        recall += r / trials;
        regret += g / trials;
      }
      fmt::print("{:>18}", fmt::format("{:.3f}/{:.2f}", recall, regret));
      std::fflush(stdout);
      figures[fmt::format("recall {} {} {}", judge.name, method.name, method.calls)] = recall;
    }
    fmt::print("\n");
  }
}

void StochasticTable(int trials, redraft::Json& figures) {
  Table("Stochastic judge",
        {{"sd .8 slot 0", .8, 0, false},
         {"sd .8 slot 1.5", .8, 1.5, false},
         {"sd .8 slot 3", .8, 3, false},
         {"sd 1.45 slot 0", 1.45, 0, false},
         {"sd 1.45 slot 1.5", 1.45, 1.5, false},
         {"sd 1.45 slot 3", 1.45, 3, false}},
        {{"random + Elo", Pairing::kRandom, Rating::kElo, 600},
         {"random + BT", Pairing::kRandom, Rating::kBradleyTerry, 600},
         {"random + BT + slot", Pairing::kRandom, Rating::kSlot, 600},
         {"both orders + BT", Pairing::kBothOrders, Rating::kBradleyTerry, 600},
         {"active + BT + slot", Pairing::kActive, Rating::kSlot, 300},
         {"active + BT + slot", Pairing::kActive, Rating::kSlot, 600}},
        trials, figures);
}

/// Processor time over all threads: what the work costs however busy the machine is.
double CpuMilliseconds(const std::function<void()>& body) {
  const std::clock_t start = std::clock();
  body();
  return 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

std::vector<Outcome> RandomOutcomes(int items, const std::vector<Pair>& pairs) {
  Rng rng(1);
  std::vector<double> quality(static_cast<std::size_t>(items));
  for (double& q : quality) q = rng.Normal();
  std::vector<Outcome> outcomes;
  for (const Pair& pair : pairs) {
    const double gap = quality[static_cast<std::size_t>(pair.first)] -
                       quality[static_cast<std::size_t>(pair.second)];
    const bool tie = rng.Uniform() < 0.1;
    outcomes.push_back(
        {.a = pair.first,
         .b = pair.second,
         .p_a = tie ? 0.5 : (rng.Uniform() < 1 / (1 + std::exp(-gap - 0.7)) ? 1.0 : 0.0),
         .a_first = true,
         .judge = static_cast<int>(rng.Below(3)),
         .log_len_ratio = 0.3 * rng.Normal()});
  }
  return outcomes;
}

void Speed(const std::string& name, int items, const std::vector<Pair>& pairs,
           const redraft::rank::BradleyTerryOptions& options, redraft::Json& figures) {
  const auto outcomes = RandomOutcomes(items, pairs);
  double best = 1e300;
  int steps = 0;
  for (int repeat = 0; repeat < 3; ++repeat) {
    best = std::min(best, CpuMilliseconds([&] {
                      steps = redraft::rank::FitBradleyTerry(items, outcomes, options)->iterations;
                    }));
  }
  fmt::print("{:<52}{:>10.1f} ms  {} steps\n",
             fmt::format("{} ({} texts, {} verdicts)", name, items, outcomes.size()), best, steps);
  figures["cpu ms " + name] = best;
}

}  // namespace

int main(int argc, char** argv) {
  int trials = 200;
  bool bars = false;
  std::string json_path;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--trials") == 0) trials = std::max(1, std::atoi(argv[i + 1]));
    if (std::strcmp(argv[i], "--rows") == 0) bars = std::strcmp(argv[i + 1], "bars") == 0;
    if (std::strcmp(argv[i], "--json") == 0) json_path = argv[i + 1];
  }
  redraft::Json figures;

  // A slot offset of 1.036 standard deviations of everything else makes the first slot win 85 %.
  const double biased = 1.0364 * std::sqrt(2 + 1.7 * 1.7 + 0.3 * 0.3);
  std::vector<Method> methods = {{"random + Elo", Pairing::kRandom, Rating::kElo, 600},
                                 {"random + Elo", Pairing::kRandom, Rating::kElo, 1200},
                                 {"active + BT + slot", Pairing::kActive, Rating::kSlot, 300},
                                 {"active + log-odds", Pairing::kActive, Rating::kLogOdds, 150},
                                 {"active + log-odds", Pairing::kActive, Rating::kLogOdds, 300}};
  if (!bars) {
    methods.insert(methods.begin(), {{"random + Elo", Pairing::kRandom, Rating::kElo, 300},
                                     {"random + BT", Pairing::kRandom, Rating::kBradleyTerry, 300},
                                     {"random + BT + slot", Pairing::kRandom, Rating::kSlot, 300},
                                     {"random + log-odds", Pairing::kRandom, Rating::kLogOdds, 300},
                                     {"active + BT + slot", Pairing::kActive, Rating::kSlot, 150}});
  }
  Table("Opinionated judge", {{"slot 50 %", 1, 0}, {"slot 85 %", 1, biased}, {"always A", 1, 6}},
        methods, trials, figures);

  if (!bars) StochasticTable(trials, figures);

  fmt::print("\nFits (processor time, best of 3)\n");
  const redraft::rank::BradleyTerryOptions all{
      .slot = true, .length = true, .judge_slopes = true, .davidson = true};
  Speed("run", 60, redraft::rank::RandomRounds(60, 70, Rng(2)), {.slot = true}, figures);
  Speed("run, all terms", 60, redraft::rank::RandomRounds(60, 70, Rng(2)), all, figures);
  std::vector<Pair> every;
  for (int i = 0; i < 1000; ++i) {
    for (int j = i + 1; j < 1000; ++j) every.push_back({i, j});
  }
  Speed("all pairs", 1000, every, {.slot = true}, figures);
  Speed("large", 10000, redraft::rank::RandomRounds(10000, 40, Rng(2)), {.slot = true}, figures);
  Speed("large, all terms", 10000, redraft::rank::RandomRounds(10000, 40, Rng(2)), all, figures);

  if (!json_path.empty()) {
    const auto written =
        redraft::WriteFileAtomic(json_path, redraft::DumpJson({{"ranking", figures}}) + "\n");
    if (!written) {
      fmt::print(stderr, "{}\n", written.error().message);
      return 1;
    }
  }
  return 0;
}
