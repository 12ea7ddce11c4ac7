#pragma once

// Qualification: does a judge know the better text, beyond what length tells? Asked before its
// verdicts decide anything, because a judge can be confident, consistent and wrong.
//
//   REDRAFT_ASSIGN(const Qualification found, QualifyJudge(pairs, *judge, {}, run));
//   if (!found.accepted()) …
//
// Every pair is judged in both orders, so that what a judge owes to the slot cancels in the sum of
// its two log-odds. The decision is the effect of that sum on the gold label in a logistic
// regression with the log length ratio and its sign beside it (stats/firth.h):
//
//   interval above 0   accepted: "hard" when the plain verdicts pass the same rule, else "soft":
//                      its log-odds inform, its verdicts do not
//   interval below 0   "inverted": it prefers the worse text. Refused; never silently flipped
//   else               refused: what it says is not distinguishable from a rule about length
//
// A judge that gives no log-odds is decided by its verdicts (1, 0, −1, summed) alone.
//
// Pairs come in batches until the decision is clear. Looking five times is paid for: a stop before
// the last pair needs Pocock's nominal level (1.58 %) instead of 5 %.
//
// Paper    Pocock 1977 (repeated looks); research on small judges: log-odds may inform where hard
//          verdicts are one slot only.
// Units    Rates in [0, 1]; logits for the text shown first, or for the better text.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "redraft/base/json.h"
#include "redraft/judge/judge.h"
#include "redraft/judge/pair_bench.h"
#include "redraft/judge/tournament.h"
#include "redraft/stats/firth.h"

namespace redraft::judge {

/// Two texts of which it is known which is better.
struct GoldPair {
  std::string id;
  std::string a, b;
  std::optional<Label> label;  ///< none: helps with agreement and cycles only
  std::string brief;
};

/// A pair with its verdicts in both orders.
struct CheckedPair {
  std::string a, b;  ///< name each text wherever it occurs: cycles are found by them
  std::optional<Label> label;
  double log_len_ratio = 0;  ///< ln(words of a / words of b)
  core::Verdict ab, ba;      ///< a shown first; b shown first
};

enum class Decision { kHard, kSoft, kRefuse, kInverted };
const char* ToString(Decision decision);

/// What was found. Rates that nothing was seen of are empty.
struct Qualification {
  int n = 0;                             ///< pairs
  int labelled = 0;                      ///< of them with a better text
  std::optional<double> swap_agreement;  ///< the same text wins in both orders
  std::optional<double> slot1_rate;      ///< decided verdicts for the text shown first
  /// Mean log-odds for the text shown first; from `slot1_rate` for a judge without log-odds.
  std::optional<double> slot_logit;
  std::optional<double> parse_rate;          ///< comparisons that had a verdict
  std::optional<double> tie_rate;            ///< verdicts of exactly one half
  std::optional<double> cyclic_share;        ///< of the triads with three decided pairs
  std::optional<double> accuracy_hard;       ///< of single verdicts; ties and none count half
  std::optional<double> accuracy_symmetric;  ///< of both orders together
  std::optional<double> ece;  ///< expected calibration error of both orders together, ten bins
  bool log_odds = false;      ///< every verdict carries them
  /// Of the sum over both orders, of log-odds or else of verdicts, given the log length ratio.
  std::optional<stats::Effect> effect;
  std::int64_t calls = 0;
  Decision decision = Decision::kRefuse;
  bool clear = false;  ///< clear enough not to ask further

  bool accepted() const { return decision == Decision::kHard || decision == Decision::kSoft; }
};

/// The figures of pairs that were judged.
Qualification Summarise(std::span<const CheckedPair> pairs);

struct QualifyOptions {
  int batch = 40;
  int most = 200;                        ///< pairs
  std::uint64_t seed = 1;                ///< for judges that toss coins
  core::Role role = core::Role::kCheck;  ///< kCheck: its calls count towards no limit
};

/// Judges `pairs` in their order, a batch at a time, both orders.
/// Errors: kInvalidArgument for no pair; whatever `run` reports.
Result<Qualification> QualifyJudge(std::span<const GoldPair> pairs, const Judge& judge,
                                   const QualifyOptions& options, const RunMatches& run);

/// CONTRACT's object of `redraft judge check`, with "labelled", "ece" and "recommendation" beside
/// what is promised there.
Json ToJson(const Qualification& found);

/// One sentence for the user: what was decided, why, and what to do.
std::string Recommendation(const Qualification& found);

}  // namespace redraft::judge
