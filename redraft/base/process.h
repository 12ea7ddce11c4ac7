#pragma once

// Runs another program and waits for it, without a shell in between.
//
//   ProcessOptions options;
//   options.command = {"python3", "-m", "pip", "--version"};
//   REDRAFT_ASSIGN(const ProcessResult result, RunProcess(options));
//   if (result.exit_status != 0) …
//
// Threads   any; each call waits for its own child.
// Signals   the child stays in our process group, so Ctrl-C on a terminal reaches it too.

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "redraft/base/result.h"

namespace redraft {

struct ProcessOptions {
  std::vector<std::string> command;  ///< the program, looked up on PATH, and its arguments
  std::string input;                 ///< what it reads on standard input
  /// Set in addition to our own environment.
  std::vector<std::pair<std::string, std::string>> environment;
  std::chrono::milliseconds time_limit{0};  ///< 0: none; then the child is killed
  std::size_t max_output = 1 << 20;         ///< bytes kept of each stream: the last ones
};

struct ProcessResult {
  int exit_status = 0;     ///< as a shell counts: 128 + n when signal n ended it
  bool timed_out = false;  ///< killed at the time limit
  std::string output;      ///< standard output
  std::string errors;      ///< standard error
};

/// Errors: kUnavailable when the program cannot be started (not found, not executable, no memory).
/// A program that fails is a result, not an error.
Result<ProcessResult> RunProcess(const ProcessOptions& options);

}  // namespace redraft
