// redraft edit: finds what is weak in a text, rewrites it, keeps the best.

#include <fmt/format.h>

#include <iostream>

#include "redraft/base/file.h"
#include "redraft/base/printable.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/edit_file.h"
#include "redraft/cli/edit_json.h"
#include "redraft/cli/edit_page.h"
#include "redraft/cli/edit_review.h"
#include "redraft/cli/edit_run.h"
#include "redraft/cli/edit_scorer.h"
#include "redraft/cli/edit_view.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/judge_opening.h"
#include "redraft/core/brief.h"
#include "redraft/edit/taxonomy.h"

namespace redraft::cli {
namespace {

struct EditFlags {
  ModelFlags models;
  std::string file, db, brief, only, detector, output, html, color = "auto";
  bool jsonl = false, json = false, detect_only = false, revise = false, keep_voice = false;
  bool in_place = false, interactive = false, revisions = false;
  int n = 8;
  std::uint64_t seed = 1;
  std::optional<double> max_distance;
};

Status Refuse(std::string message) { return Fail(ErrorCode::kInvalidArgument, std::move(message)); }

Status CheckFlags(const EditFlags& flags) {
  if (flags.n < 1 || flags.n > 1000) {
    return Refuse(fmt::format("--n is {}; it must be between 1 and 1000", flags.n));
  }
  if (flags.max_distance && !(*flags.max_distance >= 0 && *flags.max_distance <= 1)) {
    return Refuse(
        fmt::format("--max-distance is {}; it must be between 0 and 1, the share of "
                    "words that may change",
                    *flags.max_distance));
  }
  if (flags.detect_only && flags.revise)
    return Refuse("--detect-only changes nothing: without --revise");
  if (flags.detect_only && (flags.in_place || !flags.output.empty())) {
    return Refuse("--detect-only changes nothing: without --in-place and -o");
  }
  if (flags.interactive && (flags.detect_only || flags.jsonl || flags.file == "-")) {
    return Refuse("-i asks about the edits of one file: without --detect-only, --jsonl and -");
  }
  if (flags.in_place && flags.file == "-") {
    return Refuse("--in-place needs a file; standard input has no place");
  }
  if (flags.jsonl &&
      (flags.json || flags.in_place || !flags.output.empty() || !flags.html.empty())) {
    return Refuse(
        "--jsonl writes its lines to standard output: without --json, --in-place, --html "
        "and -o");
  }
  if (flags.in_place && !flags.output.empty()) {
    return Refuse("--in-place and -o name two places for the edited text; give one");
  }
  return Ok{};
}

Result<EditSetup> Setup(const EditFlags& flags) {
  REDRAFT_RETURN_IF_ERROR(CheckFlags(flags));
  REDRAFT_ASSIGN(const Config config, LoadConfig(flags.models.config));
  EditSetup setup;
  edit::EditOptions& options = setup.options;
  options.work = flags.detect_only ? edit::Work::kDetect
                 : flags.revise    ? edit::Work::kRevise
                                   : edit::Work::kRewrite;
  if (!flags.only.empty()) {
    REDRAFT_ASSIGN(options.only, edit::Taxonomy::Builtin().Select(flags.only));
  }
  options.rewrite.candidates = flags.n;
  options.rewrite.seed = flags.seed;
  if (flags.keep_voice) options.rewrite.prices = edit::KeepVoice(options.rewrite.prices);
  if (flags.max_distance) options.rewrite.prices.max_distance = *flags.max_distance;
  // What redraft.toml names as judge counts where it scores one text at a time, and at once.
  std::string judge = flags.models.judge;
  const bool usable = IsScorer(config.judge) && !IsLmReward(config.judge);
  if (judge.empty()) judge = usable ? config.judge : "reward";
  auto opened = OpenScorer(judge);
  if (!opened) return Fail(opened.error().code, "--judge " + opened.error().message);
  setup.scorer = std::move(opened->scorer);
  setup.scorer_status = std::move(opened->status);
  options.detector = edit::Detector::kLocal;
  if (!flags.detector.empty()) {
    REDRAFT_ASSIGN(options.detector, edit::ParseDetector(flags.detector));
  }
  if (AsksModel(options)) {
    REDRAFT_ASSIGN(setup.model, ChooseModel(flags.models, config, Asker::kEditor));
    options.rewrite.model = RequestModel(setup.model);
    options.rewrite.embedded = setup.model.embedded();
    // Small models mark places no better than chance; the rules without a model do.
    if (flags.detector.empty() && !setup.model.embedded()) options.detector = edit::Detector::kBoth;
  }
  setup.db = LedgerPath(flags.db, config);
  setup.name = "edit " + flags.file;
  setup.flags = flags.models;
  setup.quiet = flags.jsonl || flags.json;
  return setup;
}

Result<std::string> Brief(const EditFlags& flags) {
  if (flags.brief.empty()) return std::string();
  REDRAFT_ASSIGN(const std::string text, ReadTextFile(flags.brief, 4 << 20));
  REDRAFT_ASSIGN(const auto brief, core::ParseBrief(text));
  return brief.task;
}

/// What stays in the ledger and is no part of a result, unless it is asked for.
Json Shown(const EditFlags& flags, Json result) {
  result.erase("places");
  result.erase("decisions");
  if (!flags.revisions) result.erase("revisions");
  return result;
}

Result<EditInput> InputOf(const JsonLine& line, const std::string& brief) {
  if (!line.value) return Fail(line.value.error());
  EditInput input;
  REDRAFT_ASSIGN(input.text, TextMember(*line.value, "text"));
  if (input.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument, "\"text\" is empty: there is nothing to edit");
  }
  input.brief = brief;
  const auto own = line.value->find("brief");
  if (own != line.value->end() && !own->is_null()) {
    REDRAFT_ASSIGN(input.brief, TextMember(*line.value, "brief"));
  }
  return input;
}

Result<int> EditLines(const EditFlags& flags, const EditSetup& setup) {
  REDRAFT_ASSIGN(const std::string brief, Brief(flags));
  REDRAFT_ASSIGN(const auto lines, ReadJsonLines(flags.file));
  std::vector<Result<EditInput>> inputs;
  std::vector<EditInput> good;
  for (const JsonLine& line : lines) {
    inputs.push_back(InputOf(line, brief));
    if (inputs.back()) good.push_back(*inputs.back());
  }
  Json results = Json::array();
  if (AsksModel(setup.options) && !good.empty()) {
    REDRAFT_ASSIGN(results, EditTexts(setup, good));
  }
  int status = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!inputs[i]) {
      PrintResult(lines[i], Fail(inputs[i].error()));
      status = 1;
      continue;
    }
    Json result;
    if (AsksModel(setup.options)) {
      result = results.at(next++);
    } else {
      // Nothing to wait for: each line is answered before the next is looked at.
      REDRAFT_ASSIGN(const Json one, EditTexts(setup, std::span(&*inputs[i], 1)));
      result = one.at(0);
    }
    PrintResult(lines[i], Shown(flags, std::move(result)));
  }
  return status;
}

