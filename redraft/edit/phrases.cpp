#include "redraft/edit/phrases.h"

#include <fmt/format.h>

#include <algorithm>

#include "redraft/base/assets.h"
#include "redraft/base/check.h"
#include "redraft/base/toml.h"
#include "redraft/edit/taxonomy.h"

namespace redraft::edit {
namespace {

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    if (end > at) parts.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

}  // namespace

bool PhraseBook::Item::Matches(std::string_view word) const {
  if (words.empty() && prefixes.empty() && suffixes.empty()) return true;
  return std::find(words.begin(), words.end(), word) != words.end() ||
         std::any_of(prefixes.begin(), prefixes.end(),
                     [word](const std::string& prefix) { return word.starts_with(prefix); }) ||
         std::any_of(suffixes.begin(), suffixes.end(),
                     [word](const std::string& suffix) { return word.ends_with(suffix); });
}

Result<PhraseBook::Phrase> PhraseBook::Parse(std::string_view text, const Json& sets) const {
  const auto fail = [&](std::string_view why) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("phrase '{}': {}", text, why));
  };
  Phrase phrase;
  bool after_mark = false, ended = false;
  for (std::string& part : Split(text, ' ')) {
    if (ended) return fail("nothing may follow '>', '>>' or '$'");
    if (part == "^" && phrase.items.empty()) {
      phrase.opens = true;
    } else if (part == ",") {
      after_mark = true;
    } else if (part == ">" || part == ">>") {
      phrase.reach = part == ">" ? Reach::kClause : Reach::kSentence;
      ended = true;
    } else if (part == "$") {
      phrase.closes = ended = true;
    } else {
      Item item;
      item.after_mark = std::exchange(after_mark, false);
      if (part.ends_with('?')) {
        item.optional = true;
        part.pop_back();
      }
      if (part.starts_with('<') && part.ends_with('>')) {
        const auto set = sets.find(part.substr(1, part.size() - 2));
        if (set == sets.end() || !set->is_string()) return fail("there is no set " + part);
        part = set->get<std::string>();
      }
      for (std::string& word : Split(part, '|')) {
        if (word == "_") continue;
        if (word.ends_with('*')) {
          word.pop_back();
          item.prefixes.push_back(std::move(word));
        } else if (word.starts_with('*')) {
          item.suffixes.push_back(word.substr(1));
        } else {
          item.words.push_back(std::move(word));
        }
      }
      phrase.items.push_back(std::move(item));
    }
  }
  for (const Item& item : phrase.items) {
    if (!item.suffixes.empty() || (item.words.empty() && item.prefixes.empty())) {
      return fail("it must begin with a word");
    }
    if (std::any_of(item.prefixes.begin(), item.prefixes.end(),
                    [](const std::string& prefix) { return prefix.size() < kPrefix; })) {
      return fail(fmt::format("a beginning of a word needs {} letters", kPrefix));
    }
    if (!item.optional) return phrase;
  }
  return fail("some word must be there");
}

Status PhraseBook::Add(const Json& json, std::string_view name) {
  REDRAFT_RETURN_IF_ERROR(CheckKeys(json, {"sets", "list"}, name));
  const Json sets = json.value("sets", Json::object());
  const Json lists = json.value("list", Json::array());
  for (const Json& table : lists) {
    const std::string where = fmt::format("{}: list {}", name, lists_.size() + 1);
    REDRAFT_RETURN_IF_ERROR(
        CheckKeys(table, {"category", "reason", "confidence", "phrases"}, where));
    List list{table.value("category", ""), table.value("reason", ""),
              table.value("confidence", 0.0)};
    if (Taxonomy::Builtin().Find(list.category) == nullptr) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: no category '{}'", where, list.category));
    }
    if (list.reason.empty() || list.confidence <= 0 || list.confidence > 1) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: needs a reason and a confidence in (0, 1]", where));
    }
    lists_.push_back(std::move(list));
    const Json phrases = table.value("phrases", Json::array());
    for (const Json& text : phrases) {
      if (!text.is_string()) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: phrases must be strings", where));
      }
      auto phrase = Parse(text.get<std::string>(), sets);
      if (!phrase) {
        return Fail(phrase.error().code, fmt::format("{}: {}", where, phrase.error().message));
      }
      phrase->list = lists_.size() - 1;
      // Phrases are looked up by their first word: one that may be missing makes two phrases.
      while (phrase->items.front().optional) {
        Phrase with = *phrase;
        with.items.front().optional = false;
        phrases_.push_back(std::move(with));
        phrase->items.erase(phrase->items.begin());
      }
      phrases_.push_back(std::move(*phrase));
    }
  }
  return Ok{};
}

