#include "redraft/cli/judge_pairs.h"

#include <fmt/format.h>

namespace redraft::cli {
namespace {

/// Pairs judged together.
constexpr std::size_t kBatch = 512;

/// A pair's bouts being judged, or why it cannot be.
struct Pair {
  const JsonLine* line = nullptr;
  Result<Ok> status = Ok{};
  std::vector<std::unique_ptr<judge::Match>> matches;
};

Result<std::vector<judge::Bout>> BoutsFor(const Json& line, const PairOptions& options) {
  judge::Bout pair;
  pair.first.id = "a";
  pair.second.id = "b";
  REDRAFT_ASSIGN(pair.first.text, TextMember(line, "a"));
  REDRAFT_ASSIGN(pair.second.text, TextMember(line, "b"));
  pair.brief = options.brief;
  if (line.contains("brief") && line["brief"].is_string())
    pair.brief = line["brief"].get<std::string>();
  pair.seed = options.seed;
  return judge::BoutsOf(pair, options.orders);
}

}  // namespace

std::string NameMember(const Json& line, const char* key) {
  const auto found = line.find(key);
  if (found == line.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : DumpJson(*found);
}

Result<judge::Label> LabelMember(const Json& line) {
  const std::string label = NameMember(line, "label");
  if (label == "a") return judge::Label::kA;
  if (label == "b") return judge::Label::kB;
  if (label == "tie") return judge::Label::kTie;
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("\"label\" is '{}'; it must be a, b or tie", label.substr(0, 40)));
}

Status JudgePairs(Judging& judging, std::span<const JsonLine> lines, const PairOptions& options,
                  const PairDone& done) {
  for (; !lines.empty(); lines = lines.subspan(std::min(kBatch, lines.size()))) {
    std::vector<Pair> batch;
    std::vector<core::Job*> jobs;
    for (const JsonLine& line : lines.first(std::min(kBatch, lines.size()))) {
      Pair& pair = batch.emplace_back();
      pair.line = &line;
      auto bouts = line.value ? BoutsFor(*line.value, options)
                              : Result<std::vector<judge::Bout>>(Fail(line.value.error()));
      if (!bouts) {
        pair.status = Fail(bouts.error());
        continue;
      }
      for (judge::Bout& bout : *bouts) {
        pair.matches.push_back(judging.judge().Play(std::move(bout)));
        jobs.push_back(pair.matches.back().get());
      }
    }
    REDRAFT_RETURN_IF_ERROR(judging.Run(jobs));
    for (const Pair& pair : batch) {
      if (!pair.status) {
        done(*pair.line, Fail(pair.status.error()));
        continue;
      }
      std::vector<core::Verdict> verdicts;
      for (const auto& match : pair.matches) verdicts.push_back(match->verdict());
      done(*pair.line, verdicts);
    }
  }
  return Ok{};
}

}  // namespace redraft::cli
