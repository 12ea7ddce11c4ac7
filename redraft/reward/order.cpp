#include "redraft/reward/order.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF  // as in features.cpp
#endif

namespace redraft::reward {
namespace {

/// Links to sentences farther ahead are not looked for: the cost stays linear.
constexpr std::size_t kFarthestLink = 40;

std::uint64_t Mix(std::uint64_t h, std::uint64_t value) {
  h ^= value + 0x9E3779B97F4A7C15ULL + (h << 6U) + (h >> 2U);
  h *= 0xBF58476D1CE4E5B9ULL;
  return h ^ (h >> 29U);
}

/// Sums of hashed patterns.
class Patterns {
 public:
  explicit Patterns(unsigned bits) : shift_(64 - bits) {}

  /// A pattern of one kind, made of up to three values.
  void Add(double value, std::uint64_t kind, std::uint64_t a, std::uint64_t b = 0,
           std::uint64_t c = 0) {
    const std::uint64_t hash = Mix(Mix(Mix(Mix(0, kind), a), b), c) * 0x94D049BB133111EBULL;
    entries_.emplace_back(static_cast<std::uint32_t>(hash >> shift_), value);
  }

  /// The sums by cell, divided by the root of `size`.
  SparseVector Take(std::size_t size) && {
    std::stable_sort(entries_.begin(), entries_.end(),
                     [](const auto& x, const auto& y) { return x.first < y.first; });
    const double scale = 1 / std::sqrt(static_cast<double>(std::max<std::size_t>(1, size)));
    SparseVector vector;
    for (std::size_t i = 0; i < entries_.size();) {
      const std::uint32_t cell = entries_[i].first;
      double sum = 0;
      for (; i < entries_.size() && entries_[i].first == cell; ++i) sum += entries_[i].second;
      vector.index.push_back(cell);
      vector.value.push_back(static_cast<float>(sum * scale));
    }
    return vector;
  }

