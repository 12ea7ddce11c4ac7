#include "redraft/judge/shots.h"

#include <algorithm>
#include <utility>

#include "redraft/text/words.h"

namespace redraft::judge {

void Tested::Add(const std::string& a, const std::string& b, const std::string& group) {
  texts_.insert(text::Normalise(a));
  texts_.insert(text::Normalise(b));
  if (!group.empty()) groups_.insert(group);
}

bool Tested::Touches(const Shot& shot) const {
  return texts_.contains(text::Normalise(shot.first)) ||
         texts_.contains(text::Normalise(shot.second)) || groups_.contains(shot.group);
}

ShotChoice ChooseShots(const std::vector<Shot>& pool, const Tested& tested, int count, Rng rng) {
  ShotChoice choice;
  for (const Shot& shot : pool) {
    if (tested.Touches(shot)) {
      ++choice.overlapping;
    } else if (std::ssize(choice.shots) < count) {
      choice.shots.push_back(shot);
    }
  }
  // One half of the places has the better text first; of an odd number a coin decides the last.
  std::vector<char> first_better(choice.shots.size(), 0);
  const std::size_t half = choice.shots.size() / 2 + (choice.shots.size() % 2) * rng.Below(2);
  std::fill_n(first_better.begin(), half, 1);
  rng.Shuffle(first_better);
  for (std::size_t i = 0; i < choice.shots.size(); ++i) {
    Shot& shot = choice.shots[i];
    if (shot.first_better == (first_better[i] != 0)) continue;
    std::swap(shot.first, shot.second);
    shot.first_better = !shot.first_better;
  }
  return choice;
}

}  // namespace redraft::judge
