#pragma once

// A reward model with made-up weights, and passages of our own, for tests.

#include <string>
#include <vector>

#include "redraft/base/random.h"
#include "redraft/reward/model.h"

namespace redraft::reward {

inline HashedWeights MadeUpWeights(unsigned bits, Rng rng) {
  std::vector<double> weights(std::size_t{1} << bits);
  for (double& weight : weights) weight = rng.Normal();
  return HashedWeights(weights);
}

inline RewardModelData MadeUpModel(unsigned bits = 10) {
  Rng rng(11);
  RewardModelData data;
  data.name = "made-up";
  Experts& experts = data.experts;
  experts.cells.resize(std::size_t{1} << bits);
  for (Cell& cell : experts.cells) {
    cell.weight = static_cast<std::int16_t>(static_cast<int>(rng.Below(60000)) - 30000);
    cell.idf = static_cast<std::uint16_t>(1 + rng.Below(65535));
  }
  experts.cell_scale = 1e-4;
  experts.texture = {0.1, 0.5};
  std::vector<std::uint8_t> rarity(Lexicon::kCells);
  for (auto& value : rarity) value = static_cast<std::uint8_t>(rng.Below(100));
  experts.lexicon = Lexicon(std::move(rarity));
  const auto dense = [&rng](std::size_t features) {
    std::vector<double> weights(features + 1);
    for (double& weight : weights) weight = rng.Normal();
    return weights;
  };
  experts.belonging = dense(kBelongingFeatures);
  experts.seam = dense(kSeamFeatures);
  experts.substance = dense(kSubstanceFeatures);
  experts.order_weights = MadeUpWeights(kOrderBits, rng.Fork("order"));
  experts.wording_weights = MadeUpWeights(kWordingBits, rng.Fork("wording"));
  for (Head& head : data.heads) {
    for (double& weight : head) weight = rng.Uniform();
  }
  data.bias = 0.25;
  for (auto& reference : data.references) {
    for (int i = 0; i <= 100; ++i) reference.push_back(i / 10 - 5);
  }
  data.provenance = {{"command", "made up"}};
  return data;
}

/// From plain to overwritten.
inline const std::vector<std::string>& SamplePassages() {
  static const std::vector<std::string> kPassages = {
      "My uncle kept the tide tables in the biscuit tin. When he died we found eleven years of "
      "them, each Tuesday underlined, and nobody in the family could say what he did on Tuesdays.",
      "The old lighthouse stood as a silent testament to forgotten dreams, its weathered walls "
      "whispering secrets of a bygone era. She couldn't shake the feeling that something profound, "
      "something ineffable, was about to unfold in the tapestry of her life.",
      "\u201CYou\u2019ve salted it twice,\u201D said Noor. I had. I ate all of it anyway, looking "
      "at her, and she laughed until she had to put down the pan.",
      "The ground was flat. The sky was wide. The road was long. The day was warm.",
      "Rain.",
  };
  return kPassages;
}

}  // namespace redraft::reward
