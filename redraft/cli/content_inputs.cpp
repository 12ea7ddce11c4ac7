#include "redraft/cli/content_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "redraft/base/file.h"
#include "redraft/cli/jsonl.h"

namespace redraft::cli {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> Invalid(std::string message) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message));
}

bool IsFolder(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

std::vector<std::string> SplitDots(std::string_view name) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('.', start), name.size());
    parts.emplace_back(name.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

/// The visible text files of a folder. Errors: kInvalidArgument for any other file.
Result<std::vector<fs::path>> TextFiles(const std::string& folder) {
  REDRAFT_ASSIGN(const auto files, ListFiles(folder));
  std::vector<fs::path> texts;
  for (const fs::path& file : files) {
    if (file.filename().string().starts_with(".")) continue;
    if (file.extension() != ".md" && file.extension() != ".txt") {
      return Invalid(
          fmt::format("{}: only .md and .txt files are read", (fs::path(folder) / file).string()));
    }
    texts.push_back(file);
  }
  return texts;
}

Result<std::vector<ContentBrief>> ReadBriefFolder(const std::string& folder) {
  REDRAFT_ASSIGN(const auto files, TextFiles(folder));
  std::map<std::string, ContentBrief> by_id;
  for (const fs::path& file : files) {
    const std::string wording = file.stem().extension().string();
    ContentBrief& brief = by_id[file.stem().stem().string()];
    std::string* part = wording == ".short"       ? &brief.short_text
                        : wording == ".detailed"  ? &brief.detailed_text
                        : wording == ".reference" ? &brief.reference
                                                  : nullptr;
    const fs::path path = fs::path(folder) / file;
    if (part == nullptr) {
      return Invalid(
          fmt::format("{}: a brief's files are ID.short.md, ID.detailed.md and "
                      "ID.reference.md",
                      path.string()));
    }
    if (!part->empty()) return Invalid(fmt::format("{} is there twice", path.string()));
    REDRAFT_ASSIGN(*part, ReadTextFile(path));
  }
  std::vector<ContentBrief> briefs;
  for (auto& [id, brief] : by_id) {
    brief.id = id;
    briefs.push_back(std::move(brief));
  }
  return briefs;
}

Result<ContentBrief> BriefOf(const JsonLine& line) {
  if (!line.value) return Fail(line.value.error());
  ContentBrief brief;
  if (line.id.is_null()) return Invalid("the brief has no \"id\"");
  brief.id = line.id.is_string() ? line.id.get<std::string>() : DumpJson(line.id);
  REDRAFT_ASSIGN(brief.short_text, TextMember(*line.value, "short"));
  REDRAFT_ASSIGN(brief.detailed_text, TextMember(*line.value, "detailed"));
  if (line.value->contains("reference")) {
    REDRAFT_ASSIGN(brief.reference, TextMember(*line.value, "reference"));
  }
  return brief;
}

Result<std::vector<ContentBrief>> ReadBriefLines(const std::string& path) {
  REDRAFT_ASSIGN(const auto lines, ReadJsonLines(path));
  std::vector<ContentBrief> briefs;
  for (const JsonLine& line : lines) {
    Result<ContentBrief> brief = BriefOf(line);
    if (!brief)
      return Fail(std::move(brief).error().Within(fmt::format("{} line {}", path, line.number)));
    if (std::ranges::find(briefs, brief->id, &ContentBrief::id) != briefs.end())
      return Invalid(
          fmt::format("{} line {}: brief '{}' is there twice", path, line.number, brief->id));
    briefs.push_back(std::move(*brief));
  }
  return briefs;
}

/// The brief with this id. Errors: kInvalidArgument.
Result<std::size_t> FindBrief(const std::vector<ContentBrief>& briefs, const std::string& id) {
  const auto found = std::ranges::find(briefs, id, &ContentBrief::id);
  if (found == briefs.end()) return Invalid(fmt::format("there is no brief '{}'", id));
  return static_cast<std::size_t>(found - briefs.begin());
}

/// What a file's path says: which brief, which wording.
Result<SourceText> NamedText(const fs::path& file, const std::vector<ContentBrief>& briefs) {
  SourceText text;
  const std::string stem = file.stem().string();
  std::string id;  // the longest that the name begins with, since ids may hold dots
  for (const ContentBrief& brief : briefs) {
    if ((stem == brief.id || stem.starts_with(brief.id + ".")) && brief.id.size() > id.size())
      id = brief.id;
  }
  if (id.empty()) {
    return Invalid("the file is not named after a brief (ID.md, ID.short.md, ID.detailed.md, …)");
  }
  REDRAFT_ASSIGN(text.brief, FindBrief(briefs, id));
  text.condition = judge::Condition::kBoth;
  std::vector<std::string> words = SplitDots(stem.substr(id.size()));
  for (const fs::path& folder : file.parent_path()) words.push_back(folder.string());
  for (const std::string& word : words) {
    if (const auto condition = judge::ParseCondition(word)) text.condition = *condition;
  }
  return text;
}

Status ReadTextFolder(const std::string& name, const std::string& folder,
                      const std::vector<ContentBrief>& briefs, std::vector<SourceText>& texts) {
  REDRAFT_ASSIGN(const auto files, TextFiles(folder));
  for (const fs::path& file : files) {
    const fs::path path = fs::path(folder) / file;
    Result<SourceText> text = NamedText(file, briefs);
    if (!text) return Fail(std::move(text).error().Within(path.string()));
    REDRAFT_ASSIGN(text->text, ReadTextFile(path));
    text->source = name;
    texts.push_back(std::move(*text));
  }
  return Ok{};
}

Result<SourceText> TextOf(const JsonLine& line, const std::string& name,
                          const std::vector<ContentBrief>& briefs) {
  if (!line.value) return Fail(line.value.error());
  SourceText text;
  REDRAFT_ASSIGN(text.brief, FindBrief(briefs, line.id.is_string() ? line.id.get<std::string>()
                                                                   : DumpJson(line.id)));
  REDRAFT_ASSIGN(text.text, TextMember(*line.value, "text"));
  text.condition = judge::Condition::kBoth;
  if (line.value->contains("condition")) {
    REDRAFT_ASSIGN(const std::string condition, TextMember(*line.value, "condition"));
    REDRAFT_ASSIGN(text.condition, judge::ParseCondition(condition));
  }
  text.source = name;
  if (name.empty()) {
    REDRAFT_ASSIGN(text.source, TextMember(*line.value, "source"));
  }
  return text;
}

Status ReadTextLines(const std::string& name, const std::string& path,
                     const std::vector<ContentBrief>& briefs, std::vector<SourceText>& texts) {
  REDRAFT_ASSIGN(const auto lines, ReadJsonLines(path));
  for (const JsonLine& line : lines) {
    Result<SourceText> text = TextOf(line, name, briefs);
    if (!text)
      return Fail(std::move(text).error().Within(fmt::format("{} line {}", path, line.number)));
    texts.push_back(std::move(*text));
  }
  return Ok{};
}

}  // namespace

