#include "redraft/edit/annotated_texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "redraft/base/file.h"
#include "redraft/base/json.h"
#include "redraft/edit/taxonomy.h"
#include "redraft/text/codepoint.h"

namespace redraft::edit {
namespace {

constexpr std::string_view kDraftFollows = "you are editing:\n";

/// A span as the files give it.
struct Quoted {
  std::string words, label, replacement;
};

/// Finds the places of `quoted` in the draft and adds the annotation.
void AddAnnotation(std::string draft, std::string annotator, const std::vector<Quoted>& quoted,
                   AnnotatedTexts& texts) {
  AnnotatedText annotated{std::move(draft), std::move(annotator), {}};
  std::vector<std::pair<std::size_t, std::size_t>> taken;
  for (const Quoted& span : quoted) {
    std::size_t at = annotated.text.find(span.words);
    if (at == std::string::npos) {
      ++texts.not_found;
      continue;
    }
    if (annotated.text.find(span.words, at + 1) != std::string::npos) ++texts.ambiguous;
    std::size_t free = at;
    while (free != std::string::npos &&
           std::find(taken.begin(), taken.end(), std::pair{free, span.words.size()}) !=
               taken.end()) {
      free = annotated.text.find(span.words, free + 1);
    }
    if (free != std::string::npos) at = free;
    taken.emplace_back(at, span.words.size());
    const Category* category = Taxonomy::Builtin().FindLabel(span.label);
    annotated.edits.push_back({{at, at + span.words.size(),
                                category == nullptr ? std::string() : category->id, span.label, 1},
                               span.replacement});
  }
  std::stable_sort(
      annotated.edits.begin(), annotated.edits.end(),
      [](const core::Edit& a, const core::Edit& b) { return a.span.start < b.span.start; });
  texts.texts.push_back(std::move(annotated));
}

/// The string under `key`, or null.
const std::string* String(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? &found->get_ref<const std::string&>()
                                                     : nullptr;
}

const std::string* MessageOf(const Json& row, std::string_view role) {
  if (!row.is_object()) return nullptr;
  const auto messages = row.find("messages");
  if (messages == row.end() || !messages->is_array()) return nullptr;
  for (const Json& message : *messages) {
    const std::string* name = String(message, "role");
    if (name != nullptr && *name == role) return String(message, "content");
  }
  return nullptr;
}

/// Reads "Span 7: `" at the beginning of a line; the number, and what follows. 0: it is none.
int SpanNumber(std::string_view line, std::string_view& rest) {
  constexpr std::string_view kSpan = "Span ";
  if (!line.starts_with(kSpan)) return 0;
  line.remove_prefix(kSpan.size());
  int number = 0;
  while (!line.empty() && line.front() >= '0' && line.front() <= '9' && number < 10000) {
    number = 10 * number + (line.front() - '0');
    line.remove_prefix(1);
  }
  if (!line.starts_with(": `")) return 0;
  rest = line.substr(3);
  return number;
}

/// The spans of an answer: those of its first part with the replacements of its second.
Result<std::vector<Quoted>> SpansOf(std::string_view answer, const std::string& where) {
  constexpr std::string_view kCategory = "` (Category: `", kArrow = "` -> `";
  std::map<int, Quoted> spans;
  for (std::size_t at = 0; at < answer.size();) {
    std::string_view rest;
    const std::size_t line_end = std::min(answer.find('\n', at), answer.size());
    const int number = SpanNumber(answer.substr(at), rest);
    at = line_end + 1;
    if (number == 0) continue;
    // Words of a span may hold line breaks: up to the next span.
    rest = rest.substr(0, rest.find("\nSpan "));
    const std::size_t category = rest.find(kCategory), arrow = rest.find(kArrow);
    if (category != std::string_view::npos && category < arrow) {
      std::string_view label = rest.substr(category + kCategory.size());
      label = label.substr(0, label.find('`'));
      spans[number].words = rest.substr(0, category);
      spans[number].label = label;
    } else if (arrow != std::string_view::npos) {
      const auto known = spans.find(number);
      if (known == spans.end()) {
        return Fail(ErrorCode::kInvalidArgument,
                    fmt::format("{}: span {} is rewritten but has no category", where, number));
      }
      const std::string_view replacement = rest.substr(arrow + kArrow.size());
      known->second.replacement = replacement.substr(0, replacement.find('`'));
    }
  }
  std::vector<Quoted> list;
  for (auto& [number, span] : spans) {
    if (span.words.empty()) {
      return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: span {} is empty", where, number));
    }
    list.push_back(std::move(span));
  }
  if (list.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: the answer names no \"Span 1: `…` (Category: `…`)\"", where));
  }
  return list;
}

}  // namespace

