#pragma once

// Declaring command lines: the one door to CLI11. A command file declares its options on an Args,
// binds variables and says what to run.
//
//   void DeclareGate(Args& root) {
//     Args& gate = root.Command("gate", "check texts before any judging");
//     struct Options { std::string input; bool jsonl = false; };
//     auto options = std::make_shared<Options>();
//     gate.Positional("input", options->input, "JSON Lines of {\"id\",\"text\"}; - is standard
//     input"); gate.Flag("--jsonl", options->jsonl, "read JSON Lines"); gate.Example("redraft gate
//     - --jsonl < drafts.jsonl"); gate.Run([options] { return RunGate(*options); });
//   }

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redraft/base/result.h"

namespace redraft::cli {

/// Exit status by error code, as CONTRACT.md lists them.
int ExitStatus(ErrorCode code);

class Args {
 public:
  struct State;
  explicit Args(std::unique_ptr<State> state);
  ~Args();
  Args(const Args&) = delete;
  Args& operator=(const Args&) = delete;

  /// A subcommand; the reference lives as long as the root.
  Args& Command(const std::string& name, const std::string& summary);

  /// Options. The bound variable keeps its value when the option is not given; its value at
  /// declaration is shown as the default.
  Args& Option(const std::string& names, std::string& target, const std::string& help);
  Args& Option(const std::string& names, int& target, const std::string& help);
  Args& Option(const std::string& names, std::int64_t& target, const std::string& help);
  Args& Option(const std::string& names, std::uint64_t& target, const std::string& help);
  Args& Option(const std::string& names, double& target, const std::string& help);
  Args& Option(const std::string& names, std::optional<int>& target, const std::string& help);
  Args& Option(const std::string& names, std::optional<std::int64_t>& target,
               const std::string& help);
  Args& Option(const std::string& names, std::optional<double>& target, const std::string& help);
  Args& Option(const std::string& names, std::vector<std::string>& target, const std::string& help);
  Args& Choice(const std::string& names, std::string& target,
               const std::vector<std::string>& allowed, const std::string& help);
  Args& Flag(const std::string& names, bool& target, const std::string& help);
  Args& Positional(const std::string& name, std::string& target, const std::string& help,
                   bool required = true);
  Args& Positional(const std::string& name, std::vector<std::string>& target,
                   const std::string& help, bool required = true);

  /// Heading under which the following options are listed.
  Args& Group(const std::string& title);
  /// A command line that runs as it stands, shown at the end of --help.
  Args& Example(const std::string& line);
  /// What the command does; returns the exit status, or an error that is printed as one line.
  void Run(std::function<Result<int>()> body);

 private:
  friend int Main(int argc, char** argv);
  std::unique_ptr<State> state_;
};

/// Parses the command line, runs the command, prints errors as `redraft: error: …`, and returns the
/// exit status.
int Main(int argc, char** argv);

}  // namespace redraft::cli
