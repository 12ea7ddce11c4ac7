#include "redraft/reward/cohesion.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "redraft/base/check.h"
#include "redraft/reward/features.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF  // as in features.cpp
#endif

namespace redraft::reward {
namespace {

/// Writes features one after the other.
template <std::size_t N>
class Writer {
 public:
  explicit Writer(std::array<double, N>& out) : out_(out) { out_.fill(0); }
  void Put(double value) { out_[at_++] = value; }
  /// One of `count` places gets a 1.
  void Choose(std::size_t which, std::size_t count) {
    out_[at_ + which] = 1;
    at_ += count;
  }
  void Finish() const { REDRAFT_CHECK(at_ == N); }

 private:
  std::array<double, N>& out_;
  std::size_t at_ = 0;
};

/// Who and when a part of a text speaks of.
struct Profile {
  std::array<int, kPersons> persons{};
  int past = 0, present = 0, quotes = 0;
  std::size_t words = 0;

  void Add(const Sentence& s, int times) {
    for (std::size_t person = 0; person < kPersons; ++person) {
      persons[person] += times * s.persons[person];
    }
    past += times * s.past;
    present += times * s.present;
    quotes += times * s.quotes;
    words = times > 0 ? words + s.words.size() : words - s.words.size();
  }
  double PastShare() const { return (past + 0.5) / (past + present + 1.0); }
  double PerHundred(std::size_t person) const {
    return 100.0 * persons[person] / static_cast<double>(std::max<std::size_t>(1, words));
  }
};

/// A stem within a text.
struct Mentions {
  std::size_t sentences = 0;  ///< that have it
  std::size_t first = 0, last = 0;
  std::size_t as_name = 0;  ///< sentences in which it is a name
};
using MentionMap = std::unordered_map<std::uint64_t, Mentions>;

MentionMap Mentioned(const SentenceOrder& sentences) {
  MentionMap map;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    for (const std::uint64_t stem : sentences[i]->stems) {
      Mentions& entry = map[stem];
      if (entry.sentences++ == 0) entry.first = i;
      entry.last = i;
    }
    for (const std::uint64_t name : sentences[i]->names) ++map[name].as_name;
  }
  return map;
}

bool HasName(const SentenceOrder& sentences, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    if (!sentences[i]->names.empty()) return true;
  }
  return false;
}

}  // namespace

std::vector<Belonging> BelongingOf(const SentenceOrder& sentences, const Lexicon& lexicon) {
  const MentionMap mentioned = Mentioned(sentences);
  Profile all;
  std::size_t name_uses = 0;
  for (const Sentence* s : sentences) {
    all.Add(*s, 1);
    name_uses += s->names.size();
  }
  std::vector<Belonging> result(sentences.size());
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const Sentence& s = *sentences[i];
    Profile rest = all;
    rest.Add(s, -1);
    Writer out(result[i]);
    double total = 0;
    double shared = 0;
    std::size_t count = 0;
    for (const std::uint64_t stem : s.stems) {
      const double rarity = lexicon.Rarity(stem);
      total += rarity;
      if (mentioned.at(stem).sentences < 2) continue;
      shared += rarity;
      ++count;
    }
    out.Put(total > 0 ? shared / total : 0);
    out.Choose(std::min<std::size_t>(count, 3), 4);
    out.Put(PortableLog(1.0 + static_cast<double>(count)));
    out.Put(shared / 10);
    out.Put((total - shared) / 20);
    Profile own;
    own.Add(s, 1);
    out.Put(std::abs(own.PastShare() - rest.PastShare()));
    out.Put((own.PastShare() - 0.5) * (rest.PastShare() - 0.5));
    for (std::size_t person = 0; person < kPersons; ++person) {
      const double rate = rest.PerHundred(person);
      const std::size_t step = rest.persons[person] == 0 ? 0U : rate < 1 ? 1U : rate < 3 ? 2U : 3U;
      out.Choose(2 * step + (s.persons[person] > 0 ? 0U : 1U), 8);
    }
    const bool named = name_uses > s.names.size();  // the rest has names
    std::size_t known = 0;
    for (const std::uint64_t name : s.names) known += mentioned.at(name).sentences > 1 ? 1U : 0U;
    const bool unknown = known < s.names.size();
    out.Put(known > 0 ? 1 : 0);
    out.Put(unknown && named ? 1 : 0);
    out.Put(unknown && !named ? 1 : 0);
    out.Put(s.names.empty() && named ? 1 : 0);
    out.Choose((s.quotes > 0 ? 2U : 0U) + (rest.quotes > 0 ? 1U : 0U), 4);
    out.Put(static_cast<double>(s.words.size()) / 20);
    out.Put(1 / (1.0 + static_cast<double>(s.words.size())));
    out.Finish();
  }
  return result;
}