/// What left this machine, and where the run is.
void PrintTrail(const EditSetup& setup) {
  std::string line = "nothing left this machine";
  if (AsksModel(setup.options) && !setup.model.embedded()) {
    line = "the text was sent to " + llm::ShownUrl(setup.model.url);
  }
  if (AsksModel(setup.options)) line += "; every call is in " + setup.db;
  fmt::print(stderr, "{}\n", Printable(line));
}

/// Walks through the edits of `results`' one text; what is accepted takes the place of what was
/// chosen. Errors: kCancelled when the person quits; what was decided is kept.
Status ReviewEdits(const EditFlags& flags, const EditSetup& setup, const EditInput& input,
                   Json& results) {
  Json& result = results.at(0);
  Review review(input.text, result);
  const auto ask = [](const std::string& said) -> std::optional<std::string> {
    std::fputs(said.c_str(), stderr);
    std::string answer;
    if (!std::getline(std::cin, answer)) return std::nullopt;
    return answer;
  };
  const bool done = review.Walk(ask, MarkingFor(flags.color));
  result["decisions"] = review.decisions();
  REDRAFT_RETURN_IF_ERROR(KeepResults(setup, std::span(&input, 1), results));
  if (!done) {
    return Fail(ErrorCode::kCancelled,
                "nothing is written; your decisions are kept: the same command goes on");
  }
  ReplaceEdits(result, input.text, review.accepted(), *setup.scorer);
  return Ok{};
}

void PrintNotes(const edit::Docx& docx) {
  for (const std::string& note : docx.Notes()) fmt::print(stderr, "{}\n", Printable(note));
}

/// Drops the edits of places in a Word document that stay.
void KeepEditable(const EditedFile& file, Json& result, const core::Scorer& scorer) {
  std::vector<core::Edit> edits = EditsFromJson(result.at("edits"), file.text);
  const std::size_t dropped = DropUneditable(file, edits);
  if (dropped == 0) return;
  ReplaceEdits(result, file.text, edits, scorer);
  fmt::print(stderr, "{} in links, fields or across paragraphs {} left alone\n",
             dropped == 1 ? "one edit" : fmt::format("{} edits", dropped),
             dropped == 1 ? "is" : "are");
}

