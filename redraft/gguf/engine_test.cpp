// The engine on real weights: SmolLM2-135M-Instruct out of the folder REDRAFT_MODELS. These tests
// fail when the file is missing: ./dev test fetches it.

#include "redraft/gguf/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <future>

#include "redraft/base/file.h"
#include "redraft/text/words.h"

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
    options.kv = KvSettings{KvType::kBf16, true};
    options.context = std::min(options.context, 1024);
    options.threads = 1;  // busy machines: threads that wait for each other spin
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

const char* const kStory =
    "Write a short story about a lighthouse keeper who finds a letter in a bottle on the morning "
    "of "
    "the first snow. Mention the sea, the lamp, and a promise. Use plain words and short "
    "sentences.";

TEST_F(EngineTest, AnswersAQuestionGreedily) {
  const auto reply = Ask(Chat("What is the capital of France? Answer in one short sentence.", 30));
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_THAT(reply->text, HasSubstr("Paris"));
  EXPECT_EQ(reply->finish, "stop");
  EXPECT_EQ(reply->model, SmolLm()->id());
  EXPECT_GT(reply->usage.tokens_in, 10);
  EXPECT_GT(reply->usage.tokens_out, 3);
}

TEST_F(EngineTest, TheSameSeedGivesTheSameTextAloneAndInABatch) {
  Request request = Chat(kStory, 40, 0.9);
  request.sampling.top_k = 40;
  request.seed = 11;
  const auto alone = Ask(request);
  ASSERT_TRUE(alone);
  std::vector<Request> batch;
  for (std::uint64_t seed = 8; seed < 16; ++seed) {
    batch.push_back(request);
    batch.back().seed = seed;
  }
  const auto together = Ask(batch);
  EXPECT_EQ(together[3]->text, alone->text);
  EXPECT_NE(together[4]->text, alone->text);
}

TEST_F(EngineTest, ABatchWithASharedPromptComputesItOnce) {
  std::vector<Request> requests;
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    requests.push_back(Chat(kStory, 2, 1.0));
    requests.back().seed = seed;
  }
  const auto replies = Ask(requests);
  const std::int64_t prompt = replies[0]->usage.tokens_in;
  ASSERT_GT(prompt, 50);
  EXPECT_EQ(engine_->stats().prompt_tokens, 16 * prompt);
  EXPECT_EQ(engine_->stats().computed_tokens, prompt + 15);  // each computes its last token itself
  EXPECT_EQ(engine_->stats().requests, 16);
}

TEST_F(EngineTest, ASharedBeginningIsComputedOnceAndTheRestOnItsOwn) {
  std::vector<Request> requests;
  for (const char* end : {" End with rain.", " End in silence.", " Let it end with a laugh."}) {
    requests.push_back(Chat(std::string(kStory) + end, 2));
  }
  const auto replies = Ask(requests);
  std::int64_t asked = 0;
  for (const auto& reply : replies) asked += reply->usage.tokens_in;
  EXPECT_EQ(engine_->stats().prompt_tokens, asked);
  EXPECT_LT(engine_->stats().computed_tokens, replies[0]->usage.tokens_in + 2 * 25);
}

TEST_F(EngineTest, AReusedPrefixGivesTheSameTextAsAComputedOne) {
  const std::vector<Request> requests = {Chat(std::string(kStory) + " Begin at night.", 30),
                                         Chat(std::string(kStory) + " Begin at dawn.", 30)};
  const auto shared = Ask(requests);
  const auto computed = engine_->stats().computed_tokens;
  EXPECT_LT(computed, engine_->stats().prompt_tokens);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    Restart({});
    EXPECT_EQ(Ask(requests[i])->text, shared[i]->text);
  }
  // From a finished reply's stream, too.
  EXPECT_EQ(Ask(requests[0])->text, shared[0]->text);
  EXPECT_LT(engine_->stats().computed_tokens, engine_->stats().prompt_tokens);
}

