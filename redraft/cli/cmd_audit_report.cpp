// redraft audit report | scan: what people read of results, and a text against a folder of books.

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "redraft/audit/index_file.h"
#include "redraft/audit/letters.h"
#include "redraft/audit/report.h"
#include "redraft/audit/scan.h"
#include "redraft/base/clock.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/base/version.h"
#include "redraft/cli/args.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"

namespace redraft::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kListedSpans = 20;  // of each book that a text copies

struct ReportOptions {
  std::vector<std::string> results, books;
  std::string base, waivers, output;
  bool redact = false, json = false;
};

std::string Percent(const Json& value) {
  return value.is_number() ? fmt::format("{:.2f} %", 100 * value.get<double>()) : "–";
}

/// A difference of shares, in points.
std::string Points(const Json& value) {
  return value.is_number() ? fmt::format("{:+.2f}", 100 * value.get<double>()) : "–";
}

/// A result's model is the folder it is in below the one that was named, else the name of the file.
Result<std::vector<audit::ReportRow>> ReadRows(const std::vector<std::string>& paths) {
  std::vector<audit::ReportRow> rows;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) {
      REDRAFT_ASSIGN(audit::ResultFile result, audit::ReadResult(path));
      rows.push_back({fs::path(path).stem().string(), std::move(result)});
      continue;
    }
    REDRAFT_ASSIGN(const auto files, ListFiles(path));
    for (const fs::path& file : files) {
      if (file.extension() != ".json") continue;
      REDRAFT_ASSIGN(audit::ResultFile result, audit::ReadResult(fs::path(path) / file));
      const bool inside = file.has_parent_path();
      rows.push_back({inside ? file.begin()->string() : file.stem().string(), std::move(result)});
    }
  }
  return rows;
}

/// Books are indexed by the profile their results were scored with.
Status ReadBooks(const std::vector<std::string>& paths, audit::ReportInput& input) {
  for (const std::string& path : paths) {
    REDRAFT_ASSIGN(audit::Book book, audit::ReadBook(path));
    audit::Parameters parameters;
    bool wanted = false;
    for (const audit::ReportRow& row : input.rows) {
      if (row.result.book_sha256 != book.sha256) continue;
      wanted = true;
      const Json& json = row.result.json;
      if (json.contains("parameters") && json["parameters"].is_object() &&
          json["parameters"].value("profile", Json()) == "clean") {
        parameters.profile = audit::Profile::kClean;
      }
    }
    if (!wanted) {
      return Fail(
          ErrorCode::kInvalidArgument,
          fmt::format("--book {}: no result is of this file (sha256 {})", path, book.sha256));
    }
    const std::string sha256 = book.sha256;
    REDRAFT_ASSIGN(audit::IndexedBook indexed, audit::IndexBook(std::move(book), path, parameters));
    input.books.emplace(sha256, std::move(indexed));
  }
  return Ok{};
}

void PrintReport(const Json& report) {
  PrintLine(fmt::format("{:<28}{:<20}{:>10}{:>8}{:>8}{:>8}{:>14}", "book", "model", "bmc", "block",
                        "span", "spans", "crossing"));
  for (const Json& row : report["rows"]) {
    PrintLine(fmt::format("{:<28}{:<20}{:>10}{:>8}{:>8}{:>8}{:>14}",
                          row["book"]["name"].get<std::string>(), row["model"].get<std::string>(),
                          Percent(row["bmc"]["value"]), DumpJson(row["block"]["length"]),
                          DumpJson(row["span"]["length"]), DumpJson(row["spans"]["ref"]),
                          fmt::format("{} / {}", DumpJson(row["cross"]["crossing"]),
                                      DumpJson(row["cross"]["counted"]))));
  }
  for (const Json& row : report["differences"]) {
    const Json& interval = row["interval"];
    PrintLine(
        fmt::format("{}: {} − {} = {} points of bmc{}, {} words newly covered",
                    row["book"]["name"].get<std::string>(), row["model"].get<std::string>(),
                    row["base"].get<std::string>(), Points(row["bmc"]),
                    interval.is_array()
                        ? fmt::format(" (95 %: {} to {})", Points(interval[0]), Points(interval[1]))
                        : "",
                    DumpJson(row["newly_covered"])));
  }
  for (const Json& waiver : report["waivers"]) {
    PrintLine(fmt::format("waiver of {} up to {} by {}, until {}{}: {}",
                          waiver["check"].get<std::string>(), DumpJson(waiver["allow"]),
                          waiver["signer"].get<std::string>(), waiver["expires"].get<std::string>(),
                          waiver["expired"] == true ? " (EXPIRED)" : "",
                          waiver["reason"].get<std::string>()));
  }
}

