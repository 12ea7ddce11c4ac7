#include "redraft/edit/objections.h"

#include <algorithm>
#include <unordered_set>

#include "redraft/text/chatter.h"
#include "redraft/text/codepoint.h"
#include "redraft/text/garbage.h"
#include "redraft/text/ngrams.h"
#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

constexpr std::size_t kEchoWords = 6;
constexpr std::size_t kFewestEchoed = 3;  ///< of a reply that is all echo
constexpr std::size_t kNearBytes = 200;
constexpr int kFewestWords = 6;   ///< a span counts as at least so long when it is doubled
constexpr int kGarbageFrom = 12;  ///< words from which on the gate against garbage knows anything

bool IsNumber(std::string_view word) {
  return std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

bool HasWord(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const auto letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             static_cast<unsigned char>(c) >= 0xC3;
    };
    const std::size_t end = at + word.size();
    if ((at == 0 || !letter(text[at - 1])) && (end == text.size() || !letter(text[end])))
      return true;
  }
  return false;
}

bool Shares(const std::vector<std::uint64_t>& words, std::string_view part, std::size_t run) {
  const auto there = text::NGrams(text::WordHashes(part), run);
  const std::unordered_set<std::uint64_t> known(there.begin(), there.end());
  return std::ranges::any_of(text::NGrams(words, run),
                             [&known](std::uint64_t gram) { return known.contains(gram); });
}

/// Whether a run of six words of `reply` stands in the text before or after the span, or in the
/// words of the prompt; of a shorter reply, whether all of it stands near the span.
bool Echoes(std::string_view before, std::string_view after, std::string_view reply) {
  static constexpr std::string_view kPrompt =
      "the words that are to stand inside the brackets instead they must fit the words before and "
      "after the brackets without any other change if the passage reads better with nothing in "
      "that place answer these must stay as they are";
  const auto words = text::WordHashes(reply);
  if (words.size() < kFewestEchoed) return false;
  if (words.size() < kEchoWords) {
    before.remove_prefix(before.size() - std::min(before.size(), kNearBytes));
    after = after.substr(0, kNearBytes);
    return Shares(words, before, words.size()) || Shares(words, after, words.size());
  }
  return Shares(words, before, kEchoWords) || Shares(words, after, kEchoWords) ||
         Shares(words, kPrompt, kEchoWords);
}

bool HasMarkup(std::string_view span, std::string_view words) {
  return std::ranges::any_of(
      std::to_array<std::string_view>({"```", "**", "[[", "]]", "<|", "##", "</", "<passage"}),
      [&](std::string_view mark) {
        return words.find(mark) != std::string_view::npos &&
               span.find(mark) == std::string_view::npos;
      });
}

}  // namespace

const char* ToString(Objection objection) {
  switch (objection) {
    case Objection::kUnchanged:
      return "unchanged";
    case Objection::kRefusal:
      return "refusal";
    case Objection::kChatter:
      return "chatter";
    case Objection::kEcho:
      return "echo";
    case Objection::kTooLong:
      return "too_long";
    case Objection::kLosesName:
      return "loses_name";
    case Objection::kLosesNumber:
      return "loses_number";
    case Objection::kGarbage:
      return "garbage";
    case Objection::kProtected:
      return "protected";
  }
  return "";
}

const char* Advice(Objection objection) {
  switch (objection) {
    case Objection::kUnchanged:
      return "They were the words that stand there already.";
    case Objection::kRefusal:
      return "They declined the task, which is harmless.";
    case Objection::kChatter:
      return "They talked about the words instead of being the words.";
    case Objection::kEcho:
      return "They repeated the passage around the marked place.";
    case Objection::kTooLong:
      return "They were too long for the place.";
    case Objection::kLosesName:
      return "They lost a name that must stay.";
    case Objection::kLosesNumber:
      return "They lost a number that must stay.";
    case Objection::kGarbage:
    case Objection::kProtected:
      break;
  }
  return "They were not readable prose.";
}

Surroundings::Surroundings(std::string_view of, std::vector<std::string> known)
    : text(of),
      names(known.empty() ? Names(of) : std::move(known)),
      is_protected(ProtectedRanges(of)) {}

std::vector<std::string> MustStay(const Surroundings& around, std::string_view span) {
  std::vector<std::string> stay;
  const auto add = [&stay](std::string_view word) {
    if (std::ranges::find(stay, word) == stay.end()) stay.emplace_back(word);
  };
  for (const std::string& name : around.names) {
    if (HasWord(span, name)) add(name);
  }
  for (const std::string_view word : text::Words(span)) {
    if (IsNumber(word)) add(word);
  }
  return stay;
}

std::vector<Objection> Objections(const Surroundings& around, const Seam& seam,
                                  const core::Edit& edit, std::string_view reply) {
  std::vector<Objection> found;
  const std::string_view span = seam.words(), words = edit.replacement;
  const auto sentences = text::Sentences(reply);
  const auto any = [&](auto&& test) { return std::ranges::any_of(sentences, test); };
  if (any([](std::string_view s) { return text::IsRefusal(s); })) {
    found.push_back(Objection::kRefusal);
  }
  const auto is_chatter = [](std::string_view s) {
    return text::IsAnnouncement(s, "passage") || text::IsNote(s, "passage");
  };
  const auto left = text::Sentences(words);
  if (std::ranges::any_of(left, is_chatter)) found.push_back(Objection::kChatter);
  const std::string_view was = around.text.substr(edit.span.start, edit.span.end - edit.span.start);
  if (words == was) found.push_back(Objection::kUnchanged);
  const int most = 2 * std::max(text::CountWords(span), kFewestWords);
  if (text::CountWords(words) > most) found.push_back(Objection::kTooLong);
  const std::string_view before = around.text.substr(0, edit.span.start);
  const std::string_view after = around.text.substr(edit.span.end);
  if (Echoes(before, after, words)) found.push_back(Objection::kEcho);
  for (const std::string& word : MustStay(around, span)) {
    if (HasWord(words, word)) continue;
    if (IsNumber(word)) {
      found.push_back(Objection::kLosesNumber);
    } else if (!words.empty() || (!HasWord(before, word) && !HasWord(after, word))) {
      found.push_back(Objection::kLosesName);
    }
  }
  const bool garbage = text::CountWords(words) >= kGarbageFrom && text::IsGarbage(words);
  if (garbage || HasMarkup(span, words)) found.push_back(Objection::kGarbage);
  if (Touches(around.is_protected, edit.span.start, edit.span.end)) {
    found.push_back(Objection::kProtected);
  }
  const auto repeats = std::ranges::unique(found);
  found.erase(repeats.begin(), repeats.end());
  return found;
}

}  // namespace redraft::edit
