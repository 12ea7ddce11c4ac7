#include "redraft/reward/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "redraft/base/parallel.h"
#include "redraft/reward/features.h"
#include "redraft/reward/pairwise_logistic.h"
#include "redraft/text/words.h"

namespace redraft::reward {
namespace {

constexpr std::size_t kPartnersPerScore = 4;
constexpr std::size_t kMostSingleFolds = 30;
constexpr std::size_t kRandomFolds = 10;

/// A comparison with what cross-validation must know about it.
struct Judged {
  Comparison texts;
  std::string group;
  std::size_t fold = 0;
};

/// All texts once, the comparisons between them, and the folds.
class Design {
 public:
  Design(const Dataset& data, std::uint64_t seed) {
    const Rng rng(seed);
    std::vector<std::string> fold_keys;
    for (const Pair& pair : data.pairs) {
      judged_.push_back({{Intern(pair.chosen), Intern(pair.rejected)}, pair.group});
      fold_keys.push_back(!pair.editor.empty()  ? "editor " + pair.editor
                          : !pair.group.empty() ? "group " + pair.group
                                                : fmt::format("pair {}", fold_keys.size()));
    }
    direct_ = judged_.size();
    CompareScores(data.scores, rng.Fork("scores"), fold_keys);
    if (direct_ == 0) direct_ = judged_.size();
    AssignFolds(fold_keys, rng.Fork("folds"));
  }

  const std::vector<std::string_view>& texts() const { return texts_; }
  const std::vector<Judged>& judged() const { return judged_; }
  std::size_t folds() const { return folds_; }
  /// Comparisons on which the model is evaluated come first.
  std::size_t evaluated() const { return direct_; }

  /// Comparisons that may be trained on when `fold` is left out.
  std::vector<Comparison> TrainingSet(std::size_t fold) const {
    std::set<std::size_t> held_texts;
    std::set<std::string_view> held_groups;
    for (std::size_t i = 0; i < direct_; ++i) {
      if (judged_[i].fold != fold) continue;
      held_texts.insert({judged_[i].texts.better, judged_[i].texts.worse});
      if (!judged_[i].group.empty()) held_groups.insert(judged_[i].group);
    }
    std::vector<Comparison> training;
    for (const Judged& item : judged_) {
      if (!held_texts.contains(item.texts.better) && !held_texts.contains(item.texts.worse) &&
          !held_groups.contains(item.group)) {
        training.push_back(item.texts);
      }
    }
    return training;
  }

 private:
  std::size_t Intern(std::string_view text) {
    const auto [found, added] = ids_.emplace(text, texts_.size());
    if (added) texts_.push_back(text);
    return found->second;
  }

  /// Ungrouped scores are dealt to ten groups first, so that folds can be left out without losing
  /// most comparisons to shared texts.
  void CompareScores(const std::vector<ScoredText>& scores, Rng rng,
                     std::vector<std::string>& fold_keys) {
    std::map<std::string, std::vector<std::size_t>> groups;
    std::vector<std::size_t> ungrouped;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      scores[i].group.empty() ? ungrouped.push_back(i) : groups[scores[i].group].push_back(i);
    }
    rng.Shuffle(ungrouped);
    for (std::size_t i = 0; i < ungrouped.size(); ++i) {
      groups[fmt::format("scores {}", i % kRandomFolds)].push_back(ungrouped[i]);
    }
    std::set<std::pair<std::size_t, std::size_t>> seen;
    for (const auto& [group, members] : groups) {
      for (const std::size_t i : members) {
        std::vector<std::size_t> others;
        for (const std::size_t j : members) {
          if (scores[j].score != scores[i].score && scores[j].text != scores[i].text) {
            others.push_back(j);
          }
        }
        rng.Shuffle(others);
        others.resize(std::min(others.size(), kPartnersPerScore));
        for (const std::size_t j : others) {
          const auto [better, worse] =
              scores[i].score > scores[j].score ? std::pair(i, j) : std::pair(j, i);
          if (!seen.emplace(better, worse).second) continue;
          judged_.push_back({{Intern(scores[better].text), Intern(scores[worse].text)}, group});
          fold_keys.push_back("group " + group);
        }
      }
    }
  }

