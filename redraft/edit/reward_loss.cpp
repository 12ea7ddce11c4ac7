#include <algorithm>
#include <string>

#include "redraft/edit/rules.h"

namespace redraft::edit {
namespace {

constexpr std::size_t kPassage = 9;  // sentences that are scored together
constexpr std::size_t kFewest = 4;   // of a passage that can spare one
constexpr double kLoss = 0.65;  // logits; below it, editors leave such sentences as often as any
constexpr double kSureLoss = 1.3;

}  // namespace

void FindRewardLoss(const Prose& prose, const core::Scorer& reward, Found& found) {
  const auto& sentences = prose.sentences();
  for (std::size_t first = 0; first < sentences.size();) {
    const std::size_t last = std::min(first + kPassage, sentences.size());
    if (last - first >= kFewest) {
      const std::size_t start = sentences[first].start;
      const std::string passage(prose.text().substr(start, sentences[last - 1].end - start));
      const double whole = reward.Score(passage);
      for (std::size_t i = first; i < last; ++i) {
        if (sentences[i].spoken) continue;
        // With the white space behind it, so that the others stand as before.
        const std::size_t end = i + 1 < last ? sentences[i + 1].start : sentences[i].end;
        std::string without = passage;
        without.erase(sentences[i].start - start, end - sentences[i].start);
        const double loss = reward.Score(without) - whole;
        if (loss < kLoss) continue;
        found.push_back(SpanOf(prose, sentences[i].first, sentences[i].last,
                               "unnecessary_exposition",
                               "The passage reads better without this sentence (reward model).",
                               0.5 + 0.15 * std::min(loss, kSureLoss) / kSureLoss));
      }
    }
    first = last;
  }
}

}  // namespace redraft::edit
