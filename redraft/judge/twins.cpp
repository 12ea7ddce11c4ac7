#include "redraft/judge/twins.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "redraft/base/check.h"
#include "redraft/base/random.h"
#include "redraft/judge/twin_text.h"
#include "redraft/judge/twin_words.h"
#include "redraft/text/function_words.h"
#include "redraft/text/words.h"

namespace redraft::judge {
namespace {

/// The first `share` of the candidates in an order drawn by `rng`, at least one if there is one.
template <class T>
std::vector<T> Some(std::vector<T> candidates, double share, Rng& rng) {
  rng.Shuffle(candidates);
  const auto count =
      static_cast<std::size_t>(std::ceil(share * static_cast<double>(candidates.size())));
  candidates.resize(std::min(candidates.size(), count));
  return candidates;
}

// --- damage that keeps every word's place or swaps places

std::string Replace(std::string_view text, std::string_view (*change)(std::string_view),
                    double share, Rng& rng) {
  std::vector<Edit> candidates;
  for (const Token& token : TokensOf(text)) {
    std::string word(change(token.lower));
    if (word.empty()) continue;
    const std::string_view old = text.substr(token.begin, token.end - token.begin);
    if (token.opens || old.size() > 1) word = Capitalised(old, std::move(word));
    candidates.push_back({token.begin, token.end, std::move(word)});
  }
  return Apply(std::string(text), Some(std::move(candidates), share, rng));
}

std::string SwapWords(std::string_view text, double share, std::size_t distance, Rng& rng) {
  const std::vector<Token> tokens = TokensOf(text);
  std::vector<std::pair<std::size_t, std::size_t>> candidates;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].opens) continue;
    std::size_t j = i;
    while (j < i + distance && !tokens[j].closes && j + 1 < tokens.size() && !tokens[j + 1].opens) {
      ++j;
    }
    if (tokens[i].lower != tokens[j].lower) candidates.emplace_back(i, j);
  }
  rng.Shuffle(candidates);
  const auto wanted = static_cast<std::size_t>(share * static_cast<double>(tokens.size()));
  std::vector<bool> used(tokens.size());
  std::vector<Edit> edits;
  const auto word = [&](std::size_t i) {
    return std::string(text.substr(tokens[i].begin, tokens[i].end - tokens[i].begin));
  };
  for (const auto& [i, j] : candidates) {
    if (edits.size() >= 2 * wanted) break;
    if (used[i] || used[j]) continue;
    used[i] = used[j] = true;
    edits.push_back({tokens[i].begin, tokens[i].end, word(j)});
    edits.push_back({tokens[j].begin, tokens[j].end, word(i)});
  }
  return Apply(std::string(text), std::move(edits));
}

bool IsContent(const Token& token) {
  return (text::FunctionWordLanguages(token.lower) & (1U << text::kEnglish)) == 0 &&
         !IsVerbForm(token.lower) && !IsDeterminer(token.lower);
}

/// A noun, as far as can be told without a grammar: the last of up to three content words behind a
/// determiner, which is `tokens[determiner]`.
struct Noun {
  std::size_t determiner = 0, head = 0;
};

std::vector<Noun> NounsOf(const std::vector<Token>& tokens) {
  std::vector<Noun> nouns;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (!IsDeterminer(tokens[i].lower) || tokens[i].closes) continue;
    std::size_t head = i;
    while (head < i + 3 && head + 1 < tokens.size() && IsContent(tokens[head + 1])) {
      ++head;
      if (tokens[head].closes) break;
    }
    // A participle or an adverb at the end belongs to what follows.
    while (head > i + 1 &&
           (tokens[head].lower.ends_with("ed") || tokens[head].lower.ends_with("ly")))
      --head;
    if (head > i) nouns.push_back({i, head});
  }
  return nouns;
}

std::string MakeVague(std::string_view text, double share, Rng& rng) {
  static constexpr std::array<std::string_view, 4> kOne = {"thing", "place", "part", "matter"};
  const std::vector<Token> tokens = TokensOf(text);
  std::vector<Edit> candidates;
  for (const Noun& noun : NounsOf(tokens)) {
    const Token& head = tokens[noun.head];
    const bool many = head.lower.ends_with('s') && !head.lower.ends_with("ss");
    std::string word(kOne[rng.Below(kOne.size())]);
    if (tokens[noun.determiner].lower == "an" && noun.head == noun.determiner + 1) word = "item";
    if (many) word += 's';
    if (head.lower != word) candidates.push_back({head.begin, head.end, word});
  }
  for (const Token& token : tokens) {
    const bool digits = token.lower.front() >= '0' && token.lower.front() <= '9';
    if ((digits || IsNumberWord(token.lower)) && !token.opens)
      candidates.push_back({token.begin, token.end, "some"});
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const Edit& x, const Edit& y) { return x.begin < y.begin; });
  const auto repeated =
      std::unique(candidates.begin(), candidates.end(),
                  [](const Edit& x, const Edit& y) { return x.begin == y.begin; });
  candidates.erase(repeated, candidates.end());
  return Apply(std::string(text), Some(std::move(candidates), share, rng));
}

