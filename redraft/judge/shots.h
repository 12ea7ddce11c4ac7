#pragma once

// Shots: labelled pairs that an LLM judge is shown before the pair it is asked about (few-shot
// prompting; Brown et al. 2020).
//
//   const ShotChoice choice = ChooseShots(pool, tested, 4, Rng(seed).Fork("shots"));
//
// A shot never gives an answer away: none shares a text or a stated group with what is tested. The
// better text stands first in half of them, so that no slot is taught; which half is drawn.
//
// Wire   Shots are shown in the order chosen, as one block at the end of the system message, so
// that
//        what is the same for all pairs stands in front (prompts/judge/shots.md).

#include <set>
#include <string>
#include <vector>

#include "redraft/base/random.h"

namespace redraft::judge {

struct Shot {
  std::string first, second;
  bool first_better = true;
  std::string brief;    ///< what both were written for; may be empty
  std::string reasons;  ///< shown to judges that reason; may be empty
  std::string group;    ///< as BenchRow::group; may be empty
};

/// What is tested, and therefore never shown.
class Tested {
 public:
  void Add(const std::string& a, const std::string& b, const std::string& group);
  bool Touches(const Shot& shot) const;

 private:
  std::set<std::string> texts_;  ///< in normal form: case and punctuation do not matter
  std::set<std::string> groups_;
};

struct ShotChoice {
  std::vector<Shot> shots;
  int overlapping = 0;  ///< pairs of the pool that touch what is tested
};

/// The first `count` pairs of the pool that touch nothing tested (fewer when there are no more),
/// each in the order in which it is to be shown.
ShotChoice ChooseShots(const std::vector<Shot>& pool, const Tested& tested, int count, Rng rng);

}  // namespace redraft::judge