Result<int> RunReport(const ReportOptions& options) {
  audit::ReportInput input;
  REDRAFT_ASSIGN(input.rows, ReadRows(options.results));
  REDRAFT_RETURN_IF_ERROR(ReadBooks(options.books, input));
  input.base = options.base;
  input.redact = options.redact;
  input.today = FormatUtc(SystemClock().UnixMillis()).substr(0, 10);
  if (!options.waivers.empty()) {
    REDRAFT_ASSIGN(input.waivers, audit::ReadWaivers(options.waivers));
  }
  REDRAFT_ASSIGN(const Json report, audit::ReportJson(input));
  if (!options.output.empty()) {
    REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(options.output, audit::ReportHtml(report, input)));
  }
  if (options.json) {
    PrintLine(DumpJson(report));
  } else {
    PrintReport(report);
  }
  return 0;
}

struct ScanOptions {
  std::string text, corpus, profile = "ref";
  int k = 8;
  std::optional<int> max_span;
  bool redact = false, json = false;
};

Json BookJson(const audit::Scan& scan, const audit::ScannedBook& book, bool redact) {
  const std::uint32_t covered = book.covered.Count();
  Json spans = Json::array();
  for (const audit::SharedSpan& span : book.spans) {
    if (spans.size() == kListedSpans) break;
    Json json = {{"length", span.in_text.length()},
                 {"text", {span.in_text.start, span.in_text.end}},
                 {"book", {span.in_book.start, span.in_book.end}}};
    if (!redact) json["words"] = std::string(scan.TextOf(span.in_text));
    spans.push_back(std::move(json));
  }
  return {{"name", book.name},
          {"sha256", book.sha256},
          {"tokens", book.tokens},
          {"covered", covered},
          {"value", static_cast<double>(covered) / scan.tokens()},
          {"longest", book.spans.empty() ? 0 : book.spans.front().in_text.length()},
          {"lower_bound", book.guarded},
          {"spans", std::move(spans)}};
}

void PrintScan(const Json& result) {
  for (const Json& book : result["books"]) {
    PrintLine(fmt::format("{}: {} words ({}), longest {}", book["name"].get<std::string>(),
                          DumpJson(book["covered"]), Percent(book["value"]),
                          DumpJson(book["longest"])));
    for (const Json& span : book["spans"]) {
      PrintLine(fmt::format("  {} words at {} of the text, {} of the book{}",
                            DumpJson(span["length"]), DumpJson(span["text"][0]),
                            DumpJson(span["book"][0]),
                            span.contains("words") ? ": " + DumpJson(span["words"]) : ""));
    }
  }
  PrintLine(fmt::format("{} of {} words ({}) stand in runs of {} words and more in {} books",
                        DumpJson(result["covered"]), DumpJson(result["text"]["tokens"]),
                        Percent(result["value"]), DumpJson(result["parameters"]["k"]),
                        DumpJson(result["corpus"]["books"])));
}

Result<audit::ScannedBook> LookAt(audit::Scan& scan, const audit::Parameters& parameters,
                                  const fs::path& path, const std::string& name) {
  REDRAFT_ASSIGN(const std::string bytes, ReadFile(path));
  if (audit::IsIndexFile(bytes)) {
    REDRAFT_ASSIGN(const audit::IndexedBook book,
                   audit::ParseIndex(bytes, path.string(), parameters));
    return scan.Look(book.tokens.keys, name, book.shape.sha256);
  }
  REDRAFT_ASSIGN(const audit::Book book, audit::ParseBook(bytes, path.string()));
  return scan.Look(book, name);
}