std::vector<Seam> SeamsOf(const SentenceOrder& sentences, const Lexicon& lexicon) {
  const std::size_t count = sentences.size();
  if (count < 2) return {};
  const MentionMap mentioned = Mentioned(sentences);
  // Changes from one cut to the next of what lies before it, behind it and on both sides. Rarities
  // are multiples of 1/16, so that sums of changes are exact.
  std::vector<double> before(count + 1), behind(count + 1), both(count + 1);
  std::vector<int> stems(count + 1), names(count + 1);
  for (std::size_t i = 0; i < count; ++i) {
    for (const std::uint64_t stem : sentences[i]->stems) {
      const Mentions& entry = mentioned.at(stem);
      if (entry.first != i) continue;
      const double rarity = lexicon.Rarity(stem);
      before[i + 1] += rarity;
      behind[0] += rarity;
      behind[entry.last + 1] -= rarity;
      both[i + 1] += rarity;
      both[entry.last + 1] -= rarity;
      ++stems[i + 1];
      --stems[entry.last + 1];
      if (entry.as_name == 0) continue;
      ++names[i + 1];
      --names[entry.last + 1];
    }
  }
  Profile left;
  Profile right;
  for (const Sentence* s : sentences) right.Add(*s, 1);
  std::vector<Seam> seams(count - 1);
  double shared = 0;
  double left_rarity = 0;
  double right_rarity = behind[0];
  int shared_stems = 0;
  int shared_names = 0;
  for (std::size_t cut = 1; cut < count; ++cut) {
    left.Add(*sentences[cut - 1], 1);
    right.Add(*sentences[cut - 1], -1);
    left_rarity += before[cut];
    right_rarity += behind[cut];
    shared += both[cut];
    shared_stems += stems[cut];
    shared_names += names[cut];
    Writer out(seams[cut - 1]);
    const double least = std::max(1.0, std::min(left_rarity, right_rarity));
    out.Put(shared / least);
    out.Put(std::sqrt(shared / least));
    out.Put(shared_stems == 0 ? 1 : 0);
    out.Put(shared_stems == 1 ? 1 : 0);
    out.Put(shared_stems == 2 ? 1 : 0);
    out.Put(shared_stems <= 4 ? 1 : 0);
    out.Put(PortableLog(1.0 + shared_stems));
    out.Put(least / 100);
    out.Put(1);
    for (std::size_t person = 0; person < kPersons; ++person) {
      const auto step = [person](const Profile& side) {
        return side.persons[person] == 0 ? 0U : side.PerHundred(person) < 2.5 ? 1U : 2U;
      };
      out.Choose(step(left) * 3 + step(right), 9);
    }
    const bool named_left = HasName(sentences, 0, cut);
    const bool named_right = HasName(sentences, cut, count);
    out.Put(shared_names > 0 ? 1 : 0);
    out.Put(named_left && named_right && shared_names == 0 ? 1 : 0);
    out.Put(named_left != named_right && shared_names == 0 ? 1 : 0);
    const double apart = std::abs(left.PastShare() - right.PastShare());
    out.Put(apart);
    out.Put((left.PastShare() - 0.5) * (right.PastShare() - 0.5));
    out.Put(std::max(0.0, apart - 0.4));
    out.Choose((left.quotes > 0 ? 2U : 0U) + (right.quotes > 0 ? 1U : 0U), 4);
    out.Finish();
  }
  return seams;
}

Substance SubstanceOf(const Sentence& sentence, const Lexicon& lexicon) {
  const double words = static_cast<double>(std::max<std::size_t>(1, sentence.words.size()));
  double rarity = 0;
  double rarest = 0;
  std::size_t rare = 0;
  for (const std::uint64_t stem : sentence.stems) {
    const double value = lexicon.Rarity(stem);
    rarity += value;
    rarest = std::max(rarest, value);
    rare += value > 4 ? 1 : 0;  // in fewer than one text of fifty
  }
  Substance result;
  Writer out(result);
  out.Put(rarity / words);
  out.Put(rarity / 20);
  out.Put(rarest / 5);
  out.Choose(std::min<std::size_t>(rare, 3), 4);
  out.Put(static_cast<double>(sentence.letters) / words / 5);
  out.Put(static_cast<double>(sentence.function_words) / words);
  out.Put(words / 20);
  out.Put(1 / (1 + words));
  out.Put(sentence.names.empty() ? 0 : 1);
  out.Put(sentence.quotes > 0 ? 1 : 0);
  out.Put(1);
  out.Finish();
  return result;
}

}  // namespace redraft::reward
