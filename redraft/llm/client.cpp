#include "redraft/llm/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "redraft/base/check.h"
#include "redraft/base/log.h"
#include "redraft/llm/fair_queue.h"
#include "redraft/llm/retry.h"

namespace redraft::llm {
namespace {

using std::chrono::nanoseconds;

/// Longest time without a look at the interrupts and a call of on_progress.
constexpr std::chrono::milliseconds kTick{50};

/// The outcomes that endpoints leave and the engine thread takes. The only state that threads
/// share.
template <class Outcome>
class Mailbox {
 public:
  void Put(Outcome outcome) {
    {
      const std::lock_guard lock(mutex_);
      outcomes_.push_back(std::move(outcome));
    }
    filled_.notify_one();
  }

  /// Everything that is there; waits up to `limit` for the first one.
  std::vector<Outcome> Take(nanoseconds limit) {
    std::unique_lock lock(mutex_);
    filled_.wait_for(lock, limit, [this] { return !outcomes_.empty(); });
    return std::exchange(outcomes_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<Outcome> outcomes_;
};

bool Answers(const EndpointInfo& info, core::RequestKind kind) {
  switch (kind) {
    case core::RequestKind::kChat:
      return info.chat;
    case core::RequestKind::kLabels:
      return info.labels;
    case core::RequestKind::kLogLikelihood:
      return info.loglikelihood;
    case core::RequestKind::kEmbedding:
      return info.embeddings;
    case core::RequestKind::kScore:
      return info.scores;
  }
  return false;
}

}  // namespace

/// One call of Run: its jobs, the requests they wait for, and what is in flight.
class Client::Session {
 public:
  Session(Client& client, std::span<core::Job* const> jobs,
          const std::function<void(const Progress&)>& on_progress);
  Status Run();

 private:
  struct JobState {
    core::Job* job = nullptr;
    std::vector<core::Reply> replies;  // to its last requests
    std::size_t missing = 0;           // of them, not here yet
  };
  struct Waiter {
    std::size_t job = 0;
    std::size_t slot = 0;  // index into JobState::replies
  };
  struct Lane;
  struct Task {
    std::string key;
    core::Request request;
    Lane* lane = nullptr;
    std::vector<Waiter> waiters;
    int tries = 0;
    std::int64_t number = 0;      // of the try in flight, as the lane counts
    std::int64_t started_ms = 0;  // of the try in flight
    nanoseconds first_sent{0};
    nanoseconds started{0};
    core::Usage held;  // of the budget, by the try in flight
  };
  /// The requests of one endpoint.
  struct Lane {
    Endpoint* endpoint = nullptr;
    AdaptiveLimit* limit = nullptr;
    int in_flight = 0;
    FairQueue<Task*> ready;

    bool HasRoom() const {
      // An embedded engine says itself how many it can serve at a time.
      const EndpointInfo& info = endpoint->info();
      const int most =
          info.embedded && info.max_in_flight > 0 ? info.max_in_flight : limit->limit();
      return in_flight < most && endpoint->Rest() == nanoseconds(0);
    }
    void Heard(const Task& task, const Result<core::Reply>& reply) {
      --in_flight;
      if (reply) limit->Succeeded();
      if (!reply && reply.error().code == ErrorCode::kRateLimited) limit->Overloaded(task.number);
    }
  };
  struct Outcome {
    Task* task = nullptr;
    Result<core::Reply> reply;
  };

  Status StepJobs();
  Status Open(Waiter waiter, core::Request request, std::vector<core::PlannedRequest>& planned);
  Result<Lane*> Route(const core::Request& request);
  void Deliver(Waiter waiter, const core::Reply& reply);
  void SendReady();
  void Send(Task& task);
  void Settle(std::vector<Outcome> outcomes);
  void RetryOrStop(Task& task, Error error);
  void WakeResting();
  nanoseconds WaitLimit() const;
  void Stop(Error error);
  void ObeyInterrupts();
  void KeepTime();
  void Cancel(bool embedded_only);
  void Report() const;

