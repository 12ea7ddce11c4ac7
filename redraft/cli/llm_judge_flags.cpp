#include "redraft/cli/llm_judge_flags.h"

#include <fmt/format.h>

#include "redraft/cli/judge_pairs.h"

namespace redraft::cli {
namespace {

struct Pool {
  std::vector<judge::Shot> shots;
  int ties = 0;
};

Status AddShot(const Json& line, Pool& pool) {
  REDRAFT_ASSIGN(const judge::Label label, LabelMember(line));
  judge::Shot shot;
  REDRAFT_ASSIGN(shot.first, TextMember(line, "a"));
  REDRAFT_ASSIGN(shot.second, TextMember(line, "b"));
  shot.first_better = label == judge::Label::kA;
  shot.brief = NameMember(line, "brief");
  shot.reasons = NameMember(line, "reasons");
  shot.group = NameMember(line, "group");
  if (label == judge::Label::kTie) {
    ++pool.ties;
  } else {
    pool.shots.push_back(std::move(shot));
  }
  return Ok{};
}

Result<Pool> ReadPool(const std::string& file) {
  REDRAFT_ASSIGN(const auto lines, ReadJsonLines(file));
  Pool pool;
  for (const JsonLine& line : lines) {
    const Status added = line.value ? AddShot(*line.value, pool) : Status(Fail(line.value.error()));
    if (!added) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("--shots {} line {}: {}", file, line.number, added.error().message));
    }
  }
  return pool;
}

judge::Tested TestedOf(std::span<const JsonLine> lines) {
  judge::Tested tested;
  for (const JsonLine& line : lines) {
    if (!line.value) continue;
    tested.Add(NameMember(*line.value, "a"), NameMember(*line.value, "b"),
               NameMember(*line.value, "group"));
  }
  return tested;
}

Result<std::vector<judge::Shot>> ReadShots(const LlmJudgeFlags& flags,
                                           std::span<const JsonLine> tested, std::uint64_t seed) {
  if (flags.shot_count < 1 || flags.shot_count > 100) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--shot-count is {}; it must be between 1 and 100", flags.shot_count));
  }
  REDRAFT_ASSIGN(const Pool pool, ReadPool(flags.shots));
  judge::ShotChoice choice =
      judge::ChooseShots(pool.shots, TestedOf(tested), flags.shot_count, Rng(seed).Fork("shots"));
  const std::string left_out =
      fmt::format("{} share a text or a group with the tested pairs, {} are ties",
                  choice.overlapping, pool.ties);
  if (choice.shots.empty()) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("--shots {} holds no pair that may be shown: {}; take the examples from "
                    "pairs that are not tested",
                    flags.shots, left_out));
  }
  const auto shown = static_cast<int>(choice.shots.size());
  if (choice.overlapping > 0 || shown < flags.shot_count) {
    fmt::print(stderr, "redraft: note: {} of the pairs in {} are shown to the judge ({})\n", shown,
               flags.shots, left_out);
  }
  return std::move(choice.shots);
}

}  // namespace

void DeclareLlmJudgeFlags(Args& args, LlmJudgeFlags& flags) {
  args.Group("How --judge llm is asked");
  args.Choice("--form", flags.form, {"label", "line", "structured", "verdict"},
              "label: one letter, of which the log-odds are read; line: a verdict and no reasons; "
              "structured: JSON with a reason per criterion, winner and confidence; "
              "verdict: reasons, then a verdict (default: label with an embedded model, else "
              "verdict)");
  args.Option("--shots", flags.shots,
              R"(show it labelled pairs first: JSON Lines of {"a","b","label","brief"?,"reasons"?,)"
              R"("group"?}; what shares a text or group with the tested pairs is left out)");
  args.Option("--shot-count", flags.shot_count, "how many of them, from the top of the file");
}

Result<LlmJudgeForm> ResolveLlmJudge(const LlmJudgeFlags& flags, std::span<const JsonLine> tested,
                                     std::uint64_t seed) {
  LlmJudgeForm resolved;
  if (!flags.form.empty()) {
    REDRAFT_ASSIGN(resolved.form, judge::ParseAnswerForm(flags.form));
  }
  if (!flags.shots.empty()) {
    REDRAFT_ASSIGN(resolved.shots, ReadShots(flags, tested, seed));
  }
  return resolved;
}

}  // namespace redraft::cli
