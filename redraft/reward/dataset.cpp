#include "redraft/reward/dataset.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "redraft/base/csv.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/base/json.h"
#include "redraft/text/words.h"

namespace redraft::reward {
namespace {

constexpr std::uint64_t kMaxDataBytes = 4ULL << 30;
constexpr int kLampMinimumChange = 1;  // the filter under which LAMP's own pairs were made

tl::unexpected<Error> Invalid(std::string message) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message));
}

/// Calls `body` for every non-blank line; its error is given the file name and line number.
Status ForEachLine(const std::string& name, std::string_view text,
                   const std::function<Status(std::string_view line)>& body) {
  std::size_t number = 0;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string_view line = text.substr(start, end - start);
    start = end + 1;
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    if (Status done = body(line); !done) {
      return Fail(std::move(done).error().Within(fmt::format("{} line {}", name, number)));
    }
  }
  return Ok{};
}

Result<Json> ParseObject(std::string_view line) {
  REDRAFT_ASSIGN(Json row, ParseJson(line));
  if (!row.is_object()) return Invalid("expected a JSON object per line");
  return row;
}

/// Calls `body` for every row of a JSON Lines file, or of a CSV file (.csv), where "score" and
/// "margin" hold numbers and an empty cell is left out.
Status ForEachRow(const std::filesystem::path& path, std::string_view text,
                  const std::function<Status(const Json& row)>& body) {
  if (path.extension() != ".csv") {
    return ForEachLine(path.string(), text, [&](std::string_view line) -> Status {
      REDRAFT_ASSIGN(const Json row, ParseObject(line));
      return body(row);
    });
  }
  return ForEachCsvRecord(text, path.string(), [&](const Json& record) -> Status {
    Json row = Json::object();
    for (const auto& [key, value] : record.items()) {
      const auto& cell = value.get_ref<const std::string&>();
      if (cell.empty()) continue;
      row[key] = value;
      if (key != "score" && key != "margin") continue;
      double number = 0;
      const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
      if (error != std::errc() || end != cell.data() + cell.size())
        return Invalid(fmt::format("\"{}\" must be a number, not '{}'", key, cell.substr(0, 40)));
      row[key] = number;
    }
    return body(row);
  });
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// The content of a chat message: a string, or a list of parts of which the texts are joined.
Result<std::string> MessageText(const Json& message) {
  const auto content = message.find("content");
  if (content == message.end()) return Invalid("a message has no \"content\"");
  if (content->is_string()) return content->get<std::string>();
  std::string text;
  if (content->is_array()) {
    for (const Json& part : *content) {
      if (part.is_object() && part.contains("text") && part["text"].is_string()) {
        text += part["text"].get<std::string>();
      }
    }
  }
  if (text.empty()) return Invalid("a message's \"content\" holds no text");
  return text;
}

/// The content of the last message with the given role.
Result<std::string> LastMessage(const Json& messages, std::string_view role) {
  for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
    if (!message->is_object()) return Invalid("a message must be an object with role and content");
    const auto found = message->find("role");
    if (found != message->end() && found->is_string() && found->get<std::string>() == role) {
      return MessageText(*message);
    }
  }
  return Invalid(fmt::format("no message with the role \"{}\"", role));
}

/// A text under `key`, in TRL's plain or conversational shape.
Result<std::string> TextOf(const Json& row, const char* key) {
  const auto value = row.find(key);
  if (value == row.end()) return Invalid(fmt::format("no \"{}\"", key));
  std::string text;
  if (value->is_string()) {
    text = value->get<std::string>();
  } else if (value->is_array()) {
    Result<std::string> content = LastMessage(*value, "assistant");
    if (!content) return Fail(std::move(content).error().Within(fmt::format("\"{}\"", key)));
    text = std::move(*content);
  } else {
    return Invalid(fmt::format("\"{}\" must be a string or a list of messages", key));
  }
  if (IsBlank(text)) return Invalid(fmt::format("\"{}\" is empty", key));
  return text;
}

/// A name under `key`; empty when there is none.
Result<std::string> NameOf(const Json& row, const char* key) {
  const auto name = row.find(key);
  if (name == row.end() || name->is_null()) return std::string();
  if (name->is_string()) return name->get<std::string>();
  if (name->is_number()) return DumpJson(*name);
  return Invalid(fmt::format("\"{}\" must be a string or a number", key));
}

