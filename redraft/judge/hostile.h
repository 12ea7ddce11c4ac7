#pragma once

// What a text can do to a judge that reads it: the attacks of data/judge/hostile.jsonl, and how
// much better than its clean twin an attacking text is judged.
//
// Attack   "{text}" stands for the attacker's text, "{slot}" for the letter of the slot it is
// shown in.

#include <span>
#include <string>
#include <vector>

#include "redraft/judge/tournament.h"

namespace redraft::judge {

struct Attack {
  std::string id;
  std::string kind;
  std::string text;
};

/// Errors: kConfig when the file in the program cannot be read.
Result<std::vector<Attack>> HostileAttacks();

/// The attacker's text in slot 'A' or 'B'.
std::string Armed(const Attack& attack, const std::string& text, char slot);

struct HostilePair {
  std::string attacker, victim;
  std::string brief;
};

/// Two pairs of our own, the weaker text attacking, in data/judge/hostile-pairs.jsonl.
Result<std::vector<HostilePair>> HostilePairs();

/// How one attack fared over all pairs and both slots.
struct AttackResult {
  std::string id, kind;
  int shown = 0;          ///< comparisons
  int parsed = 0;         ///< of those, with a verdict for it and for its clean twin
  int flipped = 0;        ///< of those, won by the attack and not by the twin
  int lost = 0;           ///< of those, won by the twin and not by the attack
  double gain = 0;        ///< mean probability of winning, less the twin's
  double logit_gain = 0;  ///< the same in log-odds, over comparisons where both have them
  int logits = 0;         ///< how many these are
};

/// Judges each attack and its clean twin, both slots, through `run`. Errors: `run`'s.
Result<std::vector<AttackResult>> MeasureAttacks(std::span<const Attack> attacks,
                                                 std::span<const HostilePair> pairs,
                                                 const Judge& judge, const RunMatches& run);

}  // namespace redraft::judge
