// The engine on real weights: SmolLM2-135M-Instruct out of the folder REDRAFT_MODELS. These tests
// fail when the file is missing: ./dev test fetches it.

#include "redraft/gguf/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>

namespace redraft::gguf {
namespace {

using core::Reply;
using core::Request;
using core::RequestKind;
using ::testing::HasSubstr;

std::shared_ptr<const Model> SmolLm() {
  static const std::shared_ptr<const Model> model = [] {
    const char* folder = std::getenv("REDRAFT_MODELS");
    auto loaded = Model::Load(std::filesystem::path(folder != nullptr ? folder : "models") /
                              "SmolLM2-135M-Instruct.Q4_1.gguf");
    EXPECT_TRUE(loaded) << loaded.error().message;
    return loaded ? std::shared_ptr<const Model>(std::move(*loaded)) : nullptr;
  }();
  return model;
}

class EngineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(SmolLm());
    Restart({});
  }

  void Restart(EngineOptions options) {
    engine_.reset();
    if (!options.kv) options.kv = KvSettings{KvType::kF16, true};
    options.context = std::min(options.context, 1024);
    auto engine = Engine::Start(SmolLm(), options);
    ASSERT_TRUE(engine) << engine.error().message;
    engine_ = std::move(*engine);
  }

  std::vector<Result<Reply>> Ask(const std::vector<Request>& requests) {
    std::vector<std::promise<Result<Reply>>> promises(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
      engine_->Submit(requests[i], [&promise = promises[i]](Result<Reply> r) {
        promise.set_value(std::move(r));
      });
    }
    std::vector<Result<Reply>> replies;
    for (auto& promise : promises) replies.push_back(promise.get_future().get());
    return replies;
  }
  Result<Reply> Ask(const Request& request) { return std::move(Ask(std::vector{request})[0]); }

  std::unique_ptr<Engine> engine_;
};

Request Chat(std::string prompt, int max_tokens, double temperature = 0.0) {
  Request request;
  request.messages = {{"user", std::move(prompt)}};
  request.max_tokens = max_tokens;
  request.sampling.temperature = temperature;
  return request;
}

TEST_F(EngineTest, AnswersAQuestionGreedily) {
  const auto reply = Ask(Chat("What is the capital of France? Answer in one short sentence.", 30));
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_THAT(reply->text, HasSubstr("Paris"));
  EXPECT_EQ(reply->finish, "stop");
  EXPECT_EQ(reply->model, SmolLm()->id());
  EXPECT_GT(reply->usage.tokens_in, 10);
  EXPECT_GT(reply->usage.tokens_out, 3);
}

}  // namespace
}  // namespace redraft::gguf