  Client& client_;
  const ClientOptions& options_;
  const std::function<void(const Progress&)>& on_progress_;
  std::vector<JobState> jobs_;
  std::deque<std::size_t> steppable_;  // jobs whose replies are all here
  std::size_t jobs_done_ = 0;
  std::unordered_map<std::string, std::unique_ptr<Task>> open_;  // by key
  std::map<std::string, Lane> lanes_;                            // by the endpoint's model
  std::multimap<nanoseconds, Task*> resting_;                    // by the time of their next try
  std::shared_ptr<Mailbox<Outcome>> mailbox_ = std::make_shared<Mailbox<Outcome>>();
  int in_flight_ = 0;
  std::optional<Error> stop_;  // set: nothing more is sent, and this is what Run returns
  int obeyed_interrupts_ = 0;
  nanoseconds began_ = options_.clock->Now();
};

Client::Session::Session(Client& client, std::span<core::Job* const> jobs,
                         const std::function<void(const Progress&)>& on_progress)
    : client_(client), options_(client.options_), on_progress_(on_progress) {
  for (core::Job* job : jobs) {
    steppable_.push_back(jobs_.size());
    jobs_.push_back({.job = job});
  }
}

Status Client::Session::Run() {
  REDRAFT_ASSIGN(const core::Spent committed, client_.log_.Total());
  client_.account_.Begin(committed);
  while (true) {
    ObeyInterrupts();
    KeepTime();
    if (!stop_) {
      if (Status stepped = StepJobs(); !stepped) Stop(std::move(stepped).error());
    }
    if (!stop_) SendReady();
    Report();
    if (in_flight_ == 0 && (stop_ || jobs_done_ == jobs_.size())) break;
    Settle(mailbox_->Take(WaitLimit()));
    WakeResting();
  }
  client_.worked_ += options_.clock->Now() - began_;
  if (stop_) return Fail(*std::move(stop_));
  return Ok{};
}

void Client::Session::KeepTime() {
  const auto& most = options_.budget.max_seconds;
  if (stop_ || !most) return;
  const auto worked = client_.worked_ + (options_.clock->Now() - began_);
  if (std::chrono::duration<double>(worked).count() < *most) return;
  Stop({ErrorCode::kBudgetExhausted,
        fmt::format("budget reached: {:g} seconds are over; run again to go on", *most)});
}

Status Client::Session::StepJobs() {
  std::vector<core::PlannedRequest> planned;
  while (!steppable_.empty()) {
    const std::size_t index = steppable_.front();
    steppable_.pop_front();
    JobState& state = jobs_[index];
    std::vector<core::Request> requests = state.job->Step(state.replies);
    state.replies.assign(requests.size(), {});
    state.missing = requests.size();
    if (requests.empty()) ++jobs_done_;
    for (std::size_t slot = 0; slot < requests.size(); ++slot) {
      REDRAFT_RETURN_IF_ERROR(Open({index, slot}, std::move(requests[slot]), planned));
    }
  }
  if (planned.empty()) return Ok{};
  return client_.log_.Plan(planned);
}

Status Client::Session::Open(Waiter waiter, core::Request request,
                             std::vector<core::PlannedRequest>& planned) {
  std::string key = core::RequestKey(request);
  if (const auto it = open_.find(key); it != open_.end()) {
    it->second->waiters.push_back(waiter);
    return Ok{};
  }
  REDRAFT_ASSIGN(const std::optional<core::Reply> known, client_.log_.Find(key));
  if (known) {
    ++client_.from_ledger_;
    Deliver(waiter, *known);
    return Ok{};
  }
  REDRAFT_ASSIGN(Lane * lane, Route(request));
  auto task = std::make_unique<Task>();
  task->key = key;
  task->request = std::move(request);
  task->lane = lane;
  task->waiters.push_back(waiter);
  planned.push_back({key, &task->request});
  lane->ready.Push(task->request.role, task.get());
  open_.emplace(std::move(key), std::move(task));
  return Ok{};
}

Result<Client::Session::Lane*> Client::Session::Route(const core::Request& request) {
  auto it = client_.endpoints_.find(request.model);
  if (it == client_.endpoints_.end()) it = client_.endpoints_.find("");
  if (it == client_.endpoints_.end()) {
    std::string known;
    for (const auto& [model, endpoint] : client_.endpoints_) {
      known += (known.empty() ? "" : ", ") + model;
    }
    return Fail(ErrorCode::kConfig, fmt::format("no endpoint has the model '{}'; there are: {}",
                                                request.model, known.empty() ? "none" : known));
  }
  const EndpointInfo& info = it->second->info();
  if (!Answers(info, request.kind)) {
    return Fail(ErrorCode::kConfig,
                fmt::format("endpoint '{}' cannot answer {} requests (role {}); use another model",
                            info.name, ToString(request.kind), ToString(request.role)));
  }
  if (options_.budget.limits_cost(request.role) && !info.embedded && !info.prices.known()) {
    return Fail(ErrorCode::kConfig,
                fmt::format("a limit on cost needs the prices of endpoint '{}'", info.name));
  }
  const int most = info.max_in_flight > 0 ? std::min(options_.concurrency, info.max_in_flight)
                                          : options_.concurrency;
  Lane& lane = lanes_[info.model];
  lane.endpoint = it->second.get();
  lane.limit = &client_.limits_.try_emplace(info.model, most).first->second;
  return &lane;
}

void Client::Session::Deliver(Waiter waiter, const core::Reply& reply) {
  JobState& state = jobs_[waiter.job];
  state.replies[waiter.slot] = reply;
  if (--state.missing == 0) steppable_.push_back(waiter.job);
}

void Client::Session::SendReady() {
  for (auto& [model, lane] : lanes_) {
    while (!lane.ready.empty() && lane.HasRoom()) {
      Task& task = *lane.ready.Front();
      auto held = client_.account_.Reserve(task.request, lane.endpoint->info());
      if (!held) return Stop(std::move(held).error());
      if (!*held) return;  // until tries in flight settle
      task.held = **held;
      lane.ready.Pop();
      Send(task);
    }
  }
}

void Client::Session::Send(Task& task) {
  task.started = options_.clock->Now();
  task.started_ms = options_.clock->UnixMillis();
  if (++task.tries == 1) task.first_sent = task.started;
  task.number = task.lane->limit->Sent();
  ++task.lane->in_flight;
  ++in_flight_;
  task.lane->endpoint->Send(task.request, [mailbox = mailbox_, &task](Result<core::Reply> reply) {
    mailbox->Put({&task, std::move(reply)});
  });
}

void Client::Session::Settle(std::vector<Outcome> outcomes) {
  if (outcomes.empty()) return;
  std::vector<core::Attempt> attempts;
  attempts.reserve(outcomes.size());
  for (Outcome& outcome : outcomes) {
    Task& task = *outcome.task;
    task.lane->Heard(task, outcome.reply);
    --in_flight_;
    core::Attempt attempt{
        .key = task.key,
        .number = task.tries,
        .role = task.request.role,
        .started_ms = task.started_ms,
        .latency_s = std::chrono::duration<double>(options_.clock->Now() - task.started).count()};
    if (outcome.reply) {
      core::Reply& reply = *outcome.reply;
      reply.latency_s = attempt.latency_s;
      if (reply.usage.cost == 0.0) {
        reply.usage.cost = Cost(task.lane->endpoint->info().prices, reply.usage);
      }
      attempt.reply = reply;
    } else {
      attempt.error = outcome.reply.error();
    }
    client_.account_.Settle(task.request.role, task.held,
                            outcome.reply ? outcome.reply->usage : core::Usage{});
    attempts.push_back(std::move(attempt));
  }
  // One transaction for all that arrived together; a reply that is not durable is not used.
  if (Status committed = client_.log_.Commit(attempts); !committed) {
    Stop(std::move(committed).error());
    Cancel(false);
    return;
  }
  for (Outcome& outcome : outcomes) {
    if (!outcome.reply) {
      RetryOrStop(*outcome.task, std::move(outcome.reply).error());
      continue;
    }
    for (const Waiter waiter : outcome.task->waiters) Deliver(waiter, *outcome.reply);
    open_.erase(outcome.task->key);
  }
}

void Client::Session::RetryOrStop(Task& task, Error error) {
  if (stop_) return;
  const RetryPolicy policy{.max_tries = options_.max_tries, .backoff = options_.backoff};
  const Rng jitter = Rng(options_.seed).Fork(fmt::format("retry/{}/{}", task.key, task.tries));
  const auto delay = RetryDelay(error, task.tries, policy, jitter);
  const bool late =
      delay && options_.clock->Now() + *delay - task.first_sent > nanoseconds(options_.deadline);
  if (!delay || late) {
    // One bad reply may be chance; an endpoint that sends nothing else cannot be used.
    if (error.code == ErrorCode::kMalformedReply) error.code = ErrorCode::kUnavailable;
    if (late) {
      error = std::move(error).Within(fmt::format(
          "the next try would begin over {} s after the first", options_.deadline.count()));
    }
    Stop(task.tries > 1 ? std::move(error).Within(fmt::format("after {} tries", task.tries))
                        : std::move(error));
    return;
  }
  Log(LogLevel::kInfo,
      fmt::format("request {}: try {} failed ({}), next one in {} ms", task.key.substr(0, 12),
                  task.tries, ToString(error.code),
                  std::chrono::duration_cast<std::chrono::milliseconds>(*delay).count()));
  resting_.emplace(options_.clock->Now() + *delay, &task);
}

void Client::Session::WakeResting() {
  while (!resting_.empty() && resting_.begin()->first <= options_.clock->Now()) {
    Task* task = resting_.begin()->second;
    resting_.erase(resting_.begin());
    task->lane->ready.PushFirst(task->request.role, task);  // it has waited longest
  }
}

nanoseconds Client::Session::WaitLimit() const {
  nanoseconds limit = kTick;
  if (!resting_.empty() && !stop_) {
    limit = std::min(limit, resting_.begin()->first - options_.clock->Now());
  }
  return std::max(limit, nanoseconds(0));
}

void Client::Session::Stop(Error error) {
  if (!stop_) stop_ = std::move(error);
}

void Client::Session::ObeyInterrupts() {
  const int level = options_.interrupts ? options_.interrupts->load() : 0;
  if (level <= obeyed_interrupts_) return;
  obeyed_interrupts_ = level;
  Stop({ErrorCode::kCancelled, "interrupted"});
  Cancel(level == 1);
}

void Client::Session::Cancel(bool embedded_only) {
  for (auto& [model, lane] : lanes_) {
    if (!embedded_only || lane.endpoint->info().embedded) lane.endpoint->Cancel();
  }
}

void Client::Session::Report() const {
  if (!on_progress_) return;
  on_progress_({jobs_done_, jobs_.size(), in_flight_, client_.account_.spent(),
                client_.from_ledger_, client_.account_.use()});
}

Client::Client(core::ReplyLog& log, ClientOptions options)
    : log_(log), options_(options), account_(options.budget) {
  REDRAFT_CHECK(options_.concurrency > 0 && options_.max_tries > 0 && options_.clock != nullptr);
}
Client::~Client() = default;

void Client::AddEndpoint(std::shared_ptr<Endpoint> endpoint) {
  const std::string model = endpoint->info().model;
  endpoints_[model] = std::move(endpoint);
}

Status Client::Run(std::span<core::Job* const> jobs,
                   const std::function<void(const Progress&)>& on_progress) {
  return Session(*this, jobs, on_progress).Run();
}

Result<std::vector<core::Reply>> Client::Ask(std::vector<core::Request> requests) {
  /// Asks once and keeps the replies.
  struct AskOnce final : core::Job {
    std::vector<core::Request> Step(std::span<const core::Reply> arrived) override {
      replies.assign(arrived.begin(), arrived.end());
      return std::exchange(requests, {});
    }
    std::vector<core::Request> requests;
    std::vector<core::Reply> replies;
  } job;
  job.requests = std::move(requests);
  core::Job* const jobs[] = {&job};
  REDRAFT_RETURN_IF_ERROR(Run(jobs));
  return std::move(job.replies);
}

}  // namespace redraft::llm
