#include "redraft/reward/lm_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/base/random.h"

namespace redraft::reward {
namespace {

using ::testing::HasSubstr;

const char* const kDraft =
    "The kettle was on. Mara counted the cups twice. Nobody had told her that her brother was "
    "coming with the dog.";
const char* const kRevised =
    "The kettle was already on. Mara counted the cups twice over. Nobody had said that her brother "
    "was coming, and with the dog.";
const char* const kReordered =
    "Mara counted the cups twice. Nobody had told her that her brother was coming with the dog. "
    "The kettle was on.";
const char* const kUnrelated =
    "Diesel prices rose for the third week. The hauliers met in a car park outside Leeds and "
    "agreed on nothing.";

LmRewardData MadeUp() {
  LmRewardData data;
  data.reader = "a-model";
  data.reader_id = "A-Model@0123456789ab";
  data.base = RewardModel::BuiltIn()->id();
  Rng rng(3);
  for (std::size_t i = 0; i < kLmFeatures; ++i) data.features.push_back(rng.Normal());
  for (int i = 0; i < 8; ++i) data.state.push_back(rng.Normal());
  data.revised = {0.5, 1, 2};
  data.reordered = {0.25, 0.125};
  data.provenance = {{"command", "made up"}};
  return data;
}

LmReward Model() { return *LmReward::Make(MadeUp(), *RewardModel::BuiltIn()); }

LmReading Reading(std::uint64_t seed, std::size_t size = 8) {
  Rng rng(seed);
  LmReading reading{{0}, {}};
  for (int i = 0; i < 30; ++i) reading.logprobs.push_back(-5 * rng.Uniform());
  for (std::size_t i = 0; i < size; ++i) {
    reading.state.push_back(static_cast<float>(rng.Normal()));
  }
  return reading;
}

TEST(LmReward, IsExactlyAntisymmetric) {
  const LmReward model = Model();
  for (std::uint64_t seed = 1; seed < 30; ++seed) {
    const LmReading a = Reading(seed), b = Reading(seed + 100);
    for (const char* other : {kRevised, kReordered, kUnrelated}) {
      EXPECT_EQ(*model.Compare(kDraft, a, other, b), -*model.Compare(other, b, kDraft, a));
    }
  }
}

TEST(LmReward, ReorderedSentencesAreComparedByTheirLikelihood) {
  LmReading a = Reading(1), b = a;
  b.logprobs[3] -= 8;
  const LmReward model = Model();
  EXPECT_NEAR(*model.Compare(kDraft, a, kReordered, b),
              0.25 * model.CompareUnread(kDraft, kReordered) + 1, 1e-9);
}

TEST(LmReward, ARevisionIsWhatTheThreeOpinionsAddUpTo) {
  LmReading a = Reading(1), b = a;
  b.state[2] -= 1;
  const LmReward model = Model();
  EXPECT_NEAR(*model.Compare(kDraft, a, kRevised, b),
              0.5 * model.CompareUnread(kDraft, kRevised) + 2 * model.data().state[2], 1e-6);
}

TEST(LmReward, AsksForNoReadingWhereItHasNothingToAdd) {
  const LmReward model = Model();
  EXPECT_TRUE(model.NeedsReadings(kDraft, kRevised));
  EXPECT_TRUE(model.NeedsReadings(kDraft, kReordered));
  EXPECT_FALSE(model.NeedsReadings(kDraft, kUnrelated));
  EXPECT_FALSE(model.NeedsReadings("", kDraft));
  EXPECT_FALSE(model.NeedsReadings("", ""));
  EXPECT_EQ(*model.Compare(kDraft, Reading(1), kUnrelated, Reading(2)),
            model.CompareUnread(kDraft, kUnrelated));
}

LmReward HeadsAlone() {
  LmRewardData data = MadeUp();
  data.base.clear();
  return *LmReward::Make(data, *RewardModel::BuiltIn());
}

TEST(LmReward, HeadsAloneDecideWhateverTheTextsAreToEachOther) {
  const LmReward model = HeadsAlone();
  const LmReading a = Reading(1), b = Reading(2);
  const double logit = *model.Compare(kDraft, a, kRevised, b);
  EXPECT_NE(logit, 0);
  for (const char* other : {kReordered, kUnrelated}) {
    EXPECT_TRUE(model.NeedsReadings(kDraft, other));
    EXPECT_EQ(*model.Compare(kDraft, a, other, b), logit) << "the words themselves say nothing";
  }
  EXPECT_NEAR(*model.Score(kDraft, a) - *model.Score(kRevised, b), logit, 1e-9);
  EXPECT_FALSE(model.NeedsReadings("", kDraft));
  EXPECT_EQ(model.CompareUnread("", kDraft), 0);
  const auto read = LmReward::Parse(model.Serialize(), "f");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read->Compare(kDraft, a, kUnrelated, b), logit);
}

TEST(LmReward, AScoreAddsWhatTheBuiltInModelSaysToTheHeads) {
  const LmReward model = Model();
  LmReading a = Reading(1), b = a;
  b.state[2] -= 1;
  EXPECT_NEAR(*model.Score(kDraft, a) - *model.Score(kDraft, b), 2 * model.data().state[2], 1e-6);
  EXPECT_NEAR(
      *model.Score(kDraft, a) - *model.Score(kUnrelated, a),
      0.5 * (RewardModel::BuiltIn()->Score(kDraft) - RewardModel::BuiltIn()->Score(kUnrelated)),
      1e-9);
  EXPECT_FALSE(model.Score(kDraft, Reading(1, 9)));
}

TEST(LmReward, AReadingOfAnotherSizeIsRefused) {
  const auto logit = Model().Compare(kDraft, Reading(1, 9), kRevised, Reading(2, 9));
  ASSERT_FALSE(logit);
  EXPECT_THAT(logit.error().message, HasSubstr("9 and 9 dimensions, the weights 8"));
}

TEST(LmRewardFile, IsReadBackAsItWas) {
  const LmReward model = Model();
  const auto read = LmReward::Parse(model.Serialize(), "f");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->id(), model.id());
  EXPECT_EQ(read->Serialize(), model.Serialize());
  EXPECT_EQ(read->data().state, model.data().state);
}

