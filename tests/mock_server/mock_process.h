#pragma once

// For tests and benches: mock_server as a process of its own.

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "redraft/base/check.h"

namespace redraft::testing {

/// Runs until it is destroyed.
class MockProcess {
 public:
  MockProcess(const std::string& program, std::vector<std::string> arguments) {
    int in[2], out[2];
    REDRAFT_CHECK(::pipe2(in, O_CLOEXEC) == 0 && ::pipe2(out, O_CLOEXEC) == 0);
    arguments.insert(arguments.begin(), program);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    REDRAFT_CHECK(::posix_spawn(&child_, argv[0], &actions, nullptr, argv.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    for (char c = 0; ::read(out[0], &c, 1) == 1 && c != '\n';) port_ += c;
    ::close(out[0]);
    REDRAFT_CHECK(!port_.empty());
  }
  MockProcess(const MockProcess&) = delete;
  MockProcess& operator=(const MockProcess&) = delete;
  ~MockProcess() {
    ::close(input_);  // ends it
    if (child_ > 0) ::waitpid(child_, nullptr, 0);
  }

  std::string url() const { return "http://127.0.0.1:" + port_ + "/v1"; }

 private:
  pid_t child_ = -1;
  int input_ = -1;
  std::string port_;
};

}  // namespace redraft::testing
