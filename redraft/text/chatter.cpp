#include "redraft/text/chatter.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "redraft/text/codepoint.h"
#include "redraft/text/words.h"

namespace redraft::text {
namespace {

using Phrases = std::span<const std::string_view>;

/// Normalised words with a space on both sides, so that phrases match whole words only.
std::string Padded(std::string_view text) { return " " + Normalise(text) + " "; }

bool StartsWith(const std::string& padded, std::string_view phrase) {
  return padded.compare(1, phrase.size(), phrase) == 0 && padded[phrase.size() + 1] == ' ';
}
bool StartsWithAny(const std::string& padded, Phrases phrases) {
  return std::ranges::any_of(phrases, [&](auto phrase) { return StartsWith(padded, phrase); });
}
bool Has(const std::string& padded, std::string_view phrase) {
  return padded.find(" " + std::string(phrase) + " ") != std::string::npos;
}
bool HasAny(const std::string& padded, Phrases phrases) {
  return std::ranges::any_of(phrases, [&](auto phrase) { return Has(padded, phrase); });
}

bool StartsInQuotes(std::string_view text) {
  text = TrimSpace(text);
  return text.starts_with('"') || text.starts_with('\'') || text.starts_with("“") ||
         text.starts_with("‘") || text.starts_with("«");
}

constexpr auto kWorks = std::to_array<std::string_view>(
    {"story",        "stories",     "version", "variant",     "variation",     "draft",
     "text",         "essay",       "piece",   "paragraph",   "paragraphs",    "passage",
     "poem",         "article",     "rewrite", "revision",    "response",      "narrative",
     "introduction", "conclusion",  "copy",    "description", "attempt",       "abstract",
     "example",      "short story", "tale",    "document",    "documentation", "excerpt",
     "section",      "answer"});

constexpr auto kAssent = std::to_array<std::string_view>(
    {"sure", "sure thing", "certainly", "of course", "absolutely", "okay", "ok", "great", "gladly",
     "no problem", "understood", "i'd be happy to", "i would be happy to", "happy to help",
     "thank you for", "thanks for"});

constexpr auto kPresenting = std::to_array<std::string_view>(
    {"here is", "here's", "here are", "below is", "the following is", "i've written",
     "i have written", "i wrote", "i've revised", "i have revised", "i've rewritten", "please find",
     "this is a", "this is the", "this is my", "presenting", "introducing"});

constexpr auto kOffering = std::to_array<std::string_view>(
    {"here is", "here's", "here you go", "below is", "i'd be happy", "i can help", "let me",
     "happy to", "i'll write", "i will write", "let's", "i'd love to"});

constexpr auto kAnnouncing = std::to_array<std::string_view>(
    {"a",        "about",     "above",     "an",       "and",         "approximately",
     "around",   "as",        "asked",     "at",       "based",       "below",
     "brief",    "by",        "certainly", "complete", "course",      "creative",
     "enhanced", "exactly",   "fiction",   "final",    "following",   "for",
     "full",     "happy",     "here",      "here's",   "i",           "i've",
     "improved", "in",        "is",        "it",       "just",        "length",
     "limit",    "long",      "min",       "my",       "new",         "of",
     "on",       "one",       "original",  "please",   "possible",    "prompt",
     "provided", "rephrased", "requested", "request",  "revised",     "rewritten",
     "short",    "style",     "sure",      "that",     "the",         "theme",
     "this",     "to",        "under",     "updated",  "using",       "with",
     "within",   "word",      "words",     "written",  "you",         "your",
     "refined",  "polished",  "edited",    "modified", "alternative", "another",
     "take"});

constexpr auto kChanged =
    std::to_array<std::string_view>({"revised", "improved", "updated", "rewritten", "original",
                                     "enhanced", "modified", "refined", "edited"});

bool NamesWork(const std::string& padded, std::string_view noun) {
  return HasAny(padded, kWorks) || (!noun.empty() && Has(padded, Normalise(noun)));
}

/// "revised story", "improved ending", "original version".
bool NamesChangedWork(const std::string& padded, std::string_view noun) {
  for (const std::string_view changed : kChanged) {
    for (const std::string_view part : {"ending", "elements", "details", "dialogue", "opening"}) {
      if (Has(padded, std::string(changed) + " " + std::string(part))) return true;
    }
    for (const std::string_view work : kWorks) {
      for (const std::string_view between : {" ", " story "}) {
        if (Has(padded, std::string(changed) + std::string(between) + std::string(work)))
          return true;
      }
    }
    if (!noun.empty() && Has(padded, std::string(changed) + " " + Normalise(noun))) return true;
  }
  return false;
}

bool OnlyAnnouncingWords(const std::string& padded, std::string_view noun) {
  std::size_t words = 0, known = 0;
  for (const std::string_view word : Words(padded)) {
    ++words;
    const bool number = word.find_first_of("0123456789") != std::string_view::npos;
    known += number || word == noun || std::ranges::find(kAnnouncing, word) != kAnnouncing.end() ||
             std::ranges::find(kWorks, word) != kWorks.end();
  }
  return words > 0 && known == words;
}

}  // namespace

bool IsAnnouncement(std::string_view sentence, std::string_view noun) {
  if (StartsInQuotes(sentence)) return false;
  const std::string padded = Padded(sentence);
  if (StartsWithAny(padded, kAssent)) {
    // "Sure!" alone, or assent that goes on to offer or present something.
    return CountWords(sentence) <= 3 || HasAny(padded, kOffering) ||
           (HasAny(padded, kPresenting) && NamesWork(padded, noun));
  }
  if (StartsWithAny(padded, kPresenting)) return NamesWork(padded, noun);
  // "Improved Story Variant", "Revised version:"
  return CountWords(sentence) <= 6 && StartsWithAny(padded, kChanged) && NamesWork(padded, noun);
}

bool IsPureAnnouncement(std::string_view sentence, std::string_view noun) {
  return IsAnnouncement(sentence, noun) && OnlyAnnouncingWords(Padded(sentence), noun);
}

bool IsNote(std::string_view paragraph, std::string_view noun) {
  static constexpr auto kLabels = std::to_array<std::string_view>(
      {"note:", "notes:", "note that this", "author's note", "word count", "words:", "total words",
       "explanation:", "changes:", "changes made", "key changes", "revisions:", "commentary:",
       "analysis:", "end of story", "end-of-story", "end of text", "end of", "character count"});
  static constexpr auto kEnds = std::to_array<std::string_view>(
      {"the end", "end", "fin", "fine", "finis", "to be continued", "end of story"});
  static constexpr auto kTalk = std::to_array<std::string_view>({"i hope this",
                                                                 "i hope you",
                                                                 "i hope it",
                                                                 "i hope that this",
                                                                 "let me know",
                                                                 "feel free to",
                                                                 "would you like me to",
                                                                 "please let me know",
                                                                 "do you want me to",
                                                                 "is there anything",
                                                                 "i made the following",
                                                                 "i've made the following",
                                                                 "i have made the following",
                                                                 "here are the changes",
                                                                 "here's what i changed",
                                                                 "in this version",
                                                                 "in this revised",
                                                                 "in this revision",
                                                                 "in this rewrite",
                                                                 "in this variant",
                                                                 "in this draft",
                                                                 "in this improved",
                                                                 "this version",
                                                                 "this variant",
                                                                 "this revision",
                                                                 "this rewrite",
                                                                 "this draft",
                                                                 "this revised",
                                                                 "this improved",
                                                                 "this rewritten",
                                                                 "note that this"});
  static constexpr auto kAims = std::to_array<std::string_view>(
      {"aims", "explores", "captures", "highlights", "emphasizes", "emphasises", "showcases",
       "demonstrates", "uses", "adheres", "meets", "follows", "maintains", "incorporates"});
  if (StartsInQuotes(paragraph)) return false;
  const std::string padded = Padded(paragraph);
  const std::string_view normal = std::string_view(padded).substr(1, padded.size() - 2);
  const int words = CountWords(paragraph);
  if (words <= 4 && std::ranges::find(kEnds, normal) != kEnds.end()) return true;
  // "(130 words)", "Words: 130", "130 words."
  const bool counts = words <= 8 && normal.find_first_of("0123456789") != std::string_view::npos &&
                      (Has(padded, "words") || Has(padded, "word count") || Has(padded, "word"));
  if (counts && words <= 4) return true;
  std::string_view bare = TrimSpace(paragraph);
  while (!bare.empty() &&
         std::string_view("([*_#> ~").find(bare.front()) != std::string_view::npos) {
    bare.remove_prefix(1);
  }
  std::string head(bare.substr(0, 24));
  for (char& c : head) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    if (c == '*') c = ' ';
  }
  const bool labelled = std::ranges::any_of(kLabels, [&](std::string_view label) {
    return head.starts_with(label) && (label != "end of" || words <= 4);
  });
  if (labelled) return true;
  const auto sentences = Sentences(paragraph);
  const std::string first = sentences.empty() ? padded : Padded(sentences.front());
  if (StartsWithAny(first, kTalk)) return true;
  if ((noun == "story" || noun == "poem") && StartsWith(first, "this " + std::string(noun)) &&
      HasAny(first, kAims)) {
    return true;
  }
  return (StartsWith(first, "the") || StartsWith(first, "this") ||
          StartsWithAny(first, kChanged)) &&
         NamesChangedWork(first, noun);
}