TEST(LmRewardFile, EveryTruncationIsRefused) {
  const std::string bytes = Model().Serialize();
  for (std::size_t size = 0; size + 2 < bytes.size(); size += 7) {
    const auto read = LmReward::Parse(bytes.substr(0, size), "weights.json");
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code, ErrorCode::kConfig);
    EXPECT_THAT(read.error().message, HasSubstr("weights.json: is truncated"));
  }
}

TEST(LmRewardFile, WeightsThatAreNoNumbersAreRefusedByName) {
  for (const char* name : {"features", "state", "revised", "reordered"}) {
    for (const Json& wrong : {Json(), Json("1"), Json(1e308) /* below: no list */}) {
      Json json = *ParseJson(Model().Serialize());
      json[name] = wrong;
      const auto read = LmReward::Parse(DumpJson(json), "f");
      ASSERT_FALSE(read);
      EXPECT_THAT(read.error().message, HasSubstr(name));
    }
    Json json = *ParseJson(Model().Serialize());
    json[name][1] = nullptr;  // what a NaN is written as
    const auto read = LmReward::Parse(DumpJson(json), "f");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::kConfig);
    EXPECT_THAT(read.error().message, HasSubstr(name));
  }
}

TEST(LmRewardFile, OfAnotherVersionOrForAnotherBuiltInModelIsRefused) {
  Json json = *ParseJson(Model().Serialize());
  json["schema"] = "redraft.lm-reward/2";
  EXPECT_THAT(LmReward::Parse(DumpJson(json), "f").error().message, HasSubstr("lm-reward/1"));
  json = *ParseJson(Model().Serialize());
  json["base"] = "reward:other@00000000";
  const auto read = LmReward::Parse(DumpJson(json), "f");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("belong to reward:other@00000000"));
}

TEST(LmRewardFile, OfTheProgramBelongsToTheBuiltInModel) {
  const auto model = OpenLmReward("reward:lm");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->id(), "reward:lm@d86d99e4");
  EXPECT_EQ(model->data().state.size(), 576U);
}

TEST(LmRewardFile, ThatIsMissingIsNamed) {
  const auto model = OpenLmReward("reward:lm:no-such-file.json");
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(model.error().message, HasSubstr("no-such-file.json"));
}

}  // namespace
}  // namespace redraft::reward
