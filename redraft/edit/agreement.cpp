#include "redraft/edit/agreement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "redraft/base/check.h"
#include "redraft/stats/bootstrap.h"

namespace redraft::edit {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

using Spans = std::vector<core::WeakSpan>;

/// Running sums over a text, by which any share and any chance is a few differences.
class Marks {
 public:
  explicit Marks(const std::vector<bool>& marked) : before_(marked.size() + 1) {
    for (std::size_t i = 0; i < marked.size(); ++i) {
      before_[i + 1] = before_[i] + (marked[i] ? 1.0 : 0.0);
    }
    sums_.resize(before_.size() + 1);
    for (std::size_t i = 0; i < before_.size(); ++i) sums_[i + 1] = sums_[i] + before_[i];
  }

  double In(std::size_t start, std::size_t end) const { return before_[end] - before_[start]; }
  double total() const { return before_.back(); }

  /// Expected marked bytes in a span of `length` at a random place.
  double Expected(std::size_t length) const {
    const std::size_t size = before_.size() - 1;
    const std::size_t places = size - length + 1;
    const double ends = sums_[size + 1] - sums_[length];
    const double starts = sums_[places];
    return (ends - starts) / static_cast<double>(places);
  }

 private:
  std::vector<double> before_;  ///< marked bytes before each place
  std::vector<double> sums_;    ///< sums of those
};

std::vector<bool> MaskOf(const Spans& spans, std::size_t length, const std::string* category) {
  std::vector<bool> mask(length);
  for (const core::WeakSpan& span : spans) {
    if (category != nullptr && span.category != *category) continue;
    for (std::size_t i = span.start; i < std::min(span.end, length); ++i) mask[i] = true;
  }
  return mask;
}

double Count(const std::vector<bool>& mask) {
  return static_cast<double>(std::count(mask.begin(), mask.end(), true));
}

double Both(const std::vector<bool>& a, const std::vector<bool>& b) {
  double both = 0;
  for (std::size_t i = 0; i < a.size(); ++i) both += a[i] && b[i] ? 1 : 0;
  return both;
}

struct Row {
  double precision = kNone, chance = kNone, recall = kNone, coverage = kNone, found = 0;
  std::size_t spans = 0;
};

Spans OfCategory(const Spans& spans, const std::string& category) {
  Spans chosen;
  std::copy_if(spans.begin(), spans.end(), std::back_inserter(chosen),
               [&](const core::WeakSpan& span) {
                 return (category.empty() || span.category == category) && span.start < span.end;
               });
  return chosen;
}

Row Compare(const Comparison& comparison, const AgreementOptions& options) {
  const std::size_t length = comparison.length;
  const double bytes = static_cast<double>(length);
  const Spans found = OfCategory(comparison.found, options.category);
  // With categories, marks of others are not there; without, any mark is as good.
  const Spans wanted = OfCategory(comparison.marked, options.same_category ? options.category : "");
  Row row;
  row.spans = found.size();
  const std::vector<bool> found_mask = MaskOf(found, length, nullptr);
  row.found = Count(found_mask) / bytes;
  std::map<std::string, Marks> by_category;
  const auto marks_for = [&](const std::string& category) -> const Marks& {
    const std::string key = options.same_category ? category : std::string();
    const auto known = by_category.find(key);
    if (known != by_category.end()) return known->second;
    return by_category
        .emplace(key, Marks(MaskOf(wanted, length, options.same_category ? &category : nullptr)))
        .first->second;
  };
  if (!found.empty()) {
    double hit = 0, expected = 0, total = 0;
    for (const core::WeakSpan& span : found) {
      REDRAFT_CHECK(span.end <= length);
      const Marks& marks = marks_for(span.category);
      hit += marks.In(span.start, span.end);
      expected += marks.Expected(span.end - span.start);
      total += static_cast<double>(span.end - span.start);
    }
    row.precision = hit / total;
    row.chance = expected / total;
    row.coverage = Count(MaskOf(wanted, length, nullptr)) / bytes;
  }
  // Recall of one category: of the marks of that category, whatever the finder called them,
  // unless categories count.
  const Spans to_find = OfCategory(comparison.marked, options.category);
  if (to_find.empty()) return row;
  if (!options.same_category) {
    const std::vector<bool> mask = MaskOf(to_find, length, nullptr);
    row.recall = Both(mask, MaskOf(comparison.found, length, nullptr)) / Count(mask);
    return row;
  }
  double hit = 0, total = 0;
  for (const core::WeakSpan& span : to_find) {
    const std::vector<bool> mask = MaskOf({span}, length, nullptr);
    hit += Both(mask, MaskOf(found, length, &span.category));
    total += Count(mask);
  }
  row.recall = hit / total;
  return row;
}

/// The mean of a member over rows, those left out where it is not a number.
double MeanOf(const std::vector<Row>& rows, double Row::* member) {
  double sum = 0, count = 0;
  for (const Row& row : rows) {
    if (std::isnan(row.*member)) continue;
    sum += row.*member;
    ++count;
  }
  return count > 0 ? sum / count : 0;
}

}  // namespace

double ChanceShare(const std::vector<bool>& marked, std::size_t length) {
  REDRAFT_CHECK(length >= 1 && length <= marked.size());
  return Marks(marked).Expected(length) / static_cast<double>(length);
}

Agreement MeasureAgreement(const std::vector<Comparison>& comparisons,
                           const AgreementOptions& options, Rng rng) {
  std::vector<Row> rows;
  std::vector<double> lifts;
  std::vector<int> texts;
  for (const Comparison& comparison : comparisons) {
    if (comparison.length == 0) continue;
    rows.push_back(Compare(comparison, options));
    if (std::isnan(rows.back().precision)) continue;
    lifts.push_back(rows.back().precision - rows.back().chance);
    texts.push_back(comparison.text);
  }
  Agreement agreement;
  for (const Row& row : rows) agreement.spans += row.spans;
  agreement.comparisons = lifts.size();
  agreement.recall = MeanOf(rows, &Row::recall);
  agreement.found_coverage = MeanOf(rows, &Row::found);
  if (lifts.empty()) return agreement;
  agreement.precision = MeanOf(rows, &Row::precision);
  agreement.chance = MeanOf(rows, &Row::chance);
  agreement.lift = agreement.precision - agreement.chance;
  agreement.coverage = MeanOf(rows, &Row::coverage);
  const auto mean = [&lifts](const std::vector<std::size_t>& drawn) {
    double sum = 0;
    for (const std::size_t row : drawn) sum += lifts[row];
    return sum / static_cast<double>(drawn.size());
  };
  agreement.lift_interval = stats::ClusterBootstrap(texts, mean, options.replicates, rng);
  agreement.lift_bound = stats::ClusterBootstrap(texts, mean, options.replicates, rng, 0.9).lo;
  return agreement;
}

}  // namespace redraft::edit
