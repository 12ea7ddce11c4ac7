// The README's commands of the audit, line by line, with the 135M model: killed in the middle of
// the sampling and gone on with.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/syscall.h>

#include <array>
#include <sstream>

#include "redraft/store/ledger.h"
#include "tests/integration/program.h"

namespace redraft::testing {
namespace {

using ::testing::HasSubstr;

std::int64_t Attempts(const std::string& db) {
  auto ledger = store::Ledger::Open(db, {.read_only = true});
  if (!ledger) return 0;
  const auto run = ledger->FindRun("latest");
  if (!run) return 0;
  const auto counts = ledger->Count(run->id);
  return counts ? counts->attempts : 0;
}

/// Waits until the ledger's latest run has so many answers, or the process has ended.
void AwaitAnswers(const std::string& db, std::int64_t answers, pid_t child) {
  const int changes = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  ASSERT_GE(::inotify_add_watch(changes, std::filesystem::path(db).parent_path().c_str(),
                                IN_MODIFY | IN_CREATE),
            0);
  const int ended = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  pollfd both[] = {{changes, POLLIN, 0}, {ended, POLLIN, 0}};
  while (Attempts(db) < answers && (both[1].revents & POLLIN) == 0) {
    ::poll(both, 2, -1);
    std::array<char, 4096> events{};
    while (::read(changes, events.data(), events.size()) > 0) {
    }
  }
  ::close(changes);
  ::close(ended);
}

TEST(AuditReadme, ItsCommandsGoFromABookToTheGate) {
  const TemporaryFolder folder;
  const std::string db = (folder / "audit.db").string();
  std::string text = folder.Write("novel.txt", evolve::testing::Prose(Rng(7), 200));
  const std::filesystem::path novel =
      std::filesystem::path(REDRAFT_SOURCE_DIR) / "../shared/data/books/pride-and-prejudice.txt";
  if (std::filesystem::exists(novel)) text = novel.string();
  const auto readme = ReadFile(std::filesystem::path(REDRAFT_SOURCE_DIR) / "README.md");
  ASSERT_TRUE(readme);
  // Its lines, with the files in the test's folder.
  std::vector<std::vector<std::string>> commands;
  std::istringstream lines(*readme);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("build/redraft audit ")) continue;
    std::istringstream words(line);
    std::vector<std::string>& command = commands.emplace_back();
    for (std::string word; words >> word;) {
      const std::filesystem::path file = word;
      const bool is_file = file.has_extension() && !word.starts_with("0");
      command.push_back(word == "novel.txt" ? text : is_file ? (folder / word).string() : word);
    }
    command.erase(command.begin());
    if (std::ranges::count(command, "--llm") > 0) {
      command.insert(command.end(), {"--db", db});
    }
  }
  ASSERT_EQ(commands.size(), 5U);
  EXPECT_EQ(commands[0][1], "prepare");
  const ProcessResult prepared = Redraft(commands[0]);
  ASSERT_EQ(prepared.exit_status, 0) << prepared.errors;

  const pid_t child = StartRedraft(commands[1]);
  AwaitAnswers(db, 12, child);
  ::kill(child, SIGKILL);
  EXPECT_EQ(Await(child), 128 + SIGKILL);
  const std::int64_t answered = Attempts(db);
  EXPECT_GE(answered, 12);
  EXPECT_LT(answered, 64);
  commands[1].push_back("--json");
  const ProcessResult sampled = Redraft(commands[1]);
  ASSERT_EQ(sampled.exit_status, 0) << sampled.errors;
  EXPECT_EQ(LastLine(sampled)["tries"], 64) << "what was answered was not asked again";

  for (std::size_t i = 2; i < commands.size(); ++i) {
    const ProcessResult result = Redraft(commands[i]);
    EXPECT_EQ(result.exit_status, 0) << commands[i][1] << ": " << result.errors;
  }
  EXPECT_EQ(ParseJson(*ReadFile(folder / "result.json"))->at("generations"), 64);
  EXPECT_THAT(*ReadFile(folder / "audit.html"), HasSubstr("Memorization audit"));
}

}  // namespace
}  // namespace redraft::testing