TEST_F(EngineTest, MoreRequestsThanSequencesAreAllAnswered) {
  Restart({.sequences = 3});
  std::vector<Request> requests;
  for (int i = 0; i < 10; ++i) {
    requests.push_back(Chat("Say the number " + std::to_string(i) + ".", 1 + i % 4));
  }
  const auto replies = Ask(requests);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    ASSERT_TRUE(replies[i]);
    EXPECT_LE(replies[i]->usage.tokens_out, 1 + static_cast<int>(i) % 4);
  }
}

TEST_F(EngineTest, SequencesThatOutliveTheirNeighboursWriteWhatTheyWouldAlone) {
  // The short replies leave gaps in the batch; the long ones are moved together.
  Restart({.sequences = 6});
  std::vector<Request> requests;
  for (int i = 0; i < 6; ++i) {
    requests.push_back(
        Chat("List facts about the number " + std::to_string(i) + ".", i % 2 == 1 ? 25 : 3));
  }
  const auto together = Ask(requests);
  Restart({.sequences = 6});
  for (const std::size_t i : {1U, 3U, 5U})
    EXPECT_EQ(Ask(requests[i])->text, together[i]->text) << i;
}

TEST_F(EngineTest, TheLengthControllerKeepsItsLimits) {
  std::vector<Request> requests;
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    requests.push_back(Chat(kStory, 200, 0.9));
    requests.back().seed = seed;
    requests.back().sampling.top_p = 0.95;
    requests.back().length =
        core::LengthControl{.min_words = 30, .target_words = 40, .max_words = 60};
  }
  for (const auto& reply : Ask(requests)) {
    ASSERT_TRUE(reply);
    EXPECT_GE(text::CountWords(reply->text), 30) << reply->text;
    EXPECT_LE(text::CountWords(reply->text), 60) << reply->text;
    if (reply->finish == "stop") {
      EXPECT_THAT(reply->text, ::testing::MatchesRegex("(.|\n)*[.!?](\"|'|”|’|[)])*\\s*"));
    }
  }
}

TEST_F(EngineTest, AReplyIsUtf8WhateverTokensAreDrawn) {
  std::vector<Request> requests;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    requests.push_back(Chat("Write.", 60, 9.0));  // pieces of characters in any order
    requests.back().seed = seed;
  }
  int replaced = 0;
  for (const auto& reply : Ask(requests)) {
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(FirstInvalidUtf8(reply->text), std::string::npos);
    replaced += reply->text.find("\uFFFD") != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(replaced, 0) << "no reply put the question";
}

TEST_F(EngineTest, AReplyEndsBeforeAStopString) {
  Request request = Chat("Name five fruits in one sentence.", 60);
  const auto whole = Ask(request);
  ASSERT_GT(whole->text.size(), 20U) << whole->text;
  const std::string stop = whole->text.substr(9, 7);  // whatever tokens it is made of
  request.stop = {"zebra", stop};
  const auto stopped = Ask(request);
  EXPECT_EQ(stopped->text, whole->text.substr(0, whole->text.find(stop)));
  EXPECT_EQ(stopped->finish, "stop");
}

TEST_F(EngineTest, AGrammarDecidesWhatCanBeWritten) {
  Request request = Chat("Is the sky green?", 10);
  request.grammar = "root ::= (\"perhaps\" | \"certainly not\") \"!\"";
  const auto reply = Ask(request);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_TRUE(reply->text == "perhaps!" || reply->text == "certainly not!") << reply->text;
  EXPECT_EQ(reply->finish, "stop");
}

TEST_F(EngineTest, ASchemaGivesJsonOfThatShape) {
  Request request = Chat("Describe a cat as JSON with its name and age.", 80, 0.7);
  request.schema = *ParseJson(
      R"({"type":"object","properties":{"name":{"type":"string","maxLength":12},
          "age":{"type":"integer","minimum":1,"maximum":20}},"required":["name","age"]})");
  const auto reply = Ask(request);
  ASSERT_TRUE(reply) << reply.error().message;
  const auto json = ParseJson(reply->text);
  ASSERT_TRUE(json) << reply->text;
  EXPECT_TRUE((*json)["name"].is_string());
  EXPECT_TRUE((*json)["age"].is_number_integer());
}

