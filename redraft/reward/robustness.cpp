#include "redraft/reward/robustness.h"

#include <fmt/format.h>

#include <algorithm>

#include "redraft/base/parallel.h"
#include "redraft/reward/passage.h"

namespace redraft::reward {
namespace {

constexpr std::size_t kFewestSentences = 4;

double HalfIfTied(double a, double b) { return a > b ? 1.0 : a == b ? 0.5 : 0.0; }

std::vector<std::string> SentencesOf(std::string_view text) {
  const Passage passage(text);
  std::vector<std::string> sentences;
  for (const Sentence& sentence : passage.sentences()) sentences.emplace_back(sentence.text);
  return sentences;
}

std::string Join(const std::vector<std::string>& sentences) {
  return fmt::format("{}", fmt::join(sentences, " "));
}

std::vector<std::string> Mutate(std::vector<std::string> sentences,
                                const std::vector<std::string>& pool, Rng& rng) {
  const std::size_t count = sentences.size();
  const auto at = [&](std::size_t bound) {
    return sentences.begin() + static_cast<std::ptrdiff_t>(rng.Below(bound));
  };
  switch (rng.Below(5)) {
    case 0:
      if (count > 1) sentences.erase(at(count));
      break;
    case 1: {
      std::string copy = *at(count);
      sentences.insert(at(count + 1), std::move(copy));
      break;
    }
    case 2:
      std::iter_swap(at(count), at(count));
      break;
    case 3:
      rng.Shuffle(sentences);
      break;
    default: {
      if (pool.empty()) break;
      const std::string& foreign = pool[rng.Below(pool.size())];
      if (rng.Below(2) == 0) {
        sentences.insert(at(count + 1), foreign);
      } else {
        *at(count) = foreign;
      }
    }
  }
  return sentences;
}

}  // namespace

std::array<Robustness, kCorruptions> MeasureRobustness(const core::Scorer& scorer,
                                                       const std::vector<std::string>& texts,
                                                       Rng rng, unsigned threads) {
  std::vector<std::array<Robustness, kCorruptions>> each(texts.size());
  ParallelFor(
      texts.size(),
      [&](std::size_t i) {
        if (SentencesOf(texts[i]).size() < kFewestSentences || texts.size() < 2) return;
        Rng own = rng.Fork(fmt::format("text/{}", i));
        const std::size_t other = (i + 1 + own.Below(texts.size() - 1)) % texts.size();
        const double score = scorer.Score(texts[i]);
        for (std::size_t kind = 0; kind < kCorruptions; ++kind) {
          const std::string spoilt =
              Corrupt(static_cast<Corruption>(kind), texts[i], texts[other], FillerStock::kHeldOut,
                      own.Fork(fmt::format("kind/{}", kind)));
          if (spoilt == texts[i]) continue;
          each[i][kind] = {1, HalfIfTied(scorer.Compare(texts[i], spoilt), 0),
                           HalfIfTied(score, scorer.Score(spoilt))};
        }
      },
      threads);
  std::array<Robustness, kCorruptions> sums;
  for (const auto& one : each) {
    for (std::size_t kind = 0; kind < kCorruptions; ++kind) {
      sums[kind].texts += one[kind].texts;
      sums[kind].compared += one[kind].compared;
      sums[kind].scored += one[kind].scored;
    }
  }
  for (Robustness& kind : sums) {
    const double n = static_cast<double>(std::max<std::size_t>(1, kind.texts));
    kind.compared /= n;
    kind.scored /= n;
  }
  return sums;
}

std::vector<double> ScoreEmptiness(const core::Scorer& scorer, std::size_t count, Rng rng,
                                   unsigned threads) {
  std::vector<double> scores(count);
  ParallelFor(
      count,
      [&](std::size_t i) {
        const Rng own = rng.Fork(fmt::format("text/{}", i));
        std::string text = FlatFiller(i % 2 == 0 ? 24 : 4, FillerStock::kHeldOut, own);
        if (i % 2 == 1) {
          const std::string once = text;
          for (int times = 1; times < 8; ++times) text += " " + once;
        }
        scores[i] = scorer.Score(text);
      },
      threads);
  return scores;
}

Climb ClimbScore(const core::Scorer& scorer, std::string_view text,
                 const std::vector<std::string>& pool, std::size_t steps, Rng rng) {
  std::vector<std::string> sentences = SentencesOf(text);
  Climb climb;
  climb.text = Join(sentences);
  climb.start = climb.end = scorer.Score(climb.text);
  for (std::size_t step = 0; step < steps && !sentences.empty(); ++step) {
    std::vector<std::string> next = Mutate(sentences, pool, rng);
    std::string edited = Join(next);
    const double score = scorer.Score(edited);
    if (score <= climb.end) continue;
    ++climb.accepted;
    climb.end = score;
    climb.text = std::move(edited);
    sentences = std::move(next);
  }
  return climb;
}

}  // namespace redraft::reward
