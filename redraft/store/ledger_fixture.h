#pragma once

// What the tests of store share: a folder of its own, sample requests, and code run in a child
// process.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <string>

#include "redraft/base/hash.h"
#include "redraft/store/ledger.h"

namespace redraft::store {

/// A new folder for every test, removed at its end.
class LedgerTest : public testing::Test {
 protected:
  LedgerTest() {
    std::string pattern = testing::TempDir() + "/redraft-store-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    std::filesystem::permissions(folder_, std::filesystem::perms(0755));
  }
  ~LedgerTest() override {
    std::error_code ignored;
    std::filesystem::permissions(folder_, std::filesystem::perms(0755), ignored);
    std::filesystem::remove_all(folder_, ignored);
  }

  std::filesystem::path Path() const { return folder_ / "redraft.db"; }
  Ledger Create() { return Ledger::Open(Path(), {.create = true}).value(); }

  std::filesystem::path folder_;
};

/// "ok", or the code and message of the error.
template <class T>
std::string Outcome(const Result<T>& result) {
  return result ? "ok" : std::string(ToString(result.error().code)) + ": " + result.error().message;
}

inline core::Request SampleRequest(int i, core::Role role = core::Role::kDraft) {
  core::Request request;
  request.role = role;
  request.model = "writer-1";
  request.messages = {{"system", "You write short scenes."},
                      {"user", "A ferry leaves without its captain. Scene " + std::to_string(i)}};
  request.max_tokens = 200;
  request.seed = std::uint64_t{1} << 63 | static_cast<std::uint64_t>(i);  // over a signed 64 bits
  if (role == core::Role::kJudge) {
    request.first = "g00-001";
    request.second = "g00-002";
  }
  return request;
}

inline core::Attempt Answer(const core::Request& request, const std::string& text) {
  core::Attempt attempt;
  attempt.key = core::RequestKey(request);
  attempt.started_ms = 1'700'000'000'000;
  attempt.latency_s = 0.25;
  core::Reply reply;
  reply.text = text;
  reply.finish = "stop";
  reply.usage = {120, 40, 0.001};
  reply.latency_s = 0.25;
  reply.model = "writer-1-0613";
  attempt.reply = reply;
  return attempt;
}

inline core::Attempt Failure(const core::Request& request, ErrorCode code,
                             const std::string& message) {
  core::Attempt attempt;
  attempt.key = core::RequestKey(request);
  attempt.error = Error{code, message};
  return attempt;
}

inline void PlanAndCommit(core::ReplyLog& log, const core::Request& request,
                          const std::string& text) {
  const core::PlannedRequest planned{core::RequestKey(request), &request};
  ASSERT_EQ(Outcome(log.Plan({&planned, 1})), "ok");
  const core::Attempt attempt = Answer(request, text);
  ASSERT_EQ(Outcome(log.Commit({&attempt, 1})), "ok");
}

/// A process that runs `body`; what that writes to the descriptor can be read from `output`.
struct Child {
  pid_t pid = -1;
  int output = -1;

  static Child Start(const std::function<void(int output)>& body) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::close(ends[0]);
      body(ends[1]);
      ::_exit(0);
    }
    ::close(ends[1]);
    return {pid, ends[0]};
  }

  std::string ReadAll() const {
    std::string text;
    char buffer[4096];
    for (ssize_t n; (n = ::read(output, buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(n));
    }
    return text;
  }

  int Wait() const {
    int status = 0;
    ::waitpid(pid, &status, 0);
    ::close(output);
    return status;
  }
};

/// Runs `body` in a child and returns the text it returned.
inline std::string InChild(const std::function<std::string()>& body) {
  const Child child = Child::Start([&](int output) {
    const std::string text = body();
    if (::write(output, text.data(), text.size()) < 0) ::_exit(1);
  });
  std::string text = child.ReadAll();
  EXPECT_EQ(child.Wait(), 0);
  return text;
}

}  // namespace redraft::store
