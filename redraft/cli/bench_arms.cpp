#include "redraft/cli/bench_arms.h"

#include <fmt/format.h>

#include <algorithm>

#include "redraft/cli/edit_scorer.h"
#include "redraft/cli/jsonl.h"
#include "redraft/edit/arms_trial.h"

namespace redraft::cli {
namespace {

Result<edit::Trial> TrialOf(const Json& line) {
  const auto wrong = [](const char* what) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("has no {}: make the file with 'redraft edit --jsonl --revisions'", what));
  };
  edit::Trial trial;
  const Json draft = line.value("/arms/draft/text"_json_pointer, Json());
  if (!draft.is_string()) return wrong("draft among its \"arms\"");
  trial.draft = draft.get<std::string>();
  const Json revisions = line.value("revisions", Json());
  if (!revisions.is_array()) return wrong("\"revisions\"");
  for (const Json& revision : revisions) {
    const Json text = revision.is_object() ? revision.value("text", Json()) : Json();
    if (!text.is_string()) return wrong("\"text\" in one of its \"revisions\"");
    if (revision.value("reasons", Json::array()).empty()) {
      trial.revisions.push_back(text.get<std::string>());
    }
  }
  return trial;
}

/// One way round.
struct Row {
  std::string chooser, referee;
  edit::ArmsReport report;
};

Json ToJson(const edit::Preference& preference) {
  return {{"share", preference.share},
          {"interval_95", {preference.interval.lo, preference.interval.hi}}};
}

Json ToJson(const Row& row) {
  const edit::ArmsReport& report = row.report;
  return {{"chooser", row.chooser},
          {"referee", row.referee},
          {"draft_stayed", report.stayed},
          {"best_over_draft", ToJson(report.best_over_draft)},
          {"best_over_random", ToJson(report.best_over_random)},
          {"random_over_draft", ToJson(report.random_over_draft)},
          {"length_ratio", {{"best", report.best_length}, {"random", report.random_length}}},
          {"distance", {{"best", report.best_distance}, {"random", report.random_distance}}}};
}

void Print(const Row& row) {
  const edit::ArmsReport& report = row.report;
  PrintLine(fmt::format("chosen by {}, refereed by {}", row.chooser, row.referee));
  const auto line = [](const char* name, const edit::Preference& preference) {
    PrintLine(fmt::format("  {:<20}{:>5.1f} % [{:.1f}, {:.1f}]", name, 100 * preference.share,
                          100 * preference.interval.lo, 100 * preference.interval.hi));
  };
  line("best over draft", report.best_over_draft);
  line("best over random", report.best_over_random);
  line("random over draft", report.random_over_draft);
  PrintLine(
      fmt::format("  words, of the draft's: best {:.3f}, random {:.3f}; distance: best {:.3f}, "
                  "random {:.3f}; {} of the drafts stayed as they were",
                  report.best_length, report.random_length, report.best_distance,
                  report.random_distance, report.stayed));
}

}  // namespace

Result<int> BenchArms(const BenchArmsOptions& options) {
  if (options.chooser.empty() || options.referee.empty()) {
    return Fail(
        ErrorCode::kInvalidArgument,
        "--revisions needs --chooser and --referee: who chooses, and who tells whether that "
        "was right");
  }
  std::vector<edit::Trial> trials;
  int exit_code = 0;
  for (const std::string& file : options.files) {
    REDRAFT_ASSIGN(const int failed, VisitJsonLines(file, [&trials](const Json& line) -> Status {
                     REDRAFT_ASSIGN(trials.emplace_back(), TrialOf(line));
                     return Ok{};
                   }));
    exit_code = std::max(exit_code, failed);
  }
  if (trials.empty()) return Fail(ErrorCode::kInvalidArgument, "--revisions: there is no line");
  REDRAFT_ASSIGN(const OpenedScorer first, OpenScorer(options.chooser));
  REDRAFT_ASSIGN(const OpenedScorer second, OpenScorer(options.referee));
  const Rng rng = Rng(options.seed).Fork("bench/edit/arms");
  std::vector<Row> rows;
  for (const bool swapped : {false, true}) {
    const core::Scorer& chooser = *(swapped ? second : first).scorer;
    const core::Scorer& referee = *(swapped ? first : second).scorer;
    rows.push_back({chooser.id(), referee.id(),
                    edit::MeasureArms(trials, chooser, referee, options.prices, rng)});
  }
  REDRAFT_RETURN_IF_ERROR(first.status());
  REDRAFT_RETURN_IF_ERROR(second.status());
  if (options.json) {
    Json list = Json::array();
    for (const Row& row : rows) list.push_back(ToJson(row));
    PrintLine(DumpJson(
        {{"schema", "redraft.bench.edit-arms/1"},
         {"drafts", trials.size()},
         {"prices", {{"distance", options.prices.distance}, {"length", options.prices.length}}},
         {"rows", std::move(list)}}));
  } else {
    PrintLine(fmt::format("{} drafts", trials.size()));
    for (const Row& row : rows) Print(row);
  }
  return exit_code;
}

}  // namespace redraft::cli
