#include "redraft/llm/download.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "redraft/base/file.h"
#include "redraft/llm/raw_server.h"

namespace redraft::llm {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// The offset of a request's "Range: bytes=N-", or 0.
std::size_t RangeStart(const std::string& head) {
  const auto at = head.find("Range: bytes=");
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + 13));
}

class DownloadTest : public ::testing::Test {
 protected:
  DownloadTest() : folder_(fs::path(::testing::TempDir()) / "redraft_download_test") {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    options_.to = folder_ / "file.part";
    for (int i = 0; i < 300'000; ++i) content_ += static_cast<char>('a' + i % 23);
  }
  ~DownloadTest() override { fs::remove_all(folder_); }

  /// Serves the content, honouring ranges.
  std::string Serve(const std::string& head) const {
    const std::size_t start = RangeStart(head);
    if (start == 0) return RawServer::Response("200 OK", "ETag: \"v1\"\r\n", content_);
    if (start >= content_.size()) {
      return RawServer::Response("416 Range Not Satisfiable",
                                 "Content-Range: bytes */" + std::to_string(content_.size()) +
                                     "\r\n",
                                 "");
    }
    return RawServer::Response(
        "206 Partial Content",
        "ETag: \"v1\"\r\nContent-Range: bytes " + std::to_string(start) + "-" +
            std::to_string(content_.size() - 1) + "/" + std::to_string(content_.size()) + "\r\n",
        content_.substr(start));
  }

  Status Run(const RawServer& server, const std::string& path = "/model.gguf") {
    options_.url = server.url() + path;
    return DownloadFile(options_);
  }
  std::string Written() const { return *ReadFile(options_.to); }

  fs::path folder_;
  DownloadOptions options_;
  std::string content_;
};

TEST_F(DownloadTest, FetchesAWholeFileAndReportsItsSizeBeforeItsBytes) {
  const RawServer server([&](const std::string& head) { return Serve(head); });
  std::vector<std::pair<std::uint64_t, std::uint64_t>> reports;
  options_.progress = [&](std::uint64_t done, std::uint64_t total) {
    reports.emplace_back(done, total);
    return true;
  };
  ASSERT_TRUE(Run(server));
  EXPECT_EQ(Written(), content_);
  EXPECT_EQ(reports.front(), std::pair(std::uint64_t{0}, std::uint64_t{300'000}));
  EXPECT_EQ(reports.back(), std::pair(std::uint64_t{300'000}, std::uint64_t{300'000}));
  EXPECT_FALSE(fs::exists(options_.to.string() + ".etag"));
}

TEST_F(DownloadTest, ContinuesWhereAnEarlierCallStopped) {
  ASSERT_TRUE(WriteFileAtomic(options_.to, content_.substr(0, 100'000)));
  options_.known_content = true;
  const RawServer server([&](const std::string& head) { return Serve(head); });
  ASSERT_TRUE(Run(server));
  EXPECT_EQ(Written(), content_);
  EXPECT_THAT(server.requests(), ElementsAre(HasSubstr("Range: bytes=100000-")));
}

TEST_F(DownloadTest, ContinuesATransferThatIsCut) {
  int calls = 0;
  const RawServer server([&](const std::string& head) {
    const std::string whole = Serve(head);
    return ++calls < 3 ? whole.substr(0, whole.size() / 2) : whole;
  });
  options_.known_content = true;
  ASSERT_TRUE(Run(server));
  EXPECT_EQ(Written(), content_);
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(DownloadTest, KeepsWhatArrivedWhenTheServerGoesAway) {
  const RawServer server([&](const std::string& head) {
    return RangeStart(head) == 0 ? Serve(head).substr(0, 150'000) : std::string();
  });
  options_.known_content = true;
  const Status status = Run(server);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
  EXPECT_GT(Written().size(), 100'000u);
  EXPECT_TRUE(content_.starts_with(Written()));
}

TEST_F(DownloadTest, AFileOfUnknownContentIsContinuedOnlyWithItsETag) {
  const RawServer server([&](const std::string& head) { return Serve(head); });
  ASSERT_TRUE(WriteFileAtomic(options_.to, "bytes of who knows what"));
  ASSERT_TRUE(Run(server));
  EXPECT_EQ(Written(), content_);
  EXPECT_THAT(server.requests().back(), Not(HasSubstr("Range:")));

  ASSERT_TRUE(WriteFileAtomic(options_.to, content_.substr(0, 5'000)));
  ASSERT_TRUE(WriteFileAtomic(options_.to.string() + ".etag", "\"v1\""));
  ASSERT_TRUE(Run(server));
  EXPECT_EQ(Written(), content_);
  EXPECT_THAT(server.requests().back(), HasSubstr("If-Range: \"v1\""));
}

TEST_F(DownloadTest, AFileThatChangedInBetweenStartsAnew) {
  ASSERT_TRUE(WriteFileAtomic(options_.to, "old bytes"));
  ASSERT_TRUE(WriteFileAtomic(options_.to.string() + ".etag", "\"v0\""));
  const RawServer server([&](const std::string&) {
    return RawServer::Response("200 OK", "ETag: \"v1\"\r\n", content_);
  });
  ASSERT_TRUE(Run(server));
  EXPECT_EQ(Written(), content_);
}

TEST_F(DownloadTest, ACompleteFileIsDone) {
  ASSERT_TRUE(WriteFileAtomic(options_.to, content_));
  options_.known_content = true;
  const RawServer server([&](const std::string& head) { return Serve(head); });
  ASSERT_TRUE(Run(server));
  EXPECT_EQ(Written(), content_);
}

TEST_F(DownloadTest, APartialFileThatIsLongerThanTheWholeStartsAnew) {
  ASSERT_TRUE(WriteFileAtomic(options_.to, content_ + "more"));
  options_.known_content = true;
  const RawServer server([&](const std::string& head) { return Serve(head); });
  ASSERT_TRUE(Run(server));
  EXPECT_EQ(Written(), content_);
}

TEST_F(DownloadTest, RefusesARangeThatWasNotAskedFor) {
  ASSERT_TRUE(WriteFileAtomic(options_.to, content_.substr(0, 10)));
  options_.known_content = true;
  const RawServer server([&](const std::string&) {
    return RawServer::Response("206 Partial Content", "Content-Range: bytes 20-299999/300000\r\n",
                               content_.substr(20));
  });
  EXPECT_FALSE(Run(server));
  EXPECT_EQ(Written(), content_.substr(0, 10));
}

TEST_F(DownloadTest, FollowsRedirections) {
  const RawServer server([&](const std::string& head) {
    return head.starts_with("GET /moved") ? Serve(head)
                                          : RawServer::Response("302 Found",
                                                                "Location: /moved\r\n", "elsewhere");
  });
  ASSERT_TRUE(Run(server));
  EXPECT_EQ(Written(), content_);
}

TEST_F(DownloadTest, SaysWhichHostRefusedAndHow) {
  for (const auto& [line, code] :
       {std::pair{"404 Not Found", ErrorCode::kNotFound},
        std::pair{"401 Unauthorized", ErrorCode::kUnauthenticated},
        std::pair{"503 Service Unavailable", ErrorCode::kUnavailable},
        std::pair{"400 Bad Request", ErrorCode::kRefused}}) {
    const RawServer server(
        [&](const std::string&) { return RawServer::Response(line, "", "an error page"); });
    const Status status = Run(server, "/model.gguf?signature=secret");
    ASSERT_FALSE(status) << line;
    EXPECT_EQ(status.error().code, code) << line;
    EXPECT_THAT(status.error().message, HasSubstr(std::string(line).substr(0, 3)));
    EXPECT_THAT(status.error().message, HasSubstr("127.0.0.1"));
    EXPECT_THAT(status.error().message, Not(HasSubstr("secret")));
    EXPECT_FALSE(fs::exists(options_.to)) << "an error page is not the file";
  }
}

TEST_F(DownloadTest, StopsWhenToldTo) {
  const RawServer server([&](const std::string& head) { return Serve(head); });
  options_.progress = [](std::uint64_t done, std::uint64_t) { return done == 0; };
  const Status status = Run(server);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kCancelled);
}

TEST_F(DownloadTest, AFullDiskIsAFailureOfOurs) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  fs::create_symlink("/dev/full", options_.to);
  options_.known_content = true;
  const RawServer server([&](const std::string& head) { return Serve(head); });
  const Status status = Run(server);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kFailed);
  EXPECT_THAT(status.error().message, HasSubstr("No space left"));
}

TEST_F(DownloadTest, AFileLargerThanTheDiskIsRefusedBeforeItsBytes) {
  const RawServer server([&](const std::string&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 999999999999999\r\n\r\nGGUF";
  });
  const Status status = Run(server);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kFailed);
  EXPECT_THAT(status.error().message, HasSubstr("too full"));
  EXPECT_FALSE(fs::exists(options_.to));
}

}  // namespace
}  // namespace redraft::llm