/// The stated group; without one, rows that answer the same prompt belong together.
Result<std::string> GroupOf(const Json& row) {
  if (const auto group = row.find("group"); group != row.end() && !group->is_null()) {
    return NameOf(row, "group");
  }
  if (const auto prompt = row.find("prompt"); prompt != row.end() && !prompt->is_null()) {
    return "prompt " + Sha256Hex(DumpJson(*prompt)).substr(0, 16);
  }
  return std::string();
}

/// What stands between two markers. Errors: kInvalidArgument naming the missing marker.
Result<std::string> Between(std::string_view text, std::string_view from, std::string_view to) {
  const std::size_t start = text.find(from);
  if (start == std::string_view::npos) return Invalid(fmt::format("no \"{}\"", from));
  const std::size_t end = text.find(to, start + from.size());
  if (end == std::string_view::npos) return Invalid(fmt::format("no \"{}\"", to));
  return std::string(text.substr(start + from.size(), end - start - from.size()));
}

constexpr std::string_view kLampFirst = "Paragraph 1:\n";
constexpr std::string_view kLampSecond = "\n\nParagraph 2:\n";
constexpr std::string_view kLampOnly = "Paragraph:\n";
constexpr std::string_view kLampEnd = "\n\nYou must produce";

struct LampRow {
  std::string question;
  Json answer;
};

Result<LampRow> ReadLampRow(const Json& row) {
  const Json& messages = row["messages"];
  if (!messages.is_array()) return Invalid("\"messages\" must be a list");
  LampRow read;
  REDRAFT_ASSIGN(read.question, LastMessage(messages, "user"));
  REDRAFT_ASSIGN(const std::string answer, LastMessage(messages, "assistant"));
  REDRAFT_ASSIGN(read.answer, ParseObject(answer));
  return read;
}

Result<Pair> ReadLampPreference(const Json& row) {
  REDRAFT_ASSIGN(const LampRow read, ReadLampRow(row));
  REDRAFT_ASSIGN(std::string first, Between(read.question, kLampFirst, kLampSecond));
  REDRAFT_ASSIGN(std::string second, Between(read.question, kLampSecond, kLampEnd));
  const Json preference = read.answer.value("preference", Json());
  if (preference == "2") {
    std::swap(first, second);
  } else if (preference != "1") {
    return Invalid("\"preference\" must be \"1\" or \"2\"");
  }
  return Pair{std::move(first), std::move(second), "", ""};
}

Result<ScoredText> ReadLampScore(const Json& row) {
  REDRAFT_ASSIGN(const LampRow read, ReadLampRow(row));
  ScoredText scored;
  REDRAFT_ASSIGN(scored.text, Between(read.question, kLampOnly, kLampEnd));
  const Json score = read.answer.value("score", Json());
  if (!score.is_number()) return Invalid("\"score\" must be a number");
  scored.score = score.get<double>();
  return scored;
}

/// Whether the row states that neither text is better.
Result<bool> IsTie(const Json& row) {
  const auto margin = row.find("margin");
  if (margin == row.end() || margin->is_null()) return false;
  if (!margin->is_number() || !std::isfinite(margin->get<double>()) || margin->get<double>() < 0) {
    return Invalid("\"margin\" must be a number of 0 or more (chosen is the better text)");
  }
  return margin->get<double>() == 0;
}

struct PairRow {
  Pair pair;
  bool tie = false;  ///< no text is the better one
};

/// A text of a study, plain or as {"id"?,"text"}.
Result<std::string> StudyText(const Json& row, const char* side) {
  const auto value = row.find(side);
  if (value == row.end() || !value->is_object()) return TextOf(row, side);
  Result<std::string> text = TextOf(*value, "text");
  if (!text) return Fail(std::move(text).error().Within(fmt::format("\"{}\"", side)));
  return text;
}

Result<PairRow> ReadStudyAnswer(const Json& row) {
  PairRow read;
  REDRAFT_ASSIGN(read.pair.chosen, StudyText(row, "left"));
  REDRAFT_ASSIGN(read.pair.rejected, StudyText(row, "right"));
  REDRAFT_ASSIGN(read.pair.group, NameOf(row, "item"));
  REDRAFT_ASSIGN(read.pair.editor, NameOf(row, "rater"));
  if (read.pair.group.empty() || read.pair.editor.empty()) {
    return Invalid("a study answer needs an \"item\" and a \"rater\"");
  }
  const Json& choice = row["choice"];
  read.tie = choice == "tie" || choice == "both_bad";
  if (choice == "right") {
    std::swap(read.pair.chosen, read.pair.rejected);
  } else if (choice != "left" && !read.tie) {
    return Invalid("\"choice\" must be left, right, tie or both_bad");
  }
  return read;
}

