#include "redraft/reward/lm_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "redraft/base/parallel.h"
#include "redraft/reward/design.h"
#include "redraft/reward/lm_mixture.h"
#include "redraft/reward/stacking.h"
#include "redraft/stats/bootstrap.h"

namespace redraft::reward {
namespace {

/// What is mixed, in the order of the weights.
enum Part { kBase, kFeatureHead, kStateHead, kLikelihood = kFeatureHead };
/// Margins of one held-out comparison.
struct Margin {
  double texture = 0, style = 0, state = 0;
  Opinions parts{};  ///< by Part; other than in a revision the built-in model decides alone
};

/// The mixtures that compete: which parts they have.
constexpr std::array kMixtures = {
    std::pair{LmFamily::kFeatures, Used{true, true, false}},
    std::pair{LmFamily::kFullState, Used{true, false, true}},
    std::pair{LmFamily::kAll, Used{true, true, true}},
};

/// A second opinion beside the built-in model, so it does not compete.
constexpr Used kHeadsAlone = {false, true, true};

double HalfIfTied(double margin) { return margin > 0 ? 1.0 : margin == 0 ? 0.5 : 0.0; }

double LengthOf(const Head& head) {
  double square = 0;
  for (const double weight : head) square += weight * weight;
  return square > 0 ? std::sqrt(square) : 1;
}

/// The built-in model's opinion in units that do not depend on how it was calibrated.
double Opinion(const Stack& stack, const Contrast& contrast) {
  return stack.Judge(contrast) / LengthOf(stack.heads[static_cast<std::size_t>(contrast.relation)]);
}

/// A reordering whose likelihood is known.
struct OrderItem {
  std::size_t text = 0, fold = 0;
  std::string other;
  bool swap = false;
  double likelihood = 0;  ///< of the text above that of the other, in tens of nats
};
constexpr double kNats = 10;

class LmTraining {
 public:
  LmTraining(const Dataset& data, const LmReadings& readings, const LmTrainOptions& options)
      : options_(options),
        rng_(options.base.seed),
        pairs_{data.pairs, {}, data.sources},
        design_(pairs_, options.base.seed),
        families_(design_.Families()),
        corpus_(design_.texts(), families_, rng_.Fork("corpus"), options.base.threads) {
    for (const std::string_view text : design_.texts()) {
      const auto found = readings.texts.find(std::string(text));
      const bool read = found != readings.texts.end();
      features_.emplace_back();
      states_.emplace_back();
      if (!read) continue;
      const LmFeatures features = FeaturesOf(found->second.logprobs);
      features_.back().assign(features.begin(), features.end());
      states_.back().assign(found->second.state.begin(), found->second.state.end());
    }
    FindOrders(data, readings);
    if (options.families) CompareScores(data);
    for (std::size_t i = 0; i < design_.evaluated(); ++i) {
      if (IsRead(design_.judged()[i].texts)) rows_.push_back(i);
    }
  }

