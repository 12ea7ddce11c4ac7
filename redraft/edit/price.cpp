#include "redraft/edit/price.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "redraft/text/codepoint.h"
#include "redraft/text/diff.h"
#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

constexpr double kVoiceDistance = 0.15;
constexpr double kFewestWords = 5;

/// Runs of other characters than white space: what WordDiff compares.
int Runs(std::string_view text) {
  int runs = 0;
  bool inside = false;
  for (const char c : text) {
    const bool space = text::IsSpace(c);
    runs += !space && !inside;
    inside = !space;
  }
  return runs;
}

}  // namespace

Prices KeepVoice(Prices prices) {
  prices.max_distance = std::min(prices.max_distance, kVoiceDistance);
  prices.distance *= 2;
  return prices;
}

double Distance(std::string_view before, std::string_view after) {
  int changed = 0;
  for (const text::DiffPiece& piece : text::WordDiff(before, after)) {
    if (piece.op != text::DiffOp::kEqual) changed += Runs(piece.text);
  }
  const int all = Runs(before) + Runs(after);
  return all == 0 ? 0 : static_cast<double>(changed) / all;
}

double Worth(const core::Scorer& scorer, std::string_view before, std::string_view after,
             const Prices& prices) {
  if (before == after) return 0;
  const int was = text::CountWords(before), is = text::CountWords(after);
  const double growth = std::abs(std::log((is + 1.0) / (was + 1.0)));
  const double gain =
      std::min(scorer.Compare(after, before), scorer.Score(after) - scorer.Score(before));
  return gain - prices.distance * Distance(before, after) - prices.length * growth;
}

bool WithinBounds(std::string_view before, std::string_view after, const Prices& prices) {
  const int was = text::CountWords(before), is = text::CountWords(after);
  const double most = std::max(kFewestWords, prices.max_growth * was);
  return std::abs(is - was) <= most && Distance(before, after) <= prices.max_distance;
}

}  // namespace redraft::edit
