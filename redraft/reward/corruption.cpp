#include "redraft/reward/corruption.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "redraft/reward/passage.h"
#include "redraft/text/codepoint.h"

namespace redraft::reward {
namespace {

using Pieces = std::vector<std::string>;

Pieces SentencesOf(std::string_view text) {
  const Passage passage(text);
  Pieces pieces;
  for (const Sentence& sentence : passage.sentences()) pieces.emplace_back(sentence.text);
  return pieces;
}

std::string Join(const Pieces& pieces) { return fmt::format("{}", fmt::join(pieces, " ")); }

Pieces WordsOf(std::string_view text) {
  Pieces words;
  for (std::size_t at = 0; at < text.size();) {
    while (at < text.size() && text::IsSpace(text[at])) ++at;
    const std::size_t begin = at;
    while (at < text.size() && !text::IsSpace(text[at])) ++at;
    if (at > begin) words.emplace_back(text.substr(begin, at - begin));
  }
  return words;
}

/// Another order than the given one, if there is one.
template <class T>
void Rearrange(std::vector<T>& items, Rng& rng) {
  const std::vector<T> before = items;
  for (int attempt = 0; attempt < 20 && items == before; ++attempt) rng.Shuffle(items);
}

const std::string& Pick(std::span<const std::string> items, Rng& rng) {
  return items[rng.Below(items.size())];
}

std::string FlatSentence(FillerStock stock, Rng& rng) {
  static const Pieces kThings = {"day",    "place", "thing", "time",  "situation", "moment",
                                 "matter", "world", "way",   "story", "morning",   "idea"};
  static const Pieces kQualities = {"nice", "good",  "fine", "important", "normal", "great",
                                    "big",  "usual", "okay", "special",   "simple", "interesting"};
  static const Pieces kPeople = {"People", "Everyone",    "They",       "He",
                                 "She",    "Many people", "Some people"};
  static const Pieces kTraining = {"It was a {1} {0}.",
                                   "The {0} was very {1}.",
                                   "There was a {1} {0} and it was {1}.",
                                   "{2} did many things that {0}.",
                                   "{2} thought about the {0} for a while.",
                                   "Everything about the {0} was {1}.",
                                   "{2} said that it was {1}.",
                                   "The {0} went on and things happened.",
                                   "In the end it was a {1} {0}.",
                                   "{2} felt {1} about it.",
                                   "This was something that was {1}.",
                                   "{2} went to the {0} and it was {1}.",
                                   "A lot of things can be said about a {0} like this.",
                                   "It is what it is, and the {0} was {1}.",
                                   "Time passed, and then more time passed.",
                                   "There were many things to see and many things to do."};
  static const Pieces kHeldOut = {"It is good to have a {0}.",
                                  "{2} had a {0} and liked it.",
                                  "The {0} is {1} and the {0} is {1}.",
                                  "{2} knew that this was a {1} {0}.",
                                  "Some things are {1} and some are not.",
                                  "And so the {0} was over.",
                                  "All in all, things were {1}.",
                                  "{2} saw the {0}, and it was there."};
  const Pieces& frames = stock == FillerStock::kTraining ? kTraining : kHeldOut;
  const std::string& frame = Pick(frames, rng);
  const std::string& thing = Pick(kThings, rng);
  const std::string& quality = Pick(kQualities, rng);
  return fmt::format(fmt::runtime(frame), thing, quality, Pick(kPeople, rng));
}

std::string Instruction(std::string_view text, FillerStock stock, Rng& rng) {
  static const Pieces kTraining = {
      "Write a paragraph about {}.", "Describe {} in about 200 words.",
      "Write a short story of 250 words in which we read of {}. Use a reflective tone.",
      "Compose a scene with {}. Show the character's inner conflict.",
      "Please write a piece of literary fiction about {}."};
  static const Pieces kHeldOut = {"Write me a story on {}. Keep it under 300 words.",
                                  "Your task is to write a passage that tells the reader about {}.",
                                  "Create an engaging narrative about {} in the first person."};
  const Pieces words = WordsOf(text);
  const std::size_t at = rng.Below(words.size());
  const std::size_t end = std::min(words.size(), at + 4 + rng.Below(8));
  const Pieces subject(words.begin() + static_cast<std::ptrdiff_t>(at),
                       words.begin() + static_cast<std::ptrdiff_t>(end));
  return fmt::format(
      fmt::runtime(Pick(stock == FillerStock::kTraining ? kTraining : kHeldOut, rng)),
      Join(subject));
}

bool IsAsciiLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// False for a word too short to misspell.
bool Misspell(std::string& word, Rng& rng) {
  std::vector<std::size_t> inner;  // letters with a letter before them
  for (std::size_t i = 1; i < word.size(); ++i) {
    if (IsAsciiLetter(word[i]) && IsAsciiLetter(word[i - 1])) inner.push_back(i);
  }
  if (inner.size() < 3) return false;
  const std::size_t at = inner[rng.Below(inner.size())];
  switch (rng.Below(4)) {
    case 0:
      if (word[at] != word[at - 1]) {
        std::swap(word[at], word[at - 1]);
      } else {
        word.erase(at, 1);
      }
      break;
    case 1:
      word.erase(at, 1);
      break;
    case 2:
      word.insert(at, 1, word[at]);
      break;
    default: {
      const char letter = static_cast<char>('a' + rng.Below(26));
      word[at] = letter == word[at] ? (letter == 'x' ? 'q' : 'x') : letter;
    }
  }
  return true;
}

/// One word of ten misspelt, at least one.
std::string MisspellSome(std::string_view text, Rng& rng) {
  Pieces words = WordsOf(text);
  std::size_t left = std::max<std::size_t>(1, words.size() / 10);
  std::vector<std::size_t> order(words.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  rng.Shuffle(order);
  for (std::size_t i = 0; i < order.size() && left > 0; ++i) {
    if (Misspell(words[order[i]], rng)) --left;
  }
  return Join(words);
}

std::string ShuffleWords(const Pieces& sentences, Rng& rng) {
  Pieces shuffled;
  for (const std::string& sentence : sentences) {
    Pieces words = WordsOf(sentence);
    Rearrange(words, rng);
    shuffled.push_back(Join(words));
  }
  return Join(shuffled);
}

std::string Salad(std::string_view text, std::string_view other, Rng& rng) {
  Pieces stock = WordsOf(text);
  const std::size_t count = stock.size();
  for (std::string& word : WordsOf(other)) stock.push_back(std::move(word));
  Pieces words;
  for (std::size_t i = 0; i < count; ++i) words.push_back(Pick(stock, rng));
  return Join(words);
}

std::string Truncate(std::string_view text, Rng& rng) {
  Pieces words = WordsOf(text);
  const double share = 0.3 + 0.5 * rng.Uniform();
  words.resize(std::max<std::size_t>(
      1, static_cast<std::size_t>(share * static_cast<double>(words.size()))));
  return Join(words);
}

}  // namespace

std::string_view NameOf(Corruption kind) {
  static constexpr std::array<std::string_view, kCorruptions> kNames = {
      "sentence_shuffle", "sentence_swap", "sentence_drop", "word_shuffle", "word_salad",
      "truncation",       "half",          "repetition",    "typos",        "filler",
      "prompt_echo",      "splice",        "insertion"};
  return kNames[static_cast<std::size_t>(kind)];
}

Result<Corruption> ParseCorruption(std::string_view name) {
  std::string known;
  for (std::size_t i = 0; i < kCorruptions; ++i) {
    const auto kind = static_cast<Corruption>(i);
    if (NameOf(kind) == name) return kind;
    known += fmt::format("{}{}", i == 0 ? "" : ", ", NameOf(kind));
  }
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("unknown corruption '{}'; known are {}", name, known));
}

std::string FlatFiller(std::size_t sentences, FillerStock stock, Rng rng) {
  Pieces pieces;
  for (std::size_t i = 0; i < sentences; ++i) pieces.push_back(FlatSentence(stock, rng));
  return Join(pieces);
}

std::string Corrupt(Corruption kind, std::string_view text, std::string_view other,
                    FillerStock stock, Rng rng) {
  Pieces s = SentencesOf(text);
  if (s.empty()) return std::string(text);
  const auto insert = [&](std::string sentence) {
    s.insert(s.begin() + static_cast<std::ptrdiff_t>(rng.Below(s.size() + 1)), std::move(sentence));
  };
  switch (kind) {
    case Corruption::kSentenceShuffle:
      Rearrange(s, rng);
      return Join(s);
    case Corruption::kSentenceSwap: {
      if (s.size() > 1) {
        const std::size_t at = rng.Below(s.size() - 1);
        std::swap(s[at], s[at + 1]);
      }
      return Join(s);
    }
    case Corruption::kSentenceDrop: {
      if (s.size() > 1) s.erase(s.begin() + static_cast<std::ptrdiff_t>(rng.Below(s.size())));
      return Join(s);
    }
    case Corruption::kWordShuffle:
      return ShuffleWords(s, rng);
    case Corruption::kWordSalad:
      return Salad(text, other, rng);
    case Corruption::kTruncation:
      return Truncate(text, rng);
    case Corruption::kHalf:
      s.resize((s.size() + 1) / 2);
      return Join(s);
    case Corruption::kRepetition: {
      const Pieces whole = s;
      for (std::size_t times = 1 + rng.Below(3); times > 0; --times) insert(Pick(whole, rng));
      return Join(s);
    }
    case Corruption::kTypos:
      return MisspellSome(text, rng);
    case Corruption::kFiller: {
      for (std::size_t count = 2 + rng.Below(4); count > 0; --count)
        insert(FlatSentence(stock, rng));
      return Join(s);
    }
    case Corruption::kPromptEcho:
      return Instruction(text, stock, rng) + " " + std::string(text);
    case Corruption::kSplice: {
      const Pieces foreign = SentencesOf(other);
      s.resize((s.size() + 1) / 2);
      s.insert(s.end(), foreign.begin() + static_cast<std::ptrdiff_t>(foreign.size() / 2),
               foreign.end());
      return Join(s);
    }
    case Corruption::kInsertion: {
      const Pieces foreign = SentencesOf(other);
      if (foreign.empty()) return Join(s);
      const std::size_t count = std::max<std::size_t>(1, foreign.size() / 3);
      const std::size_t from = rng.Below(foreign.size() - count + 1);
      const auto begin = foreign.begin() + static_cast<std::ptrdiff_t>(from);
      s.insert(s.begin() + static_cast<std::ptrdiff_t>(rng.Below(s.size() + 1)), begin,
               begin + static_cast<std::ptrdiff_t>(count));
      return Join(s);
    }
  }
  return std::string(text);
}

}  // namespace redraft::reward
