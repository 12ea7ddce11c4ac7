#include "redraft/base/process.h"

#include <gmock/gmock.h>

#include <csignal>

namespace redraft {
namespace {

using ::testing::HasSubstr;

ProcessOptions Shell(const std::string& script) {
  ProcessOptions options;
  options.command = {"sh", "-c", script};
  return options;
}

TEST(Process, CapturesBothStreamsAndTheExitStatus) {
  const auto result = RunProcess(Shell("echo out; echo err >&2; exit 7"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->exit_status, 7);
  EXPECT_EQ(result->output, "out\n");
  EXPECT_EQ(result->errors, "err\n");
  EXPECT_FALSE(result->timed_out);
}

TEST(Process, PassesArgumentsAsTheyAreBecauseNoShellReadsThem) {
  ProcessOptions options;
  options.command = {"printf", "%s|", "a b", "$HOME", "\"; exit 1"};
  const auto result = RunProcess(options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, "a b|$HOME|\"; exit 1|");
}

TEST(Process, FeedsMoreInputThanAPipeHoldsWhileReadingTheOutput) {
  ProcessOptions options = Shell("cat");
  options.input.assign(3 << 20, 'x');
  options.max_output = 4 << 20;
  const auto result = RunProcess(options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, options.input);
}

TEST(Process, AChildThatDoesNotReadItsInputIsNoFailure) {
  ProcessOptions options = Shell("exec 0<&-; echo done");
  options.input.assign(3 << 20, 'x');
  const auto result = RunProcess(options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->exit_status, 0);
  EXPECT_EQ(result->output, "done\n");
}

TEST(Process, KeepsTheLastBytesOfALongOutput) {
  ProcessOptions options = Shell("yes line | head -n 100000; echo end");
  options.max_output = 1000;
  const auto result = RunProcess(options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output.size(), 1000u);
  EXPECT_THAT(result->output, HasSubstr("line\nend\n"));
}

TEST(Process, KillsTheChildAtTheTimeLimit) {
  ProcessOptions options;
  options.command = {"sleep", "600"};
  options.time_limit = std::chrono::milliseconds(50);
  const auto result = RunProcess(options);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->timed_out);
  EXPECT_EQ(result->exit_status, 128 + SIGKILL);
}

TEST(Process, AClosedOutputDoesNotHideThatTheChildStillRuns) {
  ProcessOptions options = Shell("exec sleep 600 >&- 2>&-");
  options.time_limit = std::chrono::milliseconds(50);
  const auto result = RunProcess(options);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->timed_out);
}

TEST(Process, ReportsTheSignalThatEndedTheChild) {
  const auto result = RunProcess(Shell("kill -TERM $$"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->exit_status, 128 + SIGTERM);
}

TEST(Process, AddedVariablesReplaceOurs) {
  ProcessOptions options = Shell("printf '%s %s' \"$PATH\" \"$REDRAFT_PROCESS_TEST\"");
  options.environment = {{"REDRAFT_PROCESS_TEST", "set"}, {"PATH", "/usr/bin:/bin"}};
  const auto result = RunProcess(options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, "/usr/bin:/bin set");
}

TEST(Process, AProgramThatDoesNotExistIsUnavailableAndNamed) {
  ProcessOptions options;
  options.command = {"redraft-no-such-program"};
  const auto result = RunProcess(options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(result.error().message, HasSubstr("redraft-no-such-program"));
}

}  // namespace
}  // namespace redraft