  Status Check() const {
    std::set<std::size_t> folds;
    for (const std::size_t row : rows_) folds.insert(design_.judged()[row].fold);
    if (folds.size() > 1) return Ok{};
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} pairs were read, from {} editors or groups: cross-validation needs "
                            "at least two; read more",
                            rows_.size(), folds.size()));
  }

  LmReport Measure() {
    LmReport report;
    report.pairs = design_.evaluated();
    report.read = rows_.size();
    report.folds = design_.folds();
    for (std::size_t i = 0; i < (options_.families ? kLmKinds : 1); ++i) {
      Assess(static_cast<LmKind>(i), report);
    }
    AssessOrders(report);
    return report;
  }

  /// Weights from everything, for `base`; of the mixture `used`.
  LmRewardData Weights(const Used& used, const RewardModel& base) const {
    LmRewardData model;
    std::vector<Comparison> all;
    for (const std::size_t row : rows_) all.push_back(design_.judged()[row].texts);
    model.features = FitDense(features_, all, options_.features_c, rng_.Fork("features"));
    model.state = FitDense(states_, all, options_.state_c, rng_.Fork("state"));
    const auto head = [&](Relation relation) {
      return LengthOf(base.data().heads[static_cast<std::size_t>(relation)]);
    };
    model.revised = FitMixture(margins_, used);
    model.revised[kBase] /= head(Relation::kRevised);
    const auto order = FitMixture(order_margins_, {true, true, false});
    model.reordered = {order[kBase] / head(Relation::kReordered), order[kLikelihood] / kNats};
    return model;
  }

 private:
  bool IsRead(const Comparison& pair) const {
    return !states_[pair.better].empty() && !states_[pair.worse].empty();
  }

  void FindOrders(const Dataset& data, const LmReadings& readings) {
    const auto examples = ExamplesOf(data, data.pairs.size());
    for (const LmExample& example : examples) {
      for (const LmReordered& item : example.reordered) {
        for (const bool swap : {false, true}) {
          const std::string& other = swap ? item.swapped : item.shuffled;
          const auto text = readings.totals.find(item.text), there = readings.totals.find(other);
          if (other == item.text || text == readings.totals.end() ||
              there == readings.totals.end()) {
            continue;
          }
          const Judged& judged = design_.judged()[example.pair];
          orders_.push_back({judged.texts.better, judged.fold, other, swap,
                             (text->second - there->second) / kNats});
        }
      }
    }
  }

  void CompareScores(const Dataset& data) {
    std::map<std::string_view, std::size_t> ids;
    for (std::size_t i = 0; i < design_.texts().size(); ++i) {
      if (!states_[i].empty()) ids.emplace(design_.texts()[i], i);
    }
    Dataset scores;
    for (const ScoredText& scored : data.scores) {
      if (ids.contains(scored.text)) scores.scores.push_back(scored);
    }
    const Design design(scores, options_.base.seed);
    for (const Judged& item : design.judged()) {
      scores_.push_back(
          {ids.at(design.texts()[item.texts.better]), ids.at(design.texts()[item.texts.worse])});
    }
    Rng rng = rng_.Fork("scores");
    rng.Shuffle(scores_);
  }

  std::vector<Comparison> TrainingSet(std::size_t fold, LmKind kind) const {
    std::vector<Comparison> pairs = design_.TrainingSet(fold);
    if (kind == LmKind::kPairs) return pairs;
    std::set<std::size_t> held;
    for (const Judged& item : design_.judged()) {
      if (item.fold == fold) held.insert(families_[item.texts.better]);
    }
    std::vector<Comparison> scores;
    for (const Comparison& item : scores_) {
      if (scores.size() < pairs.size() && !held.contains(families_[item.better]) &&
          !held.contains(families_[item.worse])) {
        scores.push_back(item);
      }
    }
    if (kind == LmKind::kBoth) scores.insert(scores.begin(), pairs.begin(), pairs.end());
    return scores;
  }

  struct Fold {
    std::vector<std::pair<std::size_t, Margin>> rows;      // row of design_
    std::vector<double> full;                              // of all pairs, read or not
    std::vector<std::pair<std::size_t, Opinions>> orders;  // position in orders_
  };

  Fold HoldOut(std::size_t fold, LmKind kind) const {
    Fold result;
    const std::vector<Comparison> training = TrainingSet(fold, kind);
    if (training.empty()) return result;
    const Rng rng = rng_.Fork(fmt::format("fold/{}", fold));
    const Stack stack =
        FitStack(corpus_, training, {{options_.base.bits, options_.base.c}, {}}, rng.Fork("fit"));
    std::map<std::size_t, Measured> known;
    const auto measured = [&](std::size_t id) -> const Measured& {
      const auto found = known.find(id);
      if (found != known.end()) return found->second;
      return known.emplace(id, Measured(design_.texts()[id], stack.experts)).first->second;
    };
    const auto style = [&](const Comparison& pair) {
      Signals difference = Difference(measured(pair.better).signals, measured(pair.worse).signals);
      difference[static_cast<std::size_t>(Signal::kTexture)] = 0;
      difference[static_cast<std::size_t>(Signal::kEvenness)] = 0;
      return difference;
    };
    std::vector<Lesson> lessons;
    std::vector<Comparison> read;
    for (const Comparison& pair : training) {
      lessons.push_back({style(pair)});
      if (IsRead(pair)) read.push_back(pair);
    }
    if (read.empty()) return result;
    for (std::size_t row = 0; kind == LmKind::kPairs && row < design_.evaluated(); ++row) {
      if (design_.judged()[row].fold != fold) continue;
      const auto [better, worse] = design_.judged()[row].texts;
      result.full.push_back(stack.Judge(Compare(measured(better), measured(worse), stack.experts)));
    }
    const Head style_head = FitHead(lessons, Head{}, 1);
    const auto features = FitDense(features_, read, options_.features_c, rng.Fork("features"));
    const auto state = FitDense(states_, read, options_.state_c, rng.Fork("state"));
    for (const std::size_t row : rows_) {
      if (design_.judged()[row].fold != fold) continue;
      const Comparison& pair = design_.judged()[row].texts;
      const auto [better, worse] = pair;
      Margin margin;
      margin.texture = TextureSum(corpus_.texts[better].grams, stack.experts) -
                       TextureSum(corpus_.texts[worse].grams, stack.experts);
      margin.style = Weigh(style_head, style(pair));
      const Contrast contrast = Compare(measured(better), measured(worse), stack.experts);
      margin.state = Across(state, states_[better], states_[worse]);
      margin.parts[kBase] = Opinion(stack, contrast);
      if (contrast.relation == Relation::kRevised) {
        margin.parts[kFeatureHead] = Across(features, features_[better], features_[worse]);
        margin.parts[kStateHead] = margin.state;
      }
      result.rows.emplace_back(row, margin);
    }
    for (std::size_t i = 0; kind == LmKind::kPairs && i < orders_.size(); ++i) {
      const OrderItem& item = orders_[i];
      if (item.fold != fold) continue;
      const Measured other(item.other, stack.experts);
      result.orders.emplace_back(
          i, Opinions{Opinion(stack, Compare(measured(item.text), other, stack.experts)),
                      item.likelihood, 0.0});
    }
    return result;
  }

  void Assess(LmKind kind, LmReport& report) {
    std::vector<Fold> folds(design_.folds());
    ParallelFor(
        folds.size(), [&](std::size_t fold) { folds[fold] = HoldOut(fold, kind); },
        options_.base.threads);
    std::vector<Opinions> margins, order_margins;
    std::vector<std::size_t> of_fold, order_fold, order_item, rows;
    std::array<std::vector<double>, kLmFamilies> right;
    const auto add = [&](LmFamily family, double margin) {
      right[static_cast<std::size_t>(family)].push_back(HalfIfTied(margin));
    };
    for (std::size_t fold = 0; fold < folds.size(); ++fold) {
      for (const auto& [row, margin] : folds[fold].rows) {
        rows.push_back(row);
        margins.push_back(margin.parts);
        of_fold.push_back(fold);
        add(LmFamily::kNgram, margin.texture);
        add(LmFamily::kStyle, margin.style);
        add(LmFamily::kFull, margin.parts[kBase]);
        add(LmFamily::kState, margin.state);
      }
      for (const auto& [item, margin] : folds[fold].orders) {
        order_margins.push_back(margin);
        order_fold.push_back(fold);
        order_item.push_back(item);
      }
    }
    if (margins.empty()) return;
    for (const Fold& fold : folds) {
      for (const double margin : fold.full) {
        report.full_of_all += HalfIfTied(margin) / static_cast<double>(report.pairs);
      }
    }
    for (const auto& [family, used] : kMixtures) {
      for (const double mixed : CrossFitted(margins, of_fold, used)) add(family, mixed);
    }
    for (const double mixed : CrossFitted(margins, of_fold, kHeadsAlone)) {
      add(LmFamily::kHeads, mixed);
    }
    if (kind == LmKind::kPairs) {
      margins_ = margins;
      order_margins_ = order_margins;
      order_fold_ = order_fold;
      order_item_ = order_item;
      full_ = right[static_cast<std::size_t>(LmFamily::kFull)];
    }
    for (std::size_t i = 0; i < kLmFamilies; ++i) {
      report.table.push_back(CellOf(static_cast<LmFamily>(i), kind, right[i]));
    }
    if (kind == LmKind::kPairs) FindWinner(report);
  }

  LmCell CellOf(LmFamily family, LmKind kind, const std::vector<double>& right) const {
    LmCell cell{family, kind, right.size()};
    const double count = static_cast<double>(right.size());
    const auto mean = [&](auto value) {
      double sum = 0;
      for (std::size_t i = 0; i < right.size(); ++i) sum += value(i);
      return sum / count;
    };
    cell.accuracy = mean([&](std::size_t i) { return right[i]; });
    const stats::Interval wilson = stats::Wilson(cell.accuracy * count, count);
    cell.wilson = {wilson.lo, wilson.hi};
    if (right.size() != full_.size()) return cell;  // a fold without comparisons of this kind
    cell.gain = mean([&](std::size_t i) { return right[i] - full_[i]; });
    cell.gain_bound =
        stats::Bootstrap(
            right.size(),
            [&](const std::vector<std::size_t>& drawn) {
              double sum = 0;
              for (const std::size_t row : drawn) sum += right[row] - full_[row];
              return sum / count;
            },
            5000, rng_.Fork("gain"), 1 - 2 * 0.05 / static_cast<double>(kMixtures.size()))
            .lo;
    return cell;
  }

  static void FindWinner(LmReport& report) {
    double best = 0;
    for (const LmCell& cell : report.table) {
      const bool mixture = std::any_of(kMixtures.begin(), kMixtures.end(), [&](const auto& entry) {
        return entry.first == cell.family;
      });
      if (!mixture || cell.gain_bound <= 0 || cell.accuracy <= best) continue;
      best = cell.accuracy;
      report.winner = cell.family;
    }
  }

  void AssessOrders(LmReport& report) const {
    const auto mixed = CrossFitted(order_margins_, order_fold_, {true, true, false});
    for (std::size_t i = 0; i < mixed.size(); ++i) {
      LmOrder& order = orders_[order_item_[i]].swap ? report.swapped : report.shuffled;
      ++order.texts;
      order.full += HalfIfTied(order_margins_[i][kBase]);
      order.likelihood += HalfIfTied(order_margins_[i][kLikelihood]);
      order.mixed += HalfIfTied(mixed[i]);
    }
    for (LmOrder* order : {&report.shuffled, &report.swapped}) {
      if (order->texts == 0) continue;
      for (double* share : {&order->full, &order->likelihood, &order->mixed}) {
        *share /= static_cast<double>(order->texts);
      }
    }
  }

  const LmTrainOptions& options_;
  const Rng rng_;
  const Dataset pairs_;
  const Design design_;
  const std::vector<std::size_t> families_;
  const Corpus corpus_;
  std::vector<std::vector<double>> features_, states_;  // by text; empty: not read
  std::vector<Comparison> scores_;
  std::vector<OrderItem> orders_;
  std::vector<std::size_t> rows_;  // of design_, both texts read

  // Out of fold, trained on pairs.
  std::vector<Opinions> margins_, order_margins_;
  std::vector<std::size_t> order_fold_, order_item_;
  std::vector<double> full_;
};

