#include "redraft/audit/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "redraft/audit/letters.h"
#include "redraft/audit/metrics.h"
#include "redraft/audit/rarefaction.h"
#include "redraft/base/parallel.h"
#include "redraft/base/version.h"
#include "redraft/stats/intervals.h"

namespace redraft::audit {
namespace {

Json Place(Range range) {
  return {{"length", range.length()}, {"start", range.start}, {"end", range.end}};
}

Json Share(double part, double whole) { return whole > 0 ? Json(part / whole) : Json(nullptr); }

Json IntervalJson(const stats::Interval& interval) {
  return {NumberOrNull(interval.lo), NumberOrNull(interval.hi)};
}

Json SpansJson(const SpanTally& scope, const Parameters& parameters, std::uint32_t tokens) {
  return {{"ref", CountDistinctSpans(scope.start_of_end, parameters.shortest_span())},
          {"maximal", CountMaximalSpans(scope.spans, tokens)}};
}

Json SpanJson(const SpanTally& scope, const BookShape& book) {
  Json span = Place(scope.longest);
  span["excerpt_id"] =
      scope.longest.length() > 0 ? Json(book.ids[scope.longest_source]) : Json(nullptr);
  return span;
}

Json ExcerptsJson(const Audit& audit) {
  Json list = Json::array();
  const Mask& covered = audit.tally.covered.front();
  for (std::uint32_t e = 0; e < audit.book.ids.size(); ++e) {
    const Range own{audit.book.starts[e], audit.book.starts[e + 1]};
    const ExcerptTally& counts = audit.tally.excerpts[e];
    const std::uint32_t count = covered.Count(own);
    list.push_back({{"id", audit.book.ids[e]},
                    {"start", own.start},
                    {"end", own.end},
                    {"covered", count},
                    {"value", Share(count, own.length())},
                    {"generations", counts.generations},
                    {"empty", counts.empty},
                    {"refused", counts.refused}});
  }
  return list;
}

/// bmc of books that the model was not asked about: what chance and common phrases give.
Json DecoysJson(const Audit& audit) {
  Json list = Json::array();
  std::vector<double> values;
  for (std::size_t d = 0; d < audit.decoys.size(); ++d) {
    const BookShape& book = audit.decoy_books[d];
    const std::uint32_t covered = audit.decoys[d].covered.front().Count();
    list.push_back({{"name", book.name},
                    {"sha256", book.sha256},
                    {"tokens", book.tokens()},
                    {"covered", covered},
                    {"value", Share(covered, book.tokens())},
                    {"block", LongestBlock(audit.decoys[d].covered.front()).length()},
                    {"span", audit.decoys[d].in_book.longest.length()}});
    if (book.tokens() > 0) values.push_back(static_cast<double>(covered) / book.tokens());
  }
  Json decoys = {{"books", std::move(list)}};
  const double mean = stats::Mean(values), deviation = stats::StandardDeviation(values);
  decoys["mean"] = values.empty() ? Json(nullptr) : Json(mean);
  const bool known = values.size() > 1 && deviation > 0 && audit.book.tokens() > 0;
  const double own =
      audit.book.tokens() > 0
          ? static_cast<double>(audit.tally.covered.front().Count()) / audit.book.tokens()
          : 0;
  decoys["z"] = known ? NumberOrNull((own - mean) / deviation) : Json(nullptr);
  return decoys;
}

Json RarefactionJson(const Audit& audit, unsigned threads) {
  Json curve = Json::array();
  for (const RarefactionPoint& point :
       Rarefy(audit.tally, audit.book.starts, audit.seed, threads)) {
    curve.push_back({{"generations", point.generations},
                     {"value", point.value},
                     {"interval", IntervalJson(point.interval)}});
  }
  return curve;
}

struct Totals {
  std::uint64_t generations = 0, empty = 0, refused = 0;
  std::uint32_t prompted_tokens = 0, prompted_covered = 0;
  std::vector<double> covered, sizes;  ///< of each excerpt
};

Totals Total(const Audit& audit) {
  Totals totals;
  for (std::uint32_t e = 0; e < audit.book.ids.size(); ++e) {
    const ExcerptTally& counts = audit.tally.excerpts[e];
    const Range own{audit.book.starts[e], audit.book.starts[e + 1]};
    totals.generations += counts.generations;
    totals.empty += counts.empty;
    totals.refused += counts.refused;
    const std::uint32_t covered = audit.tally.covered.front().Count(own);
    totals.covered.push_back(covered);
    totals.sizes.push_back(own.length());
    if (counts.generations == 0) continue;
    totals.prompted_tokens += own.length();
    totals.prompted_covered += covered;
  }
  return totals;
}

}  // namespace

Json ParametersJson(const Audit& audit) {
  const Parameters& parameters = audit.parameters;
  return {{"k", parameters.k},
          {"trim", parameters.trim},
          {"span_over", parameters.span_over},
          {"cross_over", parameters.cross_over ? Json(*parameters.cross_over) : Json(nullptr)},
          {"profile", ToString(parameters.profile)},
          {"seed", audit.seed}};
}

Json RangesJson(const std::vector<Range>& ranges) {
  Json list = Json::array();
  for (const Range& range : ranges) list.push_back({range.start, range.end});
  return list;
}

Result<std::vector<Range>> ParseRanges(const Json& json, std::uint32_t size, const char* key) {
  const auto bad = [key](const std::string& what) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("\"{}\" {}", key, what));
  };
  if (!json.is_array()) return bad("must be a list of [start,end]");
  std::vector<Range> ranges;
  for (const Json& item : json) {
    if (!item.is_array() || item.size() != 2 || !item[0].is_number_unsigned() ||
        !item[1].is_number_unsigned() || item[0].get<std::uint64_t>() > size ||
        item[1].get<std::uint64_t>() > size) {
      return bad(fmt::format("holds {}; it must be [start,end] in a book of {} tokens",
                             DumpJson(item), size));
    }
    const Range range{item[0].get<std::uint32_t>(), item[1].get<std::uint32_t>()};
    if (range.start >= range.end || (!ranges.empty() && range.start < ranges.back().end)) {
      return bad(
          fmt::format("holds {}, which is empty or not behind the one before", DumpJson(item)));
    }
    ranges.push_back(range);
  }
  return ranges;
}

