#include "redraft/reward/lexicon.h"

#include <algorithm>
#include <cmath>

#include "redraft/reward/features.h"

namespace redraft::reward {

Lexicon::Lexicon(std::span<const SentenceOrder> texts) : rarity_(kCells) {
  std::vector<std::uint32_t> frequency(kCells, 0);
  std::vector<std::size_t> last(kCells, texts.size());  // the text that counted a cell last
  for (std::size_t text = 0; text < texts.size(); ++text) {
    for (const Sentence* sentence : texts[text]) {
      for (const std::uint64_t stem : sentence->stems) {
        const std::size_t cell = stem & (kCells - 1);
        if (last[cell] == text) continue;
        last[cell] = text;
        ++frequency[cell];
      }
    }
  }
  const double n = static_cast<double>(texts.size());
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    const double rarity = PortableLog((n + 1) / (frequency[cell] + 1.0));
    rarity_[cell] = static_cast<std::uint8_t>(std::min(255.0, std::floor(rarity * 16 + 0.5)));
  }
}

}  // namespace redraft::reward
