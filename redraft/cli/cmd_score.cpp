#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "redraft/base/file.h"
#include "redraft/cli/code_points.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/reward/model.h"
#include "redraft/text/function_words.h"
#include "redraft/text/gates.h"
#include "redraft/text/words.h"

namespace redraft::cli {
namespace {

struct Options {
  std::vector<std::string> inputs;
  std::string model = "reward";
  bool jsonl = false;
  bool json = false;
  bool explain = false;
};

struct Scored {
  double score = 0;
  double percentile = 0;
  int words = 0;
  std::vector<std::string> flags;  ///< reasons not to trust the score
};

/// Below this many words a score says little.
constexpr int kShort = 25;

Scored ScoreText(const reward::RewardModel& model, std::string_view text) {
  Scored scored;
  scored.score = model.Score(text);
  scored.percentile = model.Percentile(scored.score);
  scored.words = text::CountWords(text);
  scored.flags = text::CheckDraft(text, {}).reasons;
  if (!text::LooksEnglish(text)) scored.flags.emplace_back("not_english");
  if (scored.words > 0 && scored.words < kShort) scored.flags.emplace_back("short");
  return scored;
}

Json ToJson(const Scored& scored) {
  return {{"score", scored.score},
          {"percentile", scored.percentile},
          {"words", scored.words},
          {"flags", scored.flags}};
}

/// Parts of the score by group of signals, largest first.
std::vector<std::pair<std::string, double>> GroupParts(const reward::Explanation& explanation) {
  std::map<std::string, double> sums;
  for (std::size_t i = 0; i < reward::kSignals; ++i) {
    const auto signal = static_cast<reward::Signal>(i);
    sums[std::string(reward::GroupOf(signal))] += explanation.parts[i];
  }
  std::vector<std::pair<std::string, double>> parts(sums.begin(), sums.end());
  std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) {
    return std::abs(a.second) > std::abs(b.second);
  });
  return parts;
}

Json ExplanationJson(const reward::RewardModel& model, const std::string& text, double score) {
  const reward::Explanation explanation = model.Explain(text);
  Json signals = Json::object();
  for (std::size_t i = 0; i < reward::kSignals; ++i) {
    signals[std::string(reward::NameOf(static_cast<reward::Signal>(i)))] = explanation.parts[i];
  }
  Json sentences = Json::array();
  CodePointCounter counter(text);
  for (const auto& part : explanation.sentences) {
    const std::size_t start = counter.CodePoints(part.begin);
    sentences.push_back({{"start", start},
                         {"end", counter.CodePoints(part.end)},
                         {"wording", part.view.texture},
                         {"belonging", part.view.belonging},
                         {"substance", part.view.substance},
                         {"repeated", part.view.repeated}});
  }
  Json groups = Json::object();
  for (const auto& [name, part] : GroupParts(explanation)) groups[name] = part;
  return {{"groups", groups},
          {"signals", signals},
          {"sentences", sentences},
          {"percentile_better", model.Percentile(score, reward::Reference::kBetter)},
          {"percentile_worse", model.Percentile(score, reward::Reference::kWorse)}};
}

void PrintExplanation(const reward::RewardModel& model, const std::string& text, double score) {
  const reward::Explanation explanation = model.Explain(text);
  PrintLine(
      fmt::format("    above {:.0f} % of edited and {:.0f} % of unedited reference texts; "
                  "against a typical one:",
                  model.Percentile(score, reward::Reference::kBetter),
                  model.Percentile(score, reward::Reference::kWorse)));
  for (const auto& [group, part] : GroupParts(explanation)) {
    PrintLine(fmt::format("    {:+7.2f}  {}", part, group));
  }
  PrintLine("    wording  belongs  says  sentence (deviations; log-odds)");
  for (const auto& part : explanation.sentences) {
    const std::string_view sentence =
        std::string_view(text).substr(part.begin, part.end - part.begin);
    const std::string_view start = text::FirstWords(sentence, 9);
    PrintLine(fmt::format("    {:+7.1f}  {:+7.1f} {:+5.1f}  {}{}{}", part.view.texture,
                          part.view.belonging, part.view.substance, start,
                          start.size() < sentence.size() ? " …" : "",
                          part.view.repeated ? "  (repeated)" : ""));
  }
}

Result<int> ScoreFiles(const reward::RewardModel& model, const Options& options) {
  std::vector<std::string> texts;
  for (const std::string& path : options.inputs) {
    REDRAFT_ASSIGN(std::string text, ReadTextFile(path));
    texts.push_back(std::move(text));
  }
  if (options.json) {
    Json rows = Json::array();
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const Scored scored = ScoreText(model, texts[i]);
      Json row = ToJson(scored);
      row["id"] = options.inputs[i];
      if (options.explain) row["explanation"] = ExplanationJson(model, texts[i], scored.score);
      rows.push_back(std::move(row));
    }
    PrintLine(DumpJson({{"schema", "redraft.score/1"}, {"model", model.id()}, {"texts", rows}}));
    return 0;
  }
  PrintLine(fmt::format("{:>8}  {:>10}  {:>6}  text", "score", "percentile", "words"));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Scored scored = ScoreText(model, texts[i]);
    PrintLine(fmt::format("{:>8.2f}  {:>10.1f}  {:>6}  {}{}{}", scored.score, scored.percentile,
                          scored.words, options.inputs[i], scored.flags.empty() ? "" : "  ! ",
                          fmt::join(scored.flags, ", ")));
    if (options.explain) PrintExplanation(model, texts[i], scored.score);
  }
  return 0;
}

Result<int> Score(const Options& options) {
  REDRAFT_ASSIGN(const reward::RewardModel model, reward::OpenRewardModel(options.model));
  if (!options.jsonl) return ScoreFiles(model, options);
  if (options.inputs.size() != 1) {
    return Fail(ErrorCode::kInvalidArgument,
                "--jsonl reads one input: a file, or - for standard input");
  }
  return ForEachJsonLine(options.inputs.front(), [&](const Json& line) -> Result<Json> {
    REDRAFT_ASSIGN(const std::string text, TextMember(line, "text"));
    const Scored scored = ScoreText(model, text);
    Json row = ToJson(scored);
    if (options.explain) row["explanation"] = ExplanationJson(model, text, scored.score);
    return row;
  });
}

}  // namespace

void DeclareScore(Args& root) {
  Args& score = root.Command("score", "score texts with a writing-quality reward model");
  auto options = std::make_shared<Options>();
  score.Positional("inputs", options->inputs, "text files; with --jsonl one file of JSON Lines")
      .Option("--model", options->model, "reward (built in), or a file made by train reward")
      .Flag("--jsonl", options->jsonl,
            "read {\"id\",\"text\"} lines, write "
            "{\"id\",\"score\",\"percentile\",\"words\",\"flags\"}")
      .Flag("--json", options->json, "print one JSON result for all files")
      .Flag("--explain", options->explain,
            "say what the score is made of: by group of signals and by sentence")
      .Example("redraft score draft.md edited.md")
      .Example("redraft score --explain draft.md")
      .Example("redraft score - --jsonl < drafts.jsonl")
      .Run([options] { return Score(*options); });
}

}  // namespace redraft::cli
