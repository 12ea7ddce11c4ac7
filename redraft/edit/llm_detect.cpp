#include "redraft/edit/llm_detect.h"

#include <algorithm>
#include <optional>

#include "redraft/edit/locate.h"
#include "redraft/edit/merge.h"
#include "redraft/edit/protect.h"
#include "redraft/edit/taxonomy.h"
#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

/// On the scale of detect.h: of what large models mark with examples, editors changed .41 to .46 of
/// the bytes (LAMP's test drafts).
constexpr double kConfidence = 0.65;
constexpr std::size_t kMostReason = 400;  ///< bytes of a reason that are kept

/// The end of the object that begins at `at`, or npos when it never closes.
std::size_t EndOfObject(std::string_view text, std::size_t at) {
  int depth = 0;
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == '\\') {
        ++at;
      } else if (c == '"') {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

/// The spans of a reply as they are written there; nothing if there is no list of them.
std::optional<std::vector<Json>> ListedSpans(std::string_view reply) {
  const auto list_of = [](const Json& json) -> const Json* {
    if (json.is_array()) return &json;
    if (!json.is_object() || !json.contains("spans")) return nullptr;
    return json["spans"].is_array() ? &json["spans"] : nullptr;
  };
  std::vector<Json> spans;
  const std::size_t open = reply.find_first_of("{[");
  const std::size_t close = reply.find_last_of("}]");
  if (open == std::string_view::npos) return std::nullopt;
  if (close != std::string_view::npos && close > open) {
    const Result<Json> whole = ParseJson(reply.substr(open, close + 1 - open));
    if (const Json* list = whole ? list_of(*whole) : nullptr) {
      for (const Json& span : *list) spans.push_back(span);
      return spans;
    }
  }
  // Something is wrong with the whole: every object that is complete is taken by itself.
  const bool listed = reply.find("\"spans\"") != std::string_view::npos;
  for (std::size_t at = reply.find('{'); at != std::string_view::npos;) {
    const std::size_t end = EndOfObject(reply, at);
    std::size_t next = at + 1;
    if (end != std::string_view::npos) {
      const Result<Json> object = ParseJson(reply.substr(at, end - at));
      if (object && object->contains("text") && object->contains("category")) {
        spans.push_back(*object);
        next = end;
      }
    }
    at = reply.find('{', next);
  }
  if (spans.empty() && !listed) return std::nullopt;
  return spans;
}

std::string Shortened(std::string reason) {
  std::ranges::replace_if(reason, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  if (reason.size() <= kMostReason) return reason;
  std::size_t end = kMostReason;
  while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0U) == 0x80U) --end;
  return reason.substr(0, end) + "…";
}

/// Turns listed spans into places of a text, one after the other.
class Reader {
 public:
  Reader(std::string_view text, const std::vector<std::string>& only)
      : text_(text), quoted_(text), protected_(ProtectedRanges(text)), only_(only) {}

  /// The span, or nothing: then it is counted in `dropped`.
  std::optional<core::WeakSpan> Read(const Json& listed, DroppedSpans& dropped) {
    const auto text_of = [&](const char* key) -> const std::string* {
      const auto member = listed.find(key);
      return member == listed.end() ? nullptr : member->get_ptr<const std::string*>();
    };
    const auto drop = [](int& count) {
      ++count;
      return std::optional<core::WeakSpan>();
    };
    if (!listed.is_object()) return drop(dropped.malformed);
    const std::string* words = text_of("text");
    const std::string* label = text_of("category");
    const std::string* reason = text_of("reason");
    if (words == nullptr || label == nullptr) return drop(dropped.malformed);
    const Category* category = Taxonomy::Builtin().FindLabel(*label);
    if (category == nullptr ||
        (!only_.empty() && std::ranges::find(only_, category->id) == only_.end())) {
      return drop(dropped.unknown_category);
    }
    if (text::CountWords(*words) > kMostSpanWords) return drop(dropped.too_long);
    const auto place = quoted_.Find(*words, from_);
    if (!place) return drop(dropped.not_found);
    if (Touches(protected_, place->start, place->end)) return drop(dropped.is_protected);
    from_ = place->end;
    return core::WeakSpan{place->start, place->end, category->id,
                          Shortened(reason == nullptr ? "" : *reason),
                          kConfidence * place->likeness};
  }

 private:
  std::string_view text_;
  QuotedText quoted_;
  std::vector<ProtectedRange> protected_;
  const std::vector<std::string>& only_;
  std::size_t from_ = 0;  ///< models list spans in the order of the text
};

}  // namespace

int DroppedSpans::total() const {
  return malformed + unknown_category + not_found + too_long + is_protected + overlapping;
}

DroppedSpans& DroppedSpans::operator+=(const DroppedSpans& other) {
  malformed += other.malformed;
  unknown_category += other.unknown_category;
  not_found += other.not_found;
  too_long += other.too_long;
  is_protected += other.is_protected;
  overlapping += other.overlapping;
  return *this;
}

Json ToJson(const DroppedSpans& dropped) {
  return {{"malformed", dropped.malformed},    {"unknown_category", dropped.unknown_category},
          {"not_found", dropped.not_found},    {"too_long", dropped.too_long},
          {"protected", dropped.is_protected}, {"overlapping", dropped.overlapping}};
}

LlmSpans ReadSpans(std::string_view reply, std::string_view text,
                   const std::vector<std::string>& only) {
  LlmSpans found;
  const auto listed = ListedSpans(reply);
  if (!listed) return found;
  found.readable = true;
  Reader reader(text, only);
  for (const Json& json : *listed) {
    if (auto span = reader.Read(json, found.dropped)) found.spans.push_back(std::move(*span));
  }
  const std::size_t before = found.spans.size();
  found.spans = Disjoint(std::move(found.spans));
  found.dropped.overlapping += static_cast<int>(before - found.spans.size());
  return found;
}

Json SpansSchema(const std::vector<std::string>& categories, int most) {
  const Json text = {{"type", "string"}};
  const Json span = {{"type", "object"},
                     {"properties",
                      {{"text", text},
                       {"category", {{"type", "string"}, {"enum", categories}}},
                       {"reason", text}}},
                     {"required", {"text", "category", "reason"}},
                     {"additionalProperties", false}};
  return {{"type", "object"},
          {"properties", {{"spans", {{"type", "array"}, {"items", span}, {"maxItems", most}}}}},
          {"required", {"spans"}},
          {"additionalProperties", false}};
}

}  // namespace redraft::edit
