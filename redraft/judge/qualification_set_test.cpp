#include "redraft/judge/qualification_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "redraft/judge/twins.h"
#include "redraft/text/words.h"

namespace redraft::judge {
namespace {

constexpr std::size_t kBlock = 40;

std::vector<QualificationPair> Pairs() {
  auto pairs = DefaultPairs();
  EXPECT_TRUE(pairs) << (pairs ? "" : pairs.error().message);
  return pairs ? *std::move(pairs) : std::vector<QualificationPair>();
}

double LogRatio(const QualificationPair& pair) {
  return std::log(static_cast<double>(text::CountWords(pair.a)) / text::CountWords(pair.b));
}

TEST(QualificationSet, HoldsAtLeastSixtyPassagesOfOneToTwoHundredWordsInManyForms) {
  const auto passages = BuiltInPassages();
  ASSERT_TRUE(passages);
  EXPECT_GE(passages->size(), 64U);
  std::set<std::string> ids, forms, texts;
  for (const QualificationPassage& passage : *passages) {
    EXPECT_TRUE(ids.insert(passage.id).second) << passage.id;
    EXPECT_TRUE(texts.insert(passage.text).second) << passage.id;
    forms.insert(passage.form);
    EXPECT_GE(text::CountWords(passage.text), 120) << passage.id;
    EXPECT_LE(text::CountWords(passage.text), 220) << passage.id;
    EXPECT_EQ(passage.text.find("\u2014"), std::string::npos) << passage.id;
  }
  EXPECT_GE(forms.size(), 12U);
}

TEST(QualificationSet, HasTwoHundredPairsThatAreAllDifferent) {
  const auto pairs = Pairs();
  EXPECT_EQ(pairs.size(), 200U);
  std::set<std::string> ids;
  for (const QualificationPair& pair : pairs) {
    EXPECT_TRUE(ids.insert(pair.id).second) << pair.id;
    EXPECT_NE(pair.a, pair.b);
    EXPECT_NE(pair.label, Label::kTie);
    EXPECT_FALSE(pair.brief.empty());
  }
}

TEST(QualificationSet, EveryBlockOfFortyIsBalancedInKindGradeFormAndSide) {
  const auto pairs = Pairs();
  for (std::size_t from = 0; from + kBlock <= pairs.size(); from += kBlock) {
    std::map<std::string, int> kinds, forms;
    std::map<int, int> grades;
    int a = 0, extras = 0;
    for (std::size_t i = from; i < from + kBlock; ++i) {
      ++forms[pairs[i].form];
      a += pairs[i].label == Label::kA ? 1 : 0;
      if (pairs[i].of_twins || pairs[i].kind == "rewrite") {
        ++extras;
        continue;
      }
      ++kinds[pairs[i].kind];
      ++grades[pairs[i].grade];
    }
    EXPECT_EQ(a, 20);
    EXPECT_EQ(extras, 7);
    EXPECT_EQ(kinds.size(), static_cast<std::size_t>(kDamages));
    for (const auto& [kind, count] : kinds) EXPECT_EQ(count, 3) << kind;
    EXPECT_EQ(grades, (std::map<int, int>{{1, 11}, {2, 11}, {3, 11}}));
    EXPECT_GE(forms.size(), 12U);
    for (const auto& [form, count] : forms) EXPECT_LE(count, 11) << form;
  }
}

TEST(QualificationSet, EachKindPutsTheBetterTextOnEitherSide) {
  std::map<std::string, std::pair<int, int>> sides;
  for (const QualificationPair& pair : Pairs()) {
    auto& [a, all] = sides[pair.kind];
    a += pair.label == Label::kA ? 1 : 0;
    ++all;
  }
  for (const auto& [kind, side] : sides) {
    EXPECT_GE(side.first, side.second / 3) << kind;
    EXPECT_LE(side.first, side.second - side.second / 3) << kind;
  }
}

TEST(QualificationSet, LengthTellsNothingOfTheLabel) {
  double mean = 0, better_longer = 0, longer = 0, shorter = 0;
  const auto pairs = Pairs();
  for (const QualificationPair& pair : pairs) {
    const double better = pair.label == Label::kA ? LogRatio(pair) : -LogRatio(pair);
    EXPECT_LE(std::abs(better), pair.kind == "rewrite" ? std::log(1 / 0.6) : 0.1) << pair.id;
    mean += LogRatio(pair) / static_cast<double>(pairs.size());
    better_longer += better / static_cast<double>(pairs.size());
    longer += better > 0 ? 1 : 0;
    shorter += better < 0 ? 1 : 0;
  }
  EXPECT_NEAR(mean, 0, 0.01);
  EXPECT_NEAR(better_longer, 0, 0.005);
  EXPECT_NEAR(longer / (longer + shorter), 0.5, 0.15);
}

TEST(QualificationSet, CharactersTellNothingOfTheLabel) {
  double right = 0;
  const auto pairs = Pairs();
  for (const QualificationPair& pair : pairs) {
    const auto a = pair.a.size(), b = pair.b.size();
    right += a == b ? 0.5 : ((a > b) == (pair.label == Label::kA) ? 1 : 0);
  }
  EXPECT_NEAR(right / static_cast<double>(pairs.size()), 0.5, 0.05);
}

TEST(QualificationSet, TriadsOfAPassageAndTwoGradesAreClosed) {
  std::map<std::pair<std::string, std::string>, int> seen;
  const auto pairs = Pairs();
  for (const QualificationPair& pair : pairs) ++seen[std::minmax(pair.a, pair.b)];
  int triads = 0;
  for (const QualificationPair& pair : pairs) {
    if (!pair.of_twins) continue;
    ++triads;
    int closed = 0;
    for (const QualificationPair& side : pairs) {
      if (side.of_twins || side.kind != pair.kind) continue;
      const std::string& passage = side.label == Label::kA ? side.a : side.b;
      closed += seen.contains(std::minmax(passage, pair.a)) &&
                        seen.contains(std::minmax(passage, pair.b)) && side.brief == pair.brief
                    ? 1
                    : 0;
    }
    EXPECT_EQ(closed, 2) << pair.id;
  }
  EXPECT_GE(triads, 15);
}

TEST(QualificationSet, APassageWithoutABriefIsAnErrorThatNamesIt) {
  const auto passages = ParsePassages("fiction", "# Fiction\n\n## no-brief\nOnce.\n\nThere.\n");
  ASSERT_FALSE(passages);
  EXPECT_THAT(passages.error().message, ::testing::HasSubstr("no-brief"));
}

}  // namespace
}  // namespace redraft::judge