std::string SwapSentences(std::string_view text, int grade, Rng& rng) {
  Pieces pieces = SentencesOf(text);
  std::vector<std::size_t> places(pieces.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
  if (grade == 1) {
    const std::size_t at = rng.Below(pieces.size() - 1);
    std::swap(pieces[at].text, pieces[at + 1].text);
    return Join(pieces);
  }
  // A cycle through half of them or all: none of these stays where it was.
  places = Some(std::move(places), grade == 2 ? 0.5 : 1.0, rng);
  for (std::size_t i = 1; i < places.size(); ++i) {
    std::swap(pieces[places[i - 1]].text, pieces[places[i]].text);
  }
  return Join(pieces);
}

// --- damage that puts words in and takes words out

int WordsOf(const Pieces& pieces, std::size_t from, std::size_t to) {
  int words = 0;
  for (std::size_t i = from; i < to; ++i) words += text::CountWords(pieces[i].text);
  return words;
}

/// Sentences of `stock`, each once, whose words come as near to `budget` as they do.
std::string Fill(std::vector<std::string>& stock, int budget) {
  std::string filled;
  while (budget > 0 && !stock.empty()) {
    const auto nearest = std::min_element(
        stock.begin(), stock.end(), [&](const std::string& x, const std::string& y) {
          return std::abs(text::CountWords(x) - budget) < std::abs(text::CountWords(y) - budget);
        });
    const int words = text::CountWords(*nearest);
    if (words > 2 * budget) break;
    // A long budget is filled in drawn order, its end by length.
    const bool fits = text::CountWords(stock.front()) + 4 < budget;
    const auto next = fits ? stock.begin() : nearest;
    budget -= text::CountWords(*next);
    filled += (filled.empty() ? "" : " ") + *next;
    stock.erase(next);
  }
  return filled;
}

std::vector<std::string> Drawn(std::span<const std::string_view> stock, Rng& rng) {
  std::vector<std::string> drawn(stock.begin(), stock.end());
  rng.Shuffle(drawn);
  return drawn;
}

/// Sentences, the first excepted, in drawn order until they hold `words` words.
std::vector<std::size_t> Victims(const Pieces& pieces, double words, Rng& rng) {
  std::vector<std::size_t> order;
  for (std::size_t i = 1; i < pieces.size(); ++i) order.push_back(i);
  rng.Shuffle(order);
  std::size_t count = 0;
  for (double sum = 0; count < order.size() && sum < words; ++count)
    sum += text::CountWords(pieces[order[count]].text);
  order.resize(count);
  return order;
}

/// Victims give way to sentences of `stock`, or of the text itself when there is none.
std::string ReplaceSentences(std::string_view text, std::vector<std::string> stock, double share,
                             Rng& rng) {
  Pieces pieces = SentencesOf(text);
  const auto victims = Victims(pieces, share * WordsOf(pieces, 0, pieces.size()), rng);
  if (stock.empty()) {
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (std::find(victims.begin(), victims.end(), i) == victims.end())
        stock.push_back(pieces[i].text);
    }
    const std::vector<std::string> once = stock;
    stock.insert(stock.end(), once.begin(), once.end());
  }
  int owed = 0;
  for (const std::size_t at : victims) {
    owed += text::CountWords(pieces[at].text);
    pieces[at].text = Fill(stock, owed);
    owed -= text::CountWords(pieces[at].text);
  }
  return Join(pieces);
}

/// A run of sentences that begins at `from` and holds `share` of the words gives way to `put_in`.
std::string ReplaceRun(Pieces pieces, std::size_t from, double share,
                       std::vector<std::string> put_in) {
  const int wanted = static_cast<int>(share * WordsOf(pieces, 0, pieces.size()));
  std::size_t to = from;
  while (to < pieces.size() && WordsOf(pieces, from, to) < wanted) ++to;
  const int removed = WordsOf(pieces, from, to);
  pieces[from].text = Fill(put_in, removed);
  pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(from) + 1,
               pieces.begin() + static_cast<std::ptrdiff_t>(std::max(to, from + 1)));
  return Join(pieces);
}