std::vector<std::string> Warnings(const Audit& audit) {
  std::vector<std::string> warnings;
  if (audit.book.tokens() == 0) {
    warnings.push_back(
        fmt::format("{} has no tokens in this profile (ref wants ASCII letters or digits): bmc is "
                    "undefined; try --profile clean",
                    audit.book.name));
  }
  if (Total(audit).generations == 0) {
    warnings.emplace_back("there are no generations: nothing was measured");
  }
  if (audit.parameters.span_over < audit.parameters.k.front()) {
    warnings.push_back(fmt::format("--span-over {} is below k = {}: spans count from {} words on",
                                   audit.parameters.span_over, audit.parameters.k.front(),
                                   audit.parameters.shortest_span()));
  }
  if (audit.tally.guarded > 0) {
    warnings.push_back(fmt::format(
        "{} generations repeat what the book repeats so often that their runs were not all listed: "
        "spans, crossing and near-verbatim figures are lower bounds, and what the prompt is "
        "credited with is an upper bound",
        audit.tally.guarded));
  }
  if (audit.tally.lone_surrogates > 0) {
    warnings.push_back(fmt::format("{} lone surrogates in the input were read as U+FFFD",
                                   audit.tally.lone_surrogates));
  }
  if (audit.tally.mixed > 0) {
    warnings.push_back(
        fmt::format("{} excerpts have generations in several shards: self-agreement is not known",
                    audit.tally.mixed));
  }
  return warnings;
}

