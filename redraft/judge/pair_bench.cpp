#include "redraft/judge/pair_bench.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <set>

#include "redraft/stats/bootstrap.h"

namespace redraft::judge {
namespace {

constexpr double kEqualLength = 0.05;  ///< lengths within this share of each other are equal
constexpr int kReplicates = 1000;
constexpr double kLeastProbability = 1e-6;  ///< log-odds of certain verdicts stay finite

/// A row and what it weighs: the rows of one pair weigh 1 together, ties 0.
struct Weighted {
  const BenchRow* row;
  double weight;
};
using Rows = std::vector<Weighted>;

bool Tied(const BenchRow& row) { return row.label == Label::kTie; }

/// Stated probability of the better text.
double ForBetter(const BenchRow& row) {
  const double p_a = row.p_a.value_or(0.5);
  return row.label == Label::kA ? p_a : 1 - p_a;
}

double Credit(double probability) {
  if (probability == 0.5) return 0.5;
  return probability > 0.5 ? 1 : 0;
}

/// Words of the better text less those of the other.
int ExtraWords(const BenchRow& row) {
  const int extra = row.words_a - row.words_b;
  return row.label == Label::kA ? extra : -extra;
}

const char* LengthStratum(const BenchRow& row) {
  const int longest = std::max(row.words_a, row.words_b);
  const int extra = ExtraWords(row);
  if (std::abs(extra) <= kEqualLength * longest) return "equal";
  return extra < 0 ? "shorter" : "longer";
}

double MeanOver(const Rows& rows, const std::function<double(const BenchRow&)>& value) {
  double sum = 0, weights = 0;
  for (const auto& [row, weight] : rows) {
    if (Tied(*row)) continue;
    sum += weight * value(*row);
    weights += weight;
  }
  return weights == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / weights;
}

double AccuracyOf(const Rows& rows) {
  return MeanOver(rows, [](const BenchRow& row) { return Credit(ForBetter(row)); });
}

Accuracy Summary(const std::string& name, const Rows& rows) {
  Accuracy result;
  result.name = name;
  result.rows = static_cast<int>(rows.size());
  std::set<std::string> pairs;
  for (const auto& [row, weight] : rows) {
    if (!Tied(*row)) pairs.insert(row->pair);
  }
  result.unique = static_cast<int>(pairs.size());
  result.accuracy = pairs.empty() ? 0 : AccuracyOf(rows);
  result.wilson = stats::Wilson(result.accuracy * result.unique, result.unique);
  return result;
}

/// Parts of `rows` by a name, in order of first appearance.
std::vector<std::pair<std::string, Rows>> PartBy(
    const Rows& rows, const std::function<std::string(const BenchRow&)>& name) {
  std::vector<std::pair<std::string, Rows>> parts;
  for (const Weighted& weighted : rows) {
    const std::string key = name(*weighted.row);
    auto part = std::ranges::find(parts, key, &std::pair<std::string, Rows>::first);
    if (part == parts.end()) part = parts.insert(parts.end(), {key, {}});
    part->second.push_back(weighted);
  }
  return parts;
}

/// Logistic regression of outcomes on stated log-odds, without intercept: both orders of a pair are
/// looked at, so there is none. None when outcomes are separated by the sign of the log-odds.
double Slope(const Rows& rows) {
  std::vector<double> margins, weights;  // log-odds for the better text
  for (const auto& [row, weight] : rows) {
    if (Tied(*row) || !row->p_a) continue;
    const double p = std::clamp(ForBetter(*row), kLeastProbability, 1 - kLeastProbability);
    margins.push_back(std::log(p / (1 - p)));
    weights.push_back(weight);
  }
  return stats::ReliabilitySlope(margins, weights);
}

std::vector<stats::CalibrationBin> Reliability(const Rows& rows) {
  std::vector<double> stated, happened;
  for (const auto& [row, weight] : rows) {
    if (!row->p_a) continue;
    const double outcome = Tied(*row) ? 0.5 : row->label == Label::kA ? 1 : 0;
    // Both orders, so that the order in which a file lists its pairs does not matter.
    stated.insert(stated.end(), {*row->p_a, 1 - *row->p_a});
    happened.insert(happened.end(), {outcome, 1 - outcome});
  }
  return stats::CalibrationBins(stated, happened);
}

std::optional<double> LargestAsymmetry(const Rows& rows) {
  std::optional<double> largest;
  for (const auto& [row, weight] : rows) {
    if (row->asymmetry) largest = std::max(largest.value_or(0), *row->asymmetry);
  }
  return largest;
}

SetResult Summarise(const std::string& name, const Rows& rows, const Rng& rng) {
  SetResult result;
  result.all = Summary(name, rows);
  result.no_verdict = static_cast<int>(
      std::ranges::count_if(rows, [](auto& weighted) { return !weighted.row->p_a; }));
  result.reliability = Reliability(rows);
  result.ece = stats::CalibrationError(result.reliability);
  result.asymmetry = LargestAsymmetry(rows);
  result.shorter_wins = MeanOver(rows, [](const BenchRow& row) {
    const int extra = ExtraWords(row);
    return extra == 0 ? 0.5 : extra < 0 ? 1.0 : 0.0;
  });
  if (std::isnan(result.shorter_wins)) result.shorter_wins = 0.5;  // no row but ties
  result.longer_wins = 1 - result.shorter_wins;

  Rows shorter, longer, decided;
  for (const Weighted& weighted : rows) {
    if (Tied(*weighted.row)) continue;
    decided.push_back(weighted);
    if (ExtraWords(*weighted.row) < 0) shorter.push_back(weighted);
    if (ExtraWords(*weighted.row) > 0) longer.push_back(weighted);
  }
  if (!shorter.empty() && !longer.empty())
    result.balanced_length = (AccuracyOf(shorter) + AccuracyOf(longer)) / 2;

  std::map<std::string, int> numbers;
  std::vector<int> cluster_of;
  for (const auto& [row, weight] : decided) {
    const std::string& key = row->group.empty() ? row->pair : row->group;
    cluster_of.push_back(numbers.emplace(key, static_cast<int>(numbers.size())).first->second);
  }
  const auto over_groups = [&](const char* what, double (*statistic)(const Rows&)) {
    if (decided.empty()) return stats::Interval{0, 1};
    return stats::ClusterBootstrap(
        cluster_of,
        [&](const std::vector<std::size_t>& drawn) {
          Rows sample;
          for (const std::size_t i : drawn) sample.push_back(decided[i]);
          return statistic(sample);
        },
        kReplicates, rng.Fork(name + "/" + what));
  };
  result.cluster = over_groups("accuracy", AccuracyOf);
  if (const double slope = Slope(decided); !std::isnan(slope)) {
    result.slope = slope;
    result.slope_interval = over_groups("slope", Slope);
  }

  for (const auto& [stratum, part] : PartBy(rows, [](auto& row) { return row.stratum; })) {
    if (!stratum.empty()) result.strata.push_back(Summary(stratum, part));
  }
  for (const auto& [stratum, part] :
       PartBy(decided, [](auto& row) { return std::string(LengthStratum(row)); })) {
    result.length_strata.push_back(Summary(stratum, part));
  }
  std::ranges::sort(result.length_strata, std::greater(), &Accuracy::name);
  return result;
}

Json IntervalJson(const stats::Interval& interval) {
  return Json::array({interval.lo, interval.hi});
}

Json ReliabilityJson(const std::vector<stats::CalibrationBin>& bins) {
  Json list = Json::array();
  for (const stats::CalibrationBin& bin : bins) {
    list.push_back({{"lo", bin.lo},
                    {"hi", bin.hi},
                    {"n", bin.count},
                    {"stated", bin.count > 0 ? Json(bin.stated) : Json()},
                    {"observed", bin.count > 0 ? Json(bin.happened) : Json()}});
  }
  return list;
}

Json AccuracyJson(const Accuracy& accuracy, const char* name) {
  return {{name, accuracy.name},
          {"rows", accuracy.rows},
          {"unique", accuracy.unique},
          {"accuracy", accuracy.accuracy},
          {"wilson", IntervalJson(accuracy.wilson)}};
}

}  // namespace

std::vector<SetResult> SummarisePairs(const std::vector<BenchRow>& rows, Rng rng) {
  std::map<std::pair<std::string, std::string>, int> counts;
  for (const BenchRow& row : rows) {
    if (!Tied(row)) ++counts[{row.set, row.pair}];
  }
  Rows all;
  for (const BenchRow& row : rows)
    all.push_back({&row, Tied(row) ? 0.0 : 1.0 / counts.at({row.set, row.pair})});
  std::vector<SetResult> results;
  for (const auto& [name, part] : PartBy(all, [](auto& row) { return row.set; }))
    results.push_back(Summarise(name, part, rng));
  return results;
}

Json ToJson(const std::vector<SetResult>& sets) {
  Json list = Json::array();
  double sum = 0;
  for (const SetResult& set : sets) {
    Json object = AccuracyJson(set.all, "set");
    object["cluster"] = IntervalJson(set.cluster);
    object["balanced_length"] = set.balanced_length ? Json(*set.balanced_length) : Json();
    object["shorter_wins"] = set.shorter_wins;
    object["longer_wins"] = set.longer_wins;
    object["no_verdict"] = set.no_verdict;
    object["ece"] = set.ece;
    object["slope"] = set.slope
                          ? Json::array({*set.slope, set.slope_interval.lo, set.slope_interval.hi})
                          : Json();
    object["reliability"] = ReliabilityJson(set.reliability);
    object["asymmetry"] = set.asymmetry ? Json(*set.asymmetry) : Json();
    object["strata"] = Json::array();
    for (const Accuracy& stratum : set.strata)
      object["strata"].push_back(AccuracyJson(stratum, "stratum"));
    object["length_strata"] = Json::array();
    for (const Accuracy& stratum : set.length_strata)
      object["length_strata"].push_back(AccuracyJson(stratum, "better_text"));
    list.push_back(std::move(object));
    sum += set.all.accuracy;
  }
  return {{"sets", list},
          {"macro", sets.empty() ? Json() : Json(sum / static_cast<double>(sets.size()))}};
}

}  // namespace redraft::judge