  void AssignFolds(const std::vector<std::string>& keys, Rng rng) {
    std::vector<std::string> distinct(keys.begin(),
                                      keys.begin() + static_cast<std::ptrdiff_t>(direct_));
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    if (distinct.size() > kMostSingleFolds) rng.Shuffle(distinct);
    folds_ = distinct.size() > kMostSingleFolds ? kRandomFolds : distinct.size();
    std::map<std::string_view, std::size_t> fold_of;
    for (std::size_t i = 0; i < distinct.size(); ++i) fold_of[distinct[i]] = i % folds_;
    for (std::size_t i = 0; i < direct_; ++i) judged_[i].fold = fold_of[keys[i]];
    for (std::size_t i = direct_; i < judged_.size(); ++i) judged_[i].fold = folds_;  // none
  }

  std::unordered_map<std::string_view, std::size_t> ids_;
  std::vector<std::string_view> texts_;
  std::vector<Judged> judged_;
  std::size_t direct_ = 0;
  std::size_t folds_ = 0;
};

/// A fitted model before quantisation of its weights.
struct Fit {
  std::vector<std::uint16_t> idf;
  std::vector<double> weights;
  std::vector<SparseVector> vectors;  ///< of all texts of the design
};

/// Inverse document frequency ln((1 + n) / (1 + df)) + 1 over the compared texts, as the model file
/// stores it: in units of 1/65535 of its maximum.
std::vector<std::uint16_t> InverseFrequencies(const std::vector<std::vector<Gram>>& grams,
                                              const std::vector<Comparison>& comparisons,
                                              std::size_t cells) {
  std::vector<bool> used(grams.size(), false);
  for (const Comparison& pair : comparisons) used[pair.better] = used[pair.worse] = true;
  std::vector<std::uint32_t> frequency(cells, 0);
  std::vector<std::size_t> last(cells, grams.size());  // the text that counted a cell last
  double n = 0;
  for (std::size_t text = 0; text < grams.size(); ++text) {
    if (!used[text]) continue;
    ++n;
    for (const Gram& gram : grams[text]) {
      const std::size_t cell = gram.hash & (cells - 1);
      if (std::exchange(last[cell], text) != text) ++frequency[cell];
    }
  }
  const double largest = 1 + PortableLog(1 + n);
  std::vector<std::uint16_t> idf(cells);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const double value = 1 + PortableLog((1 + n) / (1 + frequency[cell]));
    idf[cell] = static_cast<std::uint16_t>(std::lround(65535 * value / largest));
  }
  return idf;
}

