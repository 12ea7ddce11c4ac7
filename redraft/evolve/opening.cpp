#include "redraft/evolve/opening.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "redraft/evolve/estimate.h"

namespace redraft::evolve {
namespace {

constexpr int kOpeningRounds = 4;

std::vector<rank::Pair> ParentMatches(const EvolveOptions& options, const RunRecord& record,
                                      std::span<const std::string> population,
                                      const std::vector<int>& fresh, const Rng& rng) {
  const int kept = static_cast<int>(population.size() - fresh.size());
  std::vector<std::vector<int>> opponents;
  for (const int text : fresh) {
    const core::Draft& draft = record.Find(population[static_cast<std::size_t>(text)]);
    std::vector<int> others(static_cast<std::size_t>(kept));  // kept texts stand first
    std::iota(others.begin(), others.end(), 0);
    rng.Fork("parents/" + draft.id).Shuffle(others);
    std::ranges::stable_partition(others, [&](int other) {
      const std::string& id = population[static_cast<std::size_t>(other)];
      return std::ranges::find(draft.parents, id) != draft.parents.end();
    });
    opponents.push_back(std::move(others));
  }
  std::vector<rank::Pair> pairs;
  for (int round = 0; round < std::min(options.parent_matches, kept); ++round) {
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      const int text = fresh[i], other = opponents[i][static_cast<std::size_t>(round)];
      const bool first = (i + static_cast<std::size_t>(round)) % 2 == 0;
      pairs.push_back(first ? rank::Pair{text, other} : rank::Pair{other, text});
    }
  }
  return pairs;
}

}  // namespace

std::vector<int> NewTexts(const RunRecord& record, std::span<const std::string> population,
                          int generation) {
  std::vector<int> texts;
  for (std::size_t i = 0; i < population.size(); ++i) {
    if (record.Find(population[i]).generation == generation) texts.push_back(static_cast<int>(i));
  }
  return texts;
}

std::vector<rank::Pair> OpeningPairs(const EvolveOptions& options, const RunRecord& record,
                                     std::span<const std::string> population, int generation,
                                     const Rng& rng) {
  const bool active = options.pairing == Pairing::kActive;
  const std::vector<int> fresh = NewTexts(record, population, generation);
  std::vector<rank::Pair> pairs;
  if (generation > 0) pairs = ParentMatches(options, record, population, fresh, rng);
  if (!active || pairs.empty()) {
    const int rounds = active ? std::min(options.rounds, kOpeningRounds) : options.rounds;
    std::vector<rank::Pair> random = rank::RandomRounds(
        static_cast<int>(population.size()), rounds, rng.Fork(fmt::format("pairs/{}", generation)));
    pairs.insert(pairs.begin(), random.begin(), random.end());
  }
  pairs.resize(std::min(pairs.size(), MostVerdicts(options, population.size(), fresh.size())));
  return pairs;
}

}  // namespace redraft::evolve
