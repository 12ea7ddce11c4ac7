#pragma once

// How different the texts of a population are from each other: the numbers that show a collapse.
//
// Paper   distinct-n: Li et al. 2016 (arXiv 1510.03055); self-BLEU: Zhu et al. 2018 (arXiv
// 1802.01886).
//         Both depend on length and on the number of texts, so each text is cut to a fixed number
//         of words, and self-BLEU always looks at ten texts.

#include <cstddef>
#include <span>
#include <string>

namespace redraft::text {

struct Diversity {
  std::size_t texts = 0;
  double distinct1 = 0.0;        ///< distinct words / words, over the first 200 words of each text
  double distinct2 = 0.0;        ///< the same of word pairs; 1: no pair occurs twice
  double trigram_jaccard = 0.0;  ///< mean over all pairs, on the first 200 words; 0: nothing shared
  double self_bleu4 = 0.0;       ///< mean BLEU-4 of each of ten texts (evenly spread over the list,
                                 ///< cut to 300 words) against the other nine
  double mean_words = 0.0;       ///< of the whole texts
};

/// Measures a population. With fewer than two texts the two pairwise figures are 0.
/// Cost  pairwise: 60 texts in about 10 ms.
Diversity Measure(std::span<const std::string> texts);

/// BLEU with n-grams up to 4, uniform weights, clipped against the references together, brevity
/// penalty against the nearest reference length; n-gram orders without a match count half a match
/// (Chen and Cherry 2014, method 1 with epsilon 0.5), so that it never drops to 0 by one order
/// alone.
double Bleu4(std::string_view text, std::span<const std::string_view> references);

}  // namespace redraft::text
