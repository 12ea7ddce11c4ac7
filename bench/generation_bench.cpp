// The embedded engine against llama.cpp's own programs, on the same model, prompts, lengths, KV
// cache type and threads, one after the other in the same run.
//
//   bench_generation [--json F] [MODEL.gguf...]
//
// ./dev bench sets REDRAFT_PEERS, the folder with llama-batched-bench and llama-server, and
// REDRAFT_BENCH_MODELS, the models when none is named (paths, parted by ":").
//
// Figures, per model and for 16 streams: tokens written per second of the whole job, prompts
// included
//   greedy, sampled (top-k 40, top-p 0.95), batched_bench, server (16 clients over loopback,
//   sampling)
// and the ratios greedy/batched_bench (bar 0.9), sampled/batched_bench (0.8), sampled/server
// (1.15).

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <sstream>
#include <thread>

#include "redraft/base/file.h"
#include "redraft/base/process.h"
#include "redraft/base/random.h"
#include "redraft/core/reply_log.h"
#include "redraft/gguf/engine.h"
#include "redraft/llm/client.h"
#include "redraft/llm/http.h"
#include "redraft/llm/server_endpoint.h"

extern char** environ;

namespace redraft {
namespace {

constexpr int kStreams = 16;
constexpr int kPromptTokens = 64;
constexpr int kReplyTokens = 96;
constexpr int kRounds = 3;

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Sixteen prompts without a common beginning, each of about kPromptTokens tokens in the template.
std::vector<core::Request> Requests(const core::Sampling& sampling, bool endless) {
  static const char* const kWords[] = {"harbour", "lamp",    "winter", "letter",
                                       "bridge",  "orchard", "clock",  "river"};
  std::vector<core::Request> requests;
  for (int i = 0; i < kStreams; ++i) {
    Rng rng(static_cast<std::uint64_t>(i));
    core::Request request;
    std::string text = fmt::format("{} {} ", i, kWords[i % 8]);
    for (int w = 0; w < kPromptTokens - 25; ++w) text += std::string(kWords[rng.Below(8)]) + " ";
    request.messages = {{"user", text + "Write a long story with these words."}};
    request.sampling = sampling;
    request.max_tokens = kReplyTokens;
    request.seed = static_cast<std::uint64_t>(i);
    // Every stream writes to its limit, as the peer's do.
    if (endless) request.length = core::LengthControl{100'000, 100'001, 100'002};
    requests.push_back(std::move(request));
  }
  return requests;
}

/// Tokens written per second by the engine.
double RunEngine(gguf::Engine& engine, const core::Sampling& sampling) {
  std::mutex mutex;
  std::condition_variable changed;
  int open = kStreams;
  std::int64_t tokens = 0;
  const double start = Now();
  for (core::Request& request : Requests(sampling, true)) {
    engine.Submit(std::move(request), [&](Result<core::Reply> reply) {
      const std::lock_guard lock(mutex);
      if (reply) tokens += reply->usage.tokens_out;
      --open;
      changed.notify_all();
    });
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return open == 0; });
  return static_cast<double>(tokens) / (Now() - start);
}

struct Peers {
  std::string folder, cache_type, flash;
  int threads;
};

Result<double> RunBatchedBench(const Peers& peers, const std::string& model) {
  ProcessOptions options;
  options.command = {peers.folder + "/llama-batched-bench",
                     "-m",
                     model,
                     "-c",
                     std::to_string(kStreams * (kPromptTokens + kReplyTokens + 16)),
                     "-npp",
                     std::to_string(kPromptTokens),
                     "-ntg",
                     std::to_string(kReplyTokens),
                     "-npl",
                     std::to_string(kStreams),
                     "-t",
                     std::to_string(peers.threads),
                     "-ctk",
                     peers.cache_type,
                     "-ctv",
                     peers.cache_type,
                     "-fa",
                     peers.flash};
  REDRAFT_ASSIGN(const ProcessResult result, RunProcess(options));
  // | PP | TG | B | N_KV | T_PP s | S_PP t/s | T_TG s | S_TG t/s | T s | S t/s |
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);) {
    std::replace(line.begin(), line.end(), '|', ' ');
    std::istringstream cells(line);
    double pp, tg, b, kv, t_pp, s_pp, t_tg, s_tg, t;
    if (cells >> pp >> tg >> b >> kv >> t_pp >> s_pp >> t_tg >> s_tg >> t && b == kStreams)
      return tg * b / t;
  }
  return Fail(ErrorCode::kFailed,
              "llama-batched-bench printed no row: " + result.errors.substr(0, 200));
}