 private:
  unsigned shift_;
  std::vector<std::pair<std::uint32_t, double>> entries_;
};

/// Size of the intersection of two sorted lists.
std::size_t Shared(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  std::size_t shared = 0;
  auto i = a.begin();
  auto j = b.begin();
  while (i != a.end() && j != b.end()) {
    if (*i == *j) {
      ++shared;
      ++i;
      ++j;
    } else {
      *i < *j ? ++i : ++j;
    }
  }
  return shared;
}

/// Where in the text a sentence stands: first, second, early, middle, late, last.
std::uint64_t Zone(std::size_t at, std::size_t count) {
  if (at == 0) return 0;
  if (at + 1 == count) return 5;
  if (at == 1) return 1;
  return 2 + 3 * at / (count + 1);
}

/// What has been read so far.
struct Memory {
  std::unordered_map<std::uint64_t, std::size_t> stems;  ///< position of the latest mention
  std::array<bool, kPersons> persons{};
  bool names = false;
  bool Knows(std::uint64_t stem) const { return stems.contains(stem); }
};

/// What a sentence is made of, by where it stands.
void AddPlace(const Sentence& s, std::size_t at, std::size_t count, Patterns& out) {
  const std::uint64_t zone = Zone(at, count);
  const std::uint64_t part = at == 0 ? 0 : at + 1 == count ? 2 : 1;
  const double place =
      count > 1 ? static_cast<double>(at) / static_cast<double>(count - 1) - 0.5 : 0;
  const double middle = 0.25 - std::abs(place);
  out.Add(1, 1, zone, s.first);
  out.Add(1, 2, zone, s.first, s.second);
  out.Add(1, 3, zone, s.last);
  out.Add(1, 4, zone, std::min<std::size_t>(6, s.words.size() / 5));
  out.Add(1, 5, zone, s.quotes > 0 ? 1 : 0);
  out.Add(1, 6, zone, s.opens_with_pronoun ? 1 : 0);
  out.Add(1, 7, zone, s.opens_with_link ? 1 : 0);
  out.Add(1.5 * place, 8, s.first, s.second);
  for (const std::uint64_t stem : s.stems) out.Add(0.7, 9, part, stem);
  for (const std::uint64_t word : s.words) {
    out.Add(0.5, 10, zone, word);
    out.Add(0.7 * place, 11, word);
    out.Add(1.4 * middle, 12, word);
  }
  for (std::size_t i = 0; i + 1 < s.classes.size(); ++i) {
    out.Add(0.35, 13, part, s.classes[i], s.classes[i + 1]);
    out.Add(0.5 * place, 14, s.classes[i], s.classes[i + 1]);
  }
}

/// New and known things, names and persons.
void AddMentions(const Sentence& s, std::size_t at, std::size_t count, const Memory& memory,
                 Patterns& out) {
  const std::uint64_t zone = Zone(at, count);
  const double place =
      count > 1 ? static_cast<double>(at) / static_cast<double>(count - 1) - 0.5 : 0;
  std::size_t known = 0;
  for (const std::uint64_t stem : s.stems) {
    const auto seen = memory.stems.find(stem);
    if (seen == memory.stems.end()) continue;
    ++known;
    out.Add(1, 20, std::min<std::size_t>(5, at - seen->second));
  }
  const std::size_t fresh = s.stems.size() - known;
  out.Add(1, 21, zone, std::min<std::size_t>(8, fresh));
  out.Add(1, 22, zone, std::min<std::size_t>(6, known));
  out.Add(place * static_cast<double>(std::min<std::size_t>(8, fresh)) / 4, 23, 0);
  out.Add(place * static_cast<double>(s.names.size()), 24, 0);
  for (const std::uint64_t stem : s.definite) {
    out.Add(1, 25, memory.Knows(stem) ? 1 : 0, zone);
    out.Add(0.7, 26, memory.Knows(stem) ? 1 : 0, stem);
  }
  std::size_t known_names = 0;
  for (const std::uint64_t name : s.names) known_names += memory.Knows(name) ? 1U : 0U;
  const std::size_t new_names = s.names.size() - known_names;
  out.Add(1, 27, zone, std::min<std::size_t>(2, known_names), std::min<std::size_t>(2, new_names));
  out.Add(1, 28, zone, s.names.empty() ? 0 : 1, memory.names ? 1 : 0);
  for (std::size_t person = 0; person < kPersons; ++person) {
    if (s.persons[person] == 0) continue;
    out.Add(1, 29, person, memory.persons[person] ? 1 : 0, zone);
    out.Add(1, 30, person, (memory.persons[person] ? 1U : 0U) + (memory.names ? 2U : 0U), zone);
  }
}

/// How a sentence follows the one or two before it.
void AddTransition(const Sentence& s, const SentenceOrder& sentences, std::size_t at,
                   Patterns& out) {
  const Sentence& before = *sentences[at - 1];
  const std::size_t shared = std::min<std::size_t>(3, Shared(before.stems, s.stems));
  const bool last = at + 1 == sentences.size();
  out.Add(1, 40, shared, s.opens_with_pronoun ? 1 : 0);
  out.Add(1, 41, shared, s.opens_with_link ? 1 : 0);
  out.Add(1, 42, before.first, s.first);
  out.Add(1, 43, before.last, s.first);
  out.Add(1, 44, before.quotes > 0 ? 1 : 0, s.quotes > 0 ? 1 : 0, last ? 1 : 0);
  out.Add(1, 45, std::min<std::size_t>(6, before.words.size() / 5),
          std::min<std::size_t>(6, s.words.size() / 5));
  for (std::size_t person = 3; person < kPersons; ++person) {
    out.Add(1, 46, person, before.persons[person] > 0 ? 1 : 0, s.persons[person] > 0 ? 1 : 0);
    if (s.persons[person] > 0) {
      out.Add(1, 47, person, before.persons[person] > 0 ? 1 : 0, s.names.empty() ? 0 : 1);
    }
  }
  out.Add(1, 48, before.names.empty() ? 0 : 1, s.names.empty() ? 0 : 1,
          s.opens_with_pronoun ? 1 : 0);
  out.Add(1, 49, before.past > before.present ? 1 : 0, s.past > s.present ? 1 : 0,
          s.opens_with_link ? 1 : 0);
  for (const std::uint64_t stem : s.stems) {
    out.Add(0.3, 50, s.first, stem);
    out.Add(0.25, 51, before.first, stem);
  }
  for (const std::uint64_t word : before.words) out.Add(0.25, 52, word, s.first);
  if (at < 2) return;
  out.Add(0.7, 53, sentences[at - 2]->first, s.first);
  out.Add(1, 54, std::min<std::size_t>(3, Shared(sentences[at - 2]->stems, s.stems)));
}

/// How far links reach ahead.
void AddLinks(const SentenceOrder& sentences, std::size_t at, std::size_t known, Patterns& out) {
  const std::uint64_t zone = Zone(at, sentences.size());
  std::size_t ahead = 0;
  const std::size_t end = std::min(sentences.size(), at + 1 + kFarthestLink);
  for (std::size_t other = at + 1; other < end; ++other) {
    if (Shared(sentences[at]->stems, sentences[other]->stems) == 0) continue;
    ++ahead;
    out.Add(0.7, 60, std::min<std::size_t>(6, other - at));
  }
  out.Add(1, 61, zone, std::min<std::size_t>(5, ahead));
  out.Add(1, 62, std::min<std::size_t>(5, ahead), std::min<std::size_t>(5, known));
}

}  // namespace

SentenceOrder OrderOf(const Passage& passage) {
  SentenceOrder order;
  for (const Sentence& sentence : passage.sentences()) order.push_back(&sentence);
  return order;
}

SparseVector OrderPatterns(const SentenceOrder& sentences) {
  Patterns out(kOrderBits);
  Memory memory;
  for (std::size_t at = 0; at < sentences.size(); ++at) {
    const Sentence& s = *sentences[at];
    AddPlace(s, at, sentences.size(), out);
    AddMentions(s, at, sentences.size(), memory, out);
    if (at > 0) AddTransition(s, sentences, at, out);
    std::size_t known = 0;
    for (const std::uint64_t stem : s.stems) known += memory.Knows(stem) ? 1U : 0U;
    AddLinks(sentences, at, known, out);
    for (const std::uint64_t stem : s.stems) memory.stems[stem] = at;
    for (std::size_t person = 0; person < kPersons; ++person) {
      memory.persons[person] = memory.persons[person] || s.persons[person] > 0;
    }
    memory.names = memory.names || !s.names.empty();
  }
  return std::move(out).Take(sentences.size());
}

SparseVector WordingPatterns(const SentenceOrder& sentences) {
  Patterns out(kWordingBits);
  std::size_t size = 0;
  for (const Sentence* s : sentences) {
    std::uint64_t before = 0;
    std::uint64_t last = 1;
    for (const std::uint64_t kind : s->classes) {
      out.Add(1, 1, last, kind);
      out.Add(1, 2, before, last, kind);
      before = last;
      last = kind;
    }
    out.Add(1, 1, last, 2);
    size += s->classes.size();
  }
  return std::move(out).Take(size);
}

}  // namespace redraft::reward