bool IsRefusal(std::string_view sentence) {
  static constexpr auto kInability = std::to_array<std::string_view>(
      {"i can't", "i cannot", "i can not", "i am unable to", "i'm unable to", "i'm not able to",
       "i am not able to", "i won't be able to", "i will not be able to", "i must decline"});
  static constexpr auto kTask = std::to_array<std::string_view>(
      {"assist with",        "assist you",      "help with",          "help you with",
       "fulfill your",       "fulfil your",     "fulfill this",       "fulfil this",
       "fulfill that",       "comply with",     "provide assistance", "generate content",
       "create content",     "write content",   "produce content",    "provide content",
       "generate this",      "generate that",   "write this story",   "write that story",
       "write about that",   "write a story",   "create a story",     "continue with this",
       "this request",       "that request",    "your request",       "explicit content",
       "write this content", "write stories",   "write that for",     "write this for",
       "create that",        "provide a story", "engage in",          "engage with this"});
  static constexpr auto kMachine = std::to_array<std::string_view>(
      {"as an ai language model", "as an ai model", "as an ai assistant", "as a language model",
       "as a large language model", "i'm an ai language model", "i am an ai language model",
       "i'm just an ai", "i am just an ai", "i'm only an ai", "as an artificial intelligence",
       "i'm a language model", "i am a language model", "i'm a large language model",
       "i am a large language model"});
  if (StartsInQuotes(sentence)) return false;
  const std::string padded = Padded(sentence);
  if (HasAny(padded, kMachine)) return true;
  const bool unable = HasAny(padded, kInability);
  return unable && (HasAny(padded, kTask) || Has(padded, "as an ai"));
}

}  // namespace redraft::text