Json ProvenanceOf(const Dataset& data, const LmTrainOptions& options, const LmReport& report) {
  Json sources = Json::array();
  for (const Source& source : data.sources) {
    sources.push_back({{"name", source.name}, {"sha256", source.sha256}, {"rows", source.rows}});
  }
  Json cells = Json::object();
  for (const LmCell& cell : report.table) {
    if (cell.kind == LmKind::kPairs) cells[std::string(NameOf(cell.family))] = cell.accuracy;
  }
  return {{"command", options.command},
          {"data", sources},
          {"pairs", report.pairs},
          {"pairs_read", report.read},
          {"accuracy", cells},
          {"winner", report.winner ? Json(NameOf(*report.winner)) : Json()}};
}

}  // namespace

std::string_view NameOf(LmFamily family) {
  constexpr std::array<std::string_view, kLmFamilies> kNames = {
      "n-gram",       "style",
      "full",         "full + features",
      "state",        "features + state",
      "full + state", "full + features + state"};
  return kNames[static_cast<std::size_t>(family)];
}

std::string_view NameOf(LmKind kind) {
  constexpr std::array<std::string_view, kLmKinds> kNames = {"pairs", "scores", "both"};
  return kNames[static_cast<std::size_t>(kind)];
}

Result<TrainedLm> TrainLm(const Dataset& data, const LmReadings& readings, RewardModel base,
                          const LmTrainOptions& options) {
  LmTraining training(data, readings, options);
  REDRAFT_RETURN_IF_ERROR(training.Check());
  LmReport report = training.Measure();
  Used used = kHeadsAlone;
  for (const auto& [family, parts] : kMixtures) {
    if (!options.heads_alone && family == report.winner.value_or(LmFamily::kAll)) used = parts;
  }
  LmRewardData model = training.Weights(used, base);
  model.reader = readings.reader;
  model.reader_id = readings.reader_id;
  if (!options.heads_alone) model.base = base.id();
  model.provenance = ProvenanceOf(data, options, report);
  REDRAFT_ASSIGN(LmReward made, LmReward::Make(std::move(model), std::move(base)));
  return TrainedLm{std::move(made), std::move(report)};
}

}  // namespace redraft::reward
