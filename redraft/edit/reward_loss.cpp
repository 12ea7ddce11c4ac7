#include <algorithm>
#include <string>

#include "redraft/base/parallel.h"
#include "redraft/edit/rules.h"

namespace redraft::edit {
namespace {

constexpr std::size_t kPassage = 9;  // sentences that are scored together
constexpr std::size_t kFewest = 4;   // of a passage that can spare one
constexpr int kSuspicions = 3;       // phrases in a sentence
constexpr double kLoss = 0.65;       // logits; below it, editors leave such sentences as any other
constexpr double kSureLoss = 1.3;

/// A sentence that the passage [first, last) might do without.
struct Suspect {
  std::size_t first = 0, last = 0, sentence = 0;
  double loss = 0;
};

/// The sentence of a passage with most phrases of the lists.
Suspect Worst(const Prose& prose, const Found& phrases, std::size_t first, std::size_t last,
              int& most) {
  Suspect suspect{first, last};
  for (std::size_t i = first; i < last; ++i) {
    const Sentence& sentence = prose.sentences()[i];
    if (sentence.spoken) continue;
    const int count = HitsIn(phrases, sentence.start, sentence.end, "").count;
    if (count <= most) continue;
    most = count;
    suspect.sentence = i;
  }
  return suspect;
}

double Loss(const Prose& prose, const core::Scorer& reward, const Suspect& suspect) {
  const auto& sentences = prose.sentences();
  const std::size_t start = sentences[suspect.first].start;
  std::string passage(prose.text().substr(start, sentences[suspect.last - 1].end - start));
  const double whole = reward.Score(passage);
  // With the white space behind it, so that the others stand as before.
  const std::size_t from = sentences[suspect.sentence].start;
  const std::size_t to = suspect.sentence + 1 < suspect.last ? sentences[suspect.sentence + 1].start
                                                             : sentences[suspect.sentence].end;
  passage.erase(from - start, to - from);
  return reward.Score(passage) - whole;
}

}  // namespace

void FindRewardLoss(const Prose& prose, const core::Scorer& reward, const Found& phrases,
                    Found& found) {
  const auto& sentences = prose.sentences();
  std::vector<Suspect> suspects;
  for (std::size_t first = 0; first + kFewest <= sentences.size(); first += kPassage) {
    int most = 0;
    const std::size_t last = std::min(first + kPassage, sentences.size());
    const Suspect suspect = Worst(prose, phrases, first, last, most);
    if (most >= kSuspicions) suspects.push_back(suspect);
  }
  ParallelFor(suspects.size(),
              [&](std::size_t i) { suspects[i].loss = Loss(prose, reward, suspects[i]); });
  for (const Suspect& suspect : suspects) {
    if (suspect.loss < kLoss) continue;
    const Sentence& sentence = sentences[suspect.sentence];
    found.push_back(SpanOf(prose, sentence.first, sentence.last, "unnecessary_exposition",
                           "The passage reads better without this sentence (reward model).",
                           0.5 + 0.15 * std::min(suspect.loss, kSureLoss) / kSureLoss));
  }
}

}  // namespace redraft::edit
