// How fast `redraft audit score` is, end to end and in CPU time, beside the plain Python twin.
//
//   bench_audit [--json F] [--words N] [--keep]
//
// Data are made by audit_data.h in a temporary folder (--keep leaves it): a book of about 120,000
// words, 12 M generated words of which about half are copied (and a set with a few per cent), a
// slice of 0.45 M words for the twin (bench/audit_twin.py), and a book that is one word over and
// over. Every figure is of the program itself, started anew: reading JSON, hashing it, matching,
// and writing the result.

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "audit_data.h"
#include "redraft/base/file.h"
#include "redraft/base/json.h"

namespace {

namespace fs = std::filesystem;
using redraft::Json;

struct Outcome {
  Json json;
  double cpu_seconds = 0;
  double peak_mb = 0;
};

/// A program that runs, its output in a file.
struct Child {
  pid_t pid = -1;
  std::string output;
};

Child Start(std::vector<std::string> command, const std::string& output) {
  std::fflush(nullptr);  // else the child would print it again
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (std::freopen(output.c_str(), "w", stdout) == nullptr) ::_exit(126);
    std::vector<char*> argv;
    for (std::string& part : command) argv.push_back(part.data());
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  return {pid, output};
}

Outcome Wait(const Child& child) {
  int status = 0;
  rusage usage{};
  ::wait4(child.pid, &status, 0, &usage);
  const auto text = redraft::ReadFile(child.output, 1ULL << 30);
  auto json = text ? redraft::ParseJson(*text) : redraft::Result<Json>(Json());
  if (status != 0 || !json) {
    fmt::print(stderr, "audit bench: a program failed with status {}\n", status);
    std::exit(1);
  }
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return {std::move(*json), seconds(usage.ru_utime) + seconds(usage.ru_stime),
          static_cast<double>(usage.ru_maxrss) / 1024};
}

class Bench {
 public:
  Bench(std::string program, std::string twin, fs::path folder)
      : program_(std::move(program)), twin_(std::move(twin)), folder_(std::move(folder)) {}

  std::string Folder(const std::string& name) const {
    fs::create_directories(folder_ / name);
    return folder_ / name;
  }

  Child StartScore(const std::string& data, int threads, const std::string& tag = "a") const {
    const std::string folder = Folder(data);
    return Start({program_, "audit", "score", "--book", folder + "/book.json", "--generations",
                  folder + "/generations.json", "--threads", std::to_string(threads), "--json"},
                 folder + "/result-" + tag + ".json");
  }

  /// The least disturbed of `rounds` runs on one thread.
  Outcome Score(const std::string& data, int rounds) const {
    Outcome best;
    for (int i = 0; i < rounds; ++i) {
      Outcome outcome = Wait(StartScore(data, 1));
      if (i == 0 || outcome.cpu_seconds < best.cpu_seconds) best = std::move(outcome);
    }
    return best;
  }

  Outcome Twin(const std::string& data) const {
    const std::string folder = Folder(data);
    return Wait(Start({"python3", twin_, folder + "/book.json", folder + "/generations.json"},
                      folder + "/twin.json"));
  }

  /// Wall seconds until all have ended.
  double Wall(const std::string& data, int processes, int threads) const {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<Child> children;
    for (int i = 0; i < processes; ++i) {
      children.push_back(StartScore(data, threads, std::to_string(i)));
    }
    for (const Child& child : children) Wait(child);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

 private:
  std::string program_, twin_;
  fs::path folder_;
};

double Tokens(const Outcome& outcome) { return outcome.json["tokens_generated"].get<double>(); }

/// The twin and redraft must have measured the same.
bool SameAsTwin(const Json& ours, const Json& twin) {
  return ours["tokens_generated"] == twin["tokens"] &&
         ours["bmc"]["covered"] == twin["bmc"]["covered"] &&
         ours["bmc"]["value"] == twin["bmc"]["value"] && ours["block"] == twin["block"] &&
         ours["span"]["length"] == twin["span"] && ours["spans"]["ref"] == twin["spans"] &&
         ours["cross"]["crossing"] == twin["cross"]["crossing"] &&
         ours["cross"]["counted"] == twin["cross"]["counted"];
}

/// A book of one word and generations that repeat it.
void WriteRepetitive(const std::string& folder, std::size_t words) {
  std::string book, text;
  for (int i = 0; i < 120000; ++i) book += "la ";
  for (int i = 0; i < 450; ++i) text += "la ";
  std::string file = "[";
  const std::size_t generations = words / 450;
  for (std::size_t e = 0; e * 100 < generations; ++e) {
    file += fmt::format(R"({}{{"excerpt_id": "p_id{}", "instruction": "", "generations": [)",
                        e == 0 ? "" : ",", e + 1);
    for (std::size_t g = 0; g < 100; ++g) {
      file += fmt::format(R"({}{{"generated_text": "{}"}})", g == 0 ? "" : ",", text);
    }
    file += "]}";
  }
  std::string excerpts = "[";
  for (std::size_t e = 0; e * 100 < generations; ++e) {
    const std::size_t size = book.size() / (generations / 100 + 1) / 3 * 3;
    excerpts += fmt::format(R"({}{{"excerpt_id": "p_id{}", "excerpt_text": "{}"}})",
                            e == 0 ? "" : ",", e + 1, book.substr(0, size));
  }
  const auto ok = redraft::WriteFileAtomic(folder + "/generations.json", file + "]") &&
                  redraft::WriteFileAtomic(folder + "/book.json", excerpts + "]");
  if (!ok) std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  std::string json_path;
  std::size_t words = 12'000'000;
  bool keep = false;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (flag == "--json" && i + 1 < argc) json_path = argv[++i];
    if (flag == "--words" && i + 1 < argc) words = std::strtoull(argv[++i], nullptr, 10);
    if (flag == "--keep") keep = true;
  }
  const fs::path build = fs::absolute(argv[0]).parent_path();
  std::string pattern = fs::temp_directory_path() / "redraft-audit-XXXXXX";
  const fs::path folder = ::mkdtemp(pattern.data());
  const Bench bench(build / "redraft", build.parent_path() / "bench/audit_twin.py", folder);