int FreePort() {
  const int socket_fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(socket_fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  socklen_t size = sizeof address;
  ::getsockname(socket_fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket_fd);
  return ntohs(address.sin_port);
}

Result<double> RunServer(const Peers& peers, const std::string& model,
                         const core::Sampling& sampling) {
  const int port = FreePort();
  std::vector<std::string> words = {peers.folder + "/llama-server",
                                    "-m",
                                    model,
                                    "--host",
                                    "127.0.0.1",
                                    "--port",
                                    std::to_string(port),
                                    "-np",
                                    std::to_string(kStreams),
                                    "-c",
                                    std::to_string(kStreams * 512),
                                    "-t",
                                    std::to_string(peers.threads),
                                    "-ctk",
                                    peers.cache_type,
                                    "-ctv",
                                    peers.cache_type,
                                    "-fa",
                                    peers.flash};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", 1, 0);
  posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", 1, 0);
  pid_t server = -1;
  const int spawned = ::posix_spawn(&server, argv[0], &quiet, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&quiet);
  if (spawned != 0) return Fail(ErrorCode::kFailed, "cannot start " + words[0]);

  const auto measure = [&]() -> Result<double> {
    core::MemoryReplyLog log;
    llm::ClientOptions options;
    options.concurrency = kStreams;
    options.max_tries = 200;  // until the server has loaded its model
    llm::Client client(log, options);
    llm::ServerOptions endpoint;
    endpoint.base_url = fmt::format("http://127.0.0.1:{}/v1", port);
    REDRAFT_ASSIGN(auto opened,
                   llm::ServerEndpoint::Open(endpoint, std::make_shared<llm::HttpClient>()));
    client.AddEndpoint(std::move(opened));
    std::vector<core::Request> warm = {Requests(sampling, false).front()};
    warm[0].max_tokens = 4;
    REDRAFT_ASSIGN(const auto ready, client.Ask(warm));
    const double start = Now();
    REDRAFT_ASSIGN(const auto replies, client.Ask(Requests(sampling, false)));
    std::int64_t tokens = 0;
    for (const core::Reply& reply : replies) tokens += reply.usage.tokens_out;
    return static_cast<double>(tokens) / (Now() - start);
  };
  const Result<double> rate = measure();
  ::kill(server, SIGTERM);
  ::waitpid(server, nullptr, 0);
  return rate;
}

const char* CacheTypeName(gguf::KvType type) {
  switch (type) {
    case gguf::KvType::kF16:
      return "f16";
    case gguf::KvType::kBf16:
      return "bf16";
    case gguf::KvType::kQ8_0:
      return "q8_0";
  }
  return "f16";
}

Result<Json> BenchModel(const std::string& path, const std::string& folder) {
  REDRAFT_ASSIGN(auto model, gguf::Model::Load(path));
  gguf::EngineOptions options;
  options.sequences = kStreams;
  options.context = 512;
  if (const char* cache = std::getenv("REDRAFT_CACHE")) options.cache_folder = cache;
  const core::Sampling greedy{.temperature = 0.0};
  const core::Sampling sampled{.temperature = 0.9, .top_p = 0.95, .top_k = 40};
  Peers peers{folder, "f16", "on", static_cast<int>(std::thread::hardware_concurrency())};
  std::vector<double> greedy_rates, sampled_rates, bench_rates;
  {
    REDRAFT_ASSIGN(auto engine, gguf::Engine::Start(
                                    std::shared_ptr<const gguf::Model>(std::move(model)), options));
    peers.cache_type = CacheTypeName(engine->kv().type);
    peers.flash = engine->kv().flash_attention ? "on" : "off";
    // In turn, so that a change of the machine's speed hits all alike.
    for (int round = 0; round < kRounds; ++round) {
      REDRAFT_ASSIGN(const double bench, RunBatchedBench(peers, path));
      bench_rates.push_back(bench);
      greedy_rates.push_back(RunEngine(*engine, greedy));
      sampled_rates.push_back(RunEngine(*engine, sampled));
      std::printf("  round %d of %d: batched-bench %.2f, greedy %.2f, sampled %.2f tok/s\n",
                  round + 1, kRounds, bench, greedy_rates.back(), sampled_rates.back());
      std::fflush(stdout);
    }
  }
  REDRAFT_ASSIGN(const double server, RunServer(peers, path, sampled));
  const auto median = [](std::vector<double> rates) {
    std::ranges::sort(rates);
    return rates[rates.size() / 2];
  };
  const double bench = median(bench_rates);
  Json figures = {{"greedy", median(greedy_rates)},
                  {"sampled", median(sampled_rates)},
                  {"batched_bench", bench},
                  {"server", server},
                  {"greedy_ratio", median(greedy_rates) / bench},
                  {"sampled_ratio", median(sampled_rates) / bench},
                  {"server_ratio", median(sampled_rates) / server}};
  std::printf("%s (KV %s, flash attention %s)\n", std::filesystem::path(path).filename().c_str(),
              peers.cache_type.c_str(), peers.flash.c_str());
  for (const auto& [name, value] : figures.items())
    std::printf("  %-14s %8.2f\n", name.c_str(), value.get<double>());
  return figures;
}

Status Bench(const std::string& json_file, const std::vector<std::string>& models) {
  const char* peers = std::getenv("REDRAFT_PEERS");
  if (peers == nullptr || models.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "needs REDRAFT_PEERS and model files; run it by ./dev bench generation");
  }
  Json all = Json::object();
  for (const std::string& model : models) {
    REDRAFT_ASSIGN(const Json figures, BenchModel(model, peers));
    const std::string prefix = std::filesystem::path(model).stem().string();
    for (const auto& [name, value] : figures.items()) all[prefix + "/" + name] = value;
  }
  if (json_file.empty()) return Ok{};
  return WriteFileAtomic(json_file, DumpJson({{"generation", all}}) + "\n");
}

}  // namespace
}  // namespace redraft

int main(int argc, char** argv) {
  std::string json_file;
  std::vector<std::string> models;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--json" && i + 1 < argc) {
      json_file = argv[++i];
    } else {
      models.push_back(word);
    }
  }
  if (const char* listed = std::getenv("REDRAFT_BENCH_MODELS");
      models.empty() && listed != nullptr) {
    std::istringstream paths(listed);
    for (std::string path; std::getline(paths, path, ':');) models.push_back(path);
  }
  const redraft::Status status = redraft::Bench(json_file, models);
  if (!status) std::fprintf(stderr, "bench_generation: %s\n", status.error().message.c_str());
  return status ? 0 : 1;
}
