// Transcripts of `redraft models`: the program is run as a user runs it.

#include <gmock/gmock.h>

#include <filesystem>

#include "redraft/base/file.h"
#include "redraft/base/json.h"
#include "redraft/base/process.h"

namespace redraft::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ModelsCommandTest : public ::testing::Test {
 protected:
  ModelsCommandTest() : folder_(fs::path(::testing::TempDir()) / "redraft_models_test") {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "first");
  }
  ~ModelsCommandTest() override { fs::remove_all(folder_); }

  ProcessResult Run(const std::vector<std::string>& arguments) const {
    ProcessOptions options;
    options.command = {REDRAFT_BINARY, "models"};
    options.command.insert(options.command.end(), arguments.begin(), arguments.end());
    options.environment = {{"REDRAFT_MODELS", folder_ / "first"},
                           {"REDRAFT_CACHE", folder_ / "cache"},
                           {"HF_ENDPOINT", "http://127.0.0.1:9"}};
    const auto result = RunProcess(options);
    EXPECT_TRUE(result);
    return result ? *result : ProcessResult();
  }

  /// The least that passes for a GGUF: magic, version 3, and something after it.
  static std::string Gguf() {
    std::string bytes(108, 'w');
    bytes.replace(0, 8, "GGUF\x03\0\0\0", 8);
    return bytes;
  }
  const fs::path folder_;
};

TEST_F(ModelsCommandTest, ListNamesEveryModelAndWhereItIs) {
  ASSERT_TRUE(WriteFileAtomic(folder_ / "first" / "mine.gguf", Gguf()));
  const ProcessResult result = Run({"list", "--json"});
  EXPECT_EQ(result.exit_status, 0);
  const auto json = ParseJson(result.output);
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["schema"], "redraft.models/1");
  EXPECT_EQ((*json)["folder"], (folder_ / "cache" / "models").string());
  EXPECT_EQ((*json)["models"][0]["id"], "smollm2-135m-instruct");
  EXPECT_TRUE((*json)["models"][0]["path"].is_null());
  EXPECT_EQ((*json)["models"].back()["path"],
            (folder_ / "first" / "mine.gguf").string());
  EXPECT_THAT(Run({"list"}).output, HasSubstr("not here"));
}

TEST_F(ModelsCommandTest, PathOfAModelThatIsNotHereSaysHowToGetIt) {
  const ProcessResult result = Run({"path", "smollm2-135m-instruct"});
  EXPECT_EQ(result.exit_status, 3);
  EXPECT_EQ(result.output, "");
  EXPECT_EQ(result.errors,
            "redraft: error: the model smollm2-135m-instruct is not on this machine; run `redraft "
            "models pull smollm2-135m-instruct`\n");
}

TEST_F(ModelsCommandTest, AWrongFileUnderAModelsNameIsRefused) {
  ASSERT_TRUE(WriteFileAtomic(folder_ / "first" / "SmolLM2-135M-Instruct.Q4_1.gguf", Gguf()));
  const ProcessResult result = Run({"path", "smollm2-135m-instruct"});
  EXPECT_EQ(result.exit_status, 3);
  EXPECT_THAT(result.errors, HasSubstr("has 108 bytes, but smollm2-135m-instruct has 98362432"));
}

TEST_F(ModelsCommandTest, PathFindsAFileByNameInTheFolders) {
  ASSERT_TRUE(WriteFileAtomic(folder_ / "first" / "mine.gguf", Gguf()));
  EXPECT_EQ(Run({"path", "mine.gguf"}).output, (folder_ / "first" / "mine.gguf").string() + "\n");
  EXPECT_EQ(Run({"path", "yours.gguf"}).exit_status, 3);
}

TEST_F(ModelsCommandTest, APulledFileGoesIntoTheCacheAndNotIntoTheFolderOfTheUser) {
  ASSERT_TRUE(WriteFileAtomic(folder_ / "mine.gguf", Gguf()));
  const ProcessResult result = Run({"pull", folder_ / "mine.gguf"});
  EXPECT_EQ(result.exit_status, 0) << result.errors;
  EXPECT_EQ(result.output, (folder_ / "cache" / "models" / "mine.gguf").string() + "\n");
}

TEST_F(ModelsCommandTest, AnUnknownIdIsAUsageErrorWithTheNearest) {
  const ProcessResult result = Run({"pull", "smollm2-135m-instrukt"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.errors, HasSubstr("did you mean 'smollm2-135m-instruct'?"));
}

TEST_F(ModelsCommandTest, AFolderThatCannotBeWrittenIsNamed) {
  ASSERT_TRUE(WriteFileAtomic(folder_ / "cache", "a file where the folder should be"));
  const ProcessResult result = Run({"pull", "smollm2-135m-instruct"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.errors, HasSubstr("cannot make the model folder"));
}

TEST_F(ModelsCommandTest, WithoutASubcommandItIsAUsageError) {
  const ProcessResult result = Run({});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.errors, HasSubstr("redraft: error: "));
}

}  // namespace
}  // namespace redraft::cli
