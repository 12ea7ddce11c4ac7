#pragma once

// How well a judge tells the better of two texts: accuracy on labelled pairs, beside what length
// alone would get.
//
//   const std::vector<SetResult> sets = SummarisePairs(rows, Rng(1));
//
// Rows     One row is one labelled comparison. The same two texts may occur in both orders or with
//          several raters' labels; they are one unique pair, weigh 1 together, and intervals count
//          pairs, not rows. Calibration error looks at every row.
// Ties     A verdict of one half counts half right; so does a missing verdict, since a coin would
// do
//          as well. Rows labelled "tie" have no better text: they enter calibration only.
// Paper    Wilson 1927; cluster bootstrap: stats/bootstrap.h; calibration error over ten bins:
//          stats/calibration.h. Length balance: the mean of the accuracies where the better text is
//          the shorter and where it is the longer one, so that no rule about length gains by it.
// Units    Accuracies and rates in [0, 1].

#include <optional>
#include <string>
#include <vector>

#include "redraft/base/json.h"
#include "redraft/base/random.h"
#include "redraft/stats/calibration.h"
#include "redraft/stats/intervals.h"

namespace redraft::judge {

enum class Label { kA, kB, kTie };

/// One labelled comparison and what the judge made of it.
struct BenchRow {
  std::string set, stratum;
  std::string
      group;  ///< rows that stand or fall together (one source text, one rater); may be empty
  std::string pair;  ///< the same for the same two texts, in either order
  Label label = Label::kA;
  std::optional<double> p_a;        ///< probability that a is better; none: no verdict
  std::optional<double> asymmetry;  ///< as Asymmetry of pair_verdict.h
  int words_a = 0, words_b = 0;
};

/// Rows that have something in common, and how many of their comparisons were judged rightly.
struct Accuracy {
  std::string name;
  int rows = 0;    ///< with ties
  int unique = 0;  ///< pairs of texts with a better one
  double accuracy = 0;
  stats::Interval wilson;
};

struct SetResult {
  Accuracy all;
  stats::Interval cluster;                ///< 95 %, over groups (over pairs where none is stated)
  std::optional<double> balanced_length;  ///< none unless both sides occur
  double shorter_wins = 0, longer_wins = 0;
  int no_verdict = 0;
  /// What was stated and what happened, each row seen from both of its texts, so 2 × rows counts.
  std::vector<stats::CalibrationBin> reliability;
  double ece = 0;                   ///< expected calibration error of these bins
  std::optional<double> asymmetry;  ///< the largest; none when no row was judged in both orders
  std::optional<double> slope;      ///< of outcomes on stated log-odds: 1 is calibrated, below 1
  stats::Interval slope_interval;   ///< is overconfident; 95 %, over groups
  std::vector<Accuracy> strata;     ///< by stratum, in order of first appearance
  std::vector<Accuracy> length_strata;  ///< better text "shorter", "equal" (within 5 %), "longer"
};

/// One result per set, in order of first appearance.
std::vector<SetResult> SummarisePairs(const std::vector<BenchRow>& rows, Rng rng);

/// CONTRACT's object of `redraft bench pairs`: {"sets":[…],"macro"}, and in each set beside what is
/// promised there "reliability": [{"lo","hi","n","stated","observed"}], "asymmetry", … . Macro is
/// the plain mean over sets, as the WQ benchmark reports it.
Json ToJson(const std::vector<SetResult>& sets);

}  // namespace redraft::judge
