#include "redraft/reward/lm_mixture.h"

#include <cmath>
#include <map>
#include <set>

#include "redraft/reward/heads.h"

namespace redraft::reward {

std::vector<double> FitDense(const std::vector<std::vector<double>>& texts,
                             std::span<const Comparison> comparisons, double c, Rng rng) {
  const std::size_t size = texts[comparisons.front().better].size();
  std::vector<double> mean(size), deviation(size);
  std::set<std::size_t> ids;
  for (const Comparison& pair : comparisons) ids.insert({pair.better, pair.worse});
  const double count = static_cast<double>(ids.size());
  for (const std::size_t id : ids) {
    for (std::size_t i = 0; i < size; ++i) mean[i] += texts[id][i] / count;
  }
  for (const std::size_t id : ids) {
    for (std::size_t i = 0; i < size; ++i) {
      deviation[i] += (texts[id][i] - mean[i]) * (texts[id][i] - mean[i]) / count;
    }
  }
  for (double& value : deviation) value = value > 0 ? std::sqrt(value) : 1;
  std::vector<SparseVector> vectors(texts.size());
  for (const std::size_t id : ids) {
    for (std::size_t i = 0; i < size; ++i) {
      vectors[id].index.push_back(static_cast<std::uint32_t>(i));
      vectors[id].value.push_back(static_cast<float>((texts[id][i] - mean[i]) / deviation[i]));
    }
  }
  std::vector<double> weights = FitPairwiseLogistic(vectors, comparisons, size, c, rng, 200);
  for (std::size_t i = 0; i < size; ++i) weights[i] /= deviation[i];
  return weights;
}

double Across(const std::vector<double>& weights, const std::vector<double>& a,
              const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * (a[i] - b[i]);
  return sum;
}

Opinions FitMixture(std::span<const Opinions> margins, const Used& used) {
  std::vector<Lesson> lessons;
  for (const auto& margin : margins) {
    Lesson lesson;
    for (std::size_t i = 0; i < 3; ++i) lesson.difference[i] = used[i] ? margin[i] : 0;
    lessons.push_back(lesson);
  }
  const Head head = FitHead(lessons, Head{}, 0.01);
  return {head[0], head[1], head[2]};
}

double Mixed(const Opinions& weights, const Opinions& margin) {
  return weights[0] * margin[0] + weights[1] * margin[1] + weights[2] * margin[2];
}

std::vector<double> CrossFitted(const std::vector<Opinions>& margins,
                                const std::vector<std::size_t>& folds, const Used& used) {
  std::map<std::size_t, Opinions> weights;
  for (const std::size_t fold : folds) {
    if (weights.contains(fold)) continue;
    std::vector<Opinions> others;
    for (std::size_t i = 0; i < folds.size(); ++i) {
      if (folds[i] != fold) others.push_back(margins[i]);
    }
    weights[fold] = FitMixture(others, used);
  }
  std::vector<double> mixed;
  for (std::size_t i = 0; i < folds.size(); ++i) {
    mixed.push_back(Mixed(weights[folds[i]], margins[i]));
  }
  return mixed;
}

}  // namespace redraft::reward
