#include "redraft/reward/lm_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/base/random.h"

namespace redraft::reward {
namespace {

using ::testing::HasSubstr;

/// Revisions by five editors, whose words say nothing about which one is better, or, if `telling`,
/// nearly everything.
Dataset MadeUpRevisions(int count, bool telling = false) {
  Rng rng(5);
  const std::vector<std::string> words = {"the",  "harbour", "was",    "quiet", "and",  "boats",
                                          "lay",  "against", "stones", "while", "rain", "fell",
                                          "over", "nets",    "gulls",  "cried", "long", "before"};
  Dataset data;
  for (int i = 0; i < count; ++i) {
    std::vector<std::string> texts(2);
    for (int sentence = 0; sentence < 5; ++sentence) {
      const std::size_t change = rng.Below(9);
      for (std::size_t at = 0; at < 9; ++at) {
        const std::string word = words[rng.Below(words.size())];
        for (std::string& text : texts) {
          text += at > 0 ? " " : text.empty() ? "Then " : " Then ";
          text += at == change ? words[rng.Below(words.size())] : word;
        }
      }
      if (telling) {
        texts[0] += rng.Below(3) == 0 ? " brine" : " tar";
        texts[1] += rng.Below(3) == 0 ? " tapestry" : " testament";
      }
      for (std::string& text : texts) text += ".";
    }
    data.pairs.push_back(
        {texts[0], texts[1], "g" + std::to_string(i), "editor " + std::to_string(i % 5)});
  }
  return data;
}

/// Readings whose states know the better text as well as `knowledge` says, and whose likelihoods
/// know reorderings.
LmReadings Read(const Dataset& data, double knowledge, std::size_t pairs = 1000) {
  LmReadings readings;
  readings.reader = "r";
  readings.reader_id = "R@1";
  Rng rng(8);
  const auto examples = ExamplesOf(data, pairs);
  for (std::size_t i = 0; i < examples.size(); ++i) {
    for (const std::string& text : examples[i].texts) {
      LmReading reading{{0}, {}};
      for (int token = 0; token < 40; ++token) reading.logprobs.push_back(-4 * rng.Uniform());
      const double good = text == data.pairs[examples[i].pair].chosen ? knowledge : -knowledge;
      reading.state = {static_cast<float>(rng.Normal() + good), static_cast<float>(rng.Normal())};
      readings.totals[text] = TotalOf(reading.logprobs);
      readings.texts.emplace(text, reading);
    }
    for (const LmReordered& item : examples[i].reordered) {
      readings.totals.emplace(item.shuffled, readings.totals.at(item.text) - 5 + rng.Normal());
      readings.totals.emplace(item.swapped, readings.totals.at(item.text) - 1 + rng.Normal());
    }
  }
  return readings;
}

LmTrainOptions Small() {
  LmTrainOptions options;
  options.base.bits = 12;
  return options;
}

TrainedLm Train(const Dataset& data, const LmReadings& readings,
                const LmTrainOptions& options = Small()) {
  auto trained = TrainLm(data, readings, *RewardModel::BuiltIn(), options);
  EXPECT_TRUE(trained) << trained.error().message;
  return std::move(*trained);
}

double AccuracyOf(const LmReport& report, LmFamily family, LmKind kind = LmKind::kPairs) {
  for (const LmCell& cell : report.table) {
    if (cell.family == family && cell.kind == kind) return cell.accuracy;
  }
  ADD_FAILURE() << NameOf(family);
  return 0;
}

TEST(LmTrainer, FindsThatStatesKnowWhatWordsDoNot) {
  const Dataset data = MadeUpRevisions(100);
  const TrainedLm trained = Train(data, Read(data, 1.5));
  EXPECT_EQ(trained.report.read, 100U);
  EXPECT_LT(AccuracyOf(trained.report, LmFamily::kFull), 0.75);
  EXPECT_GT(AccuracyOf(trained.report, LmFamily::kState), 0.9);
  EXPECT_GT(AccuracyOf(trained.report, LmFamily::kFullState), 0.9);
  ASSERT_TRUE(trained.report.winner);
  EXPECT_NE(*trained.report.winner, LmFamily::kFeatures);
  EXPECT_EQ(trained.model.data().reader_id, "R@1");
  const auto readings = Read(data, 1.5);
  int right = 0;
  for (const Pair& pair : data.pairs) {
    right += *trained.model.Compare(pair.chosen, readings.texts.at(pair.chosen), pair.rejected,
                                    readings.texts.at(pair.rejected)) > 0;
  }
  EXPECT_GT(right, 85);
}

TEST(LmTrainer, HeadsAloneAreWeighedWithoutTheBuiltInModel) {
  const Dataset data = MadeUpRevisions(100);
  LmTrainOptions options = Small();
  options.heads_alone = true;
  const LmReadings readings = Read(data, 1.5);
  const TrainedLm trained = Train(data, readings, options);
  EXPECT_GT(AccuracyOf(trained.report, LmFamily::kHeads), 0.9);
  EXPECT_EQ(trained.model.data().base, "");
  EXPECT_EQ(trained.model.data().revised[0], 0);
  EXPECT_GT(trained.model.data().revised[2], 0);
  const TrainedLm usual = Train(data, readings);
  EXPECT_EQ(AccuracyOf(usual.report, LmFamily::kHeads),
            AccuracyOf(trained.report, LmFamily::kHeads));
  EXPECT_EQ(usual.report.winner, trained.report.winner) << "a second opinion does not compete";
  EXPECT_NE(usual.model.data().base, "");
}

TEST(LmTrainer, SaysSoWhenReadingsKnowNothing) {
  const Dataset data = MadeUpRevisions(100, true);
  const TrainedLm trained = Train(data, Read(data, 0));
  EXPECT_FALSE(trained.report.winner);
  EXPECT_TRUE(trained.model.data().provenance.at("winner").is_null());
}

TEST(LmTrainer, LikelihoodTellsATextFromItsReordering) {
  const Dataset data = MadeUpRevisions(100);
  const LmReport report = Train(data, Read(data, 0)).report;
  EXPECT_GT(report.shuffled.texts, 20U);
  EXPECT_GT(report.shuffled.likelihood, 0.95);
  EXPECT_GT(report.shuffled.mixed, 0.95);
  EXPECT_GT(report.swapped.likelihood, 0.6);
}

TEST(LmTrainer, MeasuresOnPairsOfWhichBothTextsWereRead) {
  const Dataset data = MadeUpRevisions(60);
  const LmReport report = Train(data, Read(data, 1, 40)).report;
  EXPECT_EQ(report.pairs, 60U);
  EXPECT_EQ(report.read, 40U);
  for (const LmCell& cell : report.table) EXPECT_EQ(cell.pairs, 40U);
}

TEST(LmTrainer, ComparesFamiliesOnScoresWhenAsked) {
  Dataset data = MadeUpRevisions(60);
  for (std::size_t i = 0; i < data.pairs.size(); ++i) {
    data.scores.push_back({data.pairs[i].chosen, 6 + static_cast<double>(i % 3), ""});
    data.scores.push_back({data.pairs[i].rejected, 2 + static_cast<double>(i % 3), ""});
  }
  data.scores.push_back({"Nobody ever read this one.", 5, ""});
  LmTrainOptions options = Small();
  options.families = true;
  const LmReport report = Train(data, Read(data, 1.5), options).report;
  EXPECT_EQ(report.table.size(), kLmFamilies * kLmKinds);
  EXPECT_GT(AccuracyOf(report, LmFamily::kState, LmKind::kScores), 0.8);
  EXPECT_GT(AccuracyOf(report, LmFamily::kState, LmKind::kBoth), 0.8);
}

TEST(LmTrainer, TheResultDoesNotDependOnThreads) {
  const Dataset data = MadeUpRevisions(40);
  LmTrainOptions one = Small(), three = Small();
  one.base.threads = 1;
  three.base.threads = 3;
  EXPECT_EQ(Train(data, Read(data, 1), one).model.Serialize(),
            Train(data, Read(data, 1), three).model.Serialize());
}

TEST(LmTrainer, RefusesToLearnFromOneEditorAlone) {
  const Dataset data = MadeUpRevisions(30);
  const auto trained = TrainLm(data, Read(data, 1, 1), *RewardModel::BuiltIn(), Small());
  ASSERT_FALSE(trained);
  EXPECT_EQ(trained.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(trained.error().message, HasSubstr("1 pairs were read, from 1 editors"));
}

TEST(LmExamples, OfFewerPairsAreTheBeginningOfThoseOfAll) {
  const Dataset data = MadeUpRevisions(12);
  const auto all = ExamplesOf(data, 1000), some = ExamplesOf(data, 5);
  ASSERT_EQ(all.size(), 12U);
  ASSERT_EQ(some.size(), 5U);
  for (std::size_t i = 0; i < some.size(); ++i) {
    EXPECT_EQ(some[i].texts, all[i].texts);
    ASSERT_EQ(some[i].reordered.size(), i % 4 == 0 ? 1U : 0U);
    if (some[i].reordered.empty()) continue;
    EXPECT_EQ(some[i].reordered[0].shuffled, all[i].reordered[0].shuffled);
  }
}

TEST(LmExamples, NameEveryTextOnce) {
  Dataset data = MadeUpRevisions(2);
  data.pairs[1].rejected = data.pairs[0].rejected;
  const auto examples = ExamplesOf(data, 2);
  EXPECT_EQ(examples[0].texts.size(), 2U);
  EXPECT_EQ(examples[1].texts, std::vector{data.pairs[examples[1].pair].chosen});
}

}  // namespace
}  // namespace redraft::reward
