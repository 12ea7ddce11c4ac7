#include "redraft/cli/args.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "redraft/base/version.h"
#include "redraft/cli/commands.h"

namespace redraft::cli {

struct Args::State {
  CLI::App* app = nullptr;
  std::string group = "Options";
  std::string examples;
  std::vector<std::unique_ptr<Args>> children;
  std::function<Result<int>()>* chosen = nullptr;  ///< shared by all: what to run
};

namespace {

/// Adds a typed option, of which the last one given counts; std::optional targets stay empty unless
/// the option is given.
template <class T>
CLI::Option* AddOption(CLI::App& app, const std::string& names, T& target,
                       const std::string& help) {
  return app.add_option(names, target, help)->capture_default_str()->take_last();
}
template <class T>
CLI::Option* AddOption(CLI::App& app, const std::string& names, std::optional<T>& target,
                       const std::string& help) {
  return app.add_option_function<T>(
                names, [&target](const T& value) { target = value; }, help)
      ->take_last();
}

}  // namespace

int ExitStatus(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kNotFound:
      return 2;
    case ErrorCode::kConfig:
      return 3;
    case ErrorCode::kUnavailable:
    case ErrorCode::kRateLimited:
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kRefused:
      return 4;
    case ErrorCode::kBudgetExhausted:
      return 5;
    case ErrorCode::kCancelled:
      return 6;
    case ErrorCode::kGateFailed:
      return 100;
    case ErrorCode::kMalformedReply:
    case ErrorCode::kFailed:
      return 1;
  }
  return 1;
}

Args::Args(std::unique_ptr<State> state) : state_(std::move(state)) {}
Args::~Args() = default;

Args& Args::Command(const std::string& name, const std::string& summary) {
  auto child = std::make_unique<State>();
  child->app = state_->app->add_subcommand(name, summary);
  child->chosen = state_->chosen;
  state_->children.push_back(std::make_unique<Args>(std::move(child)));
  return *state_->children.back();
}

#define REDRAFT_OPTION(Type)                                                            \
  Args& Args::Option(const std::string& names, Type& target, const std::string& help) { \
    AddOption(*state_->app, names, target, help)->group(state_->group);                 \
    return *this;                                                                       \
  }
REDRAFT_OPTION(std::string)
REDRAFT_OPTION(int)
REDRAFT_OPTION(std::int64_t)
REDRAFT_OPTION(std::uint64_t)
REDRAFT_OPTION(double)
REDRAFT_OPTION(std::optional<int>)
REDRAFT_OPTION(std::optional<std::int64_t>)
REDRAFT_OPTION(std::optional<double>)
#undef REDRAFT_OPTION

Args& Args::Option(const std::string& names, std::vector<std::string>& target,
                   const std::string& help) {
  // Greedy on purpose: `--pairs a.jsonl b.jsonl` names two files.
  state_->app->add_option(names, target, help)->group(state_->group);
  return *this;
}

Args& Args::Choice(const std::string& names, std::string& target,
                   const std::vector<std::string>& allowed, const std::string& help) {
  AddOption(*state_->app, names, target, help)->group(state_->group)->check(CLI::IsMember(allowed));
  return *this;
}

Args& Args::Flag(const std::string& names, bool& target, const std::string& help) {
  state_->app->add_flag(names, target, help)->group(state_->group);
  return *this;
}

Args& Args::Positional(const std::string& name, std::string& target, const std::string& help,
                       bool required) {
  state_->app->add_option(name, target, help)->required(required)->group("Arguments");
  return *this;
}

Args& Args::Positional(const std::string& name, std::vector<std::string>& target,
                       const std::string& help, bool required) {
  state_->app->add_option(name, target, help)->required(required)->group("Arguments");
  return *this;
}

Args& Args::Group(const std::string& title) {
  state_->group = title;
  return *this;
}

Args& Args::Example(const std::string& line) {
  state_->examples += (state_->examples.empty() ? "Examples:\n  " : "\n  ") + line;
  state_->app->footer(state_->examples);
  return *this;
}

void Args::Run(std::function<Result<int>()> body) {
  // A command's own callback comes after those of its subcommands: one of them was meant.
  state_->app->callback([app = state_->app, chosen = state_->chosen, body = std::move(body)] {
    if (app->get_subcommands().empty()) *chosen = body;
  });
}

int Main(int argc, char** argv) {
  CLI::App app("Spends compute to make writing better, and proves that it did.", "redraft");
  app.set_version_flag("--version", std::string("redraft ") + kVersion);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  std::function<Result<int>()> chosen;
  auto state = std::make_unique<Args::State>();
  state->app = &app;
  state->chosen = &chosen;
  Args root(std::move(state));
  DeclareCommands(root);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::CallForAllHelp& help) {
    return app.exit(help);
  } catch (const CLI::CallForVersion& version) {
    return app.exit(version);
  } catch (const CLI::ParseError& error) {
    std::string what = error.what();
    if (const auto line = what.find('\n'); line != std::string::npos) what.resize(line);
    std::fprintf(stderr, "redraft: error: %s (see redraft --help)\n", what.c_str());
    return 2;
  }
  if (!chosen) {
    std::fprintf(stderr, "redraft: error: name one of its subcommands (see --help)\n");
    return 2;
  }
  try {
    const Result<int> status = chosen();
    std::fflush(stdout);
    if (status) return *status;
    if (!status.error().message.empty()) {
      std::fprintf(stderr, "redraft: error: %s\n", status.error().message.c_str());
    }
    return ExitStatus(status.error().code);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "redraft: error: bug: %s\n", error.what());
    return 1;
  }
}

}  // namespace redraft::cli
