#include "redraft/audit/metrics.h"

#include <gtest/gtest.h>

#include "redraft/audit/twin_test.h"
#include "redraft/base/random.h"

namespace redraft::audit {
namespace {

struct Measured {
  BookTokens book;
  Tally tally;
};

/// Tallies the records in `shards` tallies that are then added, record r in tally r % shards.
Measured Measure(const twin::Case& c, std::vector<std::uint32_t> ks = {}, std::size_t shards = 1) {
  Measured measured;
  Tokeniser tokeniser(Profile::kRef);
  for (const std::string& text : c.excerpts) measured.book.AppendExcerpt(tokeniser, text);
  Parameters parameters;
  parameters.k = {static_cast<std::uint32_t>(c.k)};
  parameters.k.insert(parameters.k.end(), ks.begin(), ks.end());
  parameters.trim = static_cast<std::uint32_t>(c.trim);
  parameters.span_over = static_cast<std::uint32_t>(c.over);
  const GramIndex grams(measured.book.keys, parameters.shortest_k());
  const GramIndex trim_grams(measured.book.keys, std::max(parameters.trim, 1U));
  measured.tally = Tally(parameters, measured.book.size(), measured.book.excerpts());
  for (std::size_t shard = 0; shard < shards; ++shard) {
    Collector collector(measured.book, grams, trim_grams, parameters);
    for (std::size_t r = shard; r < c.records.size(); r += shards) {
      const twin::Record& record = c.records[r];
      std::vector<std::uint64_t> keys;
      tokeniser.AppendKeys(record.instruction, keys);
      collector.Begin(static_cast<std::uint32_t>(record.excerpt), keys);
      std::uint32_t number = 0;
      for (const std::string& text : record.generations) {
        keys.clear();
        tokeniser.AppendKeys(text, keys);
        collector.AddGeneration(keys, number++);
      }
      collector.End();
    }
    measured.tally.Add(collector.tally());
  }
  return measured;
}

std::string Letters(char from, char to) {
  std::string text;
  for (char c = from; c <= to; ++c) text += std::string(1, c) + " ";
  return text;
}

/// "w0 w1 … ": distinct words [from, to).
std::string Numbered(int from, int to) {
  std::string text;
  for (int i = from; i < to; ++i) text += "w" + std::to_string(i) + " ";
  return text;
}

struct Golden {
  const char* name;
  twin::Case input;
  std::uint32_t covered, tokens, block, block_start, span, spans, crossing, counted;
};

twin::Case One(std::string book, std::string instruction, std::vector<std::string> generations) {
  return {{std::move(book)}, {{0, std::move(instruction), std::move(generations)}}};
}

std::vector<Golden> GoldenCases() {
  const std::string twelve = Letters('a', 'l'), hundred = Numbered(0, 100);
  const std::string af = Letters('a', 'f'), gl = Letters('g', 'l');
  return {
      {"G1 adjacent runs merge", One("a b c d e f g h i j", "", {"x a b c d e y f g h i j"}), 10,
       10, 10, 0, 5, 0, 0, 2},
      {"G2 below k", One("a b c d e f g h i j", "", {"a b c d x"}), 0, 10, 0, 0, 0, 0, 0, 0},
      {"G3 trim the middle", One(twelve, "zz c d e f g yy", {twelve}), 5, 12, 5, 7, 12, 0, 0, 1},
      {"G4 overlapping m-grams", One(Letters('a', 'p'), "e f g h i j", {Letters('a', 'p')}), 6, 16,
       6, 10, 16, 0, 0, 1},
      {"G5 m-gram sticks out", One(twelve, "d e f g h", {af}), 6, 12, 6, 0, 6, 0, 0, 1},
      {"G6 four shared words", One(twelve, "d e f g", {Letters('a', 'h')}), 8, 12, 8, 0, 8, 0, 0,
       1},
      {"G7 twice in the book", One("a b c d e X a b c d e", "", {"a b c d e"}), 10, 11, 5, 0, 5, 0,
       0, 2},
      {"G8 quotes, case, dash",
       One("Don\u2019t stop, she said\u2014now!", "", {"\u201CDON'T STOP\u201D she said now"}), 6,
       6, 6, 0, 6, 0, 0, 1},
      {"G9 across a border", {{af, gl}, {{0, "", {"d e f g h i"}}}}, 6, 12, 6, 3, 0, 0, 0, 0},
      {"G10 other excerpt", {{af, gl}, {{0, "", {gl}}}}, 6, 12, 6, 6, 0, 0, 1, 1},
      {"G11 suffix rescue", One(hundred, "", {Numbered(0, 60), Numbered(50, 85)}), 85, 100, 85, 0,
       60, 2, 0, 2},
      {"G12 no prefix rescue", One(hundred, "", {Numbered(25, 85), Numbered(0, 46)}), 85, 100, 85,
       0, 60, 1, 0, 2},
      {"G13 exactly 20", One(hundred, "", {Numbered(0, 20)}), 20, 100, 20, 0, 20, 0, 0, 1},
      {"G14 21", One(hundred, "", {Numbered(0, 21)}), 21, 100, 21, 0, 21, 1, 0, 1},
      {"G15 one span, three generations",
       One(hundred, "", {Numbered(0, 30), Numbered(0, 30), Numbered(2, 28)}), 30, 100, 30, 0, 30, 1,
       0, 1},
      {"G16 two neighbours",
       {{Numbered(0, 30), Numbered(30, 60)},
        {{0, "", {Numbered(0, 60)}}, {1, "", {Numbered(0, 60)}}}},
       60,
       60,
       60,
       0,
       30,
       2,
       0,
       0},
      {"G17 italics", One("he _really_ did say that to me", "", {"he really did say that to me"}),
       5, 7, 5, 2, 5, 0, 0, 1},
      {"G18 cross ratio",
       {{Letters('a', 'j'), Letters('k', 't')},
        {{0, "", {"k l m n o p", "a b c d e f", "h i j k l m"}},
         {1, "", {"k l m n o p", "a b c d e"}}}},
       15,
       20,
       9,
       7,
       6,
       0,
       1,
       2},
      {"G19 no generations", One(af, "", {}), 0, 6, 0, 0, 0, 0, 0, 0},
  };
}

TEST(Metrics, AreThoseOfTheGoldenCases) {
  for (const Golden& golden : GoldenCases()) {
    SCOPED_TRACE(golden.name);
    const Measured m = Measure(golden.input);
    const Range block = LongestBlock(m.tally.covered[0]);
    EXPECT_EQ(m.book.size(), golden.tokens);
    EXPECT_EQ(m.tally.covered[0].Count(), golden.covered);
    EXPECT_EQ(block.length(), golden.block);
    EXPECT_EQ(block.start, golden.block_start);
    EXPECT_EQ(m.tally.in_excerpt.longest.length(), golden.span);
    EXPECT_EQ(CountDistinctSpans(m.tally.in_excerpt.start_of_end, 21), golden.spans);
    EXPECT_EQ(CountCrossing(m.tally.crossing, m.book.starts, 5),
              (CrossExcerpt{golden.crossing, golden.counted}));
  }
}

TEST(Metrics, CountNoSpanShorterThanKWhenTheThresholdIsBelowK) {  // G20
  twin::Case c = One(Letters('a', 'p'), "", {"a b c d x e f g h i"});
  c.over = 3;
  const Measured m = Measure(c);
  EXPECT_EQ(CountDistinctSpans(m.tally.in_excerpt.start_of_end, 5), 1U);
  EXPECT_EQ(m.tally.in_excerpt.spans, (std::vector<Range>{{4, 9}}));
}

TEST(Metrics, SeeSpansAcrossBordersInBookScope) {
  const auto golden = GoldenCases();
  EXPECT_EQ(Measure(golden[8].input).tally.in_book.longest, (Range{3, 9}));   // G9
  EXPECT_EQ(Measure(golden[9].input).tally.in_book.longest, (Range{6, 12}));  // G10
}

/// As the research's fuzz test: copied pieces and noise over small alphabets.
twin::Case RandomCase(Rng& rng) {
  const std::size_t alphabet = 2 + rng.Below(39);
  const auto word = [&] {
    std::string w = "w" + std::to_string(rng.Below(alphabet));
    return rng.Below(50) == 0 ? w + "_averyverylongwordindeed" : w;
  };
  const auto decorate = [&](std::string w) {
    if (rng.Below(6) == 0) w[0] = 'W';
    if (rng.Below(8) == 0) w += ',';
    if (rng.Below(12) == 0) w = "\"" + w + "\"";
    return w + " ";
  };
  constexpr std::size_t kShortest[] = {2, 3, 5}, kTrim[] = {0, 2, 3, 5, 7},
                        kOver[] = {3, 6, 10, 20};
  twin::Case c;
  c.k = kShortest[rng.Below(3)];
  c.trim = kTrim[rng.Below(5)];
  c.over = kOver[rng.Below(4)];
  std::vector<std::string> all;
  const std::size_t excerpts = 1 + rng.Below(6);
  for (std::size_t e = 0; e < excerpts; ++e) {
    std::string text;
    for (std::size_t i = rng.Below(71); i > 0; --i) {
      all.push_back(word());
      text += decorate(all.back());
    }
    c.excerpts.push_back(text);
  }
  const auto mixture = [&](std::size_t limit) {
    std::string text;
    for (std::size_t words = rng.Below(limit + 1); words > 0;) {
      std::size_t piece = 1 + rng.Below(std::min<std::size_t>(words, 30));
      words -= piece;
      if (all.empty() || rng.Below(3) == 0) {
        for (; piece > 0; --piece) text += decorate(word());
      } else {
        for (std::size_t at = rng.Below(all.size()); piece > 0 && at < all.size(); --piece) {
          text += decorate(all[at++]);
        }
      }
    }
    return text;
  };
  for (std::size_t e = 0; e < excerpts; ++e) {
    twin::Record record{e, mixture(20), {}};
    for (std::size_t g = rng.Below(4); g > 0; --g) record.generations.push_back(mixture(90));
    c.records.push_back(std::move(record));
  }
  return c;
}

void ExpectSameAsTwin(const twin::Case& c, const Measured& m, const twin::Answer& answer) {
  const Tally& tally = m.tally;
  ASSERT_EQ(tally.guarded, 0U);
  ASSERT_EQ(m.book.size(), answer.mask.size());
  for (std::uint32_t i = 0; i < m.book.size(); ++i) {
    ASSERT_EQ(tally.covered[0].Holds(i), answer.mask[i]) << "token " << i;
  }
  EXPECT_EQ(tally.covered[0].Count(), answer.covered);
  const Range block = LongestBlock(tally.covered[0]);
  EXPECT_EQ(block.length(), answer.block);
  EXPECT_EQ(block.start, answer.block_start);
  EXPECT_EQ(tally.in_excerpt.longest.length(), answer.span);
  EXPECT_EQ(tally.in_book.longest.length(), answer.span_in_book);
  const auto shortest = static_cast<std::uint32_t>(std::max(c.k, c.over + 1));
  EXPECT_EQ(CountDistinctSpans(tally.in_excerpt.start_of_end, shortest), answer.spans_ref);
  EXPECT_EQ(CountMaximalSpans(tally.in_excerpt.spans, m.book.size()), answer.spans_maximal);
  const CrossExcerpt cross =
      CountCrossing(tally.crossing, m.book.starts, static_cast<std::uint32_t>(c.k));
  EXPECT_EQ(cross.crossing, answer.crossing);
  EXPECT_EQ(cross.counted, answer.counted);
  EXPECT_DOUBLE_EQ(SelfAgreement(tally).value(), answer.self);
  std::vector<std::map<std::size_t, std::size_t>> hits(answer.hits.size());
  for (const HitRange& hit : tally.hits) {
    for (std::uint32_t i = hit.range.start; i < hit.range.end; ++i)
      hits[hit.source][i] += hit.count;
  }
  EXPECT_EQ(hits, answer.hits);
}

TEST(Metrics, AreThoseOfTheSlowTwinInTenThousandRandomCases) {
  for (int i = 0; i < 10000; ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    Rng rng = Rng(7).Fork("case/" + std::to_string(i));
    const twin::Case c = RandomCase(rng);
    const twin::Answer answer = twin::Solve(c);
    const Measured one = Measure(c);
    ExpectSameAsTwin(c, one, answer);
    if (::testing::Test::HasFailure()) return;
    ASSERT_EQ(Measure(c, {}, 3).tally, one.tally) << "three shards give another tally than one";
  }
}

TEST(Metrics, MeasureSeveralKAtOnceAsOneByOne) {
  for (int i = 0; i < 500; ++i) {
    Rng rng = Rng(8).Fork("case/" + std::to_string(i));
    twin::Case c = RandomCase(rng);
    c.k = 4;
    const Measured together = Measure(c, {2, 9});
    std::size_t at = 0;
    std::uint32_t before = together.book.size();
    for (const std::size_t k : {4U, 2U, 9U}) {
      twin::Case alone = c;
      alone.k = k;
      const Measured single = Measure(alone);
      ASSERT_EQ(together.tally.covered[at++], single.tally.covered[0]) << "k " << k;
      if (k == 4) {
        EXPECT_EQ(together.tally.crossing, single.tally.crossing);
        EXPECT_EQ(together.tally.in_excerpt, single.tally.in_excerpt);
        EXPECT_EQ(together.tally.hits, single.tally.hits);
      }
    }
    for (const std::size_t k : {1U, 0U, 2U}) {  // ascending
      const std::uint32_t covered = together.tally.covered[k].Count();
      EXPECT_LE(covered, before);
      before = covered;
    }
  }
}

TEST(Metrics, GiveNoCreditWhenThePromptHoldsTheBook) {
  const std::string book = Numbered(0, 60);
  EXPECT_EQ(Measure(One(book, book, {book})).tally.covered[0].Count(), 0U);
  twin::Case untrimmed = One(book, book, {book});
  untrimmed.trim = 0;
  EXPECT_EQ(Measure(untrimmed).tally.covered[0].Count(), 60U);
}

TEST(Metrics, OfABookThatRepeatsItselfWithoutEndAreGuarded) {
  std::string book, text;
  for (int i = 0; i < 3000; ++i) book += "la ";
  for (int i = 0; i < 400; ++i) text += "la ";
  const Measured m = Measure(One(book + Numbered(0, 20), "", {text, Numbered(0, 10)}));
  EXPECT_EQ(m.tally.guarded, 1U);
  EXPECT_EQ(m.tally.covered[0].Count(), 3010U) << "coverage stays exact";
  EXPECT_EQ(m.tally.in_excerpt.longest.length(), 400U);
  EXPECT_FALSE(SelfAgreement(m.tally).has_value());
}

TEST(Mask, JaccardOfTheResearchExample) {
  Mask a(30), b(30);
  a.Add({0, 10});
  b.Add({5, 15});
  EXPECT_DOUBLE_EQ(Jaccard(a, b), 1.0 / 3);
  EXPECT_DOUBLE_EQ(RandomJaccard(a, b), 0.2);
  EXPECT_DOUBLE_EQ(Jaccard(a, a), 1.0);
  EXPECT_DOUBLE_EQ(Jaccard(Mask(30), Mask(30)), 0.0);
}

TEST(Mask, KeepsItsRunsOverWordBorders) {
  for (const std::vector<Range>& runs : {std::vector<Range>{{0, 64}},
                                         {{63, 65}, {127, 128}},
                                         {{5, 200}},
                                         {{64, 128}, {192, 201}},
                                         {}}) {
    EXPECT_EQ(Mask::FromRuns(201, runs).Runs(), runs);
  }
}

}  // namespace
}  // namespace redraft::audit
