#include "redraft/judge/content_bench.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "redraft/stats/bootstrap.h"
#include "redraft/stats/correlation.h"
#include "redraft/text/ngrams.h"
#include "redraft/text/similarity.h"

namespace redraft::judge {
namespace {

constexpr int kReplicates = 2000;
constexpr std::size_t kReusedWords = 3;  // a run of three words is taken over rather than met again
constexpr std::size_t kLeastCorrelated = 3;  // two points lie on a line
constexpr std::array kConditions = {"short", "detailed", "both"};
constexpr stats::Interval kUnbounded{-std::numeric_limits<double>::infinity(),
                                     std::numeric_limits<double>::infinity()};

using Texts = std::vector<const ContentText*>;

template <class Value>
std::vector<double> Column(const Texts& texts, const Value& value) {
  std::vector<double> column;
  for (const ContentText* text : texts) column.push_back(value(*text));
  return column;
}

std::optional<double> MeanOfKnown(const Texts& texts, std::optional<double> Reuse::* member) {
  std::vector<double> known;
  for (const ContentText* text : texts) {
    if (text->reuse.*member) known.push_back(*(text->reuse.*member));
  }
  if (known.empty()) return std::nullopt;
  return stats::Mean(known);
}

/// The interval of a statistic of rows, over briefs.
stats::Interval OverBriefs(const std::vector<std::string>& brief_of,
                           const stats::Statistic& statistic, const Rng& rng) {
  std::map<std::string, int> numbers;
  std::vector<int> clusters;
  for (const std::string& brief : brief_of)
    clusters.push_back(numbers.emplace(brief, static_cast<int>(numbers.size())).first->second);
  if (numbers.size() < 2) return kUnbounded;
  return stats::ClusterBootstrap(clusters, statistic, kReplicates, rng);
}

std::vector<std::string> BriefsOf(const Texts& texts) {
  std::vector<std::string> briefs;
  for (const ContentText* text : texts) briefs.push_back(text->brief);
  return briefs;
}

std::vector<double> At(const std::vector<double>& values, const std::vector<std::size_t>& rows) {
  std::vector<double> drawn;
  for (const std::size_t row : rows) drawn.push_back(values[row]);
  return drawn;
}

ContentRow RowOf(const std::string& source, Condition condition, const Texts& texts,
                 const Rng& rng) {
  ContentRow row{source, condition, static_cast<int>(texts.size())};
  const std::vector<std::string> briefs = BriefsOf(texts);
  row.briefs = static_cast<int>(std::set(briefs.begin(), briefs.end()).size());
  row.flagged = static_cast<int>(std::ranges::count_if(texts, [](auto* t) { return t->flagged; }));
  const std::vector<double> scores = Column(texts, [](auto& t) { return t.score; });
  row.score.value = stats::Mean(scores);
  row.score.interval =
      OverBriefs(briefs, [&](const auto& rows) { return stats::Mean(At(scores, rows)); }, rng);
  row.sd = stats::StandardDeviation(scores);
  row.percentile = stats::Mean(Column(texts, [](auto& t) { return t.percentile; }));
  row.words = stats::Mean(Column(texts, [](auto& t) { return static_cast<double>(t.words); }));
  row.reuse.brief = stats::Mean(Column(texts, [](auto& t) { return t.reuse.brief; }));
  row.reuse.reference = MeanOfKnown(texts, &Reuse::reference);
  row.reuse.reference_f1 = MeanOfKnown(texts, &Reuse::reference_f1);
  return row;
}

/// Detailed less short of one source and brief, each the mean of its texts.
struct Change {
  std::string brief;
  double score = 0, words = 0, reuse = 0;
};

std::vector<Change> ChangesOf(const Texts& short_texts, const Texts& detailed_texts) {
  std::map<std::string, std::pair<Texts, Texts>> by_brief;
  for (const ContentText* text : short_texts) by_brief[text->brief].first.push_back(text);
  for (const ContentText* text : detailed_texts) by_brief[text->brief].second.push_back(text);
  std::vector<Change> changes;
  for (const auto& [brief, sides] : by_brief) {
    if (sides.first.empty() || sides.second.empty()) continue;
    const auto change = [&sides](const auto& value) {
      return stats::Mean(Column(sides.second, value)) - stats::Mean(Column(sides.first, value));
    };
    changes.push_back({brief, change([](auto& t) { return t.score; }),
                       change([](auto& t) { return static_cast<double>(t.words); }),
                       change([](auto& t) { return t.reuse.brief; })});
  }
  return changes;
}

Estimate MeanChange(const std::vector<Change>& changes, double Change::* member) {
  std::vector<double> values;
  for (const Change& change : changes) values.push_back(change.*member);
  return {stats::Mean(values), stats::MeanInterval(values)};
}

ReuseCorrelation Correlate(const std::vector<std::string>& briefs, const std::vector<double>& reuse,
                           const std::vector<double>& scores, const Rng& rng) {
  ReuseCorrelation result{static_cast<int>(reuse.size()), std::nullopt, kUnbounded};
  const double rho = stats::Spearman(reuse, scores);
  if (std::isnan(rho) || reuse.size() < kLeastCorrelated) return result;
  result.rho = rho;
  result.interval = OverBriefs(
      briefs, [&](const auto& rows) { return stats::Spearman(At(reuse, rows), At(scores, rows)); },
      rng);
  return result;
}

Json IntervalJson(const stats::Interval& interval) {
  if (!std::isfinite(interval.lo) || !std::isfinite(interval.hi)) return nullptr;
  return Json::array({interval.lo, interval.hi});
}

Json OrNull(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json EstimateJson(const Estimate& estimate) {
  return {{"value", estimate.value}, {"interval", IntervalJson(estimate.interval)}};
}

Json CorrelationJson(const ReuseCorrelation& correlation) {
  return {{"n", correlation.n},
          {"rho", OrNull(correlation.rho)},
          {"interval", IntervalJson(correlation.interval)}};
}

}  // namespace

const char* ToString(Condition condition) {
  return kConditions[static_cast<std::size_t>(condition)];
}

Result<Condition> ParseCondition(std::string_view name) {
  for (std::size_t i = 0; i < kConditions.size(); ++i) {
    if (name == kConditions[i]) return static_cast<Condition>(i);
  }
  return Fail(ErrorCode::kInvalidArgument,
              "unknown condition '" + std::string(name) + "'; use short, detailed or both");
}

Reuse MeasureReuse(std::string_view text, std::string_view brief, std::string_view reference) {
  const auto own = text::Shingles(text, kReusedWords);
  Reuse reuse;
  reuse.brief = text::Containment(own, text::Shingles(brief, kReusedWords));
  if (!reference.empty()) {
    reuse.reference = text::Containment(own, text::Shingles(reference, kReusedWords));
    reuse.reference_f1 = text::UnigramF1(text, reference);
  }
  return reuse;
}

ContentResult SummariseContent(const std::vector<ContentText>& texts, const Rng& rng) {
  std::vector<std::string> sources;
  std::map<std::string, std::array<Texts, kConditions.size()>> cells;
  Texts all;
  for (const ContentText& text : texts) {
    if (!cells.contains(text.source)) sources.push_back(text.source);
    cells[text.source][static_cast<std::size_t>(text.condition)].push_back(&text);
    all.push_back(&text);
  }
  ContentResult result;
  std::vector<Change> changes;
  for (const std::string& source : sources) {
    const auto& cell = cells[source];
    for (std::size_t c = 0; c < cell.size(); ++c) {
      if (cell[c].empty()) continue;
      result.rows.push_back(RowOf(source, static_cast<Condition>(c), cell[c],
                                  rng.Fork("mean/" + source + "/" + kConditions[c])));
    }
    const std::vector<Change> own = ChangesOf(cell[0], cell[1]);
    if (own.empty()) continue;
    result.contrasts.push_back({source, static_cast<int>(own.size()),
                                MeanChange(own, &Change::score), MeanChange(own, &Change::words),
                                MeanChange(own, &Change::reuse)});
    changes.insert(changes.end(), own.begin(), own.end());
  }
  result.texts = Correlate(BriefsOf(all), Column(all, [](auto& t) { return t.reuse.brief; }),
                           Column(all, [](auto& t) { return t.score; }), rng.Fork("texts"));
  std::vector<std::string> briefs;
  std::vector<double> reuse, scores;
  for (const Change& change : changes) {
    briefs.push_back(change.brief);
    reuse.push_back(change.reuse);
    scores.push_back(change.score);
  }
  result.changes = Correlate(briefs, reuse, scores, rng.Fork("changes"));
  return result;
}

Json ToJson(const ContentResult& result) {
  Json sources = Json::array(), contrasts = Json::array();
  for (const ContentRow& row : result.rows) {
    sources.push_back({{"source", row.source},
                       {"condition", ToString(row.condition)},
                       {"n", row.texts},
                       {"briefs", row.briefs},
                       {"mean", row.score.value},
                       {"sd", row.sd},
                       {"interval", IntervalJson(row.score.interval)},
                       {"percentile", row.percentile},
                       {"words", row.words},
                       {"flagged", row.flagged},
                       {"brief_trigrams", row.reuse.brief},
                       {"reference_trigrams", OrNull(row.reuse.reference)},
                       {"reference_f1", OrNull(row.reuse.reference_f1)}});
  }
  for (const ContentContrast& contrast : result.contrasts) {
    contrasts.push_back({{"source", contrast.source},
                         {"briefs", contrast.briefs},
                         {"score", EstimateJson(contrast.score)},
                         {"words", EstimateJson(contrast.words)},
                         {"brief_trigrams", EstimateJson(contrast.reuse)}});
  }
  return {
      {"sources", sources},
      {"contrasts", contrasts},
      {"reuse_and_score",
       {{"texts", CorrelationJson(result.texts)}, {"changes", CorrelationJson(result.changes)}}}};
}

}  // namespace redraft::judge