std::string Splice(std::string_view text, std::string_view other, double share, Rng& rng) {
  Pieces pieces = SentencesOf(text);
  std::vector<std::string> foreign;
  for (const Piece& piece : SentencesOf(other)) foreign.push_back(piece.text);
  foreign.erase(foreign.begin());
  const double last = (0.95 - share) * static_cast<double>(pieces.size());
  const auto from = 1 + rng.Below(std::max<std::size_t>(1, static_cast<std::size_t>(last)));
  return ReplaceRun(std::move(pieces), std::min(from, pieces.size() - 1), share,
                    std::move(foreign));
}

std::string Moralise(std::string_view text, double share, Rng& rng) {
  Pieces pieces = SentencesOf(text);
  const int words = WordsOf(pieces, 0, pieces.size());
  std::size_t from = pieces.size() - 1;
  while (from > 1 && WordsOf(pieces, from, pieces.size()) < share * words) --from;
  return ReplaceRun(std::move(pieces), from, 1.0, Drawn(MoralSentences(), rng));
}

/// What it costs to be off in length.
int Off(int words, int bytes) { return 6 * std::abs(words) + std::abs(bytes); }

/// Drops sentences, the first excepted, that hold about `excess` words and `bytes` together: drawn
/// ones, and at last the one or two that come nearest to the rest.
std::string Shorten(std::string_view text, int excess, int bytes, Rng& rng) {
  constexpr int kRest = 24;
  Pieces pieces = SentencesOf(text);
  for (const std::size_t at : Victims(pieces, excess, rng)) {
    const int words = text::CountWords(pieces[at].text);
    if (excess <= kRest || words > excess) continue;
    bytes -= static_cast<int>(pieces[at].text.size()) + 1;
    pieces[at].text.clear();
    excess -= words;
  }
  std::vector<int> words, sizes;
  for (const Piece& piece : pieces) {
    words.push_back(text::CountWords(piece.text));
    sizes.push_back(piece.text.empty() ? 0 : static_cast<int>(piece.text.size()) + 1);
  }
  std::pair<std::size_t, std::size_t> best{0, 0};
  int nearest = Off(excess, bytes);
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    for (std::size_t j = i; j < pieces.size(); ++j) {
      const int off = Off(words[i] + (i == j ? 0 : words[j]) - excess,
                          sizes[i] + (i == j ? 0 : sizes[j]) - bytes);
      if (off >= nearest) continue;
      nearest = off;
      best = {i, j};
    }
  }
  if (best.first > 0) {
    pieces[best.first].text.clear();
    pieces[best.second].text.clear();
  }
  return Join(pieces);
}

std::string Pad(std::string_view text, double share, Rng& rng) {
  std::vector<Edit> candidates;
  std::vector<std::string> tags;
  for (const Token& token : TokensOf(text)) {
    const char next = token.end < text.size() ? text[token.end] : ' ';
    if (next != '.' && next != ',' && next != ';') continue;
    if (tags.empty()) tags = Drawn(SentenceTags(), rng);
    candidates.push_back({token.end, token.end, " " + tags.back()});
    tags.pop_back();
  }
  rng.Shuffle(candidates);
  double left = share * text::CountWords(text);
  std::size_t count = 0;
  for (; count < candidates.size() && left > 0; ++count)
    left -= text::CountWords(candidates[count].text);
  candidates.resize(count);
  return Apply(std::string(text), std::move(candidates));
}

std::string PileAdjectives(std::string_view text, double share, Rng& rng) {
  const std::vector<Token> tokens = TokensOf(text);
  std::vector<Noun> nouns = NounsOf(tokens);
  rng.Shuffle(nouns);
  std::vector<std::string> adjectives;
  std::vector<Edit> edits;
  for (double left = share * static_cast<double>(tokens.size()); const Noun& noun : nouns) {
    const Token& determiner = tokens[noun.determiner];
    if (left <= 0) break;
    if (determiner.lower == "an") continue;
    if (adjectives.size() < 2) adjectives = Drawn(PlainAdjectives(), rng);
    edits.push_back({determiner.end, determiner.end,
                     " " + adjectives.back() + " " + adjectives[adjectives.size() - 2]});
    adjectives.resize(adjectives.size() - 2);
    left -= 2;
  }
  return Apply(std::string(text), std::move(edits));
}

