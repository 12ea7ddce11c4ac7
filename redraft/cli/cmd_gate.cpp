// redraft gate: check texts before any judging.

#include <fmt/format.h>

#include "redraft/base/file.h"
#include "redraft/cli/args.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/core/brief.h"
#include "redraft/core/pack.h"
#include "redraft/text/gates.h"
#include "redraft/text/similarity.h"

namespace redraft::cli {
namespace {

struct Options {
  std::string input;
  bool jsonl = false;
  std::string brief;
};

Result<text::GateLimits> ReadLimits(const std::string& path) {
  if (path.empty()) return text::GateLimits{};
  REDRAFT_ASSIGN(const std::string bytes, ReadTextFile(path));
  REDRAFT_ASSIGN(const core::Brief brief, core::ParseBrief(bytes));
  REDRAFT_ASSIGN(const core::Pack pack, core::LoadPack(brief.pack));
  return text::LimitsOf(brief, pack.noun);
}

Result<int> GateLines(const std::string& input, const text::GateLimits& limits) {
  text::NearDuplicates earlier(limits.near_duplicate);
  int number = 0;
  return ForEachJsonLine(input, [&](const Json& line) -> Result<Json> {
    REDRAFT_ASSIGN(const std::string raw, TextMember(line, "text"));
    text::GateResult result = text::CheckDraft(raw, limits);
    if (const auto match = earlier.Find(result.text)) {
      result.reasons.emplace_back(match->exact ? "duplicate" : "near_duplicate");
    }
    earlier.Add(std::to_string(number++), result.text);
    return Json{{"ok", result.reasons.empty()}, {"reasons", result.reasons}, {"text", result.text}};
  });
}

Result<int> GateFile(const std::string& input, const text::GateLimits& limits) {
  REDRAFT_ASSIGN(const std::string raw, ReadTextFile(input));
  const text::GateResult result = text::CheckDraft(raw, limits);
  PrintLine(result.ok ? fmt::format("passed: {} words", result.words)
                      : fmt::format("not passed: {} ({} words)", fmt::join(result.reasons, ", "),
                                    result.words));
  if (result.text != raw) PrintLine("\n" + result.text);
  return result.ok ? 0 : ExitStatus(ErrorCode::kGateFailed);
}

}  // namespace

void DeclareGate(Args& root) {
  Args& gate = root.Command("gate", "check texts for length, garbage, loops, refusals, duplicates");
  auto options = std::make_shared<Options>();
  gate.Positional("input", options->input, "a text file, or JSON Lines; - is standard input");
  gate.Flag("--jsonl", options->jsonl,
            "read lines {\"id\",\"text\"}, write {\"id\",\"ok\",\"reasons\",\"text\"}");
  gate.Option("--brief", options->brief, "take the word limits and the noun from this brief");
  gate.Example("redraft gate story.md --brief examples/demo/brief.md");
  gate.Example("redraft gate - --jsonl < drafts.jsonl");
  gate.Run([options]() -> Result<int> {
    REDRAFT_ASSIGN(const text::GateLimits limits, ReadLimits(options->brief));
    return options->jsonl ? GateLines(options->input, limits) : GateFile(options->input, limits);
  });
}

}  // namespace redraft::cli