Result<int> RunScan(const ScanOptions& options) {
  if (options.k < 1 || options.k > 64) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--k {}: must be from 1 to 64", options.k));
  }
  if (options.corpus.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "name the folder of books: --corpus DIR");
  }
  REDRAFT_ASSIGN(const std::string text, ReadTextFile(options.text));
  REDRAFT_ASSIGN(const auto files, ListFiles(options.corpus));
  audit::Parameters parameters;
  parameters.k = {static_cast<std::uint32_t>(options.k)};
  parameters.profile = options.profile == "clean" ? audit::Profile::kClean : audit::Profile::kRef;
  audit::Scan scan(text, parameters.profile, parameters.k.front());
  if (scan.tokens() == 0) {
    return Fail(ErrorCode::kInvalidArgument,
                options.text + " has no words in this profile; try --profile clean");
  }
  Json books = Json::array();
  audit::Mask all(scan.tokens());
  std::uint64_t tokens = 0, read = 0;
  std::uint32_t longest = 0;
  int status = 0;
  for (const fs::path& file : files) {
    const Result<audit::ScannedBook> looked =
        LookAt(scan, parameters, fs::path(options.corpus) / file, file.string());
    if (!looked) {
      std::fprintf(stderr, "redraft: error: %s\n", looked.error().message.c_str());
      status = 1;
      continue;
    }
    const audit::ScannedBook& scanned = *looked;
    ++read;
    tokens += scanned.tokens;
    all.Add(scanned.covered);
    if (scanned.covered.Count() == 0) continue;
    if (!scanned.spans.empty()) longest = std::max(longest, scanned.spans[0].in_text.length());
    books.push_back(BookJson(scan, scanned, options.redact));
  }
  if (read == 0) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--corpus {}: holds no book that can be read", options.corpus));
  }
  std::stable_sort(books.begin(), books.end(), [](const Json& a, const Json& b) {
    return a["covered"].get<std::uint32_t>() > b["covered"].get<std::uint32_t>();
  });
  const Json result = {
      {"schema", "redraft.audit.scan/1"},
      {"text",
       {{"name", fs::path(options.text).filename().string()},
        {"sha256", Sha256Hex(text)},
        {"tokens", scan.tokens()}}},
      {"corpus", {{"books", read}, {"tokens", tokens}}},
      {"covered", all.Count()},
      {"value", static_cast<double>(all.Count()) / scan.tokens()},
      {"longest", longest},
      {"books", books},
      {"parameters", {{"k", options.k}, {"profile", options.profile}}},
      {"tool", {{"name", "redraft"}, {"version", kVersion}, {"unicode", audit::UnicodeVersion()}}}};
  if (options.json) {
    PrintLine(DumpJson(result));
  } else {
    PrintScan(result);
  }
  if (status == 0 && options.max_span && static_cast<int>(longest) > *options.max_span) {
    return ExitStatus(ErrorCode::kGateFailed);
  }
  return status;
}

}  // namespace

void DeclareAuditReport(Args& audit) {
  Args& command = audit.Command("report", "results as a table, JSON, or one HTML page");
  auto options = std::make_shared<ReportOptions>();
  command.Positional("results", options->results,
                     "results of audit score --json, or folders with a folder for each model");
  command.Option("--book", options->books, "texts of the books, to be shown coloured by coverage");
  command.Option("--base", options->base, "compare the others with this model");
  command.Option("--waivers", options->waivers, "show these waivers (as for audit gate)");
  command.Flag("--redact", options->redact, "positions and lengths only, no text");
  command.Option("-o,--output", options->output, "write the page to this file");
  command.Flag("--json", options->json, "one JSON object instead of the table");
  command.Example("redraft audit report results/ --base gpt-base --book book.json -o audit.html");
  command.Run([options] { return RunReport(*options); });
}

void DeclareAuditScan(Args& audit) {
  Args& command = audit.Command("scan", "does a text copy any of these books?");
  auto options = std::make_shared<ScanOptions>();
  command.Positional("text", options->text, "a text file; - is standard input");
  command.Option("--corpus", options->corpus,
                 "folder of books: texts, Markdown, EPUB, JSON, index files");
  command.Option("--k", options->k, "shortest run of words that counts");
  command.Choice("--profile", options->profile, {"ref", "clean"}, "what a word is");
  command.Option("--max-span", options->max_span, "exit 100 when a longer run is found");
  command.Flag("--redact", options->redact, "positions and lengths only, no text");
  command.Flag("--json", options->json, "one JSON object");
  command.Example("redraft audit scan story.md --corpus books/");
  command.Run([options] { return RunScan(*options); });
}

}  // namespace redraft::cli
