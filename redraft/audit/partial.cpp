#include <fmt/format.h>

#include <limits>

#include "redraft/audit/letters.h"
#include "redraft/audit/result.h"
#include "redraft/base/version.h"

namespace redraft::audit {
namespace {

constexpr const char* kSchema = "redraft.audit.partial/1";
constexpr std::uint32_t kMostTokens = 1U
                                      << 27;  // of a book; a wrong number must not eat the memory
constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

Json ShapeJson(const BookShape& book) {
  return {{"name", book.name}, {"sha256", book.sha256}, {"ids", book.ids}, {"starts", book.starts}};
}

Json SpanTallyJson(const SpanTally& scope) {
  Json ends = Json::array();
  for (std::uint32_t end = 0; end < scope.start_of_end.size(); ++end) {
    if (scope.start_of_end[end] != kNone) ends.push_back({scope.start_of_end[end], end});
  }
  Json spans = Json::array();
  for (const Range& span : scope.spans) spans.push_back({span.start, span.end});
  return {{"longest", {scope.longest.start, scope.longest.end, scope.longest_source}},
          {"ends", std::move(ends)},
          {"spans", std::move(spans)}};
}

Json TallyJson(const Tally& tally) {
  Json json;
  json["covered"] = Json::array();
  for (const Mask& mask : tally.covered) json["covered"].push_back(RangesJson(mask.Runs()));
  json["untrimmed"] = RangesJson(tally.untrimmed.Runs());
  json["near"] = RangesJson(tally.near.Runs());
  json["exempted"] = RangesJson(tally.exempted.Runs());
  Json numbers = Json::array();  // [start, end, lowest, highest number of a generation]
  for (std::uint32_t i = 0; i < tally.first.size();) {
    std::uint32_t end = i + 1;
    while (end < tally.first.size() && tally.first[end] == tally.first[i] &&
           tally.last[end] == tally.last[i]) {
      ++end;
    }
    if (tally.first[i] != kNone) numbers.push_back({i, end, tally.first[i], tally.last[i]});
    i = end;
  }
  json["numbers"] = std::move(numbers);
  json["in_excerpt"] = SpanTallyJson(tally.in_excerpt);
  json["in_book"] = SpanTallyJson(tally.in_book);
  json["piece"] = {tally.longest_piece.start, tally.longest_piece.end};
  json["crossing"] = Json::array();
  for (const SourcedRange& item : tally.crossing) {
    json["crossing"].push_back({item.range.start, item.range.end, item.source});
  }
  json["hits"] = Json::array();
  for (const HitRange& hit : tally.hits) {
    json["hits"].push_back({hit.source, hit.range.start, hit.range.end, hit.count});
  }
  json["excerpts"] = Json::array();
  for (const ExcerptTally& counts : tally.excerpts) {
    json["excerpts"].push_back({counts.generations, counts.empty, counts.refused});
  }
  json["totals"] = {tally.tokens, tally.guarded, tally.lone_surrogates, tally.mixed};
  return json;
}

/// Reads members of a partial result; the first fault stays.
class Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  const std::optional<Error>& error() const { return error_; }
  void Fail(const std::string& what) {
    if (!error_) {
      error_ = Error{ErrorCode::kInvalidArgument,
                     fmt::format("{}: {}; not a partial result of this version?", name_, what)};
    }
  }

  const Json& At(const Json& json, const char* key) {
    static const Json kNothing;
    if (!json.is_object() || !json.contains(key)) {
      Fail(fmt::format("\"{}\" is missing", key));
      return kNothing;
    }
    return json[key];
  }
  std::string Text(const Json& json, const char* key) {
    const Json& value = At(json, key);
    if (!value.is_string()) Fail(fmt::format("\"{}\" must be a text", key));
    return value.is_string() ? value.get<std::string>() : "";
  }
  std::uint64_t Number(const Json& value, const char* what, std::uint64_t most) {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most) {
      Fail(fmt::format("\"{}\" holds {}", what, DumpJson(value).substr(0, 40)));
      return 0;
    }
    return value.get<std::uint64_t>();
  }
  /// Rows of a list, each a list of numbers up to the given limits.
  std::vector<std::vector<std::uint64_t>> Rows(const Json& json, const char* key,
                                               const std::vector<std::uint64_t>& limits) {
    std::vector<std::vector<std::uint64_t>> rows;
    const Json& list = At(json, key);
    if (!list.is_array()) Fail(fmt::format("\"{}\" must be a list", key));
    for (const Json& item : list) {
      if (!item.is_array() || item.size() != limits.size()) {
        Fail(fmt::format("\"{}\" holds {}", key, DumpJson(item).substr(0, 40)));
        return {};
      }
      rows.emplace_back();
      for (std::size_t i = 0; i < limits.size(); ++i) {
        rows.back().push_back(Number(item[i], key, limits[i]));
      }
    }
    if (error_) rows.clear();
    return rows;
  }
  Range Ordered(std::uint64_t start, std::uint64_t end, const char* key) {
    if (start > end) Fail(fmt::format("\"{}\" holds [{},{}]", key, start, end));
    return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)};
  }
  Mask ReadMask(const Json& json, std::uint32_t size, const char* key) {
    const auto runs = ParseRanges(json, size, key);
    if (!runs) {
      Fail(runs.error().message);
      return Mask(size);
    }
    return Mask::FromRuns(size, *runs);
  }

 private:
  std::string name_;
  std::optional<Error> error_;
};