TEST_F(EngineTest, LabelsAreProbabilitiesOfTheFirstToken) {
  Request request;
  request.kind = RequestKind::kLabels;
  request.messages = {
      {"user", "Which letter comes first in the alphabet, A or Q? Answer with one letter."}};
  request.labels = {"Q", "A"};
  const auto reply = Ask(request);
  ASSERT_TRUE(reply) << reply.error().message;
  ASSERT_EQ(reply->probs.size(), 2U);
  EXPECT_GT(reply->probs[1], 0.0);
  EXPECT_LE(reply->probs[0] + reply->probs[1], 1.0);
  EXPECT_EQ(reply->text, reply->probs[0] > reply->probs[1] ? "Q" : "A");
}

TEST_F(EngineTest, LikelyTextHasAHigherLogLikelihoodThanUnlikelyText) {
  const auto score = [&](const char* text) {
    Request request;
    request.kind = RequestKind::kLogLikelihood;
    request.text = text;
    return Ask(request);
  };
  const auto sense = score("The sun rises in the east and sets in the west.");
  const auto nonsense = score("The sun rises in the east and sets in the fork.");
  ASSERT_TRUE(sense && nonsense);
  EXPECT_EQ(sense->logprobs.size(),
            SmolLm()->Tokenize("The sun rises in the east and sets in the west.").size());
  EXPECT_EQ(sense->logprobs[0], 0.0);
  for (const double p : sense->logprobs) EXPECT_LE(p, 0.0);
  EXPECT_GT(sense->logprobs[10], nonsense->logprobs[10] + 2);
  for (std::size_t i = 0; i < 10; ++i)
    EXPECT_NEAR(sense->logprobs[i], nonsense->logprobs[i], 1e-3) << i;
}

TEST_F(EngineTest, ALongTextScoresTheSameInPieces) {
  // Longer than one chunk of outputs: the chunks see what came before.
  std::string text;
  for (int i = 0; i < 40; ++i) text += "The tide came in and the tide went out. ";
  Request request;
  request.kind = RequestKind::kLogLikelihood;
  request.text = text;
  const auto reply = Ask(request);
  ASSERT_TRUE(reply);
  ASSERT_GT(reply->logprobs.size(), 256U);
  for (std::size_t i = 100; i + 1 < reply->logprobs.size(); ++i)
    EXPECT_GT(reply->logprobs[i], -1.0) << i;
}

TEST_F(EngineTest, EmbeddingsAreCloserForCloserTexts) {
  const auto embed = [&](const char* text) {
    Request request;
    request.kind = RequestKind::kEmbedding;
    request.text = text;
    return Ask(request)->embedding;
  };
  const auto cosine = [](const std::vector<float>& a, const std::vector<float>& b) {
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      ab += static_cast<double>(a[i] * b[i]);
      aa += static_cast<double>(a[i] * a[i]);
      bb += static_cast<double>(b[i] * b[i]);
    }
    return ab / std::sqrt(aa * bb);
  };
  const auto cat = embed("A small cat slept on the warm windowsill.");
  const auto kitten = embed("A little kitten dozed on the sunny window ledge.");
  const auto tax = embed("Quarterly VAT returns are due by the seventh of the month.");
  ASSERT_EQ(cat.size(), static_cast<std::size_t>(SmolLm()->embedding_size()));
  EXPECT_GT(cosine(cat, kitten), cosine(cat, tax));
}

TEST_F(EngineTest, LikelihoodAndEmbeddingOfOneTextCostOneComputation) {
  const auto ask = [&](RequestKind kind, const char* text) {
    Request request;
    request.kind = kind;
    request.text = text;
    return Ask(request);
  };
  constexpr const char* kText = "The ferry left the harbour before the fog had lifted.";
  const auto alone = ask(RequestKind::kEmbedding, kText);
  ASSERT_TRUE(ask(RequestKind::kLogLikelihood, "Something else."));
  const auto before = engine_->stats().computed_tokens;
  const auto likelihood = ask(RequestKind::kLogLikelihood, kText);
  const auto embedding = ask(RequestKind::kEmbedding, kText);
  ASSERT_TRUE(alone && likelihood && embedding);
  EXPECT_EQ(engine_->stats().computed_tokens - before, likelihood->usage.tokens_in);
  EXPECT_EQ(embedding->embedding, alone->embedding);
  EXPECT_TRUE(embedding->logprobs.empty());
  EXPECT_TRUE(likelihood->embedding.empty());
}

