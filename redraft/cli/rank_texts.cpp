#include "redraft/cli/rank_texts.h"

#include <fmt/format.h>

#include <set>

#include "redraft/base/file.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/judging.h"

namespace redraft::cli {
namespace {

namespace fs = std::filesystem;

Status ReadLines(const std::string& path, std::vector<judge::Contender>& texts) {
  REDRAFT_ASSIGN(const auto lines, ReadJsonLines(path));
  for (const JsonLine& line : lines) {
    const auto at = fmt::format("{} line {}", path == "-" ? "standard input" : path, line.number);
    if (!line.value) return Fail(Error(line.value.error()).Within(at));
    Result<std::string> text = TextMember(*line.value, "text");
    if (!text) return Fail(std::move(text).error().Within(at));
    if (line.id.is_null())
      return Fail(ErrorCode::kInvalidArgument, at + ": the line has no \"id\"");
    texts.push_back({line.id.is_string() ? line.id.get<std::string>() : DumpJson(line.id), *text});
  }
  return Ok{};
}

}  // namespace

Result<std::vector<judge::Contender>> ReadTexts(const std::vector<std::string>& paths) {
  std::vector<judge::Contender> texts;
  std::error_code ignored;
  for (const std::string& path : paths) {
    if (path == "-" || path.ends_with(".jsonl")) {
      REDRAFT_RETURN_IF_ERROR(ReadLines(path, texts));
    } else if (fs::is_directory(path, ignored)) {
      REDRAFT_ASSIGN(const auto files, ListFiles(path));
      for (const fs::path& file : files) {
        REDRAFT_ASSIGN(std::string text, ReadTextFile(fs::path(path) / file));
        texts.push_back({file.string(), std::move(text)});
      }
    } else {
      REDRAFT_ASSIGN(std::string text, ReadTextFile(path));
      texts.push_back({path, std::move(text)});
    }
  }
  std::set<std::string> ids;
  for (const judge::Contender& text : texts) {
    if (!ids.insert(text.id).second) {
      return Fail(ErrorCode::kInvalidArgument, fmt::format("two texts have the id '{}'", text.id));
    }
  }
  return texts;
}

Result<RankedTexts> RankTexts(const std::vector<judge::Contender>& texts, const ModelFlags& flags,
                              int top, std::uint64_t seed) {
  ModelFlags without_limit = flags;
  without_limit.max_calls.reset();
  REDRAFT_ASSIGN(Judging judging, Judging::Open(without_limit, "fiction", "", seed));
  judge::TournamentOptions options;
  options.top = top;
  options.max_bouts = flags.max_calls;
  options.seed = seed;
  REDRAFT_ASSIGN(auto tournament, judge::PlayTournament(texts, judging.judge(), options,
                                                        [&](std::span<core::Job* const> jobs) {
                                                          return judging.Run(jobs);
                                                        }));
  const std::int64_t asked = judging.spent().tries;
  const auto compared = static_cast<std::int64_t>(tournament.verdicts.size());
  return RankedTexts{std::move(tournament), asked > 0 ? asked : compared};
}

}  // namespace redraft::cli