BookShape ReadShape(Reader& reader, const Json& json) {
  BookShape book;
  book.name = reader.Text(json, "name");
  book.sha256 = reader.Text(json, "sha256");
  const Json& ids = reader.At(json, "ids");
  for (const Json& id : ids) {
    if (!id.is_string()) reader.Fail("an id is no text");
    book.ids.push_back(id.is_string() ? id.get<std::string>() : "");
  }
  const Json& starts = reader.At(json, "starts");
  for (const Json& start : starts) {
    book.starts.push_back(static_cast<std::uint32_t>(reader.Number(start, "starts", kMostTokens)));
  }
  if (book.starts.size() != book.ids.size() + 1 || book.starts.front() != 0 ||
      !std::is_sorted(book.starts.begin(), book.starts.end())) {
    reader.Fail("\"starts\" does not fit the ids");
    book.ids.clear();
    book.starts = {0};
  }
  return book;
}

void ReadSpanTally(Reader& reader, const Json& json, std::uint32_t tokens, std::uint32_t excerpts,
                   SpanTally& scope) {
  const Json wrapped = {{"longest", Json::array({reader.At(json, "longest")})}};
  for (const auto& row : reader.Rows(wrapped, "longest", {tokens, tokens, excerpts})) {
    scope.longest = reader.Ordered(row[0], row[1], "longest");
    scope.longest_source = static_cast<std::uint32_t>(row[2]);
  }
  for (const auto& row : reader.Rows(json, "ends", {tokens, tokens})) {
    const Range span = reader.Ordered(row[0], row[1], "ends");
    scope.start_of_end[span.end] = span.start;
  }
  for (const auto& row : reader.Rows(json, "spans", {tokens, tokens})) {
    scope.spans.push_back(reader.Ordered(row[0], row[1], "spans"));
    if (scope.spans.back().length() == 0) reader.Fail("\"spans\" holds an empty span");
  }
}

Tally ReadTally(Reader& reader, const Json& json, const Parameters& parameters,
                const BookShape& book) {
  const std::uint32_t tokens = book.tokens();
  const auto excerpts = static_cast<std::uint32_t>(book.ids.size());
  Tally tally(parameters, tokens, excerpts);
  const std::uint32_t last_excerpt = excerpts > 0 ? excerpts - 1 : 0;
  const Json& covered = reader.At(json, "covered");
  if (covered.size() != parameters.k.size()) {
    reader.Fail("\"covered\" does not fit the parameters");
    return tally;
  }
  for (std::size_t i = 0; i < covered.size(); ++i) {
    tally.covered[i] = reader.ReadMask(covered[i], tokens, "covered");
  }
  tally.untrimmed = reader.ReadMask(reader.At(json, "untrimmed"), tokens, "untrimmed");
  tally.near = reader.ReadMask(reader.At(json, "near"), tokens, "near");
  tally.exempted = reader.ReadMask(reader.At(json, "exempted"), tokens, "exempted");
  for (const auto& row : reader.Rows(json, "numbers", {tokens, tokens, kNone - 1, kNone - 1})) {
    const Range range = reader.Ordered(row[0], row[1], "numbers");
    for (std::uint32_t i = range.start; i < range.end; ++i) {
      tally.first[i] = static_cast<std::uint32_t>(row[2]);
      tally.last[i] = static_cast<std::uint32_t>(row[3]);
    }
  }
  ReadSpanTally(reader, reader.At(json, "in_excerpt"), tokens, last_excerpt, tally.in_excerpt);
  ReadSpanTally(reader, reader.At(json, "in_book"), tokens, last_excerpt, tally.in_book);
  const Json piece = {{"piece", Json::array({reader.At(json, "piece")})}};
  for (const auto& row : reader.Rows(piece, "piece", {tokens, tokens})) {
    tally.longest_piece = reader.Ordered(row[0], row[1], "piece");
  }
  for (const auto& row : reader.Rows(json, "crossing", {tokens, tokens, last_excerpt})) {
    tally.crossing.push_back(
        {reader.Ordered(row[0], row[1], "crossing"), static_cast<std::uint32_t>(row[2])});
    if (tally.crossing.back().range.length() == 0) reader.Fail("\"crossing\" holds an empty span");
  }
  for (const auto& row : reader.Rows(json, "hits", {last_excerpt, tokens, tokens, kNone})) {
    tally.hits.push_back({static_cast<std::uint32_t>(row[0]),
                          reader.Ordered(row[1], row[2], "hits"),
                          static_cast<std::uint32_t>(row[3])});
  }
  const auto counts = reader.Rows(json, "excerpts", {kNone, kNone, kNone});
  if (counts.size() != excerpts) {
    reader.Fail("\"excerpts\" does not fit the book");
    return tally;
  }
  for (std::size_t e = 0; e < counts.size(); ++e) {
    tally.excerpts[e] = {static_cast<std::uint32_t>(counts[e][0]),
                         static_cast<std::uint32_t>(counts[e][1]),
                         static_cast<std::uint32_t>(counts[e][2])};
  }
  const Json totals = {{"totals", Json::array({reader.At(json, "totals")})}};
  constexpr std::uint64_t kMost = 1ULL << 53;
  for (const auto& row : reader.Rows(totals, "totals", {kMost, kMost, kMost, kMost})) {
    tally.tokens = row[0];
    tally.guarded = row[1];
    tally.lone_surrogates = row[2];
    tally.mixed = row[3];
  }
  tally.Settle();
  return tally;
}