TEST_F(EngineTest, EmbeddingAndChatDoNotDisturbEachOther) {
  const Request chat = Chat("Name three colours.", 12);
  const auto before = Ask(chat);
  Request embedding;
  embedding.kind = RequestKind::kEmbedding;
  embedding.text = "Something else.";
  const auto mixed = Ask({chat, embedding, chat});
  EXPECT_EQ(mixed[0]->text, before->text);
  EXPECT_EQ(mixed[2]->text, before->text);
  EXPECT_FALSE(mixed[1]->embedding.empty());
}

TEST_F(EngineTest, APromptThatDoesNotFitIsRefusedWithTheNumbers) {
  Restart({.context = 256});
  const auto reply = Ask(Chat(kStory, 250));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(reply.error().message, HasSubstr("reply of 250 tokens"));
  EXPECT_THAT(reply.error().message, HasSubstr("context of 256 tokens"));
  EXPECT_THAT(reply.error().message, ::testing::ContainsRegex("prompt of [0-9]+ tokens"));
  EXPECT_EQ(engine_->stats().computed_tokens, 0);
  EXPECT_TRUE(Ask(Chat("Hello.", 2)));
}

TEST_F(EngineTest, BadValuesAreRefusedByName) {
  const auto message = [&](auto change) {
    Request request = Chat("Hello.", 3, 1.0);
    change(request);
    const auto reply = Ask(request);
    EXPECT_FALSE(reply);
    if (reply) return std::string();
    EXPECT_EQ(reply.error().code, ErrorCode::kInvalidArgument);
    return reply.error().message;
  };
  EXPECT_THAT(message([](Request& r) { r.sampling.top_p = 1.5; }), HasSubstr("top_p is 1.5"));
  EXPECT_THAT(message([](Request& r) { r.sampling.temperature = -1; }), HasSubstr("temperature"));
  EXPECT_THAT(message([](Request& r) { r.max_tokens = 0; }), HasSubstr("max_tokens"));
  EXPECT_THAT(message([](Request& r) { r.messages.clear(); }), HasSubstr("message"));
  EXPECT_THAT(message([](Request& r) { r.grammar = "root ::= ("; }), HasSubstr("grammar"));
  EXPECT_THAT(message([](Request& r) { r.length = core::LengthControl{50, 0, 40}; }),
              HasSubstr("50"));
}

TEST_F(EngineTest, CancelAnswersEverythingAndTheEngineGoesOn) {
  std::vector<std::promise<ErrorCode>> promises(20);
  for (std::size_t i = 0; i < promises.size(); ++i) {
    engine_->Submit(Chat(kStory, 500), [&promise = promises[i]](Result<Reply> reply) {
      promise.set_value(reply ? ErrorCode::kFailed : reply.error().code);
    });
  }
  engine_->Cancel();
  for (auto& promise : promises) EXPECT_EQ(promise.get_future().get(), ErrorCode::kCancelled);
  EXPECT_TRUE(Ask(Chat("Hello.", 2)));
}

TEST_F(EngineTest, DestructionAnswersWhatIsLeft) {
  std::promise<ErrorCode> promise;
  engine_->Submit(Chat(kStory, 500), [&](Result<Reply> reply) {
    promise.set_value(reply ? ErrorCode::kFailed : reply.error().code);
  });
  engine_.reset();
  EXPECT_EQ(promise.get_future().get(), ErrorCode::kCancelled);
}

TEST_F(EngineTest, ACallbackMaySubmitMore) {
  std::promise<Result<Reply>> second;
  engine_->Submit(Chat("Hello.", 2), [&](Result<Reply>) {
    engine_->Submit(Chat("Hello again.", 2),
                    [&](Result<Reply> r) { second.set_value(std::move(r)); });
  });
  EXPECT_TRUE(second.get_future().get());
}

}  // namespace
}  // namespace redraft::gguf
