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
#include "redraft/reward/model_fixture.h"

namespace redraft::reward {
namespace {

using ::testing::HasSubstr;

/// The texture as experts.h states it, in long double over a map.
double SlowTexture(const Experts& experts, const std::string& text) {
  std::map<std::uint64_t, std::uint32_t> counts;
  for (const Gram& gram : CountGrams(text)) counts[gram.hash] += gram.count;
  long double dot = 0, square = 0;
  for (const auto& [hash, count] : counts) {
    const Cell& cell = experts.cells[hash % experts.cells.size()];
    const long double tfidf = (1 + std::log(static_cast<long double>(count))) * cell.idf;
    square += tfidf * tfidf;
    dot += (hash >> 63 ? -1 : 1) * tfidf * cell.weight;
  }
  const long double sum = experts.cell_scale * dot / std::sqrt(square);
  return static_cast<double>((sum - experts.texture.mean) / experts.texture.deviation);
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
  const RewardModel model(MadeUpModel());
  const RewardModelData& data = model.data();
  for (const std::string& text : SamplePassages()) {
    const Signals signals = Measure(Passage(text), text, data.experts);
    EXPECT_NEAR(signals[0], SlowTexture(data.experts, text), 1e-9);
    double sum = data.bias;
    for (std::size_t i = 0; i < kSignals; ++i) sum += data.heads[0][i] * signals[i];
    EXPECT_NEAR(model.Score(text), sum, 1e-9);
  }
}

TEST(RewardModel, UnrelatedTextsAreComparedByTheirScores) {
  const RewardModel model(MadeUpModel());
  const auto& passages = SamplePassages();
  EXPECT_NEAR(model.Compare(passages[0], passages[1]),
              model.Score(passages[0]) - model.Score(passages[1]), 1e-9);
}

TEST(RewardModel, ComparisonsAreAntisymmetricToTheLastBit) {
  const RewardModel model = BuiltIn();
  for (const std::string& a : SamplePassages()) {
    EXPECT_EQ(model.Compare(a, a), 0);
    EXPECT_EQ(model.Compare(a, ""), -model.Compare("", a));
    for (const std::string& b : SamplePassages()) {
      EXPECT_EQ(model.Compare(a, b), -model.Compare(b, a));
      EXPECT_EQ(model.Compare(a + " " + b, b), -model.Compare(b, a + " " + b));
    }
  }
}

TEST(RewardModel, ExplainsTheWholeScore) {
  const RewardModel model = BuiltIn();
  const std::string& text = SamplePassages()[0];
  const Explanation explanation = model.Explain(text);
  double typical = model.data().bias;
  for (std::size_t i = 0; i < kSignals; ++i) {
    typical += model.data().heads[0][i] * model.data().typical[i];
  }
  double sum = 0;
  for (const double part : explanation.parts) sum += part;
  EXPECT_NEAR(typical + sum, model.Score(text), 1e-9);
  ASSERT_EQ(explanation.sentences.size(), 2U);
  EXPECT_EQ(explanation.sentences[0].begin, 0U);
  EXPECT_EQ(explanation.sentences[1].end, text.size());
}

TEST(RewardModel, TheShippedModelGivesTheRecordedScores) {
  const RewardModel model = BuiltIn();
  const std::vector<double> recorded = {2.4793000947377766, -0.85938102445676257,
                                        3.2362592000310921, 3.2839607695098034, 1.1623717388677721};
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    EXPECT_NEAR(model.Score(SamplePassages()[i]), recorded[i], 1e-9) << "passage " << i;
  }
}

TEST(RewardModel, TheShippedModelKnowsWhereItComesFrom) {
  const RewardModel model = BuiltIn();
  EXPECT_THAT(model.id(), ::testing::MatchesRegex("reward:full-1@[0-9a-f]{8}"));
  const Json& provenance = model.data().provenance;
  EXPECT_EQ(provenance["command"], "redraft train reward --pairs lamp --seed 1");
  EXPECT_EQ(provenance["data"][0]["sha256"].get<std::string>().size(), 64U);
  EXPECT_GE(provenance["cv_accuracy"].get<double>(), 0.92);
}

TEST(RewardModel, PlainProseBeatsOrnateProse) {
  const RewardModel model = BuiltIn();
  EXPECT_GT(model.Score(SamplePassages()[0]), model.Score(SamplePassages()[1]));
}

TEST(RewardModel, ScoresHaveTheSameBitsOnAnyNumberOfThreads) {
  const RewardModel model = BuiltIn();
  std::vector<std::uint64_t> alone, together(400);
  for (std::size_t i = 0; i < together.size(); ++i) {
    alone.push_back(std::bit_cast<std::uint64_t>(model.Score(SamplePassages()[i % 5])));
  }
  ParallelFor(
      together.size(),
      [&](std::size_t i) {
        together[i] = std::bit_cast<std::uint64_t>(model.Score(SamplePassages()[i % 5]));
      },
      8);
  EXPECT_EQ(together, alone);
}

RC_GTEST_PROP(RewardModel, AnyBytesGetAFiniteScoreAndAPercentile, ()) {
  static const RewardModel kModel(MadeUpModel());
  const auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const double score = kModel.Score(bytes);
  RC_ASSERT(std::isfinite(score));
  const double percentile = kModel.Percentile(score);
  RC_ASSERT(percentile >= 0 && percentile <= 100);
}

TEST(RewardModel, ATextWithoutWordsScoresLowest) {
  const RewardModel model(MadeUpModel());
  EXPECT_EQ(model.Score(""), -5);
  EXPECT_EQ(model.Score("  \n"), -5);
  EXPECT_EQ(model.Percentile(model.Score("")), 9)
      << "interpolation ends at the last of equal quantiles";
}

TEST(RewardModel, AMegabyteIsScored) {
  const RewardModel model(MadeUpModel());
  std::string text;
  while (text.size() < 1'000'000) text += SamplePassages()[text.size() % 4] + " ";
  EXPECT_TRUE(std::isfinite(model.Score(text)));
}

TEST(RewardModel, PercentilesInterpolateTheQuantiles) {
  RewardModelData data = MadeUpModel();
  for (int i = 0; i <= 100; ++i) data.references[0][static_cast<std::size_t>(i)] = i / 50.0 - 1;
  const RewardModel model(std::move(data));
  EXPECT_EQ(model.Percentile(0), 50);
  EXPECT_NEAR(model.Percentile(0.011), 50.55, 1e-9);
  EXPECT_EQ(model.Percentile(-2), 0);
  EXPECT_EQ(model.Percentile(1), 100);
}

TEST(RewardModel, AFileReadBackIsTheSameModel) {
  const RewardModel model(MadeUpModel());
  const auto again = RewardModel::Parse(model.Serialize(), "memory");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->Serialize(), model.Serialize());
  EXPECT_EQ(again->id(), model.id());
  EXPECT_EQ(again->Score(SamplePassages()[0]), model.Score(SamplePassages()[0]));
}