/// The features as RewardModel::Score weighs them: n-grams that share a cell are added up.
SparseVector Vectorise(const std::vector<Gram>& grams, const std::vector<std::uint16_t>& idf) {
  std::vector<std::pair<std::uint32_t, double>> entries;
  entries.reserve(grams.size());
  double square = 0;
  for (const Gram& gram : grams) {
    const auto cell = static_cast<std::uint32_t>(gram.hash & (idf.size() - 1));
    const double value = TermFrequency(gram.count) * idf[cell];
    square += value * value;
    entries.emplace_back(cell, gram.negative() ? -value : value);
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  SparseVector vector;
  for (std::size_t i = 0; i < entries.size();) {
    double sum = 0;
    const std::uint32_t cell = entries[i].first;
    for (; i < entries.size() && entries[i].first == cell; ++i) sum += entries[i].second;
    vector.index.push_back(cell);
    vector.value.push_back(static_cast<float>(sum / std::sqrt(square)));
  }
  return vector;
}

Fit FitModel(const std::vector<std::vector<Gram>>& grams, const std::vector<Comparison>& training,
             const TrainOptions& options, Rng order) {
  const std::size_t cells = std::size_t{1} << options.bits;
  Fit fit;
  fit.idf = InverseFrequencies(grams, training, cells);
  fit.vectors.reserve(grams.size());
  for (const auto& counted : grams) fit.vectors.push_back(Vectorise(counted, fit.idf));
  fit.weights = FitPairwiseLogistic(fit.vectors, training, cells, options.c, order);
  return fit;
}

/// The scale s that makes sigmoid(s * margin) the best probability, with Platt's target
/// (n + 1) / (n + 2) instead of 1 so that separable data does not ask for an infinite one.
double FitScale(const std::vector<double>& margins) {
  const double n = static_cast<double>(margins.size());
  const double target = (n + 1) / (n + 2);
  double low = 1e-3;  // margins without information, or against it, end here
  double high = 1e3;
  for (int step = 0; step < 100; ++step) {
    const double scale = (low + high) / 2;
    double slope = 0;  // of the log likelihood, falling in the scale
    for (const double margin : margins) {
      slope += margin * (target - 1 / (1 + std::exp(-scale * margin)));
    }
    (slope > 0 ? low : high) = scale;
  }
  return (low + high) / 2;
}

std::array<double, 2> WilsonInterval(double right, double n) {
  constexpr double kZ = 1.959963984540054;
  const double share = right / n;
  const double middle = share + kZ * kZ / (2 * n);
  const double spread = kZ * std::sqrt(share * (1 - share) / n + kZ * kZ / (4 * n * n));
  const double total = 1 + kZ * kZ / n;
  return {std::max(0.0, (middle - spread) / total), std::min(1.0, (middle + spread) / total)};
}

/// Shares right of a margin and of the rule "shorter wins".
class Tally {
 public:
  void Add(double margin, std::string_view chosen, std::string_view rejected) {
    const auto half_if_tied = [](auto a, auto b) { return a > b ? 1.0 : a == b ? 0.5 : 0.0; };
    ++pairs_;
    right_ += half_if_tied(margin, 0.0);
    shorter_ += half_if_tied(text::CountWords(rejected), text::CountWords(chosen));
  }

  Accuracy Result() const {
    if (pairs_ == 0) return {};
    const double n = static_cast<double>(pairs_);
    return {pairs_, right_ / n, WilsonInterval(right_, n), shorter_ / n};
  }

 private:
  std::size_t pairs_ = 0;
  double right_ = 0;
  double shorter_ = 0;
};

/// Quantiles 0, 1, …, 100 % by linear interpolation between order statistics.
std::vector<double> Quantiles(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::vector<double> quantiles;
  for (int percent = 0; percent <= 100; ++percent) {
    const double position = percent / 100.0 * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    const double part = position - static_cast<double>(below);
    quantiles.push_back(values[below] + part * (values[above] - values[below]));
  }
  return quantiles;
}

Json Provenance(const Dataset& data, const TrainOptions& options, const TrainReport& report) {
  Json sources = Json::array();
  for (const Source& source : data.sources) {
    sources.push_back({{"name", source.name},
                       {"sha256", source.sha256},
                       {"rows", source.rows},
                       {"left_out", source.left_out}});
  }
  return {{"command", options.command},    {"data", sources},
          {"bits", options.bits},          {"c", options.c},
          {"seed", options.seed},          {"pairs", report.pairs},
          {"scores", report.scores},       {"groups", report.groups},
          {"folds", report.folds},         {"cv_accuracy", report.cv.accuracy},
          {"cv_wilson", report.cv.wilson}, {"shorter_wins", report.cv.shorter_wins},
          {"scale", report.scale}};
}

std::size_t CountGroups(const Dataset& data) {
  std::set<std::string_view> groups;
  for (const Pair& pair : data.pairs) groups.insert(pair.group);
  for (const ScoredText& scored : data.scores) groups.insert(scored.group);
  groups.erase("");
  return groups.size();
}

Status CheckTrainable(const Design& design, const TrainOptions& options) {
  if (options.bits < 10 || options.bits > 24) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} bits of hash: choose 10 to 24", options.bits));
  }
  if (!(options.c > 0) || !std::isfinite(options.c)) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("C = {}: must be above 0", options.c));
  }
  if (design.judged().empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "nothing to learn from: no two texts of which one is better");
  }
  for (std::size_t fold = 0; fold < design.folds(); ++fold) {
    if (design.TrainingSet(fold).empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "all comparisons share one group, editor or text: cross-validation, and with it "
                  "calibration, needs at least two that do not");
    }
  }
  return Ok{};
}

}  // namespace

