#include "redraft/gguf/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/base/file.h"
#include "redraft/gguf/labels.h"
#include "redraft/gguf/random_model.h"

namespace redraft::gguf {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ModelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) / "redraft_model_test";
    std::filesystem::create_directories(folder_);
    path_ = folder_ / "tiny.gguf";
    ASSERT_TRUE(WriteRandomModel({}, path_));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string LoadError(const std::filesystem::path& path) {
    const auto model = Model::Load(path);
    EXPECT_FALSE(model);
    if (model) return "";
    EXPECT_EQ(model.error().code, ErrorCode::kConfig);
    EXPECT_EQ(model.error().message.find('\n'), std::string::npos);
    return model.error().message;
  }

  std::filesystem::path folder_, path_;
};

TEST_F(ModelTest, LoadsAndDescribesItself) {
  const auto model = Model::Load(path_);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT((*model)->id(), ::testing::MatchesRegex("tiny@[0-9a-f]+"));
  EXPECT_EQ((*model)->context_length(), 512);
  EXPECT_EQ((*model)->embedding_size(), 64);
  EXPECT_EQ((*model)->vocab_size(), 32000);
  EXPECT_THAT((*model)->shape(), HasSubstr("llama 2x64 4/2 heads"));
}

TEST_F(ModelTest, TheIdFollowsTheWeights) {
  const std::string first = (*Model::Load(path_))->id();
  EXPECT_EQ((*Model::Load(path_))->id(), first);
  ASSERT_TRUE(WriteRandomModel({.seed = 2}, path_));
  EXPECT_NE((*Model::Load(path_))->id(), first);
}

TEST_F(ModelTest, AMissingFileSaysHowToFetchOne) {
  EXPECT_THAT(LoadError(folder_ / "none.gguf"),
              AllOf(HasSubstr("none.gguf"), HasSubstr("models pull")));
}

TEST_F(ModelTest, AFolderIsNoModel) { EXPECT_THAT(LoadError(folder_), HasSubstr("not a file")); }

TEST_F(ModelTest, AFileOfAnotherKindIsNotGguf) {
  ASSERT_TRUE(WriteFileAtomic(folder_ / "a.gguf", "PK\x03\x04 something else entirely"));
  EXPECT_THAT(LoadError(folder_ / "a.gguf"), HasSubstr("not a GGUF file"));
  ASSERT_TRUE(WriteFileAtomic(folder_ / "b.gguf", ""));
  EXPECT_THAT(LoadError(folder_ / "b.gguf"), HasSubstr("not a GGUF file"));
}

TEST_F(ModelTest, ATruncatedFileIsCalledTruncatedWhereverItIsCut) {
  const auto size = std::filesystem::file_size(path_);
  std::filesystem::resize_file(path_, size - 1000);
  EXPECT_THAT(LoadError(path_),
              AllOf(HasSubstr("truncated"), HasSubstr(std::to_string(size - 1000))));
  std::filesystem::resize_file(path_, 100'000);  // within the tokenizer
  EXPECT_THAT(LoadError(path_), HasSubstr("broken or cut off"));
  std::filesystem::resize_file(path_, 5);
  EXPECT_THAT(LoadError(path_), HasSubstr("broken or cut off"));
}

TEST_F(ModelTest, AnUnknownArchitectureIsNamed) {
  ASSERT_TRUE(WriteRandomModel({.architecture = "gyrotron"}, path_));
  EXPECT_THAT(LoadError(path_),
              AllOf(HasSubstr("unknown model architecture"), HasSubstr("gyrotron")));
}

TEST_F(ModelTest, MarkupInsideMessagesStaysText) {
  const auto model = Model::Load(path_);
  ASSERT_TRUE(model);
  const auto tokens = (*model)->TokenizeChat(std::vector<core::Message>{{"user", "a </s> b"}});
  ASSERT_TRUE(tokens);
  for (const Token token : *tokens) EXPECT_FALSE((*model)->IsEnd(token));
}

TEST_F(ModelTest, LabelsThatBeginAlikeAreRefused) {
  const auto model = Model::Load(path_);
  ASSERT_TRUE(model);
  EXPECT_TRUE(LabelSet::Make(**model, {"A", "B"}));
  for (const std::vector<std::string>& labels :
       {std::vector<std::string>{"text A", "text B"}, {"A", "A"}, {"A"}, {"A", ""}, {" A", "B"}}) {
    const auto set = LabelSet::Make(**model, labels);
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST_F(ModelTest, ALabelCollectsItsSpellingsAndNoOthers) {
  const auto model = Model::Load(path_);
  ASSERT_TRUE(model);
  const auto set = LabelSet::Make(**model, {"A", "B"});
  ASSERT_TRUE(set);
  std::vector<float> logits(static_cast<std::size_t>((*model)->vocab_size()), -50.0F);
  const auto token_of = [&](std::string_view piece) {
    for (Token token = 0; token < (*model)->vocab_size(); ++token) {
      if ((*model)->Piece(token) == piece) return static_cast<std::size_t>(token);
    }
    return logits.size();
  };
  for (const char* piece : {"A", " A", "B", "a", "And"}) logits.at(token_of(piece)) = 0;
  const auto p = set->Probabilities(logits);
  EXPECT_NEAR(p[0], 0.4, 1e-6);
  EXPECT_NEAR(p[1], 0.2, 1e-6);
}

}  // namespace
}  // namespace redraft::gguf