/// One row of a pair file, in any shape.
Result<PairRow> ReadPairRow(const Json& row) {
  if (row.contains("choice")) return ReadStudyAnswer(row);
  PairRow read;
  if (row.contains("messages")) {
    REDRAFT_ASSIGN(read.pair, ReadLampPreference(row));
  } else {
    REDRAFT_ASSIGN(read.pair.chosen, TextOf(row, "chosen"));
    REDRAFT_ASSIGN(read.pair.rejected, TextOf(row, "rejected"));
    REDRAFT_ASSIGN(read.pair.group, GroupOf(row));
  }
  REDRAFT_ASSIGN(read.tie, IsTie(row));
  return read;
}

/// Forgets raters when some item has several: see the header.
void CutByItems(std::vector<Pair>& pairs, std::size_t from) {
  std::map<std::string_view, std::string_view> rater_of;
  bool crossed = false;
  for (std::size_t i = from; i < pairs.size(); ++i) {
    if (pairs[i].editor.empty()) continue;
    crossed |= rater_of.emplace(pairs[i].group, pairs[i].editor).first->second != pairs[i].editor;
  }
  for (std::size_t i = from; crossed && i < pairs.size(); ++i) pairs[i].editor.clear();
}

Status ReadPairFile(const std::filesystem::path& path, Dataset& data) {
  REDRAFT_ASSIGN(const std::string bytes, ReadTextFile(path, kMaxDataBytes));
  Source source{SourceName(path), Sha256Hex(bytes)};
  const std::size_t before = data.pairs.size();
  std::set<std::array<std::string, 3>> seen;
  REDRAFT_RETURN_IF_ERROR(ForEachRow(path, bytes, [&](const Json& row) -> Status {
    REDRAFT_ASSIGN(PairRow read, ReadPairRow(row));
    Pair& pair = read.pair;
    ++source.rows;
    if (read.tie || pair.chosen == pair.rejected ||
        !seen.insert({pair.chosen, pair.rejected, pair.editor}).second) {
      ++source.left_out;
    } else {
      data.pairs.push_back(std::move(pair));
    }
    return Ok{};
  }));
  CutByItems(data.pairs, before);
  data.sources.push_back(std::move(source));
  return Ok{};
}

Result<std::vector<std::string>> LampTexts(const std::filesystem::path& path,
                                           std::string_view bytes) {
  std::vector<std::string> texts;
  REDRAFT_RETURN_IF_ERROR(ForEachLine(path.string(), bytes, [&](std::string_view line) -> Status {
    REDRAFT_ASSIGN(const Json row, ParseObject(line));
    if (!row.contains("messages")) return Invalid("no \"messages\"");
    REDRAFT_ASSIGN(ScoredText scored, ReadLampScore(row));
    texts.push_back(std::move(scored.text));
    return Ok{};
  }));
  return texts;
}

std::vector<std::string_view> SplitTabs(std::string_view line) {
  std::vector<std::string_view> cells;
  for (std::size_t start = 0; start <= line.size();) {
    const std::size_t end = std::min(line.find('\t', start), line.size());
    cells.push_back(line.substr(start, end - start));
    start = end + 1;
  }
  return cells;
}

Result<std::size_t> ParseIndex(std::string_view cell, std::size_t limit, const char* what) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size() || value >= limit) {
    return Invalid(fmt::format("{} \"{}\" is not a whole number below {}", what, cell, limit));
  }
  return value;
}

/// train-pairs.tsv: draft_row edit_row draft_score edit_score similarity editor group.
Status ReadLampFolder(const std::filesystem::path& folder, Dataset& data) {
  const auto texts_path = folder / "lamp-R.train.jsonl";
  const auto pairs_path = folder / "train-pairs.tsv";
  REDRAFT_ASSIGN(const std::string text_bytes, ReadTextFile(texts_path, kMaxDataBytes));
  REDRAFT_ASSIGN(const std::string pair_bytes, ReadTextFile(pairs_path, kMaxDataBytes));
  REDRAFT_ASSIGN(const std::vector<std::string> texts, LampTexts(texts_path, text_bytes));
  Source source{SourceName(folder), Sha256Hex(text_bytes + pair_bytes)};
  bool header = true;
  REDRAFT_RETURN_IF_ERROR(
      ForEachLine(pairs_path.string(), pair_bytes, [&](std::string_view line) -> Status {
        if (std::exchange(header, false)) {
          if (line.starts_with("draft_row\tedit_row\tdraft_score\tedit_score\t")) return Ok{};
          return Invalid("expected the heading draft_row, edit_row, draft_score, edit_score, …");
        }
        const auto cells = SplitTabs(line);
        if (cells.size() != 7) return Invalid(fmt::format("{} columns instead of 7", cells.size()));
        REDRAFT_ASSIGN(const auto draft, ParseIndex(cells[0], texts.size(), "draft_row"));
        REDRAFT_ASSIGN(const auto edit, ParseIndex(cells[1], texts.size(), "edit_row"));
        REDRAFT_ASSIGN(const auto draft_score, ParseIndex(cells[2], 11, "draft_score"));
        REDRAFT_ASSIGN(const auto edit_score, ParseIndex(cells[3], 11, "edit_score"));
        ++source.rows;
        if (edit_score < draft_score + kLampMinimumChange) {
          ++source.left_out;
        } else {
          data.pairs.push_back({texts[edit], texts[draft], "lamp " + std::string(cells[6]),
                                "lamp " + std::string(cells[5])});
        }
        return Ok{};
      }));
  data.sources.push_back(std::move(source));
  return Ok{};
}

}  // namespace