Json ResultJson(const Audit& audit, unsigned threads) {
  const Tally& tally = audit.tally;
  const Parameters& parameters = audit.parameters;
  const std::uint32_t tokens = audit.book.tokens();
  const Mask& mask = tally.covered.front();
  const Totals totals = Total(audit);
  const std::uint32_t covered = mask.Count();
  const SpanTally* const scopes[] = {&tally.in_excerpt, &tally.in_book};
  Json spans[2];
  ParallelFor(
      2, [&](std::size_t i) { spans[i] = SpansJson(*scopes[i], parameters, tokens); }, threads);

  Json result = {{"schema", "redraft.audit.score/1"}};
  result["book"] = {{"name", audit.book.name}, {"tokens", tokens}, {"sha256", audit.book.sha256}};
  result["generations"] = totals.generations;
  result["empty"] = totals.empty;
  result["refused"] = totals.refused;
  result["guarded"] = tally.guarded;
  result["bmc"] = {{"covered", covered}, {"value", Share(covered, tokens)}};
  if (tokens > 0) {
    result["bmc"]["interval"] =
        IntervalJson(ShareIntervals({totals.covered}, totals.sizes, audit.seed).front());
  }
  result["block"] = Place(LongestBlock(mask));
  result["span"] = SpanJson(tally.in_excerpt, audit.book);
  result["spans"] = std::move(spans[0]);
  const std::uint32_t shortest = parameters.shortest_cross();
  const CrossExcerpt cross = CountCrossing(tally.crossing, audit.book.starts, shortest);
  result["cross"] = {
      {"crossing", cross.crossing}, {"counted", cross.counted}, {"min_length", shortest}};
  result["mask"] = RangesJson(mask.Runs());

  result["in_book"] = {{"span", SpanJson(tally.in_book, audit.book)},
                       {"spans", std::move(spans[1])}};
  result["piece"] = Place(tally.longest_piece);
  result["prompted"] = {{"tokens", totals.prompted_tokens},
                        {"covered", totals.prompted_covered},
                        {"value", Share(totals.prompted_covered, totals.prompted_tokens)}};
  const std::uint32_t untrimmed = tally.untrimmed.Count();
  result["untrimmed"] = {{"covered", untrimmed},
                         {"value", Share(untrimmed, tokens)},
                         {"prompt_share", Share(untrimmed - covered, untrimmed)}};
  Json by_k = Json::array();
  for (std::size_t i = 0; i < parameters.k.size(); ++i) {
    const std::uint32_t count = tally.covered[i].Count();
    by_k.push_back({{"k", parameters.k[i]},
                    {"covered", count},
                    {"value", Share(count, tokens)},
                    {"block", LongestBlock(tally.covered[i]).length()}});
  }
  result["by_k"] = std::move(by_k);
  const std::uint32_t near = tally.near.Count();
  result["near_verbatim"] = {{"covered", near}, {"value", Share(near, tokens)}};
  const auto self = SelfAgreement(tally);
  result["self_agreement"] = self ? Json(*self) : Json(nullptr);
  result["rarefaction"] = RarefactionJson(audit, threads);
  if (!audit.decoys.empty()) result["decoys"] = DecoysJson(audit);
  if (!audit.exemptions.empty()) {
    Json list = Json::array();
    for (const ExemptionNote& note : audit.exemptions) {
      list.push_back({{"sha256", note.sha256}, {"reason", note.reason}, {"tokens", note.tokens}});
    }
    result["exempt"] = {{"reproduced", tally.exempted.Count()}, {"texts", std::move(list)}};
  }
  result["excerpts"] = ExcerptsJson(audit);
  result["tokens_generated"] = tally.tokens;
  Json inputs = Json::array();
  std::vector<InputFile> files = audit.inputs;
  std::sort(files.begin(), files.end());
  for (const InputFile& file : files) {
    inputs.push_back({{"name", file.name}, {"sha256", file.sha256}});
  }
  result["inputs"] = std::move(inputs);
  result["parameters"] = ParametersJson(audit);
  result["tool"] = {{"name", "redraft"}, {"version", kVersion}, {"unicode", UnicodeVersion()}};
  result["warnings"] = Warnings(audit);
  return result;
}

Status AddAudit(Audit& audit, const Audit& other) {
  const auto differ = [](const char* what) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("the partial results differ in {}; only shards of one audit add up", what));
  };
  if (!(audit.book == other.book)) return differ("the book");
  if (!(audit.parameters == other.parameters) || audit.seed != other.seed) {
    return differ("parameters");
  }
  if (!(audit.decoy_books == other.decoy_books)) return differ("decoys");
  if (!(audit.exemptions == other.exemptions)) return differ("exemptions");
  for (const InputFile& file : other.inputs) {
    const auto same = [&file](const InputFile& mine) { return mine.sha256 == file.sha256; };
    if (std::any_of(audit.inputs.begin(), audit.inputs.end(), same)) {
      return Fail(
          ErrorCode::kInvalidArgument,
          fmt::format("{} (sha256 {}) is in two of the partial results; it would count twice",
                      file.name, file.sha256));
    }
  }
  for (std::size_t e = 0; e < audit.tally.excerpts.size(); ++e) {
    if (audit.tally.excerpts[e].generations > 0 && other.tally.excerpts[e].generations > 0) {
      ++audit.tally.mixed;
    }
  }
  audit.tally.Add(other.tally);
  for (std::size_t d = 0; d < audit.decoys.size(); ++d) audit.decoys[d].Add(other.decoys[d]);
  audit.inputs.insert(audit.inputs.end(), other.inputs.begin(), other.inputs.end());
  return Ok{};
}

}  // namespace redraft::audit