Result<int> EditOneFile(const EditFlags& flags, const EditSetup& setup) {
  REDRAFT_ASSIGN(const EditedFile file, ReadForEditing(flags.file));
  REDRAFT_ASSIGN(const std::string brief, Brief(flags));
  const EditInput input{file.text, brief};
  REDRAFT_ASSIGN(Json results, EditTexts(setup, std::span(&input, 1)));
  if (flags.interactive) {
    REDRAFT_RETURN_IF_ERROR(ReviewEdits(flags, setup, input, results));
  }
  Json& result = results.at(0);
  if (file.docx) PrintNotes(*file.docx);
  if (file.docx && !flags.detect_only) KeepEditable(file, result, *setup.scorer);
  if (!flags.html.empty()) {
    REDRAFT_ASSIGN(const std::string page, EditPage(flags.file, file.text, result));
    REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(flags.html, page));
    fmt::print(stderr, "the review page is {}\n", Printable(flags.html));
  }
  REDRAFT_ASSIGN(const std::string bytes,
                 WithEdits(file, EditsFromJson(result.at("edits"), file.text), SystemClock()));
  if (flags.output == "-") {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    return 0;
  }
  if (flags.json) {
    Json json = {{"schema", "redraft.edit/1"}, {"id", flags.file}};
    json.update(Shown(flags, result));
    PrintLine(DumpJson(json));
  } else {
    PrintColoured(DescribeEdits(file.text, result, MarkingFor(flags.color), flags.detect_only));
    PrintTrail(setup);
  }
  std::string output = flags.output;
  const bool asked_for_nothing = !flags.in_place && !flags.json && !flags.detect_only;
  if (output.empty() && file.docx && asked_for_nothing) output = EditedDocxPath(file.path);
  if (!output.empty()) {
    REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(output, bytes));
    fmt::print(stderr, "written to {}\n", Printable(output));
  }
  const bool changed = result.at("text") != Json(file.text);
  if (flags.in_place && changed) {
    REDRAFT_ASSIGN(const std::string backup, ReplaceFile(file, bytes));
    fmt::print(stderr, "{} is edited; the old text is {}\n", Printable(flags.file),
               Printable(backup));
  } else if (flags.in_place) {
    fmt::print(stderr, "{} stays as it is\n", Printable(flags.file));
  }
  return 0;
}

}  // namespace

void DeclareEdit(Args& root) {
  Args& args = root.Command("edit", "find what is weak in a text, rewrite it, keep the best");
  const auto flags = std::make_shared<EditFlags>();
  args.Positional(
      "file", flags->file,
      "text, Markdown or a Word document (.docx: tracked changes go into FILE.edited.docx); - "
      "is standard input; with --jsonl lines of "
      R"({"id","text","brief"?})");
  args.Flag("--jsonl", flags->jsonl,
            R"(read and write JSON Lines: {"id","text","score_before","score_after","distance",)"
            R"("edits":[{"start","end","category","reason","replacement"}]})");
  args.Flag("--json", flags->json, "print one JSON object");
  args.Flag("--revisions", flags->revisions,
            "with --json and --jsonl: all revisions, too, as bench edit reads them");
  args.Option("-o,--output", flags->output, "write the edited text there; - is standard output");
  args.Flag("--in-place", flags->in_place, "write it into FILE and keep the old one as FILE.bak");
  args.Flag("-i,--interactive", flags->interactive,
            "ask about each edit: accept, reject, another candidate, quit and go on later");
  args.Option("--html", flags->html, "write a page to review the edits in");
  args.Choice("--color", flags->color, {"auto", "always", "never"},
              "colours (auto: on a terminal without NO_COLOR)");
  args.Group("What is looked for");
  args.Flag("--detect-only", flags->detect_only,
            "mark weak places and change nothing; needs no model");
  args.Option("--only", flags->only, "categories, as in cliche,purple_prose");
  args.Choice(
      "--detector", flags->detector, {"local", "llm", "both"},
      "who marks weak places: rules and the reward model, the LLM, or both (default: local; "
      "both where rewrites come from a server)");
  args.Group("What is changed");
  args.Option("--n", flags->n, "candidates for each place, or whole revisions");
  args.Flag("--revise", flags->revise,
            "compare whole revisions instead of rewriting place by place; the draft, a random one "
            "and the best one are kept side by side");
  args.Option("--max-distance", flags->max_distance,
              "most of the words that may change, from 0 to 1");
  args.Flag("--keep-voice", flags->keep_voice,
            "change at most 15 % of the words, and only for twice the gain");
  args.Option("--brief", flags->brief, "what the text was written for");
  args.Option("--judge", flags->models.judge,
              "reward (built in), reward:FILE, reward:lm or reward:lm:FILE: scores texts and "
              "chooses edits");
  args.Option("--seed", flags->seed, "seed of the candidates");
  args.Option(
      "--db", flags->db,
      "ledger that keeps every call (default ./redraft.db): the same command goes on there");
  DeclareWriterFlags(args, flags->models);
  args.Example("redraft edit draft.md");
  args.Example("redraft edit draft.md --detect-only");
  args.Example("redraft edit draft.md --only cliche,purple_prose --keep-voice --in-place");
  args.Example(
      "redraft edit - --jsonl --endpoint http://127.0.0.1:8080/v1 --llm my-model < drafts.jsonl");
  args.Run([flags]() -> Result<int> {
    REDRAFT_ASSIGN(const EditSetup setup, Setup(*flags));
    return flags->jsonl ? EditLines(*flags, setup) : EditOneFile(*flags, setup);
  });
}

}  // namespace redraft::cli