Parameters ReadParameters(Reader& reader, const Json& json) {
  Parameters parameters;
  parameters.k.clear();
  const auto number = [&](const Json& value, const char* key) {
    return static_cast<std::uint32_t>(reader.Number(value, key, kNone - 1));
  };
  const Json& ks = reader.At(json, "k");
  for (const Json& k : ks) parameters.k.push_back(number(k, "k"));
  parameters.trim = number(reader.At(json, "trim"), "trim");
  parameters.span_over = number(reader.At(json, "span_over"), "span_over");
  const Json& cross = reader.At(json, "cross_over");
  if (!cross.is_null()) parameters.cross_over = number(cross, "cross_over");
  const std::string profile = reader.Text(json, "profile");
  if (profile != "ref" && profile != "clean") reader.Fail("\"profile\" must be ref or clean");
  parameters.profile = profile == "clean" ? Profile::kClean : Profile::kRef;
  if (const Status checked = CheckParameters(parameters); !checked) {
    reader.Fail(checked.error().message);
    parameters.k = {5};
  }
  return parameters;
}

}  // namespace

Json PartialJson(const Audit& audit) {
  Json json = {{"schema", kSchema}};
  json["tool"] = {{"name", "redraft"}, {"version", kVersion}, {"unicode", UnicodeVersion()}};
  json["parameters"] = ParametersJson(audit);
  json["book"] = ShapeJson(audit.book);
  json["inputs"] = Json::array();
  for (const InputFile& file : audit.inputs) {
    json["inputs"].push_back({{"name", file.name}, {"sha256", file.sha256}});
  }
  json["exemptions"] = Json::array();
  for (const ExemptionNote& note : audit.exemptions) {
    json["exemptions"].push_back(
        {{"sha256", note.sha256}, {"reason", note.reason}, {"tokens", note.tokens}});
  }
  json["tally"] = TallyJson(audit.tally);
  json["decoys"] = Json::array();
  for (std::size_t d = 0; d < audit.decoys.size(); ++d) {
    json["decoys"].push_back(
        {{"book", ShapeJson(audit.decoy_books[d])}, {"tally", TallyJson(audit.decoys[d])}});
  }
  return json;
}

Result<Audit> ParsePartial(const std::string& bytes, const std::string& name) {
  Result<Json> json = ParseJson(bytes);
  if (!json) return Fail(std::move(json).error().Within(name));
  Reader reader(name);
  if (reader.Text(*json, "schema") != kSchema) reader.Fail(fmt::format("not {}", kSchema));
  Audit audit;
  const Json& parameters = reader.At(*json, "parameters");
  audit.parameters = ReadParameters(reader, parameters);
  audit.seed = reader.Number(reader.At(parameters, "seed"), "seed", ~0ULL);
  const Json& tool = reader.At(*json, "tool");
  if (const std::string version = reader.Text(tool, "unicode"); version != UnicodeVersion()) {
    reader.Fail(fmt::format("it was made with Unicode {}, this is {}", version, UnicodeVersion()));
  }
  audit.book = ReadShape(reader, reader.At(*json, "book"));
  for (const Json& file : reader.At(*json, "inputs")) {
    audit.inputs.push_back({reader.Text(file, "name"), reader.Text(file, "sha256")});
  }
  for (const Json& note : reader.At(*json, "exemptions")) {
    audit.exemptions.push_back(
        {reader.Text(note, "sha256"), reader.Text(note, "reason"),
         static_cast<std::uint32_t>(reader.Number(reader.At(note, "tokens"), "tokens", kNone))});
  }
  if (!reader.error()) {
    audit.tally = ReadTally(reader, reader.At(*json, "tally"), audit.parameters, audit.book);
  }
  for (const Json& decoy : reader.At(*json, "decoys")) {
    if (reader.error()) break;
    audit.decoy_books.push_back(ReadShape(reader, reader.At(decoy, "book")));
    audit.decoys.push_back(
        ReadTally(reader, reader.At(decoy, "tally"), audit.parameters, audit.decoy_books.back()));
  }
  if (reader.error()) return Fail(*reader.error());
  return audit;
}

}  // namespace redraft::audit
