#include "redraft/reward/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <map>

#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/base/parallel.h"
#include "redraft/base/random.h"
#include "redraft/reward/features.h"

namespace redraft::reward {
namespace {

using ::testing::HasSubstr;

/// A model with made-up weights.
RewardModelData MadeUp(unsigned bits = 10) {
  Rng rng(11);
  RewardModelData data;
  data.name = "made-up";
  data.cells.resize(std::size_t{1} << bits);
  for (auto& cell : data.cells) {
    cell.weight = static_cast<std::int16_t>(static_cast<int>(rng.Below(60000)) - 30000);
    cell.idf = static_cast<std::uint16_t>(1 + rng.Below(65535));
  }
  data.weight_scale = 1e-4;
  data.bias = 0.25;
  for (int i = 0; i <= 100; ++i) data.reference.push_back(i / 10 - 5);
  data.provenance = {{"command", "made up"}};
  return data;
}

/// Passages of our own, from plain to overwritten.
const std::vector<std::string>& Passages() {
  static const std::vector<std::string> kPassages = {
      "My uncle kept the tide tables in the biscuit tin. When he died we found eleven years of "
      "them, "
      "each Tuesday underlined, and nobody in the family could say what he did on Tuesdays.",
      "The old lighthouse stood as a silent testament to forgotten dreams, its weathered walls "
      "whispering secrets of a bygone era. She couldn't shake the feeling that something profound, "
      "something ineffable, was about to unfold in the tapestry of her life.",
      "\u201CYou\u2019ve salted it twice,\u201D said Noor. I had. I ate all of it anyway, looking "
      "at "
      "her, and she laughed until she had to put down the pan.",
      "The ground was flat. The sky was wide. The road was long. The day was warm.",
      "Rain.",
  };
  return kPassages;
}

/// The formula as model.h states it, in long double over a map.
double SlowScore(const RewardModelData& data, const std::string& text) {
  std::map<std::uint64_t, std::uint32_t> counts;
  for (const Gram& gram : CountGrams(text)) counts[gram.hash] += gram.count;
  long double dot = 0, square = 0;
  for (const auto& [hash, count] : counts) {
    const auto& cell = data.cells[hash % data.cells.size()];
    const long double tfidf = (1 + std::log(static_cast<long double>(count))) * cell.idf;
    square += tfidf * tfidf;
    dot += (hash >> 63 ? -1 : 1) * tfidf * cell.weight;
  }
  return static_cast<double>(data.weight_scale * dot / std::sqrt(square) + data.bias);
}

RewardModel BuiltIn() {
  auto model = RewardModel::BuiltIn();
  EXPECT_TRUE(model) << model.error().message;
  return std::move(*model);
}

Error ParseError(const std::string& bytes) {
  auto model = RewardModel::Parse(bytes, "test.rdm");
  EXPECT_FALSE(model);
  return model ? Error{} : model.error();
}

/// The file with its checksum made right again after a change.
std::string Sealed(std::string bytes) {
  bytes.resize(bytes.size() - 64);
  return bytes + Sha256Hex(bytes);
}

TEST(RewardModel, ScoresFollowTheFormula) {
  const RewardModel made_up(MadeUp());
  const RewardModel shipped = BuiltIn();
  for (const std::string& text : Passages()) {
    EXPECT_NEAR(made_up.Score(text), SlowScore(made_up.data(), text), 1e-9);
    EXPECT_NEAR(shipped.Score(text), SlowScore(shipped.data(), text), 1e-9);
  }
}

TEST(RewardModel, TheShippedModelGivesTheRecordedScores) {
  const RewardModel model = BuiltIn();
  const std::vector<double> recorded = {22.835463738464462, -3.1004795868861912, 29.86497414381504,
                                        29.514916820451308, 23.269920750975054};
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    EXPECT_NEAR(model.Score(Passages()[i]), recorded[i], 1e-9) << "passage " << i;
  }
}

TEST(RewardModel, TheShippedModelKnowsWhereItComesFrom) {
  const RewardModel model = BuiltIn();
  EXPECT_THAT(model.id(), ::testing::MatchesRegex("reward:ngram-1@[0-9a-f]{8}"));
  const Json& provenance = model.data().provenance;
  EXPECT_EQ(provenance["command"], "redraft train reward --pairs lamp --seed 1");
  EXPECT_EQ(provenance["data"][0]["sha256"].get<std::string>().size(), 64U);
  EXPECT_GE(provenance["cv_accuracy"].get<double>(), 0.92);
}

TEST(RewardModel, PlainProseBeatsOrnateProse) {
  const RewardModel model = BuiltIn();
  EXPECT_GT(model.Score(Passages()[0]), model.Score(Passages()[1]));
}

TEST(RewardModel, ScoresHaveTheSameBitsOnAnyNumberOfThreads) {
  const RewardModel model = BuiltIn();
  std::vector<std::uint64_t> alone, together(400);
  for (std::size_t i = 0; i < together.size(); ++i) {
    alone.push_back(std::bit_cast<std::uint64_t>(model.Score(Passages()[i % 5])));
  }
  ParallelFor(
      together.size(),
      [&](std::size_t i) {
        together[i] = std::bit_cast<std::uint64_t>(model.Score(Passages()[i % 5]));
      },
      8);
  EXPECT_EQ(together, alone);
}

RC_GTEST_PROP(RewardModel, AnyBytesGetAFiniteScoreAndAPercentile, ()) {
  static const RewardModel kModel(MadeUp());
  const auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const double score = kModel.Score(bytes);
  RC_ASSERT(std::isfinite(score));
  const double percentile = kModel.Percentile(score);
  RC_ASSERT(percentile >= 0 && percentile <= 100);
}

TEST(RewardModel, ATextWithoutWordsScoresLowest) {
  const RewardModel model(MadeUp());
  EXPECT_EQ(model.Score(""), -5);
  EXPECT_EQ(model.Score("  \n"), -5);
  EXPECT_EQ(model.Percentile(model.Score("")), 9)
      << "interpolation ends at the last of equal quantiles";
}

TEST(RewardModel, AMegabyteIsScored) {
  const RewardModel model(MadeUp());
  std::string text;
  while (text.size() < 1'000'000) text += Passages()[text.size() % 4] + " ";
  EXPECT_TRUE(std::isfinite(model.Score(text)));
}

TEST(RewardModel, PercentilesInterpolateTheQuantiles) {
  RewardModelData data = MadeUp();
  for (int i = 0; i <= 100; ++i) data.reference[static_cast<std::size_t>(i)] = i / 50.0 - 1;
  const RewardModel model(std::move(data));
  EXPECT_EQ(model.Percentile(0), 50);
  EXPECT_NEAR(model.Percentile(0.011), 50.55, 1e-9);
  EXPECT_EQ(model.Percentile(-2), 0);
  EXPECT_EQ(model.Percentile(1), 100);
}

TEST(RewardModel, AFileReadBackIsTheSameModel) {
  const RewardModel model(MadeUp());
  const auto again = RewardModel::Parse(model.Serialize(), "memory");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->Serialize(), model.Serialize());
  EXPECT_EQ(again->id(), model.id());
  EXPECT_EQ(again->Score(Passages()[0]), model.Score(Passages()[0]));
}

