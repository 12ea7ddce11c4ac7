// On real weights: SmolLM2-135M-Instruct out of the folder REDRAFT_MODELS. These tests fail when
// the file is missing: ./dev test fetches it.

#include "redraft/llm/embedded_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "redraft/llm/client.h"

namespace redraft::llm {
namespace {

using core::Reply;
using core::Request;
using core::RequestKind;
using ::testing::Each;
using ::testing::Ge;
using ::testing::SizeIs;

std::filesystem::path SmolLm() {
  const char* folder = std::getenv("REDRAFT_MODELS");
  return std::filesystem::path(folder != nullptr ? folder : "models") /
         "SmolLM2-135M-Instruct.Q4_1.gguf";
}

std::shared_ptr<EmbeddedEndpoint> Open() {
  EmbeddedOptions options;
  options.model = "smol";
  options.sequences = 4;
  options.context = 512;
  options.kv = gguf::KvSettings{gguf::KvType::kF16, true};
  auto endpoint = EmbeddedEndpoint::Open(SmolLm(), options);
  if (!endpoint) {
    ADD_FAILURE() << endpoint.error().message;
    return nullptr;
  }
  return std::move(*endpoint);
}

Request Chat(const std::string& text, int max_tokens) {
  Request request;
  request.model = "smol";
  request.messages = {{"user", text}};
  request.max_tokens = max_tokens;
  request.sampling.temperature = 0.0;
  return request;
}

TEST(EmbeddedEndpoint, AnswersEveryKindThroughTheClient) {
  const auto endpoint = Open();
  ASSERT_TRUE(endpoint);
  Request labels = Chat("Which letter comes first in the alphabet, A or B? Answer A or B.", 0);
  labels.kind = RequestKind::kLabels;
  labels.labels = {"A", "B"};
  Request likelihood;
  likelihood.model = "smol";
  likelihood.kind = RequestKind::kLogLikelihood;
  likelihood.text = "The ferry left before the rain came.";
  Request embedding = likelihood;
  embedding.kind = RequestKind::kEmbedding;

  core::MemoryReplyLog log;
  Client client(log);
  client.AddEndpoint(endpoint);
  const auto replies = client.Ask({Chat("Name a colour.", 12), labels, likelihood, embedding});
  ASSERT_TRUE(replies) << replies.error().message;
  EXPECT_FALSE((*replies)[0].text.empty());
  EXPECT_GT((*replies)[0].usage.tokens_in, 0);
  EXPECT_EQ((*replies)[0].usage.cost, 0.0);
  EXPECT_THAT((*replies)[1].probs, SizeIs(2));
  EXPECT_THAT((*replies)[1].probs, Each(Ge(0.0)));
  EXPECT_GT((*replies)[2].logprobs.size(), 4U);
  EXPECT_GT((*replies)[3].embedding.size(), 100U);
}

TEST(EmbeddedEndpoint, AnInterruptEndsLongRepliesAndTheRunGoesOnLater) {
  const auto endpoint = Open();
  ASSERT_TRUE(endpoint);
  std::vector<Request> requests;
  for (int i = 0; i < 12; ++i) {
    requests.push_back(Chat("Tell me a story, number " + std::to_string(i), 40));
  }
  struct AskAll final : core::Job {
    explicit AskAll(const std::vector<Request>& all) : requests(all) {}
    std::vector<Request> Step(std::span<const Reply> arrived) override {
      replies.assign(arrived.begin(), arrived.end());
      return std::exchange(requests, {});
    }
    std::vector<Request> requests;
    std::vector<Reply> replies;
  };
  core::MemoryReplyLog log;
  std::atomic<int> interrupts = 0;
  AskAll first(requests);
  {
    Client client(log, {.interrupts = &interrupts});
    client.AddEndpoint(endpoint);
    core::Job* const jobs[] = {&first};
    const Status ran = client.Run(jobs, [&interrupts](const Progress& progress) {
      if (progress.spent.usage.tokens_out > 0) interrupts = 1;  // the first reply is here
    });
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().code, ErrorCode::kCancelled);
    EXPECT_TRUE(first.replies.empty());
  }
  Client client(log);
  client.AddEndpoint(endpoint);
  const auto replies = client.Ask(requests);
  ASSERT_TRUE(replies) << replies.error().message;
  EXPECT_THAT(*replies, SizeIs(12));
}

TEST(EmbeddedEndpoint, RefusesAFileThatIsNoModel) {
  const auto endpoint = EmbeddedEndpoint::Open(REDRAFT_SOURCE_DIR "/LICENSE");
  ASSERT_FALSE(endpoint);
  EXPECT_EQ(endpoint.error().code, ErrorCode::kConfig);
}

}  // namespace
}  // namespace redraft::llm
