#include "redraft/reward/contrast.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>

#include "redraft/reward/corruption.h"
#include "redraft/reward/model_fixture.h"

namespace redraft::reward {
namespace {

const Experts& MadeUpExperts() {
  static const Experts kExperts = MadeUpModel().experts;
  return kExperts;
}

double At(const Contrast& contrast, Signal signal) {
  return contrast.difference[static_cast<std::size_t>(signal)];
}

Contrast Between(const std::string& a, const std::string& b) {
  return Compare(Measured(a, MadeUpExperts()), Measured(b, MadeUpExperts()), MadeUpExperts());
}

RC_GTEST_PROP(Contrast, IsAntisymmetricToTheLastBit, ()) {
  const auto& passages = SamplePassages();
  const std::string text = *rc::gen::elementOf(passages);
  const std::string other = *rc::gen::elementOf(passages);
  const auto kind = static_cast<Corruption>(*rc::gen::inRange<std::size_t>(0, kCorruptions));
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const std::string changed = Corrupt(kind, text, other, FillerStock::kTraining, Rng(seed));
  const Contrast forward = Between(text, changed);
  const Contrast backward = Between(changed, text);
  RC_ASSERT(forward.relation == backward.relation);
  for (std::size_t i = 0; i < kSignals; ++i) {
    RC_ASSERT(forward.difference[i] == -backward.difference[i]);
  }
}

TEST(Contrast, ReorderedSentencesDifferInNothingButOrder) {
  const Contrast contrast = Between("Rain fell. The harbour froze. Olga left.",
                                    "Olga left. Rain fell. The harbour froze.");
  EXPECT_EQ(contrast.relation, Relation::kReordered);
  for (std::size_t i = 0; i < kSignals; ++i) {
    if (static_cast<Signal>(i) == Signal::kOrder) continue;
    EXPECT_EQ(contrast.difference[i], 0) << i;
  }
  EXPECT_NE(At(contrast, Signal::kOrder), 0);
}

TEST(Contrast, AWordOneLetterOffThatNobodyKnowsIsMisspelt) {
  Experts experts = MadeUpExperts();
  const std::string right = "The ferryman weighed her herring on the harbour scales that morning.";
  for (Cell& cell : experts.cells) cell.idf = 65535;
  for (const Gram& gram : CountGrams(right)) experts.cells[gram.hash & 1023].idf = 1000;
  const auto misspelt = [&](const std::string& wrong) {
    const Contrast contrast = Compare(Measured(right, experts), Measured(wrong, experts), experts);
    EXPECT_EQ(contrast.relation, Relation::kRevised);
    return At(contrast, Signal::kSpelling);
  };
  EXPECT_EQ(misspelt("The ferryman weighed her herrnig on the harbour scales that mroning."), 1)
      << "two, of which one is within what editing makes";
  EXPECT_EQ(misspelt("The feryman weigghed her herring on the harbor scales that morning."), 2);
  EXPECT_EQ(misspelt("The ferryman lifted her herring from the harbour scales that evening."), 0);
}

TEST(Contrast, OfACutSaysWhetherTheTextStopsEarlyOrHasSomethingInserted) {
  const std::string whole = "Rain fell. The harbour froze. Olga left. Nobody saw her go.";
  const Contrast cut = Between(whole, "Rain fell. The harbour froze.");
  EXPECT_EQ(cut.relation, Relation::kCut);
  EXPECT_EQ(At(cut, Signal::kLength), 1);
  EXPECT_EQ(At(cut, Signal::kContent), 0);
  const Contrast inserted = Between(whole, "Rain fell. Olga left. Nobody saw her go.");
  EXPECT_EQ(At(inserted, Signal::kLength), 0);
  EXPECT_EQ(At(inserted, Signal::kContent), 0) << "one sentence may as well be missing";
  const Contrast run = Between("Rain fell. Olga left. The harbour froze. Noor laughed. It ended.",
                               "Rain fell. Noor laughed. It ended.");
  EXPECT_EQ(At(run, Signal::kContent), -1);
  const Contrast repeated = Between("Rain fell. Olga left. Rain fell.", "Rain fell. Olga left.");
  EXPECT_EQ(At(repeated, Signal::kBelonging), -1);
  EXPECT_EQ(At(repeated, Signal::kSubstance), -1);
}

}  // namespace
}  // namespace redraft::reward