TEST(RewardModel, TruncatedFilesAreErrorsWhereverTheyEnd) {
  const std::string bytes = BuiltIn().Serialize();
  for (std::size_t size = 0; size < bytes.size(); size += 997) {
    EXPECT_EQ(ParseError(bytes.substr(0, size)).code, ErrorCode::kConfig) << size;
  }
}

TEST(RewardModel, DamagedFilesAreErrors) {
  const std::string bytes = RewardModel(MadeUp()).Serialize();
  for (std::size_t at = 0; at < bytes.size(); at += 13) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    EXPECT_EQ(ParseError(damaged).code, ErrorCode::kConfig) << at;
  }
}

TEST(RewardModel, FilesWithARightChecksumAndWrongContentAreErrors) {
  const std::string bytes = RewardModel(MadeUp()).Serialize();
  Rng rng(3);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = bytes;
    for (int flips = 0; flips < 3; ++flips) {
      damaged[rng.Below(900)] = static_cast<char>(rng.Below(256));  // header and metadata
    }
    refused += RewardModel::Parse(Sealed(damaged), "test.rdm") ? 0 : 1;  // must not crash
  }
  EXPECT_GT(refused, 1000);
}

TEST(RewardModel, ErrorsSayWhatIsWrong) {
  const std::string bytes = RewardModel(MadeUp()).Serialize();
  EXPECT_THAT(ParseError("GGUF").message, HasSubstr("test.rdm: not a Redraft reward model"));
  EXPECT_THAT(ParseError(bytes.substr(0, 40)).message, HasSubstr("truncated"));
  std::string newer = bytes;
  newer[8] = 9;
  EXPECT_THAT(ParseError(newer).message, HasSubstr("format version 9"));
  std::string foreign = bytes;
  foreign.replace(foreign.find(FeatureFingerprint()), 16, "0123456789abcdef");
  EXPECT_THAT(ParseError(Sealed(foreign)).message, HasSubstr("other text features"));
  std::string short_of_cells = bytes.substr(0, bytes.size() - 8);
  EXPECT_THAT(ParseError(Sealed(short_of_cells)).message, HasSubstr("out of order"));
  std::string infinite = bytes;
  infinite.replace(infinite.find("\"bias\":0.25"), 11, "\"bias\":null");
  EXPECT_THAT(ParseError(Sealed(infinite)).message, HasSubstr("missing, infinite"));
}

TEST(RewardModel, IsOpenedByName) {
  const auto built_in = OpenRewardModel("reward");
  ASSERT_TRUE(built_in) << built_in.error().message;
  const std::string path = ::testing::TempDir() + "redraft_made_up.rdm";
  ASSERT_TRUE(WriteFileAtomic(path, RewardModel(MadeUp()).Serialize()));
  for (const std::string& name : {path, "reward:" + path}) {
    const auto model = OpenRewardModel(name);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->id(), RewardModel(MadeUp()).id());
  }
  const auto missing = OpenRewardModel("reward:/no/such/model.rdm");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace redraft::reward
