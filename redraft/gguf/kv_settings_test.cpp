#include "redraft/gguf/kv_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "redraft/base/file.h"
#include "redraft/base/json.h"
#include "redraft/gguf/engine.h"
#include "redraft/gguf/random_model.h"

namespace redraft::gguf {
namespace {

class KvSettingsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) / "redraft_kv_test";
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    // Heads of 32: what a quantised cache asks for at least.
    ASSERT_TRUE(WriteRandomModel({.width = 128}, folder_ / "tiny.gguf"));
    auto model = Model::Load(folder_ / "tiny.gguf");
    ASSERT_TRUE(model) << model.error().message;
    model_ = std::move(*model);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  std::shared_ptr<const Model> model_;
};

TEST_F(KvSettingsTest, TheProbeRemembersItsChoicePerCpuAndModelShape) {
  const ContextShape shape = {.sequences = 4, .context = 512};
  const auto settings = FastestKvSettings(*model_, shape, folder_);
  ASSERT_TRUE(settings) << settings.error().message;
  const auto text = ReadFile(folder_ / "kv.json");
  ASSERT_TRUE(text);
  Json known = *ParseJson(*text);
  ASSERT_EQ(known.size(), 1U);
  EXPECT_THAT(known.begin().key(), ::testing::HasSubstr(model_->shape()));
  EXPECT_EQ(known.begin().value(), ToString(*settings));

  // What is remembered is believed; another shape is probed and added.
  const KvSettings other = {settings->type == KvType::kBf16 ? KvType::kQ8_0 : KvType::kBf16, true};
  known.begin().value() = ToString(other);
  ASSERT_TRUE(WriteFileAtomic(folder_ / "kv.json", DumpJson(known)));
  EXPECT_EQ(*FastestKvSettings(*model_, shape, folder_), other);
  ASSERT_TRUE(FastestKvSettings(*model_, {.sequences = 2, .context = 512}, folder_));
  EXPECT_EQ(ParseJson(*ReadFile(folder_ / "kv.json"))->size(), 2U);
}

TEST_F(KvSettingsTest, ABrokenMemoryIsIgnored) {
  ASSERT_TRUE(WriteFileAtomic(folder_ / "kv.json", "{ not json"));
  EXPECT_TRUE(FastestKvSettings(*model_, {.sequences = 2, .context = 512}, folder_));
}

TEST_F(KvSettingsTest, EverySettingComputesTheSameModel) {
  std::vector<std::vector<double>> results;
  for (const KvSettings& kv : {KvSettings{KvType::kF16, true}, KvSettings{KvType::kF16, false},
                               KvSettings{KvType::kBf16, true}, KvSettings{KvType::kBf16, false},
                               KvSettings{KvType::kQ8_0, true}}) {
    auto engine = Engine::Start(model_, {.sequences = 2, .context = 256, .threads = 1, .kv = kv});
    ASSERT_TRUE(engine) << ToString(kv) << ": " << engine.error().message;
    core::Request request;
    request.kind = core::RequestKind::kLogLikelihood;
    request.text = "The harbour was quiet, and nobody waited on the pier.";
    std::promise<Result<core::Reply>> promise;
    (*engine)->Submit(request,
                      [&](Result<core::Reply> reply) { promise.set_value(std::move(reply)); });
    const auto reply = promise.get_future().get();
    ASSERT_TRUE(reply) << ToString(kv) << ": " << reply.error().message;
    results.push_back(reply->logprobs);
  }
  for (const auto& result : results) {
    for (std::size_t i = 0; i < result.size(); ++i) EXPECT_NEAR(result[i], results[0][i], 0.05);
  }
}

TEST_F(KvSettingsTest, AnEngineRefusesOptionsOutOfRange) {
  EXPECT_EQ(Engine::Start(model_, {.sequences = 0}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Engine::Start(model_, {.sequences = 65}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Engine::Start(model_, {.context = 0}).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(KvSettingsTest, AContextIsNeverLargerThanTheModelKnows) {
  const auto engine = Engine::Start(model_, {.sequences = 1, .kv = KvSettings{}});
  ASSERT_TRUE(engine);
  EXPECT_EQ((*engine)->context(), model_->context_length());
}

}  // namespace
}  // namespace redraft::gguf
