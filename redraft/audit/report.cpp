#include "redraft/audit/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "redraft/audit/letters.h"
#include "redraft/audit/rarefaction.h"
#include "redraft/base/version.h"

namespace redraft::audit {
namespace {

constexpr std::size_t kListedSpans = 20;

/// The longest covered stretches, the longest first.
std::vector<Range> LongestStretches(const Mask& mask) {
  std::vector<Range> stretches = mask.Runs();
  std::sort(stretches.begin(), stretches.end(), [](Range a, Range b) {
    return a.length() != b.length() ? a.length() > b.length() : a.start < b.start;
  });
  if (stretches.size() > kListedSpans) stretches.resize(kListedSpans);
  return stretches;
}

/// The words [range) of a book, excerpt by excerpt.
std::string TextOf(const IndexedBook& book, Range range) {
  std::string text;
  for (std::uint32_t e = ExcerptOf(book.tokens.starts, range.start);
       e < book.tokens.excerpts() && book.tokens.starts[e] < range.end; ++e) {
    const Range own = book.tokens.excerpt(e);
    const Range part{std::max(own.start, range.start), std::min(own.end, range.end)};
    if (part.start >= part.end) continue;
    const std::uint32_t begin = book.tokens.ranges[part.start].begin;
    const std::uint32_t end = book.tokens.ranges[part.end - 1].end;
    if (!text.empty()) text += "\n\n";
    text += book.book.TextOf(book.book.excerpts[e]).substr(begin, end - begin);
  }
  return text;
}

Json RowJson(const ReportRow& row, const ReportInput& input) {
  const ResultFile& result = row.result;
  const auto text = input.books.find(result.book_sha256);
  const bool show = !input.redact && text != input.books.end();
  Json stretches = Json::array();
  for (const Range& range : LongestStretches(result.mask)) {
    Json stretch = {{"start", range.start}, {"end", range.end}, {"length", range.length()}};
    if (show) stretch["text"] = TextOf(text->second, range);
    stretches.push_back(std::move(stretch));
  }
  Json json = {{"model", row.model},
               {"book", result.json["book"]},
               {"generations", result.json["generations"]},
               {"empty", result.json["empty"]}};
  for (const char* key : {"refused", "bmc", "block", "span", "spans", "cross", "in_book", "by_k",
                          "near_verbatim", "untrimmed", "self_agreement", "decoys", "exempt",
                          "inputs", "parameters", "tool", "warnings"}) {
    if (result.json.contains(key)) json[key] = result.json[key];
  }
  json["longest"] = std::move(stretches);
  json["result"] = {{"name", result.name}, {"sha256", result.sha256}};
  return json;
}

/// What each excerpt of the result has of covered tokens, and of tokens.
void ExcerptCounts(const ResultFile& result, std::vector<double>& covered,
                   std::vector<double>& tokens) {
  covered.clear();
  tokens.clear();
  if (!result.json.contains("excerpts") || !result.json["excerpts"].is_array()) return;
  for (const Json& excerpt : result.json["excerpts"]) {
    const auto number = [&](const char* key) {
      return excerpt.is_object() && excerpt.contains(key) && excerpt[key].is_number_unsigned()
                 ? excerpt[key].get<double>()
                 : 0.0;
    };
    covered.push_back(number("covered"));
    tokens.push_back(number("end") - number("start"));
  }
}

/// Tuned minus base over the same excerpts, which are resampled together.
Result<Json> DifferenceJson(const ReportRow& tuned, const ReportRow& base, std::uint64_t seed) {
  REDRAFT_RETURN_IF_ERROR(CheckComparable(tuned.result, base.result));
  Json difference = {{"book", tuned.result.json["book"]},
                     {"base", base.model},
                     {"model", tuned.model},
                     {"bmc", nullptr},
                     {"interval", nullptr},
                     {"ratio", nullptr}};
  const Mask& mine = tuned.result.mask;
  difference["newly_covered"] = mine.Count() - CountBoth(mine, base.result.mask);
  if (!tuned.result.bmc || !base.result.bmc) return difference;
  difference["bmc"] = *tuned.result.bmc - *base.result.bmc;
  if (*base.result.bmc > 0) difference["ratio"] = *tuned.result.bmc / *base.result.bmc;
  std::vector<double> covered, of_base, tokens, tokens_of_base;
  ExcerptCounts(tuned.result, covered, tokens);
  ExcerptCounts(base.result, of_base, tokens_of_base);
  if (covered.empty() || tokens != tokens_of_base) return difference;
  for (std::size_t i = 0; i < covered.size(); ++i) covered[i] -= of_base[i];
  const auto interval = ShareIntervals({covered}, tokens, seed).front();
  difference["interval"] = {NumberOrNull(interval.lo), NumberOrNull(interval.hi)};
  return difference;
}

Json WaiversJson(const ReportInput& input) {
  Json list = Json::array();
  for (const Waiver& waiver : input.waivers) {
    list.push_back({{"check", waiver.check},
                    {"allow", waiver.allow},
                    {"book_sha256", waiver.book_sha256},
                    {"signer", waiver.signer},
                    {"reason", waiver.reason},
                    {"expires", waiver.expires},
                    {"expired", waiver.expires < input.today}});
  }
  return list;
}

}  // namespace

Result<Json> ReportJson(const ReportInput& input) {
  if (input.rows.empty()) return Fail(ErrorCode::kInvalidArgument, "there is no result to report");
  std::vector<const ReportRow*> rows;
  for (const ReportRow& row : input.rows) rows.push_back(&row);
  const auto key = [](const ReportRow* row) {
    return std::tuple(row->result.book_name, row->result.book_sha256, row->model);
  };
  std::sort(rows.begin(), rows.end(),
            [&](const ReportRow* a, const ReportRow* b) { return key(a) < key(b); });
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (key(rows[i]) != key(rows[i - 1])) continue;
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} and {} are both of model {} and book {}; put each model's results "
                            "into a folder of its own",
                            rows[i - 1]->result.name, rows[i]->result.name, rows[i]->model,
                            rows[i]->result.book_name));
  }
  for (const auto& [sha256, book] : input.books) {
    for (const ReportRow* row : rows) {
      if (row->result.book_sha256 == sha256 && row->result.mask.size() != book.tokens.size()) {
        return Fail(ErrorCode::kInvalidArgument,
                    fmt::format("{} has {} tokens here and {} in {}; was it scored by another "
                                "version or profile?",
                                book.shape.name, book.tokens.size(), row->result.mask.size(),
                                row->result.name));
      }
    }
  }
  Json json = {{"schema", "redraft.audit.report/1"}};
  json["rows"] = Json::array();
  for (const ReportRow* row : rows) json["rows"].push_back(RowJson(*row, input));
  json["differences"] = Json::array();
  bool found = input.base.empty();
  for (const ReportRow* base : rows) {
    if (input.base.empty() || base->model != input.base) continue;
    found = true;
    for (const ReportRow* tuned : rows) {
      if (tuned == base || tuned->result.book_sha256 != base->result.book_sha256) continue;
      REDRAFT_ASSIGN(Json difference, DifferenceJson(*tuned, *base, input.seed));
      json["differences"].push_back(std::move(difference));
    }
  }
  if (!found) {
    std::set<std::string> models;
    for (const ReportRow* row : rows) models.insert(row->model);
    return Fail(ErrorCode::kInvalidArgument, fmt::format("--base {}: no such model; there are {}",
                                                         input.base, fmt::join(models, ", ")));
  }
  json["waivers"] = WaiversJson(input);
  json["redacted"] = input.redact;
  json["date"] = input.today;
  json["tool"] = {{"name", "redraft"}, {"version", kVersion}, {"unicode", UnicodeVersion()}};
  return json;
}

}  // namespace redraft::audit