std::string SourceName(const std::filesystem::path& path) {
  const auto normal = path.lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).filename().string();
}

Status ReadPairs(const std::filesystem::path& path, Dataset& data) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored) ? ReadLampFolder(path, data)
                                                      : ReadPairFile(path, data);
}

Status ReadScores(const std::filesystem::path& path, Dataset& data) {
  REDRAFT_ASSIGN(const std::string bytes, ReadTextFile(path, kMaxDataBytes));
  Source source{SourceName(path), Sha256Hex(bytes)};
  REDRAFT_RETURN_IF_ERROR(ForEachRow(path, bytes, [&](const Json& row) -> Status {
    ++source.rows;
    if (row.contains("messages")) {
      REDRAFT_ASSIGN(ScoredText scored, ReadLampScore(row));
      data.scores.push_back(std::move(scored));
      return Ok{};
    }
    ScoredText scored;
    REDRAFT_ASSIGN(scored.text, TextOf(row, "text"));
    const Json score = row.value("score", Json());
    if (!score.is_number() || !std::isfinite(score.get<double>())) {
      return Invalid("\"score\" must be a number");
    }
    scored.score = score.get<double>();
    REDRAFT_ASSIGN(scored.group, GroupOf(row));
    data.scores.push_back(std::move(scored));
    return Ok{};
  }));
  data.sources.push_back(std::move(source));
  return Ok{};
}

SharedPairs TakeOutShared(const Dataset& training, Dataset& test) {
  std::unordered_set<std::string> texts, groups;
  const auto add = [&](const std::string& text, const std::string& group) {
    texts.insert(text::Normalise(text));
    if (!group.empty()) groups.insert(group);
  };
  for (const Pair& pair : training.pairs) {
    add(pair.chosen, pair.group);
    add(pair.rejected, pair.group);
  }
  for (const ScoredText& scored : training.scores) add(scored.text, scored.group);
  SharedPairs shared;
  std::erase_if(test.pairs, [&](const Pair& pair) {
    const bool group = groups.contains(pair.group);
    const std::string* text = texts.contains(text::Normalise(pair.chosen))     ? &pair.chosen
                              : texts.contains(text::Normalise(pair.rejected)) ? &pair.rejected
                                                                               : nullptr;
    if (!group && text == nullptr) return false;
    if (++shared.count == 1) {
      shared.first = group ? fmt::format("group '{}'", pair.group)
                           : fmt::format("the text '{} …'", text::FirstWords(*text, 8));
    }
    return true;
  });
  return shared;
}

std::size_t HoldOut(const std::vector<std::string>& texts, Dataset& data) {
  std::unordered_set<std::string> held, groups;
  for (const std::string& text : texts) held.insert(text::Normalise(text));
  const auto is_held = [&held](const std::string& text) {
    return held.contains(text::Normalise(text));
  };
  const auto pair_held = [&](const Pair& pair) {
    return is_held(pair.chosen) || is_held(pair.rejected) || groups.contains(pair.group);
  };
  const auto score_held = [&](const ScoredText& scored) {
    return is_held(scored.text) || groups.contains(scored.group);
  };
  std::unordered_set<std::string> found;
  for (const Pair& pair : data.pairs) {
    if (!pair.group.empty() && pair_held(pair)) found.insert(pair.group);
  }
  for (const ScoredText& scored : data.scores) {
    if (!scored.group.empty() && score_held(scored)) found.insert(scored.group);
  }
  groups = std::move(found);
  return std::erase_if(data.pairs, pair_held) + std::erase_if(data.scores, score_held);
}

}  // namespace redraft::reward
