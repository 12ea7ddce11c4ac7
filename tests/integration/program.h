#pragma once

// Running the program from tests: in a folder of its own, against a scripted server in this
// process.

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "redraft/base/file.h"
#include "redraft/base/json.h"
#include "redraft/base/process.h"
#include "redraft/evolve/fake_writer.h"
#include "tests/mock_server/loopback_server.h"

extern char** environ;

namespace redraft::testing {

/// A folder that goes away with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "redraft-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  std::string Write(const std::string& name, const std::string& text) const {
    EXPECT_TRUE(WriteFileAtomic(path_ / name, text));
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

/// Runs `redraft` to its end, with more environment variables than this process has.
inline ProcessResult Redraft(
    std::vector<std::string> arguments, const std::string& input = "",
    const std::vector<std::pair<std::string, std::string>>& environment = {}) {
  ProcessOptions options;
  options.environment = environment;
  options.command = {REDRAFT_BINARY};
  options.command.insert(options.command.end(), arguments.begin(), arguments.end());
  options.input = input;
  options.max_output = 64 << 20;
  Result<ProcessResult> result = RunProcess(options);
  EXPECT_TRUE(result) << (result ? "" : result.error().message);
  return result ? *result : ProcessResult{};
}

/// Starts `redraft` in the background, output thrown away, and returns its process id.
inline pid_t StartRedraft(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {REDRAFT_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  EXPECT_EQ(::posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

/// Waits for a child: its exit status, or 128 + the signal that ended it.
inline int Await(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// The last JSON object on standard output.
inline Json LastLine(const ProcessResult& result) {
  std::string text = result.output;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const auto start = text.rfind('\n');
  const auto json = ParseJson(start == std::string::npos ? text : text.substr(start + 1));
  EXPECT_TRUE(json) << result.output << result.errors;
  return json ? *json : Json::object();
}

/// An OpenAI-compatible model that writes what it is told to, and judges by a hidden quality of the
/// draft ids. It remembers which keys were asked, and can do something at the n-th request.
class ScriptedModel {
 public:
  /// What the model writes; called by several threads at a time.
  using Writer = std::function<std::string(const Received& request)>;
  explicit ScriptedModel(Writer writer = WriteProse)
      : writer_(std::move(writer)),
        server_([this](const Received& request) { return Answer_(request); }) {}

  std::string url() const { return server_.url() + "/v1"; }
  /// Calls `act` inside the handler of the n-th request from now (from 1), before it is answered.
  void At(int n, std::function<void()> act) {
    const std::lock_guard lock(mutex_);
    countdown_ = n;
    act_ = std::move(act);
  }
  /// From now on every fourth request meets a fault when it is first asked, each kind in turn: 429,
  /// 500, reset, half a body, broken JSON.
  void FailFirstTries() { faults_ = true; }
  std::multiset<std::string> TakeKeys() {
    const std::lock_guard lock(mutex_);
    return std::exchange(keys_, {});
  }
  std::map<std::string, int> Roles() const {
    const std::lock_guard lock(mutex_);
    return roles_;
  }
  int requests() const { return posts_; }

 private:
  testing::Answer Answer_(const Received& request) {
    if (request.method == "GET") return HttpAnswer(404, "{}");  // it has no list of models
    ++posts_;
    const std::string role = request.Header("x-redraft-role");
    std::function<void()> act;
    {
      const std::lock_guard lock(mutex_);
      keys_.insert(request.Header("x-redraft-key"));
      ++roles_[role];
      if (countdown_ > 0 && --countdown_ == 0) act = act_;
    }
    if (act) act();
    if (faults_) {
      const std::optional<testing::Answer> fault = Fault(request.Header("x-redraft-key"));
      if (fault) return *fault;
    }
    std::string text;
    if (role == "judge") {
      const auto quality = [](const std::string& id) { return Rng(StableHash(id)).Uniform(); };
      const bool first =
          quality(request.Header("x-redraft-first")) > quality(request.Header("x-redraft-second"));
      text = std::string("One of them breathes.\nWINNER: ") + (first ? "A" : "B");
    } else {
      text = writer_(request);
    }
    return HttpAnswer(200,
                      DumpJson({{"id", "x"},
                                {"object", "chat.completion"},
                                {"model", "scripted"},
                                {"choices",
                                 {{{"index", 0},
                                   {"message", {{"role", "assistant"}, {"content", text}}},
                                   {"finish_reason", "stop"}}}},
                                {"usage", {{"prompt_tokens", 200}, {"completion_tokens", 110}}}}),
                      "Content-Type: application/json\r\n");
  }

  std::optional<testing::Answer> Fault(const std::string& key) {
    const std::uint64_t draw = StableHash(key);
    const std::lock_guard lock(mutex_);
    if (draw % 4 != 0 || !failed_.insert(key).second) return {};
    switch (draw / 4 % 5) {
      case 0:
        return HttpAnswer(429, "{}");
      case 1:
        return HttpAnswer(500, "{}");
      case 2:
        return testing::Answer{.bytes = "", .then = testing::Answer::Then::kReset};
      case 3:
        return testing::Answer{
            .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"choices\"",
            .then = testing::Answer::Then::kClose};
      default:
        return HttpAnswer(200, "{\"choices\":[{\"message\"");
    }
  }

  static std::string WriteProse(const Received& request) {
    return evolve::testing::Prose(Rng(StableHash(request.body)), 9);
  }

  Writer writer_;
  mutable std::mutex mutex_;
  std::multiset<std::string> keys_;
  std::map<std::string, int> roles_;
  int countdown_ = 0;
  std::set<std::string> failed_;  // keys that have met their fault
  std::atomic<bool> faults_ = false;
  std::atomic<int> posts_ = 0;
  std::function<void()> act_;
  LoopbackServer server_;  // last: its threads use the rest
};

}  // namespace redraft::testing
