// The client against mock_server in processes of their own, over loopback.
//
//   bench_endpoint [--json F] [PART...]      PART: calm, delayed, many, rough (default: all)
//
// The load is that of the reference's schedule with 60/5/5/5: 60 drafts, 125 variants, 2,100
// verdicts, in its stages, with prompts and replies of its sizes (4,610, 7,580 and 11,240
// characters in, stories of 480 words and verdicts of 3,300 characters out).
//
// Figures  calm_*     no delay: CPU of this process per call (JSON both ways, hash, ledger commit
//                     included), peak memory, connections
//          delayed_*  log-normal delays, mean 2 s, sigma 0.6, 60 slots: seconds, the bound (the
//          same
//                     draws on 60 slots that are never idle within a stage), their ratio
//          many_*     10,000 requests in flight over 500 connections to a pool of 4 servers
//          rough_*    a tenth of the answers are faults: calls per request, replies that differ

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <future>
#include <queue>

#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/llm/client.h"
#include "redraft/llm/openai_format.h"
#include "redraft/llm/pool_endpoint.h"
#include "redraft/llm/server_endpoint.h"
#include "redraft/store/ledger.h"
#include "tests/mock_server/delay.h"
#include "tests/mock_server/mock_process.h"

namespace redraft {
namespace {

using core::Request;
using core::Role;

constexpr double kDelayMs = 2'000.0, kSigma = 0.6;
constexpr int kSlots = 60;

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

rusage Usage() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage;
}

double CpuSeconds() {
  const rusage usage = Usage();
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double PeakMb() { return static_cast<double>(Usage().ru_maxrss) / 1024; }

Request Ask(Role role, std::size_t chars, int number) {
  Request request;
  request.role = role;
  request.model = "m";
  std::string text = fmt::format("{} {}: ", core::ToString(role), number);
  while (text.size() < chars) text += "The ferry came late and nobody on the quay had asked why. ";
  text.resize(chars);
  request.messages = {{"system", "You write."}, {"user", std::move(text)}};
  request.max_tokens = 1'500;
  if (role == Role::kJudge) {
    request.first = fmt::format("g00-{}", number % 60);
    request.second = fmt::format("g01-{}", number % 59);
  }
  return request;
}

/// Requests that may be asked at once; made when their turn comes, as a run does.
struct Stage {
  Role role;
  std::size_t chars;
  int first;  ///< number of its first request
  int count;

  std::vector<Request> Requests() const {
    std::vector<Request> requests;
    for (int i = 0; i < count; ++i) requests.push_back(Ask(role, chars, first + i));
    return requests;
  }
};

std::vector<Stage> Schedule() {
  std::vector<Stage> stages;
  int number = 0;
  const auto add = [&](Role role, std::size_t chars, int count) {
    stages.push_back({role, chars, number, count});
    number += count;
  };
  add(Role::kDraft, 4'610, 60);
  add(Role::kJudge, 11'240, 600);
  for (int generation = 0; generation < 5; ++generation) {
    add(Role::kVariant, 7'580, 25);
    add(Role::kJudge, 11'240, 300);
  }
  return stages;
}

int Count(const std::vector<Stage>& stages) { return stages.back().first + stages.back().count; }

/// Seconds that the stages take on slots that take the next request as soon as they are free.
double Bound(const std::vector<Stage>& stages) {
  double total = 0.0;
  for (const Stage& stage : stages) {
    std::priority_queue<double, std::vector<double>, std::greater<>> slots;
    for (int i = 0; i < kSlots; ++i) slots.push(0.0);
    double end = 0.0;
    for (const Request& request : stage.Requests()) {
      const auto delay = testing::DrawnDelay(llm::ChatBody(request, "m"), kDelayMs, kSigma);
      const double done = slots.top() + std::chrono::duration<double>(delay).count();
      slots.pop();
      slots.push(done);
      end = std::max(end, done);
    }
    total += end;
  }
  return total;
}

/// A ledger in a temporary file, and its one run.
class Store {
 public:
  static Result<Store> Make() {
    const auto file =
        std::filesystem::temp_directory_path() / fmt::format("redraft-bench-{}.db", ::getpid());
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
    REDRAFT_ASSIGN(store::Ledger ledger, store::Ledger::Open(file, {.create = true}));
    REDRAFT_ASSIGN(
        std::string run,
        ledger.CreateRun(
            {.identity = "bench", .name = "bench", .manifest = Json::object(), .parent = ""}));
    return Store(std::move(ledger), std::move(run));
  }
  auto Replies() { return ledger_.Replies(run_); }
  ~Store() {
    if (!run_.empty()) std::filesystem::remove(ledger_.path());
  }
  Store(Store&& other) noexcept
      : ledger_(std::move(other.ledger_)), run_(std::exchange(other.run_, "")) {}

 private:
  Store(store::Ledger ledger, std::string run) : ledger_(std::move(ledger)), run_(std::move(run)) {}
  store::Ledger ledger_;
  std::string run_;
};

struct Outcome {
  double seconds = 0.0, cpu_seconds = 0.0;
  std::int64_t tries = 0;
  std::string hash;  // of all replies, in order
};

/// Asks the stages one after the other.
Result<Outcome> Run(const std::vector<Stage>& stages, std::shared_ptr<llm::Endpoint> endpoint,
                    int slots) {
  REDRAFT_ASSIGN(Store store, Store::Make());
  REDRAFT_ASSIGN(const auto replies, store.Replies());
  llm::ClientOptions options;
  options.concurrency = slots;
  options.backoff = std::chrono::milliseconds(50);
  llm::Client client(*replies, options);
  client.AddEndpoint(std::move(endpoint));
  Outcome outcome;
  std::string all;
  const double start = Now(), cpu = CpuSeconds();
  for (const Stage& stage : stages) {
    REDRAFT_ASSIGN(const auto answers, client.Ask(stage.Requests()));
    for (const core::Reply& reply : answers) all += Sha256Hex(reply.text);
  }
  outcome.seconds = Now() - start;
  outcome.cpu_seconds = CpuSeconds() - cpu;
  REDRAFT_ASSIGN(const core::Spent spent, client.Total());
  outcome.tries = spent.tries;
  outcome.hash = Sha256Hex(all);
  return outcome;
}

Result<std::shared_ptr<llm::Endpoint>> Open(const testing::MockProcess& server,
                                            std::shared_ptr<llm::HttpClient> http,
                                            const std::string& name = "mock", int seconds = 600) {
  REDRAFT_ASSIGN(auto endpoint,
                 llm::ServerEndpoint::Open({.name = name,
                                            .base_url = server.url(),
                                            .model = "m",
                                            .tag_requests = true,
                                            .timeout = std::chrono::seconds(seconds)},
                                           std::move(http)));
  return std::shared_ptr<llm::Endpoint>(std::move(endpoint));
}

/// Connections that the server has accepted, this question's included.
std::int64_t Connections(const testing::MockProcess& server) {
  llm::HttpClient http;
  std::promise<std::int64_t> count;
  http.Post({.url = server.url(), .get = true},
            [&count](const Result<llm::HttpResponse>& response) {
              const auto json = response ? ParseJson(response->body) : Result<Json>(Json::object());
              count.set_value(json ? json->value("connections", std::int64_t{-1}) : -1);
            });
  return count.get_future().get();
}

class Bench {
 public:
  explicit Bench(std::string mock) : mock_(std::move(mock)) {}

  Status Calm(Json& figures) {
    const testing::MockProcess server(mock_, Sizes());
    REDRAFT_ASSIGN(auto endpoint, Open(server, std::make_shared<llm::HttpClient>()));
    REDRAFT_ASSIGN(const Outcome outcome, Run(stages_, endpoint, kSlots));
    const int calls = Count(stages_);
    figures["calm_calls"] = calls;
    figures["calm_seconds"] = outcome.seconds;
    figures["calm_cpu_ms_per_call"] = 1000 * outcome.cpu_seconds / calls;
    figures["calm_peak_mb"] = PeakMb();
    figures["calm_connections"] = Connections(server) - 1;
    calm_hash_ = outcome.hash;
    return Ok{};
  }

  Status Rough(Json& figures) {
    if (calm_hash_.empty()) {
      Json ignored;
      REDRAFT_RETURN_IF_ERROR(Calm(ignored));
    }
    std::vector<std::string> arguments = Sizes();
    for (const char* fault : {"429=0.02", "500=0.02", "reset=0.02", "half-body=0.015",
                              "broken-json=0.015", "stall=0.01"}) {
      arguments.insert(arguments.end(), {"--fault", fault});
    }
    const testing::MockProcess server(mock_, arguments);
    constexpr int kPatience = 5;
    REDRAFT_ASSIGN(auto endpoint,
                   Open(server, std::make_shared<llm::HttpClient>(), "mock", kPatience));
    REDRAFT_ASSIGN(const Outcome outcome, Run(stages_, endpoint, kSlots));
    figures["rough_seconds"] = outcome.seconds;
    figures["rough_calls_per_request"] = static_cast<double>(outcome.tries) / Count(stages_);
    figures["rough_same_bytes"] = outcome.hash == calm_hash_ ? 1 : 0;
    return Ok{};
  }

  Status Delayed(Json& figures) {
    std::vector<std::string> arguments = Sizes();
    arguments.insert(arguments.end(), {"--delay", fmt::format("{}", kDelayMs), "--sigma",
                                       fmt::format("{}", kSigma)});
    const testing::MockProcess server(mock_, arguments);
    REDRAFT_ASSIGN(auto endpoint, Open(server, std::make_shared<llm::HttpClient>()));
    REDRAFT_ASSIGN(const Outcome outcome, Run(stages_, endpoint, kSlots));
    const double bound = Bound(stages_);
    figures["delayed_seconds"] = outcome.seconds;
    figures["delayed_bound_seconds"] = bound;
    figures["delayed_ratio"] = outcome.seconds / bound;
    figures["delayed_connections"] = Connections(server) - 1;
    return Ok{};
  }

  Status Many(Json& figures) {
    constexpr int kRequests = 10'000, kServers = 4, kConnections = 125;
    const auto http = std::make_shared<llm::HttpClient>(kConnections);
    std::vector<std::unique_ptr<testing::MockProcess>> servers;
    std::vector<llm::PoolMember> members;
    for (int i = 0; i < kServers; ++i) {
      servers.push_back(std::make_unique<testing::MockProcess>(
          mock_, std::vector<std::string>{"--delay", "100"}));
      REDRAFT_ASSIGN(auto endpoint, Open(*servers.back(), http, fmt::format("mock-{}", i)));
      members.push_back({std::move(endpoint)});
    }
    auto pool = std::make_shared<llm::PoolEndpoint>("pool", "m", std::move(members));
    // Past the client, whose limit would grow to the 10,000 only in rounds.
    std::promise<void> done;
    std::atomic<int> left = kRequests, failed = 0;
    const double start = Now();
    for (int i = 0; i < kRequests; ++i) {
      pool->Send(Ask(Role::kDraft, 4'610, i), [&](const Result<core::Reply>& reply) {
        if (!reply && failed.fetch_add(1) == 0) {
          std::fprintf(stderr, "%s\n", reply.error().message.c_str());
        }
        if (--left == 0) done.set_value();
      });
    }
    done.get_future().get();
    std::int64_t connections = 0;
    for (const auto& server : servers) connections += Connections(*server) - 1;
    figures["many_seconds"] = Now() - start;
    figures["many_errors"] = failed.load();
    figures["many_connections"] = connections;
    figures["many_peak_mb"] = PeakMb();
    return Ok{};
  }

 private:
  static std::vector<std::string> Sizes() { return {"--words", "480", "--verdict-words", "560"}; }

  std::string mock_;
  std::vector<Stage> stages_ = Schedule();
  std::string calm_hash_;
};

Status Main(const std::string& mock, const std::vector<std::string>& parts,
            const std::string& json_file) {
  Bench bench(mock);
  Json figures = Json::object();
  const auto wanted = [&](const char* part) {
    return parts.empty() || std::ranges::find(parts, part) != parts.end();
  };
  if (wanted("calm")) REDRAFT_RETURN_IF_ERROR(bench.Calm(figures));
  if (wanted("rough")) REDRAFT_RETURN_IF_ERROR(bench.Rough(figures));
  if (wanted("delayed")) REDRAFT_RETURN_IF_ERROR(bench.Delayed(figures));
  if (wanted("many")) REDRAFT_RETURN_IF_ERROR(bench.Many(figures));
  for (const auto& [name, value] : figures.items()) {
    std::printf("%-26s %10.3f\n", name.c_str(), value.get<double>());
  }
  if (json_file.empty()) return Ok{};
  return WriteFileAtomic(json_file, DumpJson({{"endpoint", figures}}) + "\n");
}

}  // namespace
}  // namespace redraft

int main(int argc, char** argv) {
  std::string json_file;
  std::vector<std::string> parts;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--json" && i + 1 < argc) {
      json_file = argv[++i];
    } else {
      parts.push_back(word);
    }
  }
  const auto mock = std::filesystem::path(argv[0]).replace_filename("mock_server").string();
  const redraft::Status status = redraft::Main(mock, parts, json_file);
  if (!status) std::fprintf(stderr, "bench_endpoint: %s\n", status.error().message.c_str());
  return status ? 0 : 1;
}