Accuracy EvaluatePairs(const core::Scorer& scorer, const std::vector<Pair>& pairs,
                       unsigned threads) {
  std::vector<double> margins(pairs.size());
  ParallelFor(
      pairs.size(),
      [&](std::size_t i) {
        margins[i] = scorer.Score(pairs[i].chosen) - scorer.Score(pairs[i].rejected);
      },
      threads);
  Tally tally;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    tally.Add(margins[i], pairs[i].chosen, pairs[i].rejected);
  }
  return tally.Result();
}

Result<TrainedReward> TrainReward(const Dataset& data, const TrainOptions& options) {
  const Design design(data, options.seed);
  REDRAFT_RETURN_IF_ERROR(CheckTrainable(design, options));
  const auto& texts = design.texts();
  const auto& judged = design.judged();
  const Rng rng = Rng(options.seed).Fork("order");

  std::vector<std::vector<Gram>> grams(texts.size());
  ParallelFor(
      texts.size(), [&](std::size_t i) { grams[i] = CountGrams(texts[i]); }, options.threads);

  std::vector<double> margins(design.evaluated());  // out of fold
  std::vector<std::map<std::size_t, double>> fold_scores(design.folds());
  ParallelFor(
      design.folds(),
      [&](std::size_t fold) {
        const Fit fit = FitModel(grams, design.TrainingSet(fold), options,
                                 rng.Fork(fmt::format("fold/{}", fold)));
        auto& scores = fold_scores[fold];
        for (std::size_t i = 0; i < design.evaluated(); ++i) {
          if (judged[i].fold != fold) continue;
          const auto [better, worse] = judged[i].texts;
          scores[better] = Dot(fit.weights, fit.vectors[better]);
          scores[worse] = Dot(fit.weights, fit.vectors[worse]);
          margins[i] = scores[better] - scores[worse];
        }
      },
      options.threads);

  TrainReport report{data.pairs.size(), data.scores.size(), CountGroups(data), design.folds()};
  Tally tally;
  for (std::size_t i = 0; i < design.evaluated(); ++i) {
    tally.Add(margins[i], texts[judged[i].texts.better], texts[judged[i].texts.worse]);
  }
  report.cv = tally.Result();
  report.scale = FitScale(margins);
  std::vector<double> reference;
  for (const auto& scores : fold_scores) {
    for (const auto& [text, score] : scores) reference.push_back(report.scale * score);
  }
  reference = Quantiles(std::move(reference));

  std::vector<Comparison> all;
  for (const Judged& item : judged) all.push_back(item.texts);
  const Fit fit = FitModel(grams, all, options, rng.Fork("all"));
  RewardModelData model;
  model.name = options.name;
  double largest = 0;
  for (const double weight : fit.weights) largest = std::max(largest, std::abs(weight));
  const double step = largest > 0 ? largest / 32767 : 1;
  model.weight_scale = step * report.scale;
  model.cells.resize(fit.weights.size());
  for (std::size_t i = 0; i < model.cells.size(); ++i) {
    model.cells[i] = {static_cast<std::int16_t>(std::lround(fit.weights[i] / step)), fit.idf[i]};
  }
  model.bias = -reference[50];
  for (double& quantile : reference) quantile += model.bias;
  model.reference = std::move(reference);
  model.provenance = Provenance(data, options, report);
  return TrainedReward{RewardModel(std::move(model)), report};
}

}  // namespace redraft::reward
