#include <fmt/format.h>

#include <algorithm>

#include "redraft/audit/markup.h"
#include "redraft/audit/report.h"
#include "redraft/base/assets.h"
#include "redraft/base/check.h"

namespace redraft::audit {
namespace {

constexpr const char* kLegend =
    "<dl class=\"legend\">\n"
    "<dt>bmc</dt><dd>share of the book's words that came back in runs of at least k words, without "
    "those that the instruction holds</dd>\n"
    "<dt>block</dt><dd>longest stretch of the book that all generations together cover, in "
    "words</dd>\n"
    "<dt>span</dt><dd>longest run that one generation holds of the excerpt it was asked for</dd>\n"
    "<dt>spans</dt><dd>long spans that do not overlap (longer than <i>span_over</i> words)</dd>\n"
    "<dt>crossing</dt><dd>of all runs, those that the prompt of another excerpt brought "
    "about</dd>\n"
    "<dt>near verbatim</dt><dd>share of the book in chains of runs with little between them</dd>\n"
    "</dl>\n";

constexpr std::uint32_t kStripCells = 400;  // of the picture of where the coverage lies

std::string Percent(const Json& value) {
  return value.is_number() ? fmt::format("{:.2f} %", 100 * value.get<double>()) : "–";
}

/// A difference of shares, in points.
std::string Points(const Json& value) {
  return value.is_number() ? fmt::format("{:+.2f}", 100 * value.get<double>()) : "–";
}

std::string Interval(const Json& interval, std::string (*show)(const Json&) = Percent) {
  return interval.is_array() && interval.size() == 2
             ? fmt::format("{} to {}", show(interval[0]), show(interval[1]))
             : "–";
}

/// A scalar as people read it.
std::string Cell(const Json& value) {
  if (value.is_null()) return "–";
  return Escaped(value.is_string() ? value.get<std::string>() : DumpJson(value));
}

/// A member that a result need not have; null when it is missing.
const Json& Member(const Json& json, const char* key) {
  static const Json kNone;
  return json.is_object() && json.contains(key) ? json[key] : kNone;
}

void AppendRow(std::string& page, const std::vector<std::string>& cells, const char* tag = "td") {
  page += "<tr>";
  for (const std::string& cell : cells) page += fmt::format("<{0}>{1}</{0}>", tag, cell);
  page += "</tr>\n";
}

/// A bar as wide as the book; darker where more of it is covered.
void AppendStrip(std::string& page, const Mask& mask) {
  if (mask.size() == 0) return;
  const std::uint32_t cells = std::min(kStripCells, mask.size());
  page += fmt::format(
      "<svg class=\"strip\" viewBox=\"0 0 {} 10\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"where the covered words lie\">",
      cells);
  for (std::uint32_t i = 0; i < cells; ++i) {
    const Range part{static_cast<std::uint32_t>(std::uint64_t{mask.size()} * i / cells),
                     static_cast<std::uint32_t>(std::uint64_t{mask.size()} * (i + 1) / cells)};
    const double share = static_cast<double>(mask.Count(part)) / part.length();
    if (share == 0) continue;
    page +=
        fmt::format("<rect x=\"{}\" width=\"1\" height=\"10\" fill-opacity=\"{:.2f}\"/>", i, share);
  }
  page += fmt::format(
      "</svg>\n<p class=\"scale\"><span>word 0</span><span>darker: more of this part came back"
      "</span><span>word {}</span></p>\n",
      mask.size());
}

void AppendSummary(std::string& page, const Json& report) {
  page += "<table class=\"figures\">\n";
  AppendRow(page,
            {"book", "model", "generations", "empty", "refused", "bmc", "95 % interval", "block",
             "span", "spans", "crossing", "near verbatim"},
            "th");
  for (const Json& row : report["rows"]) {
    AppendRow(page, {Cell(row["book"]["name"]), Cell(row["model"]), Cell(row["generations"]),
                     Cell(row["empty"]), Cell(Member(row, "refused")), Percent(row["bmc"]["value"]),
                     Interval(Member(row["bmc"], "interval")), Cell(row["block"]["length"]),
                     Cell(row["span"]["length"]), Cell(row["spans"]["ref"]),
                     fmt::format("{} / {}", Cell(row["cross"]["crossing"]),
                                 Cell(row["cross"]["counted"])),
                     Percent(Member(Member(row, "near_verbatim"), "value"))});
  }
  page += "</table>\n";
  page += kLegend;
}

void AppendDifferences(std::string& page, const Json& report) {
  if (report["differences"].empty()) return;
  page += "<h2>Against the base model</h2>\n<table class=\"figures\">\n";
  AppendRow(page,
            {"book", "models", "bmc, points", "95 % interval", "times", "words newly covered"},
            "th");
  for (const Json& row : report["differences"]) {
    AppendRow(
        page,
        {Cell(row["book"]["name"]), fmt::format("{} − {}", Cell(row["model"]), Cell(row["base"])),
         Points(row["bmc"]), Interval(row["interval"], Points),
         row["ratio"].is_number() ? fmt::format("{:.2f}", row["ratio"].get<double>()) : "–",
         Cell(row["newly_covered"])});
  }
  page += "</table>\n";
}

void AppendPermissions(std::string& page, const Json& report) {
  bool exempt = false;
  for (const Json& row : report["rows"]) exempt |= row.contains("exempt");
  if (exempt) {
    page += "<h2>Texts that do not count</h2>\n<table>\n";
    AppendRow(page, {"book", "model", "reason", "words of the book", "sha256"}, "th");
    for (const Json& row : report["rows"]) {
      if (!row.contains("exempt")) continue;
      for (const Json& text : Member(row["exempt"], "texts")) {
        AppendRow(page,
                  {Cell(row["book"]["name"]), Cell(row["model"]), Cell(Member(text, "reason")),
                   Cell(Member(text, "tokens")), Cell(Member(text, "sha256"))});
      }
    }
    page += "</table>\n";
  }
  if (report["waivers"].empty()) return;
  page += "<h2>Waivers</h2>\n<table>\n";
  AppendRow(page, {"check", "allowed", "signer", "reason", "expires", ""}, "th");
  for (const Json& waiver : report["waivers"]) {
    AppendRow(page, {Cell(waiver["check"]), Cell(waiver["allow"]), Cell(waiver["signer"]),
                     Cell(waiver["reason"]), Cell(waiver["expires"]),
                     waiver["expired"] == true ? "<b>expired</b>" : ""});
  }
  page += "</table>\n";
}

/// The book's text with the covered words marked.
void AppendBook(std::string& page, const IndexedBook& book, const Mask& mask) {
  const std::vector<Range> runs = mask.Runs();
  auto run = runs.begin();
  for (std::uint32_t e = 0; e < book.tokens.excerpts(); ++e) {
    const Range own = book.tokens.excerpt(e);
    const std::string_view text = book.book.TextOf(book.book.excerpts[e]);
    page += fmt::format("<h4>{}</h4>\n<p class=\"text\">", Escaped(book.shape.ids[e]));
    std::size_t at = 0;
    while (run != runs.end() && run->end <= own.start) ++run;
    for (auto part = run; part != runs.end() && part->start < own.end; ++part) {
      const Range cut{std::max(part->start, own.start), std::min(part->end, own.end)};
      const std::size_t begin = book.tokens.ranges[cut.start].begin;
      const std::size_t end = book.tokens.ranges[cut.end - 1].end;
      AppendEscaped(page, text.substr(at, begin - at));
      page += fmt::format("<mark title=\"words {} to {}\">", part->start, part->end);
      AppendEscaped(page, text.substr(begin, end - begin));
      page += "</mark>";
      at = end;
    }
    AppendEscaped(page, text.substr(at));
    page += "</p>\n";
  }
}

void AppendLongest(std::string& page, const Json& longest) {
  const bool texts = longest.front().contains("text");
  page += "<details><summary>Longest stretches</summary>\n<table>\n";
  AppendRow(page, {"words", "from", "to", texts ? "text" : ""}, "th");
  for (const Json& stretch : longest) {
    AppendRow(page, {Cell(stretch["length"]), Cell(stretch["start"]), Cell(stretch["end"]),
                     texts ? Cell(Member(stretch, "text")) : ""});
  }
  page += "</table></details>\n";
}

void AppendDetails(std::string& page, const Json& row, const ReportInput& input,
                   const ResultFile& result) {
  page +=
      fmt::format("<section>\n<h2>{} · {}</h2>\n", Cell(row["book"]["name"]), Cell(row["model"]));
  AppendStrip(page, result.mask);
  if (row.contains("warnings")) {
    for (const Json& warning : row["warnings"]) {
      page += fmt::format("<p class=\"warning\">{}</p>\n", Cell(warning));
    }
  }
  if (row["longest"].empty()) {
    page += "<p>No run of the book's words came back.</p>\n";
  } else {
    AppendLongest(page, row["longest"]);
  }
  const auto book = input.books.find(result.book_sha256);
  if (!input.redact && book != input.books.end()) {
    page += "<details><summary>The book</summary>\n";
    AppendBook(page, book->second, result.mask);
    page += "</details>\n";
  }
  page += "<details><summary>Inputs and parameters</summary>\n<table>\n";
  AppendRow(page, {"book", Cell(row["book"]["sha256"])});
  for (const Json& file : Member(row, "inputs")) {
    AppendRow(page, {Cell(Member(file, "name")), Cell(Member(file, "sha256"))});
  }
  AppendRow(page, {Cell(row["result"]["name"]), Cell(row["result"]["sha256"])});
  if (row.contains("parameters")) {
    for (const auto& [name, value] : row["parameters"].items()) {
      AppendRow(page, {Escaped(name), Cell(value)});
    }
  }
  if (row.contains("tool")) AppendRow(page, {"scored by", Cell(row["tool"])});
  page += "</table></details>\n</section>\n";
}

}  // namespace

std::string ReportHtml(const Json& report, const ReportInput& input) {
  const auto style = FindAsset("data/report/audit.css");
  REDRAFT_CHECK(style.has_value());
  std::string page =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n<title>Memorization audit · "
      "Redraft</title>\n<style>\n";
  page += *style;
  page += "</style>\n</head>\n<body>\n<h1>Memorization audit</h1>\n";
  page += fmt::format("<p class=\"meta\">{} · redraft {} · Unicode {}{}</p>\n",
                      Cell(report["date"]), Cell(report["tool"]["version"]),
                      Cell(report["tool"]["unicode"]), input.redact ? " · texts redacted" : "");
  AppendSummary(page, report);
  AppendDifferences(page, report);
  AppendPermissions(page, report);
  for (const Json& row : report["rows"]) {
    const std::string sha256 = row["result"]["sha256"], model = row["model"];
    for (const ReportRow& source : input.rows) {
      if (source.result.sha256 == sha256 && source.model == model) {
        AppendDetails(page, row, input, source.result);
        break;
      }
    }
  }
  page +=
      "<p class=\"meta\">Figures are counts of words equal to the book's under the stated "
      "parameters; they say nothing about rights.</p>\n</body>\n</html>\n";
  return page;
}

}  // namespace redraft::audit
