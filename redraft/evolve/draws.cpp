#include "redraft/evolve/draws.h"

#include <algorithm>
#include <numeric>

namespace redraft::evolve {
namespace {

std::vector<std::size_t> Shuffled(std::size_t count, Rng rng) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  rng.Shuffle(order);
  return order;
}

}  // namespace

std::vector<DraftDraw> DealDrafts(const core::Pack& pack, int count, Draws draws, Rng rng) {
  std::vector<DraftDraw> dealt;
  const std::size_t styles = pack.styles.size(), themes = pack.themes.size();
  if (draws == Draws::kWithReplacement) {
    for (int i = 0; i < count; ++i) {
      const std::size_t style = rng.Below(styles);
      dealt.push_back({style, rng.Below(themes)});
    }
    return dealt;
  }
  const auto style_order = Shuffled(styles, rng.Fork("styles"));
  const auto theme_order = Shuffled(themes, rng.Fork("themes"));
  // Diagonals of the style × theme square: lap after lap, styles meet the theme one further on.
  // Once the diagonals close (after lcm cells) the next one starts a step aside.
  const std::size_t period = std::lcm(styles, themes);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    dealt.push_back({style_order[i % styles], theme_order[(i + i / period) % themes]});
  }
  return dealt;
}

std::vector<std::size_t> DealObjectives(const core::Pack& pack, int count, Draws draws, Rng rng) {
  std::vector<std::size_t> dealt;
  const std::size_t objectives = pack.objectives.size();
  const auto order = Shuffled(objectives, rng.Fork("objectives"));
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    dealt.push_back(draws == Draws::kStratified ? order[i % objectives] : rng.Below(objectives));
  }
  return dealt;
}

std::vector<std::string> SelectParents(std::span<const std::string> ranking,
                                       const std::map<std::string, std::string>& founder_of,
                                       int top, int quota) {
  std::vector<std::string> parents, passed_over;
  std::map<std::string, int> taken;
  for (const std::string& id : ranking) {
    if (static_cast<int>(parents.size()) == top) break;
    int& of_founder = taken[founder_of.at(id)];
    if (quota > 0 && of_founder >= quota) {
      passed_over.push_back(id);
      continue;
    }
    ++of_founder;
    parents.push_back(id);
  }
  for (const std::string& id : passed_over) {
    if (static_cast<int>(parents.size()) == top) break;
    parents.push_back(id);
  }
  return parents;
}

}  // namespace redraft::evolve