Result<std::vector<ContentBrief>> ReadContentBriefs(const std::string& path) {
  REDRAFT_ASSIGN(auto briefs, IsFolder(path) ? ReadBriefFolder(path) : ReadBriefLines(path));
  if (briefs.empty()) return Invalid(fmt::format("{} holds no brief", path));
  const auto blank = [](const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
  };
  for (const ContentBrief& brief : briefs) {
    if (blank(brief.short_text) || blank(brief.detailed_text)) {
      return Invalid(fmt::format("brief '{}' of {} lacks its {} wording", brief.id, path,
                                 blank(brief.short_text) ? "short" : "detailed"));
    }
  }
  return briefs;
}

Status ReadSourceTexts(const std::string& argument, const std::vector<ContentBrief>& briefs,
                       std::vector<SourceText>& texts) {
  const std::size_t equals = argument.find('=');
  const bool named = equals != std::string::npos && equals > 0;
  const std::string path = named ? argument.substr(equals + 1) : argument;
  const std::string name = named ? argument.substr(0, equals) : "";
  const std::size_t before = texts.size();
  if (IsFolder(path)) {
    const fs::path folder = fs::path(path) / "";
    REDRAFT_RETURN_IF_ERROR(
        ReadTextFolder(named ? name : folder.lexically_normal().parent_path().filename().string(),
                       path, briefs, texts));
  } else {
    REDRAFT_RETURN_IF_ERROR(ReadTextLines(name, path, briefs, texts));
  }
  if (texts.size() == before) return Invalid(fmt::format("{} holds no text", path));
  return Ok{};
}

}  // namespace redraft::cli