void PhraseBook::Index(std::size_t phrase) {
  const Item& first = phrases_[phrase].items.front();
  for (const std::string& word : first.words) by_word_[word].push_back(phrase);
  for (const std::string& prefix : first.prefixes) {
    by_prefix_[std::string_view(prefix).substr(0, kPrefix)].push_back(phrase);
  }
}

Result<PhraseBook> PhraseBook::FromToml(std::string_view toml, std::string_view name) {
  REDRAFT_ASSIGN(const Json json, ParseToml(toml, name));
  PhraseBook book;
  REDRAFT_RETURN_IF_ERROR(book.Add(json, name));
  for (std::size_t i = 0; i < book.phrases_.size(); ++i) book.Index(i);
  return book;
}

const PhraseBook& PhraseBook::Builtin() {
  static const PhraseBook book = [] {
    PhraseBook made;
    for (const Asset& asset : Assets()) {
      if (!asset.name.starts_with("data/edit/phrases-")) continue;
      const auto json = ParseToml(asset.bytes, asset.name);
      REDRAFT_CHECK(json);
      REDRAFT_CHECK(made.Add(*json, asset.name));
    }
    for (std::size_t i = 0; i < made.phrases_.size(); ++i) made.Index(i);
    return made;
  }();
  return book;
}

std::size_t PhraseBook::Match(const Phrase& phrase, const Prose& prose, std::size_t item,
                              std::size_t word, bool first) {
  if (item == phrase.items.size()) return word;
  const Item& wanted = phrase.items[item];
  const auto& words = prose.words();
  std::size_t best = 0;
  if (word < words.size() && wanted.Matches(words[word].form)) {
    const Gap gap = words[word].gap;
    // Whatever stands before the first word does not matter, unless a mark is asked for.
    const bool fits =
        wanted.after_mark ? gap == Gap::kComma || gap == Gap::kClause : first || gap == Gap::kSpace;
    if (fits) best = Match(phrase, prose, item + 1, word + 1, false);
  }
  if (wanted.optional) best = std::max(best, Match(phrase, prose, item + 1, word, first));
  return best;
}

void PhraseBook::Try(std::size_t index, const Prose& prose, std::size_t word,
                     std::vector<core::WeakSpan>& found) const {
  const Phrase& phrase = phrases_[index];
  const auto& words = prose.words();
  if (phrase.opens && words[word].gap != Gap::kStop) return;
  std::size_t end = Match(phrase, prose, 0, word, true);
  if (end == 0) return;
  if (phrase.closes && end != prose.ClauseEnd(end - 1)) return;
  if (phrase.reach == Reach::kClause) end = prose.ClauseEnd(end - 1);
  if (phrase.reach == Reach::kSentence) end = prose.sentences()[words[word].sentence].last;
  const List& list = lists_[phrase.list];
  found.push_back(
      {words[word].start, words[end - 1].end, list.category, list.reason, list.confidence});
}

void PhraseBook::Find(const Prose& prose, std::vector<core::WeakSpan>& found) const {
  const auto& words = prose.words();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].spoken) continue;
    const std::string_view form = words[i].form;
    if (const auto at = by_word_.find(form); at != by_word_.end()) {
      for (const std::size_t phrase : at->second) Try(phrase, prose, i, found);
    }
    if (form.size() < kPrefix) continue;
    if (const auto at = by_prefix_.find(form.substr(0, kPrefix)); at != by_prefix_.end()) {
      for (const std::size_t phrase : at->second) Try(phrase, prose, i, found);
    }
  }
}

}  // namespace redraft::edit
