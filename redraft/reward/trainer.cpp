#include "redraft/reward/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "redraft/base/parallel.h"
#include "redraft/reward/design.h"
#include "redraft/reward/stacking.h"
#include "redraft/stats/bootstrap.h"
#include "redraft/stats/calibration.h"
#include "redraft/stats/intervals.h"
#include "redraft/text/words.h"

namespace redraft::reward {
namespace {

/// The scale s that makes sigmoid(s * margin) the best probability, with Platt's target
/// (n + 1) / (n + 2) instead of 1 so that separable data does not ask for an infinite one.
double FitScale(const std::vector<double>& margins) {
  if (margins.empty()) return 1;
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

double HalfIfTied(double a, double b) { return a > b ? 1.0 : a == b ? 0.5 : 0.0; }

/// Shares right of a margin and of the rule "shorter wins".
class Tally {
 public:
  void Add(double margin, std::string_view chosen, std::string_view rejected) {
    const double right = HalfIfTied(margin, 0);
    const int difference = text::CountWords(rejected) - text::CountWords(chosen);
    ++pairs_;
    right_ += right;
    shorter_ += HalfIfTied(difference, 0);
    if (difference == 0) return;
    Side& side = difference > 0 ? shorter_won_ : longer_won_;
    side.right += right;
    side.pairs += 1;
  }

  Accuracy Result() const {
    if (pairs_ == 0) return {};
    const double n = static_cast<double>(pairs_);
    const stats::Interval wilson = stats::Wilson(right_, n);
    Accuracy result{pairs_, right_ / n, {wilson.lo, wilson.hi}, shorter_ / n, {}};
    if (shorter_won_.pairs > 0 && longer_won_.pairs > 0) {
      result.balanced =
          (shorter_won_.right / shorter_won_.pairs + longer_won_.right / longer_won_.pairs) / 2;
    }
    return result;
  }

 private:
  struct Side {
    double right = 0, pairs = 0;
  };
  std::size_t pairs_ = 0;
  double right_ = 0;
  double shorter_ = 0;
  Side shorter_won_, longer_won_;
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

/// A margin that a model gave to a comparison it had not learnt from.
struct Margin {
  Relation relation = Relation::kUnrelated;
  double head = 0;     ///< log-odds before scaling
  double texture = 0;  ///< what the floor says
  Comparison texts;
};

struct CorruptionMargin {
  Corruption kind{};
  Relation relation = Relation::kUnrelated;
  double head = 0;
  double score = 0;  ///< by the scale of scores
};

/// What models that have not seen a fold say about it.
struct Fold {
  std::vector<Margin> pairs, unrelated;
  std::vector<CorruptionMargin> corruptions;
  std::vector<Signals> signals;
  std::vector<double> scores;  ///< before scaling
  std::vector<double> better_scores, worse_scores;
};

Fold HoldOut(const Design& design, const Corpus& corpus, std::size_t fold,
             const StackOptions& options, Rng rng) {
  const std::vector<Prepared>& texts = corpus.texts;
  const Stack stack = FitStack(corpus, design.TrainingSet(fold), options, rng.Fork("fit"));
  Fold result;
  std::map<std::size_t, Measured> known;
  const auto measured = [&](std::size_t id) -> const Measured& {
    const auto found = known.find(id);
    if (found != known.end()) return found->second;
    return known.emplace(id, Measured(texts[id].text, stack.experts)).first->second;
  };
  const auto margin = [&](const Contrast& contrast, std::size_t a, std::size_t b) {
    const double texture =
        TextureSum(texts[a].grams, stack.experts) - TextureSum(texts[b].grams, stack.experts);
    return Margin{contrast.relation, stack.Judge(contrast), texture, {a, b}};
  };
  const auto unrelated = [](const Measured& a, const Measured& b) {
    return Contrast{Relation::kUnrelated, Difference(a.signals, b.signals)};
  };
  std::vector<Comparison> members;
  for (std::size_t i = 0; i < design.evaluated(); ++i) {
    if (design.judged()[i].fold == fold) members.push_back(design.judged()[i].texts);
  }
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto [better, worse] = members[i];
    result.better_scores.push_back(Weigh(stack.heads[0], measured(better).signals));
    result.worse_scores.push_back(Weigh(stack.heads[0], measured(worse).signals));
    result.pairs.push_back(
        margin(Compare(measured(better), measured(worse), stack.experts), better, worse));
    const std::size_t other = members[(i + 1) % members.size()].worse;
    if (texts[other].family == texts[better].family) continue;
    result.unrelated.push_back(margin(unrelated(measured(better), measured(other)), better, other));
  }
  std::vector<std::size_t> ids;
  for (const auto& [id, text] : known) ids.push_back(id);
  for (const std::size_t id : ids) {
    const Measured& text = known.at(id);
    result.signals.push_back(text.signals);
    result.scores.push_back(Weigh(stack.heads[0], text.signals));
    const std::size_t other = ids[rng.Below(ids.size())];
    if (texts[other].family == texts[id].family || texts[id].sentences.size() < 4) continue;
    for (std::size_t kind = 0; kind < kCorruptions; ++kind) {
      const std::string spoilt =
          Corrupt(static_cast<Corruption>(kind), text.text, texts[other].text,
                  FillerStock::kHeldOut, rng.Fork(fmt::format("corrupt/{}/{}", id, kind)));
      if (spoilt == text.text) continue;
      const Measured worse(spoilt, stack.experts);
      const Contrast contrast = Compare(text, worse, stack.experts);
      result.corruptions.push_back({static_cast<Corruption>(kind), contrast.relation,
                                    stack.Judge(contrast), stack.Judge(unrelated(text, worse))});
    }
  }
  return result;
}

/// Merged folds, in their order.
Fold Merge(std::vector<Fold> folds) {
  Fold all;
  for (Fold& fold : folds) {
    const auto append = [](auto& to, auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    append(all.pairs, fold.pairs);
    append(all.unrelated, fold.unrelated);
    append(all.corruptions, fold.corruptions);
    append(all.signals, fold.signals);
    append(all.scores, fold.scores);
    append(all.better_scores, fold.better_scores);
    append(all.worse_scores, fold.worse_scores);
  }
  return all;
}

/// Log-odds per unit of head: from the pairs of the relation; where there are fewer than 30, from
/// the corruptions as well.
std::array<double, kRelations> FitScales(const Fold& all) {
  constexpr std::size_t kEnough = 30;
  std::array<double, kRelations> scales{};
  for (std::size_t i = 0; i < kRelations; ++i) {
    std::vector<double> margins;
    for (const auto* list : {&all.pairs, &all.unrelated}) {
      for (const Margin& margin : *list) {
        if (static_cast<std::size_t>(margin.relation) == i) margins.push_back(margin.head);
      }
    }
    if (margins.size() < kEnough) {
      for (const CorruptionMargin& margin : all.corruptions) {
        if (static_cast<std::size_t>(margin.relation) == i) margins.push_back(margin.head);
      }
    }
    scales[i] = FitScale(margins);
  }
  return scales;
}

void AssessPairs(const Design& design, const Fold& all, Rng rng, TrainReport& report) {
  Tally full, floor;
  std::vector<double> gain, margins, stated, outcome;
  for (const Margin& margin : all.pairs) {
    const auto relation = static_cast<std::size_t>(margin.relation);
    const std::string_view better = design.texts()[margin.texts.better];
    const std::string_view worse = design.texts()[margin.texts.worse];
    full.Add(margin.head, better, worse);
    floor.Add(margin.texture, better, worse);
    gain.push_back(HalfIfTied(margin.head, 0) - HalfIfTied(margin.texture, 0));
    ++report.related[relation];
    margins.push_back(report.scale[relation] * margin.head);
    const double p = 1 / (1 + std::exp(-margins.back()));
    stated.insert(stated.end(), {p, 1 - p});  // seen from either text
    outcome.insert(outcome.end(), {1, 0});
  }
  report.cv = full.Result();
  report.floor = floor.Result();
  report.floor_margin = stats::Bootstrap(
                            gain.size(),
                            [&](const std::vector<std::size_t>& rows) {
                              double sum = 0;
                              for (const std::size_t row : rows) sum += gain[row];
                              return sum / static_cast<double>(rows.size());
                            },
                            2000, rng.Fork("floor"), 0.9)
                            .lo;
  report.calibration_error = stats::CalibrationError(stats::CalibrationBins(stated, outcome));
  const stats::Interval slope = stats::Bootstrap(
      margins.size(),
      [&](const std::vector<std::size_t>& rows) {
        std::vector<double> drawn;
        for (const std::size_t row : rows) drawn.push_back(margins[row]);
        return stats::ReliabilitySlope(drawn);
      },
      500, rng.Fork("slope"));
  report.slope = {stats::ReliabilitySlope(margins), slope.lo, slope.hi};
}

void AssessUnrelated(const Design& design, const Fold& all, TrainReport& report) {
  Tally tally;
  for (const Margin& margin : all.unrelated) {
    tally.Add(margin.head, design.texts()[margin.texts.better], design.texts()[margin.texts.worse]);
    report.unrelated_stated += 1 / (1 + std::exp(-report.scale[0] * std::abs(margin.head))) /
                               static_cast<double>(all.unrelated.size());
  }
  report.unrelated = tally.Result();
}

void AssessCorruptions(const Fold& all, TrainReport& report) {
  for (const CorruptionMargin& margin : all.corruptions) {
    Robustness& kind = report.corruptions[static_cast<std::size_t>(margin.kind)];
    ++kind.texts;
    kind.compared += HalfIfTied(margin.head, 0);
    kind.scored += HalfIfTied(margin.score, 0);
  }
  for (Robustness& kind : report.corruptions) {
    if (kind.texts == 0) continue;
    kind.compared /= static_cast<double>(kind.texts);
    kind.scored /= static_cast<double>(kind.texts);
  }
}

Signals MeanOf(const std::vector<Signals>& all) {
  Signals mean{};
  for (const Signals& signals : all) {
    for (std::size_t i = 0; i < kSignals; ++i) {
      mean[i] += signals[i] / static_cast<double>(all.size());
    }
  }
  return mean;
}

Json Provenance(const Dataset& data, const TrainOptions& options, const TrainReport& report) {
  Json sources = Json::array();
  for (const Source& source : data.sources) {
    sources.push_back({{"name", source.name},
                       {"sha256", source.sha256},
                       {"rows", source.rows},
                       {"left_out", source.left_out}});
  }
  return {{"command", options.command},
          {"data", sources},
          {"bits", options.bits},
          {"c", options.c},
          {"seed", options.seed},
          {"pairs", report.pairs},
          {"scores", report.scores},
          {"groups", report.groups},
          {"folds", report.folds},
          {"cv_accuracy", report.cv.accuracy},
          {"cv_wilson", report.cv.wilson},
          {"floor_accuracy", report.floor.accuracy},
          {"shorter_wins", report.cv.shorter_wins}};
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
      [&](std::size_t i) { margins[i] = scorer.Compare(pairs[i].chosen, pairs[i].rejected); },
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
  const Rng rng(options.seed);

  const Corpus corpus(design.texts(), design.Families(), rng.Fork("corpus"), options.threads);
  const StackOptions stack_options{{options.bits, options.c}, options.leave_out};
  std::vector<Fold> folds(design.folds());
  ParallelFor(
      folds.size(),
      [&](std::size_t fold) {
        folds[fold] =
            HoldOut(design, corpus, fold, stack_options, rng.Fork(fmt::format("fold/{}", fold)));
      },
      options.threads);
  const Fold held_out = Merge(std::move(folds));

  TrainReport report;
  report.pairs = data.pairs.size();
  report.scores = data.scores.size();
  report.groups = CountGroups(data);
  report.folds = design.folds();
  report.scale = FitScales(held_out);
  AssessPairs(design, held_out, rng.Fork("bootstrap"), report);
  AssessUnrelated(design, held_out, report);
  AssessCorruptions(held_out, report);

  std::vector<Comparison> all;
  for (const Judged& item : design.judged()) all.push_back(item.texts);
  Stack stack = FitStack(corpus, all, stack_options, rng.Fork("all"));
  RewardModelData model;
  model.name = options.name;
  model.experts = std::move(stack.experts);
  for (std::size_t i = 0; i < kRelations; ++i) {
    for (std::size_t k = 0; k < kSignals; ++k)
      model.heads[i][k] = report.scale[i] * stack.heads[i][k];
  }
  model.typical = MeanOf(held_out.signals);
  model.references = {Quantiles(held_out.scores), Quantiles(held_out.better_scores),
                      Quantiles(held_out.worse_scores)};
  model.bias = -report.scale[0] * model.references[0][50];
  for (auto& reference : model.references) {
    for (double& quantile : reference) quantile = report.scale[0] * quantile + model.bias;
  }
  model.provenance = Provenance(data, options, report);
  return TrainedReward{RewardModel(std::move(model)), report};
}

}  // namespace redraft::reward
