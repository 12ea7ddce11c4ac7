#include "redraft/cli/edit_view.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "redraft/base/printable.h"
#include "redraft/cli/edit_json.h"
#include "redraft/edit/taxonomy.h"
#include "redraft/text/diff.h"

namespace redraft::cli {
namespace {

constexpr const char* kRed = "\033[31;9m";
constexpr const char* kGreen = "\033[32m";
constexpr const char* kYellow = "\033[33m";
constexpr const char* kFaint = "\033[2m";
constexpr const char* kPlain = "\033[0m";

std::string Painted(std::string_view text, const char* colour, const Marking& marking) {
  const std::string shown = Printable(text);
  return marking.colour ? colour + shown + kPlain : shown;
}

std::string Deleted(std::string_view text, const Marking& marking) {
  if (text.empty()) return "";
  return marking.colour ? Painted(text, kRed, marking) : "[-" + Printable(text) + "-]";
}

std::string Inserted(std::string_view text, const Marking& marking) {
  if (text.empty()) return "";
  return marking.colour ? Painted(text, kGreen, marking) : "{+" + Printable(text) + "+}";
}

std::string Marked(std::string_view text, const Marking& marking) {
  return marking.colour ? Painted(text, kYellow, marking) : "[" + Printable(text) + "]";
}

bool Continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// The end of the line before `at`, from a word on.
std::string Before(std::string_view text, std::size_t at, std::size_t width) {
  std::size_t line = text.find_last_of("\r\n", at == 0 ? 0 : at - 1);
  line = at == 0 || line == std::string_view::npos ? 0 : line + 1;
  if (at - line <= width) return Printable(text.substr(line, at - line));
  std::size_t from = text.find(' ', at - width);
  if (from == std::string_view::npos || from >= at) from = at - width;
  while (from < at && Continues(text[from])) ++from;
  return "…" + Printable(text.substr(from, at - from));
}

std::string After(std::string_view text, std::size_t at, std::size_t width) {
  const std::size_t line = std::min(text.find_first_of("\r\n", at), text.size());
  if (line - at <= width) return Printable(text.substr(at, line - at));
  std::size_t to = text.rfind(' ', at + width);
  if (to == std::string_view::npos || to <= at) to = at + width;
  while (to > at && Continues(text[to])) --to;
  return Printable(text.substr(at, to - at)) + "…";
}

/// Runs of deleted and inserted words; words that only changed places with white space stay.
std::string Changes(std::string_view was, std::string_view is, const Marking& marking) {
  std::string shown;
  for (const text::DiffPiece& piece : text::WordDiff(was, is)) {
    shown += piece.op == text::DiffOp::kEqual    ? Printable(piece.text)
             : piece.op == text::DiffOp::kDelete ? Deleted(piece.text, marking)
                                                 : Inserted(piece.text, marking);
  }
  return shown;
}

std::string Number(const Json& value, const char* format) {
  return value.is_number() ? fmt::format(fmt::runtime(format), value.get<double>()) : "–";
}

}  // namespace

Marking MarkingFor(const std::string& choice) {
  if (choice == "always") return {true};
  if (choice == "never") return {false};
  const char* no_colour = std::getenv("NO_COLOR");
  return {::isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0')};
}

std::string EditInContext(std::string_view text, const core::Edit& edit, const Marking& marking,
                          std::size_t width) {
  const auto& [start, end] = std::pair(edit.span.start, edit.span.end);
  return Before(text, start, width) +
         Changes(text.substr(start, end - start), edit.replacement, marking) +
         After(text, end, width);
}

std::string Counted(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string DescribeEdits(std::string_view text, const Json& result, const Marking& marking,
                          bool spans_only) {
  std::string shown;
  std::size_t line = 1, counted = 0;
  const auto edits = EditsFromJson(result.at("edits"), text);
  for (const core::Edit& edit : edits) {
    line += static_cast<std::size_t>(
        std::count(text.begin() + static_cast<std::ptrdiff_t>(counted),
                   text.begin() + static_cast<std::ptrdiff_t>(edit.span.start), '\n'));
    counted = edit.span.start;
    const edit::Category* category = edit::Taxonomy::Builtin().Find(edit.span.category);
    const std::string words(text.substr(edit.span.start, edit.span.end - edit.span.start));
    shown += fmt::format("{:>5}  {}\n       {}\n", line,
                         spans_only ? Before(text, edit.span.start, 60) + Marked(words, marking) +
                                          After(text, edit.span.end, 60)
                                    : EditInContext(text, edit, marking),
                         Painted((category == nullptr ? edit.span.category : category->name) +
                                     (edit.span.reason.empty() ? "" : ": " + edit.span.reason),
                                 kFaint, marking));
  }
  if (!shown.empty()) shown += '\n';
  const auto spans = result.at("spans").get<std::size_t>();
  if (spans_only) {
    return shown + fmt::format("{}; score {}", Counted(spans, "weak place"),
                               Number(result.at("score_before"), "{:+.2f}"));
  }
  return shown + fmt::format("{} in {}; score {} → {}; {} % of the words changed",
                             Counted(edits.size(), "edit"), Counted(spans, "weak place"),
                             Number(result.at("score_before"), "{:+.2f}"),
                             Number(result.at("score_after"), "{:+.2f}"),
                             fmt::format("{:.0f}", 100 * result.at("distance").get<double>()));
}

}  // namespace redraft::cli
