#pragma once

// For tests: a certificate that only those trust who are told to, and programs that serve with it.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "redraft/base/process.h"

namespace redraft::llm {

/// A self-signed certificate for 127.0.0.1, in files that go away with it.
class Certificate {
 public:
  Certificate() {
    std::string pattern = (std::filesystem::temp_directory_path() / "redraft-tls-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    ProcessOptions make;
    make.command = {"openssl",  "req",           "-x509",   "-newkey",
                    "rsa:2048", "-nodes",        "-days",   "2",
                    "-subj",    "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout",  key(),           "-out",    file()};
    const auto made = RunProcess(make);
    EXPECT_TRUE(made) << made.error().message;
  }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;
  ~Certificate() { std::filesystem::remove_all(folder_); }
  std::string file() const { return (folder_ / "cert.pem").string(); }
  std::string key() const { return (folder_ / "key.pem").string(); }

 private:
  std::filesystem::path folder_;
};

/// A program that says on its output, in a line with `sign`, on which port it listens.
class TlsServer {
 public:
  TlsServer(std::vector<std::string> command, const std::string& sign) {
    std::vector<char*> argv;
    for (std::string& word : command) argv.push_back(word.data());
    argv.push_back(nullptr);
    int out[2];
    EXPECT_EQ(::pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDERR_FILENO);
    EXPECT_EQ(::posix_spawnp(&child_, argv[0], &actions, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(out[1]);
    std::string line;
    for (char c = 0; ::read(out[0], &c, 1) == 1;) {
      if (c != '\n') {
        line += c;
        continue;
      }
      if (line.find(sign) != std::string::npos) break;
      line.clear();
    }
    output_ = out[0];
    const std::size_t digits = line.rfind(':') + 1;
    port_ = line.substr(digits, line.find_first_not_of("0123456789", digits) - digits);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  ~TlsServer() {
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
    ::close(output_);
  }
  const std::string& port() const { return port_; }

 private:
  pid_t child_ = -1;
  int output_ = -1;
  std::string port_;
};

}  // namespace redraft::llm
