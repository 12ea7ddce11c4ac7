#include <fmt/format.h>

#include "redraft/base/file.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/reward/model.h"
#include "redraft/text/gates.h"
#include "redraft/text/words.h"

namespace redraft::cli {
namespace {

struct Options {
  std::vector<std::string> inputs;
  std::string model = "reward";
  bool jsonl = false;
  bool json = false;
};

struct Scored {
  double score = 0;
  double percentile = 0;
  int words = 0;
  std::vector<std::string> flags;  ///< reasons of the gates not to trust the score
};

Scored ScoreText(const reward::RewardModel& model, std::string_view text) {
  Scored scored;
  scored.score = model.Score(text);
  scored.percentile = model.Percentile(scored.score);
  scored.words = text::CountWords(text);
  scored.flags = text::CheckDraft(text, {}).reasons;
  return scored;
}

Json ToJson(const Scored& scored) {
  return {{"score", scored.score},
          {"percentile", scored.percentile},
          {"words", scored.words},
          {"flags", scored.flags}};
}

Result<int> ScoreFiles(const reward::RewardModel& model, const Options& options) {
  std::vector<Scored> results;
  for (const std::string& path : options.inputs) {
    REDRAFT_ASSIGN(const std::string text, ReadTextFile(path));
    results.push_back(ScoreText(model, text));
  }
  if (options.json) {
    Json texts = Json::array();
    for (std::size_t i = 0; i < results.size(); ++i) {
      Json row = ToJson(results[i]);
      row["id"] = options.inputs[i];
      texts.push_back(std::move(row));
    }
    Json out;
    out["schema"] = "redraft.score/1";
    out["model"] = model.id();
    out["texts"] = std::move(texts);
    PrintLine(DumpJson(out));
    return 0;
  }
  PrintLine(fmt::format("{:>8}  {:>10}  {:>6}  text", "score", "percentile", "words"));
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Scored& scored = results[i];
    PrintLine(fmt::format("{:>8.2f}  {:>10.1f}  {:>6}  {}{}{}", scored.score, scored.percentile,
                          scored.words, options.inputs[i], scored.flags.empty() ? "" : "  ! ",
                          fmt::join(scored.flags, ", ")));
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
    return ToJson(ScoreText(model, text));
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
      .Example("redraft score draft.md edited.md")
      .Example("redraft score - --jsonl < drafts.jsonl")
      .Run([options] { return Score(*options); });
}

}  // namespace redraft::cli
