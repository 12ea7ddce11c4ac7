#include "redraft/reward/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "redraft/base/parallel.h"
#include "redraft/reward/design.h"
#include "redraft/reward/features.h"
#include "redraft/reward/pairwise_logistic.h"
#include "redraft/stats/intervals.h"
#include "redraft/text/words.h"

namespace redraft::reward {
namespace {

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

double LogDistinct(const std::vector<Gram>& grams) {
  return grams.empty() ? 0 : PortableLog(static_cast<double>(grams.size()));
}

/// How scores drift while a text goes on: the common slope of score against ln(distinct n-grams)
/// within texts.
class LengthDrift {
 public:
  /// Adds one text by its first quarter, half, three quarters and whole.
  void Add(std::string_view text, const Fit& fit) {
    const std::string folded = FoldText(text);
    const auto words = static_cast<std::size_t>(std::count(folded.begin(), folded.end(), ' '));
    std::array<double, 4> x{};
    std::array<double, 4> y{};
    std::size_t end = 0;
    for (std::size_t quarter = 1, word = 0; quarter <= 4; ++quarter) {
      for (; word < words * quarter / 4; ++word) end = folded.find(' ', end) + 1;
      const auto grams = CountGrams(std::string_view(folded).substr(0, end));
      if (grams.empty()) return;  // fewer than four words
      x[quarter - 1] = LogDistinct(grams);
      y[quarter - 1] = Dot(fit.weights, Vectorise(grams, fit.idf));
    }
    const double mean_x = (x[0] + x[1] + x[2] + x[3]) / 4;
    for (std::size_t i = 0; i < 4; ++i) {
      xx_ += (x[i] - mean_x) * (x[i] - mean_x);
      xy_ += (x[i] - mean_x) * y[i];
    }
  }

  void Add(const LengthDrift& other) {
    xx_ += other.xx_;
    xy_ += other.xy_;
  }

  double Slope() const { return xx_ > 0 ? xy_ / xx_ : 0; }

 private:
  double xx_ = 0;
  double xy_ = 0;
};

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
    const stats::Interval wilson = stats::Wilson(right_, n);
    return {pairs_, right_ / n, {wilson.lo, wilson.hi}, shorter_ / n};
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

/// What models that have not seen a fold say about its texts.
struct OutOfFold {
  std::vector<std::map<std::size_t, double>> scores;  ///< per fold, by text
  double length_slope = 0;                            ///< already taken out of the scores
};

OutOfFold CrossValidate(const Design& design, const std::vector<std::vector<Gram>>& grams,
                        const TrainOptions& options, const Rng& rng) {
  const auto& judged = design.judged();
  OutOfFold result;
  result.scores.resize(design.folds());
  std::vector<LengthDrift> drifts(design.folds());
  ParallelFor(
      design.folds(),
      [&](std::size_t fold) {
        const Fit fit = FitModel(grams, design.TrainingSet(fold), options,
                                 rng.Fork(fmt::format("fold/{}", fold)));
        auto& scores = result.scores[fold];
        for (std::size_t i = 0; i < design.evaluated(); ++i) {
          if (judged[i].fold != fold) continue;
          for (const std::size_t text : {judged[i].texts.better, judged[i].texts.worse}) {
            if (!scores.emplace(text, Dot(fit.weights, fit.vectors[text])).second) continue;
            if (options.length_neutral) drifts[fold].Add(design.texts()[text], fit);
          }
        }
      },
      options.threads);
  LengthDrift drift;
  for (const LengthDrift& part : drifts) drift.Add(part);
  result.length_slope = drift.Slope();
  for (auto& scores : result.scores) {
    for (auto& [text, score] : scores) {
      score -= result.length_slope * LogDistinct(grams[text]);
    }
  }
  return result;
}

/// Fills in the report and returns the quantiles of the scaled out-of-fold scores.
std::vector<double> Assess(const Design& design, const OutOfFold& held_out, TrainReport& report) {
  const auto& texts = design.texts();
  Tally related;
  Tally unrelated;
  std::vector<double> margins;
  std::vector<double> unrelated_margins;
  for (std::size_t fold = 0; fold < design.folds(); ++fold) {
    const auto& scores = held_out.scores[fold];
    std::vector<Comparison> members;
    for (std::size_t i = 0; i < design.evaluated(); ++i) {
      if (design.judged()[i].fold == fold) members.push_back(design.judged()[i].texts);
    }
    for (std::size_t i = 0; i < members.size(); ++i) {
      const auto [better, worse] = members[i];
      margins.push_back(scores.at(better) - scores.at(worse));
      related.Add(margins.back(), texts[better], texts[worse]);
      const std::size_t other = members[(i + 1) % members.size()].worse;
      if (other == worse || other == better) continue;
      unrelated_margins.push_back(scores.at(better) - scores.at(other));
      unrelated.Add(unrelated_margins.back(), texts[better], texts[other]);
    }
  }
  report.cv = related.Result();
  report.unrelated = unrelated.Result();
  report.scale = FitScale(margins);
  report.length_slope = report.scale * held_out.length_slope;
  for (const double margin : unrelated_margins) {
    report.unrelated_stated += 1 / (1 + std::exp(-report.scale * std::abs(margin))) /
                               static_cast<double>(unrelated_margins.size());
  }
  std::vector<double> reference;
  for (const auto& scores : held_out.scores) {
    for (const auto& [text, score] : scores) reference.push_back(report.scale * score);
  }
  return Quantiles(std::move(reference));
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
  const Rng rng = Rng(options.seed).Fork("order");

  std::vector<std::vector<Gram>> grams(design.texts().size());
  ParallelFor(
      grams.size(), [&](std::size_t i) { grams[i] = CountGrams(design.texts()[i]); },
      options.threads);

  const OutOfFold held_out = CrossValidate(design, grams, options, rng);
  TrainReport report{data.pairs.size(), data.scores.size(), CountGroups(data), design.folds()};
  std::vector<double> reference = Assess(design, held_out, report);

  std::vector<Comparison> all;
  for (const Judged& item : design.judged()) all.push_back(item.texts);
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
  model.length_slope = report.length_slope;
  model.bias = -reference[50];
  for (double& quantile : reference) quantile += model.bias;
  model.reference = std::move(reference);
  model.provenance = Provenance(data, options, report);
  return TrainedReward{RewardModel(std::move(model)), report};
}

}  // namespace redraft::reward