Status ParseTraces(std::string_view jsonl, const std::string& name, AnnotatedTexts& texts) {
  std::size_t number = 0;
  for (std::size_t at = 0; at < jsonl.size();) {
    const std::size_t end = std::min(jsonl.find('\n', at), jsonl.size());
    const std::string_view line = text::TrimSpace(jsonl.substr(at, end - at));
    at = end + 1;
    ++number;
    if (line.empty()) continue;
    const std::string where = fmt::format("{}, line {}", name, number);
    const auto row = ParseJson(line);
    if (!row) {
      return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}", where, row.error().message));
    }
    const std::string* question = MessageOf(*row, "user");
    const std::string* answer = MessageOf(*row, "assistant");
    const std::size_t draft =
        question == nullptr ? std::string::npos : question->find(kDraftFollows);
    if (answer == nullptr || draft == std::string::npos) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: not an edit trace: it needs messages of a user, with \"{}\" in "
                              "front of the draft, and of an assistant",
                              where, text::TrimSpace(kDraftFollows)));
    }
    REDRAFT_ASSIGN(const std::vector<Quoted> spans, SpansOf(*answer, where));
    AddAnnotation(question->substr(draft + kDraftFollows.size()), "", spans, texts);
  }
  return Ok{};
}

Status ParseReannotations(std::string_view bytes, const std::string& name,
                          const std::string& annotator, AnnotatedTexts& texts) {
  const auto json = ParseJson(bytes);
  if (!json) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}", name, json.error().message));
  }
  if (!json->is_array()) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: must be a JSON array", name));
  }
  for (std::size_t i = 0; i < json->size(); ++i) {
    const Json& item = (*json)[i];
    const std::string where = fmt::format("{}, item {}", name, i + 1);
    const std::string* draft = String(item, "preedit");
    if (draft == nullptr || !item.contains("fine_grained_edits") ||
        !item["fine_grained_edits"].is_array()) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: needs 'preedit' and a list 'fine_grained_edits'", where));
    }
    std::vector<Quoted> spans;
    for (const Json& edit : item["fine_grained_edits"]) {
      const std::string* label = String(edit, "categorization");
      const std::string* words = String(edit, "originalText");
      const std::string* replacement = String(edit, "editedText");
      if (label == nullptr || words == nullptr || replacement == nullptr || words->empty()) {
        return Fail(ErrorCode::kInvalidArgument,
                    fmt::format("{}: an edit needs 'categorization', 'originalText' and "
                                "'editedText'",
                                where));
      }
      spans.push_back({*words, *label, *replacement});
    }
    AddAnnotation(*draft, annotator, spans, texts);
  }
  return Ok{};
}

Status ReadAnnotatedTexts(const std::filesystem::path& path, AnnotatedTexts& texts) {
  REDRAFT_ASSIGN(const std::string bytes, ReadFile(path));
  const std::string name = path.filename().string();
  if (!text::TrimSpace(bytes).starts_with('[')) return ParseTraces(bytes, name, texts);
  const std::string stem = path.stem().string();
  const std::size_t dash = stem.rfind('-');
  return ParseReannotations(bytes, name, dash == std::string::npos ? stem : stem.substr(dash + 1),
                            texts);
}

}  // namespace redraft::edit
