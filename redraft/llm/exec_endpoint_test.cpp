#include "redraft/llm/exec_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace redraft::llm {
namespace {

using ::testing::HasSubstr;

Result<core::Reply> Ask(ExecEndpoint& endpoint, const std::string& line) {
  core::Request request;
  request.text = line;
  std::promise<Result<core::Reply>> answer;
  endpoint.Send(request, [&](Result<core::Reply> reply) { answer.set_value(std::move(reply)); });
  return answer.get_future().get();
}

TEST(ExecEndpoint, KeepsOneProgramOpenAndAnswersLineByLine) {
  // The program counts its lines: a second process would start again at one.
  ExecEndpoint endpoint("exec:x",
                        R"(n=0; while read -r l; do n=$((n+1)); echo "{\"logit\": $n}"; done)");
  EXPECT_EQ(Ask(endpoint, "{}")->text, R"({"logit":1})");
  EXPECT_EQ(Ask(endpoint, "{}")->text, R"({"logit":2})");
  EXPECT_EQ(Ask(endpoint, "{}")->text, R"({"logit":3})");
}

TEST(ExecEndpoint, GivesTheProgramTheWholeLine) {
  ExecEndpoint endpoint("exec:x", R"(while read -r l; do echo "{\"logit\": ${#l}}"; done)");
  const std::string line(200'000, 'x');  // more than a pipe holds
  EXPECT_EQ(Ask(endpoint, line)->text, R"({"logit":200000})");
}

TEST(ExecEndpoint, RefusesRubbishDeathAndInfinity) {
  for (const char* command :
       {"while read -r l; do echo rubbish; done",
        "while read -r l; do echo '{\"logit\":\"1\"}'; done", "while read -r l; do echo '{}'; done",
        "while read -r l; do echo '{\"logit\":1e999}'; done", "true", "read -r l; exit 3",
        "no-such-program-at-all"}) {
    ExecEndpoint endpoint("exec:x", command);
    const auto reply = Ask(endpoint, "{}");
    ASSERT_FALSE(reply) << command;
    EXPECT_EQ(reply.error().code, ErrorCode::kRefused) << command;
    EXPECT_THAT(reply.error().message, HasSubstr(command));
  }
}

TEST(ExecEndpoint, GivesUpOnASilentProgram) {
  ExecEndpoint endpoint("exec:x", "cat > /dev/null", std::chrono::milliseconds(50));
  const auto reply = Ask(endpoint, "{}");
  ASSERT_FALSE(reply);
  EXPECT_THAT(reply.error().message, HasSubstr("silent"));
}

TEST(ExecEndpoint, EndsTheProgramWithItsInput) {
  const std::string marker = ::testing::TempDir() + "redraft-exec-end";
  std::remove(marker.c_str());
  {
    ExecEndpoint endpoint("exec:x",
                          "while read -r l; do echo '{\"logit\":0}'; done; touch " + marker);
    ASSERT_TRUE(Ask(endpoint, "{}"));
  }
  EXPECT_EQ(std::remove(marker.c_str()), 0) << "the program saw the end of its input";
}

TEST(ExecEndpoint, AnswersWhatIsCancelled) {
  ExecEndpoint endpoint("exec:x", "cat > /dev/null");
  core::Request request;
  std::promise<Result<core::Reply>> answer;
  endpoint.Send(request, [&](Result<core::Reply> reply) { answer.set_value(std::move(reply)); });
  endpoint.Cancel();
  EXPECT_EQ(answer.get_future().get().error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace redraft::llm
