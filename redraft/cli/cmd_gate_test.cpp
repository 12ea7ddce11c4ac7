#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "redraft/base/file.h"

namespace redraft::cli {
namespace {

using ::testing::HasSubstr;

struct Outcome {
  std::string out;
  int status = -1;
};

class GateCommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("redraft_gate_test." + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string File(const std::string& name, const std::string& text) const {
    EXPECT_TRUE(WriteFileAtomic(folder_ / name, text));
    return (folder_ / name).string();
  }

  /// Runs `redraft gate ARGUMENTS`; standard error joins the output.
  static Outcome Gate(const std::string& arguments) {
    Outcome outcome;
    std::FILE* pipe =
        ::popen((std::string(REDRAFT_BINARY) + " gate " + arguments + " 2>&1").c_str(), "r");
    char buffer[4096];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
      outcome.out.append(buffer, n);
    }
    const int status = ::pclose(pipe);
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
  }

  std::filesystem::path folder_;
};

TEST_F(GateCommandTest, JsonLinesGiveOneLineEachInOrder) {
  const std::string lines =
      File("lines",
           R"({"id":1,"text":"Here is a story:\n\nIda counted coins on the bench by the quay."})"
           "\n"
           R"({"id":"b","text":"Ida counted coins, on the bench by the quay!","more":0})"
           "\nnonsense\n"
           R"({"id":3,"text":"Ida counted coins on the bench by the old quay."})"
           "\n"
           R"({"id":4})"
           "\n");
  const Outcome outcome = Gate(lines + " --jsonl");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out,
            R"({"id":1,"ok":true,"reasons":[],"text":"Ida counted coins on the bench by the quay."}
{"id":"b","ok":false,"reasons":["duplicate"],"text":"Ida counted coins, on the bench by the quay!"}
{"id":null,"line":3,"error":{"code":"invalid_argument","message":"not JSON: at byte 2 of 8"}}
{"id":3,"ok":false,"reasons":["near_duplicate"],"text":"Ida counted coins on the bench by the old quay."}
{"id":4,"line":5,"error":{"code":"invalid_argument","message":"the line has no \"text\""}}
)");
}

TEST_F(GateCommandTest, LimitsComeFromTheBrief) {
  const std::string brief = File("brief.md", "---\nwords: 5-6\n---\nWrite about a quay.\n");
  const std::string lines = File("lines", R"({"id":1,"text":"Ida waited there."}
{"id":2,"text":"The bell on the quay rang."}
{"id":3,"text":"Nobody at all came off the ferry."})");
  const Outcome outcome = Gate(lines + " --jsonl --brief " + brief);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr(R"("id":1,"ok":false,"reasons":["too_short"])"));
  EXPECT_THAT(outcome.out, HasSubstr(R"("id":2,"ok":true)"));
  EXPECT_THAT(outcome.out, HasSubstr(R"("id":3,"ok":false,"reasons":["too_long"])"));
}

TEST_F(GateCommandTest, AFileGetsAReadableVerdictAndAnExitStatus) {
  const Outcome good = Gate(File("good.md", "Ida counted coins on the bench."));
  EXPECT_EQ(good.out, "passed: 6 words\n");
  EXPECT_EQ(good.status, 0);
  const Outcome bad = Gate(File("bad.md", "# Title\n\nIda counted coins on the"));
  EXPECT_EQ(bad.out, "not passed: unfinished (5 words)\n\nIda counted coins on the\n");
  EXPECT_EQ(bad.status, 100);
}

TEST_F(GateCommandTest, BadInputIsAUsageError) {
  for (const std::string& arguments :
       {std::string("/nonexistent/story.md"), std::string("/nonexistent/lines --jsonl"),
        File("empty", " \n"), File("good.md", "Ida waited.") + " --brief /nonexistent/brief.md",
        File("good.md", "Ida waited.") + " --brief " + File("b.md", "---\nwords: few\n---\nx"),
        std::string()}) {
    const Outcome outcome = Gate(arguments);
    EXPECT_EQ(outcome.status, 2) << arguments;
    EXPECT_THAT(outcome.out, ::testing::StartsWith("redraft: error: ")) << arguments;
  }
}

}  // namespace
}  // namespace redraft::cli