/// Puts in empty adverbs or leaves out words inside sentences, until there are `words`.
std::string Adjust(std::string text, int words, Rng& rng) {
  for (int now = text::CountWords(text); now != words; now = text::CountWords(text)) {
    std::vector<std::size_t> places;
    const std::vector<Token> tokens = TokensOf(text);
    for (std::size_t i = 1; i < tokens.size(); ++i) {
      if (!tokens[i].opens && !tokens[i].closes && !tokens[i - 1].closes) places.push_back(i);
    }
    if (places.empty()) break;
    const Token& token = tokens[places[rng.Below(places.size())]];
    if (now < words) {
      const auto adverbs = EmptyAdverbs();
      text.insert(token.begin, std::string(adverbs[rng.Below(adverbs.size())]) + " ");
    } else {
      text.erase(token.begin, token.end + 1 - token.begin);
    }
  }
  return text;
}

/// What is done to the text, whatever length results. Shares are of its words, or of what can be
/// damaged.
std::string DamageText(Damage kind, int grade, std::string_view text, std::string_view other,
                       Rng& rng) {
  const auto by = [&](double light, double middle, double heavy) {
    return grade == 1 ? light : grade == 2 ? middle : heavy;
  };
  switch (kind) {
    case Damage::kWordOrder:
      return SwapWords(text, by(0.03, 0.08, 0.2), static_cast<std::size_t>(grade), rng);
    case Damage::kSentenceOrder:
      return SwapSentences(text, grade, rng);
    case Damage::kVague:
      return MakeVague(text, by(0.2, 0.5, 0.9), rng);
    case Damage::kStock:
      return ReplaceSentences(text, Drawn(StockSentences(), rng), by(0.06, 0.2, 0.45), rng);
    case Damage::kGrammar:
      return Replace(text, WrongForm, by(0.2, 0.45, 0.8), rng);
    case Damage::kRepetition:
      return ReplaceSentences(text, {}, by(0.06, 0.2, 0.45), rng);
    case Damage::kSplice:
      return Splice(text, other, by(0.1, 0.25, 0.45), rng);
    case Damage::kPadding:
      return Pad(text, by(0.07, 0.16, 0.3), rng);
    case Damage::kAdjectives:
      return PileAdjectives(text, by(0.06, 0.14, 0.3), rng);
    case Damage::kPronouns:
      return Replace(text, WrongPronoun, by(0.25, 0.5, 0.85), rng);
    case Damage::kEnding:
      return Moralise(text, by(0.1, 0.25, 0.45), rng);
  }
  return std::string(text);
}

/// One of the possible twins, of about the passage's words.
std::string OneTwin(Damage kind, int grade, std::string_view text, std::string_view other,
                    Rng damage, Rng length) {
  const int words = text::CountWords(text);
  std::string twin = DamageText(kind, grade, text, other, damage);
  int now = text::CountWords(twin);
  const int most = words / 40;
  if (now > words + most) {
    twin = Shorten(twin, now - words, static_cast<int>(twin.size()) - static_cast<int>(text.size()),
                   length);
    now = text::CountWords(twin);
  }
  if (std::abs(now - words) <= most) return twin;
  const int aim =
      words - most + static_cast<int>(length.Below(2 * static_cast<std::size_t>(most) + 1));
  return Adjust(std::move(twin), aim, length);
}

}  // namespace

std::string_view NameOf(Damage kind) {
  static constexpr std::array<std::string_view, kDamages> kNames = {
      "word_order", "sentence_order", "vague",      "stock",    "grammar", "repetition",
      "splice",     "padding",        "adjectives", "pronouns", "ending"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string DamagedTwin(Damage kind, int grade, std::string_view id, std::string_view text,
                        std::string_view other) {
  REDRAFT_CHECK(grade >= 1 && grade <= kGrades);
  constexpr int kTries = 10, kWords = 3, kBytes = 4;
  const Rng own = Rng(1).Fork(fmt::format("twins/{}/{}", id, NameOf(kind)));
  Rng aim = own.Fork(fmt::format("aim/{}", grade));
  const auto around = [&](int most) {
    return static_cast<int>(aim.Below(2 * static_cast<std::size_t>(most) + 1)) - most;
  };
  const int more = around(kWords);
  const int words = text::CountWords(text) + more;
  const int bytes = static_cast<int>(text.size()) + 5 * more + around(kBytes);
  std::string best;
  int nearest = 0;
  for (int i = 0; i < kTries; ++i) {
    // The streams are those of all grades, so that a higher one damages in the same places.
    std::string twin = OneTwin(kind, grade, text, other, own.Fork(fmt::format("damage/{}", i)),
                               own.Fork(fmt::format("length/{}", i)));
    const int off = Off(text::CountWords(twin) - words, static_cast<int>(twin.size()) - bytes);
    if (!best.empty() && off >= nearest) continue;
    nearest = off;
    best = std::move(twin);
  }
  return best;
}

}  // namespace redraft::judge
