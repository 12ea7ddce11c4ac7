// What the ledger costs per model call: `bench_ledger [--json F]`.
//
// A run of the AlphaWrite preset makes 2,285 calls (60 drafts, 125 variants, 2,100 verdicts). Each
// is planned and committed, in groups of 1, 16 and 60, with requests and replies of real length;
// figures are microseconds of CPU time, and of wall time, per call.

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "redraft/base/file.h"
#include "redraft/store/ledger.h"

namespace {

using namespace redraft;

constexpr int kCalls = 2285;
constexpr std::size_t kPromptBytes = 6000;  // two drafts of 300 words and the rubric
constexpr std::size_t kReplyBytes = 1500;

double CpuSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string Prose(std::size_t bytes, int salt) {
  std::string text;
  for (int i = salt; text.size() < bytes; ++i) {
    text +=
        fmt::format("The ferry left pier {} at {} o'clock, \"without\" its captain.\n", i, i % 24);
  }
  return text;
}

struct Figures {
  double cpu_us = 0, wall_us = 0, find_us = 0;
};

Result<Figures> Measure(const std::filesystem::path& path, std::size_t group) {
  std::vector<core::Request> requests(kCalls);
  std::vector<core::PlannedRequest> planned(kCalls);
  std::vector<core::Attempt> attempts(kCalls);
  for (int i = 0; i < kCalls; ++i) {
    const auto at = static_cast<std::size_t>(i);
    requests[at].role = core::Role::kJudge;
    requests[at].model = "judge";
    requests[at].messages = {{"user", Prose(kPromptBytes, i)}};
    requests[at].max_tokens = 800;
    planned[at] = {core::RequestKey(requests[at]), &requests[at]};
    attempts[at].key = planned[at].key;
    attempts[at].reply = core::Reply{.text = Prose(kReplyBytes, i), .finish = "stop"};
  }
  REDRAFT_ASSIGN(store::Ledger ledger, store::Ledger::Open(path, {.create = true}));
  REDRAFT_ASSIGN(
      const std::string run,
      ledger.CreateRun(
          {.identity = "bench", .name = "bench", .manifest = Json::object(), .parent = ""}));
  REDRAFT_ASSIGN(const auto log, ledger.Replies(run));
  const auto per_call = [](double seconds) { return 1e6 * seconds / kCalls; };
  Figures figures;
  double cpu = CpuSeconds();
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t at = 0; at < kCalls; at += group) {
    const std::size_t count = std::min(group, kCalls - at);
    REDRAFT_RETURN_IF_ERROR(log->Plan({&planned[at], count}));
    REDRAFT_RETURN_IF_ERROR(log->Commit({&attempts[at], count}));
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  figures.cpu_us = per_call(CpuSeconds() - cpu);
  figures.wall_us = per_call(wall.count());
  cpu = CpuSeconds();
  for (const core::Attempt& attempt : attempts) {
    REDRAFT_RETURN_IF_ERROR(log->Find(attempt.key));
  }
  figures.find_us = per_call(CpuSeconds() - cpu);
  return figures;
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("redraft-bench-{}", ::getpid());
  std::filesystem::create_directories(folder);
  Json figures = Json::object();
  for (const std::size_t group : {1U, 16U, 60U}) {
    const auto measured = Measure(folder / fmt::format("{}.db", group), group);
    if (!measured) {
      std::fprintf(stderr, "bench_ledger: %s\n", measured.error().message.c_str());
      return 1;
    }
    fmt::print(
        "groups of {:2}: {:6.1f} us CPU, {:6.1f} us wall per planned and committed reply; "
        "{:5.1f} us CPU per reply found\n",
        group, measured->cpu_us, measured->wall_us, measured->find_us);
    figures[fmt::format("cpu_us_group_{}", group)] = measured->cpu_us;
    figures[fmt::format("wall_us_group_{}", group)] = measured->wall_us;
    figures[fmt::format("find_us_group_{}", group)] = measured->find_us;
  }
  std::filesystem::remove_all(folder);
  if (argc == 3 && std::string_view(argv[1]) == "--json") {
    const Status written = WriteFileAtomic(argv[2], DumpJson({{"ledger", figures}}) + "\n");
    if (!written) {
      std::fprintf(stderr, "bench_ledger: %s\n", written.error().message.c_str());
      return 1;
    }
  }
  return 0;
}