  redraft::bench::WordChain chain(1);
  const auto book = redraft::bench::MakeBook(chain, 270, 450);
  const std::size_t each = std::max<std::size_t>(1, words / (270 * 450));
  redraft::bench::WriteAudit(bench.Folder("high"), chain, book, 270, each, 0.6);
  redraft::bench::WriteAudit(bench.Folder("low"), chain, book, 270, each, 0.045);
  redraft::bench::WriteAudit(bench.Folder("slice"), chain, book, 10, 100, 0.6);
  redraft::bench::WriteAudit(bench.Folder("low_slice"), chain, book, 10, 100, 0.045);
  WriteRepetitive(bench.Folder("repetitive"), words);

  Json figures;
  const Outcome high = bench.Score("high", 3);
  const Outcome low = bench.Score("low", 3);
  const Outcome slice = bench.Score("slice", 1);
  const Outcome twin = bench.Twin("slice");
  const Outcome repetitive = bench.Score("repetitive", 1);
  const double speed = Tokens(high) / high.cpu_seconds;
  const double twin_speed = twin.json["words_per_second"].get<double>();
  const Outcome low_slice = bench.Score("low_slice", 1);
  const Outcome low_twin = bench.Twin("low_slice");
  const double low_speed = Tokens(low) / low.cpu_seconds;
  const double low_twin_speed = low_twin.json["words_per_second"].get<double>();
  const bool same = SameAsTwin(slice.json, twin.json) && SameAsTwin(low_slice.json, low_twin.json);
  figures["words"] = Tokens(high);
  figures["words_per_cpu_second"] = speed;
  figures["words_per_cpu_second_low_copying"] = low_speed;
  figures["peak_mb"] = std::max(high.peak_mb, low.peak_mb);
  figures["twin_words_per_cpu_second"] = twin_speed;
  figures["times_the_twin"] = speed / twin_speed;
  figures["twin_words_per_cpu_second_low_copying"] = low_twin_speed;
  figures["times_the_twin_low_copying"] = low_speed / low_twin_speed;
  figures["same_as_twin"] = same ? 1 : 0;
  figures["repetitive_slowdown"] = (repetitive.cpu_seconds / Tokens(repetitive)) * speed;
  fmt::print("12 M words (0.6 copied): {:.1f} M words per CPU second, bmc {:.3f}, {:.0f} MB\n",
             speed / 1e6, high.json["bmc"]["value"].get<double>(), high.peak_mb);
  fmt::print("12 M words (0.045 copied): {:.1f} M words per CPU second, bmc {:.3f}, {:.0f} MB\n",
             low_speed / 1e6, low.json["bmc"]["value"].get<double>(), low.peak_mb);
  fmt::print(
      "twin on {:.2f} M words: {:.0f} words per CPU second; redraft is {:.0f} times as fast; "
      "numbers {}\n",
      twin.json["tokens"].get<double>() / 1e6, twin_speed, speed / twin_speed,
      same ? "equal" : "DIFFER");
  fmt::print("twin on {:.2f} M words with few copies: {:.0f} words per CPU second; {:.0f} times\n",
             low_twin.json["tokens"].get<double>() / 1e6, low_twin_speed,
             low_speed / low_twin_speed);
  fmt::print("repetitive book: {:.2f} s for {:.1f} M words, {:.1f} times the normal time, {}\n",
             repetitive.cpu_seconds, Tokens(repetitive) / 1e6,
             figures["repetitive_slowdown"].get<double>(),
             repetitive.json["warnings"].empty() ? "NO WARNING" : "with a warning");

  std::vector<double> ratios;
  for (int round = 0; round < 5; ++round) {
    const double two_processes = bench.Wall("high", 2, 1);
    const double two_threads = bench.Wall("high", 1, 2);
    ratios.push_back(two_processes / (2 * two_threads));
  }
  std::sort(ratios.begin(), ratios.end());
  figures["two_threads_of_two_processes"] = ratios[2];
  fmt::print("2 threads: {:.2f} of the throughput of two processes (median of 5; {:.2f}-{:.2f})\n",
             ratios[2], ratios.front(), ratios.back());

  if (keep) {
    fmt::print("data are in {}\n", folder.string());
  } else {
    fs::remove_all(folder);
  }
  if (!json_path.empty() &&
      !redraft::WriteFileAtomic(json_path, redraft::DumpJson({{"audit", figures}}) + "\n")) {
    return 1;
  }
  return same ? 0 : 1;
}