TEST(RewardModel, TruncatedFilesAreErrorsWhereverTheyEnd) {
  const std::string bytes = BuiltIn().Serialize();
  for (std::size_t size = 0; size < bytes.size(); size += 99991) {
    EXPECT_EQ(ParseError(bytes.substr(0, size)).code, ErrorCode::kConfig) << size;
  }
}

TEST(RewardModel, DamagedFilesAreErrors) {
  const std::string bytes = RewardModel(MadeUpModel()).Serialize();
  for (std::size_t at = 0; at < bytes.size(); at += 4099) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    EXPECT_EQ(ParseError(damaged).code, ErrorCode::kConfig) << at;
  }
}

TEST(RewardModel, FilesWithARightChecksumAndWrongContentAreErrors) {
  const std::string bytes = RewardModel(MadeUpModel()).Serialize();
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
  const std::string bytes = RewardModel(MadeUpModel()).Serialize();
  EXPECT_THAT(ParseError("GGUF").message, HasSubstr("test.rdm: not a Redraft reward model"));
  EXPECT_THAT(ParseError(bytes.substr(0, 40)).message, HasSubstr("truncated"));
  std::string newer = bytes;
  newer[8] = 9;
  EXPECT_THAT(ParseError(newer).message, HasSubstr("format version 9"));
  std::string foreign = bytes;
  foreign.replace(foreign.find(FeatureFingerprint()), 16, "0123456789abcdef");
  EXPECT_THAT(ParseError(Sealed(foreign)).message, HasSubstr("other text features"));
  std::string short_of_cells =
      bytes.substr(0, bytes.size() - 64 - 4) + bytes.substr(bytes.size() - 64);
  EXPECT_THAT(ParseError(Sealed(short_of_cells)).message, HasSubstr("out of order"));
  EXPECT_THAT(
      ParseError(Sealed(bytes.substr(0, bytes.size() - 64 - 3) + bytes.substr(bytes.size() - 64)))
          .message,
      HasSubstr("bad number of weights"));
  std::string infinite = bytes;
  infinite.replace(infinite.find("\"bias\":0.25"), 11, "\"bias\":null");
  EXPECT_THAT(ParseError(Sealed(infinite)).message, HasSubstr("missing, infinite"));
}

TEST(RewardModel, TheFingerprintPinsTheFeaturesThatShippedWeightsWereTrainedOn) {
  EXPECT_EQ(FeatureFingerprint(), "d012a29bc2aceecb");
}

TEST(RewardModel, IsOpenedByName) {
  const auto built_in = OpenRewardModel("reward");
  ASSERT_TRUE(built_in) << built_in.error().message;
  const std::string path = ::testing::TempDir() + "redraft_made_up.rdm";
  ASSERT_TRUE(WriteFileAtomic(path, RewardModel(MadeUpModel()).Serialize()));
  for (const std::string& name : {path, "reward:" + path}) {
    const auto model = OpenRewardModel(name);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->id(), RewardModel(MadeUpModel()).id());
  }
  const auto missing = OpenRewardModel("reward:/no/such/model.rdm");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace redraft::reward
