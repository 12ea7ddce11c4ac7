#include "redraft/judge/lm_judge.h"

#include <gtest/gtest.h>

#include <limits>

#include "redraft/core/reply_log.h"
#include "redraft/llm/client.h"
#include "redraft/llm/scripted_endpoint.h"

namespace redraft::judge {
namespace {

const char* const kDraft =
    "The gate was open. Two goats stood on the bonnet of the car and watched.";
const char* const kEdit =
    "The gate was open. Two goats stood on the car's bonnet and watched him come.";

std::shared_ptr<const reward::LmReward> Model() {
  reward::LmRewardData data;
  data.reader_id = "reader";
  data.base = reward::RewardModel::BuiltIn()->id();
  data.features.assign(reward::kLmFeatures, 0);
  data.state = {1, 0};
  data.revised = {0, 0, 1};
  return std::make_shared<reward::LmReward>(
      *reward::LmReward::Make(std::move(data), *reward::RewardModel::BuiltIn()));
}

/// A reader to which longer texts look further along.
Result<core::Reply> Read(const core::Request& request, int) {
  core::Reply reply;
  if (request.kind == core::RequestKind::kEmbedding) {
    reply.embedding = {static_cast<float>(request.text.size()), 7};
  } else {
    reply.logprobs = {0, -1, -2};
  }
  return reply;
}

class LmJudgeTest : public ::testing::Test {
 protected:
  core::Verdict Play(const Bout& bout, llm::Script script = Read) {
    llm::ScriptedOptions options;
    options.info.model = "reader";
    endpoint_ = std::make_shared<llm::ScriptedEndpoint>(std::move(script), options);
    llm::Client client(log_);
    client.AddEndpoint(endpoint_);
    const auto match = LmJudge(Model())->Play(bout);
    core::Job* job = match.get();
    const auto status = client.Run(std::span(&job, 1));
    EXPECT_TRUE(status) << status.error().message;
    return match->verdict();
  }

  core::MemoryReplyLog log_;
  std::shared_ptr<llm::ScriptedEndpoint> endpoint_;
};

TEST_F(LmJudgeTest, ComparesWhatTheModelReadOfBothTexts) {
  const std::string draft = kDraft, edit = kEdit;
  const core::Verdict verdict = Play({{"a", edit}, {"b", draft}, ""});
  EXPECT_EQ(verdict.logit, static_cast<double>(edit.size()) - static_cast<double>(draft.size()));
  EXPECT_EQ(verdict.calls, 4);
  EXPECT_EQ(endpoint_->tries(), 4);
  const core::Verdict swapped = Play({{"b", draft}, {"a", edit}, ""});
  EXPECT_EQ(*swapped.logit, -*verdict.logit);
  EXPECT_EQ(*swapped.p_a + *verdict.p_a, 1.0);
}

TEST_F(LmJudgeTest, ReadsATextOnceHoweverOftenItIsCompared) {
  Play({{"a", kEdit}, {"b", kDraft}, ""});
  Play({{"b", kDraft}, {"a", kEdit}, ""});
  EXPECT_EQ(endpoint_->tries(), 0);
}

TEST_F(LmJudgeTest, AsksNothingWhereTheBuiltInModelDecides) {
  const core::Verdict verdict =
      Play({{"a", "Rates fell. The bank said so on Friday."}, {"b", kDraft}, ""});
  EXPECT_EQ(endpoint_->tries(), 0);
  EXPECT_EQ(verdict.calls, 0);
  EXPECT_TRUE(verdict.p_a);
}

TEST_F(LmJudgeTest, EmptyTextsAreNotRead) {
  EXPECT_EQ(Play({{"a", ""}, {"b", ""}, ""}).p_a, 0.5);
  EXPECT_LT(*Play({{"a", ""}, {"b", kDraft}, ""}).p_a, 0.5);
  EXPECT_EQ(endpoint_->tries(), 0);
}

TEST_F(LmJudgeTest, GivesNoVerdictOnAReadingThatIsNone) {
  const auto broken = [](const core::Request& request, int number) {
    auto reply = Read(request, number);
    if (!reply->embedding.empty()) reply->embedding[0] = std::numeric_limits<float>::quiet_NaN();
    return reply;
  };
  EXPECT_FALSE(Play({{"a", kEdit}, {"b", kDraft}, ""}, broken).p_a);
  const auto wide = [](const core::Request& request, int number) {
    auto reply = Read(request, number);
    if (!reply->embedding.empty()) reply->embedding.push_back(1);
    return reply;
  };
  log_ = {};
  EXPECT_FALSE(Play({{"a", kEdit}, {"b", kDraft}, ""}, wide).p_a);
}

}  // namespace
}  // namespace redraft::judge
