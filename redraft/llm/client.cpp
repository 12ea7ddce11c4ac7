#include "redraft/llm/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "redraft/base/check.h"
#include "redraft/base/hash.h"
#include "redraft/base/log.h"
#include "redraft/llm/retry.h"
#include "redraft/llm/session.h"

namespace redraft::llm {
namespace {

using std::chrono::nanoseconds;

/// Longest time without a look at the interrupts and a call of on_progress.
constexpr std::chrono::milliseconds kTick{50};

}  // namespace

Client::Session::Session(Client& client, std::span<core::Job* const> jobs,
                         const std::function<void(const Progress&)>& on_progress)
    : client_(client), options_(client.options_), on_progress_(on_progress) {
  for (core::Job* job : jobs) {
    steppable_.push_back(jobs_.size());
    jobs_.push_back({.job = job});
  }
}

Status Client::Session::Run() {
  REDRAFT_RETURN_IF_ERROR(TakeStock());
  while (true) {
    ObeyInterrupts();
    if (!stop_) {
      if (Status stepped = StepJobs(); !stepped) Stop(std::move(stepped).error());
    }
    KeepTime();
    if (!stop_) SendReady();
    if (!stop_) Hedge();
    Report();
    if (in_flight_ == 0 && (stop_ || jobs_done_ == jobs_.size())) break;
    Settle(mailbox_->Take(WaitLimit()));
    WakeResting();
  }
  client_.worked_ += options_.clock->Now() - began_;
  if (stop_) return Fail(*std::move(stop_));
  return Ok{};
}

/// What the run has consumed is read once; the account then keeps up by itself.
Status Client::Session::TakeStock() {
  if (std::exchange(client_.account_begun_, true)) return Ok{};
  REDRAFT_ASSIGN(const core::Spent committed, client_.log_.Total());
  client_.account_.Begin(committed);
  client_.worked_ = nanoseconds(static_cast<std::int64_t>(committed.busy_s * 1e9));
  return Ok{};
}

void Client::Session::KeepTime() {
  const auto& most = options_.budget.max_seconds;
  if (stop_ || !most || jobs_done_ == jobs_.size()) return;
  const auto worked = client_.worked_ + (options_.clock->Now() - began_);
  if (std::chrono::duration<double>(worked).count() < *most) return;
  Stop({ErrorCode::kBudgetExhausted,
        fmt::format("budget reached: {:g} seconds are over; a higher limit goes on", *most)});
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
  std::string json = core::CanonicalJson(request);
  std::string key = Sha256Hex(json);
  if (const auto it = open_.find(key); it != open_.end() && !it->second->answered) {
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
  task->request = std::move(request);
  task->request.key = key;
  task->lane = lane;
  task->waiters.push_back(waiter);
  planned.push_back({key, &task->request, std::move(json)});
  lane->ready.Push(task->request.role, task.get());
  open_.emplace(std::move(key), std::move(task));
  return Ok{};
}

Result<Lane*> Client::Session::Route(const core::Request& request) {
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
  if (!info.Answers(request.kind)) {
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

void Client::Session::Settle(std::vector<Outcome> outcomes) {
  if (outcomes.empty()) return;
  std::vector<core::Attempt> attempts;
  attempts.reserve(outcomes.size());
  for (Outcome& outcome : outcomes) {
    const Try& sent = outcome.sent;
    const Task& task = *sent.task;
    task.lane->Heard(sent, outcome.reply);
    --in_flight_;
    core::Attempt attempt{
        .key = task.request.key,
        .number = sent.number,
        .role = task.request.role,
        .started_ms = sent.started_ms,
        .latency_s = std::chrono::duration<double>(options_.clock->Now() - sent.started).count()};
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
    client_.account_.Settle(task.request.role, sent.held,
                            outcome.reply ? outcome.reply->usage : core::Usage{});
    attempts.push_back(std::move(attempt));
  }
  // One transaction for all that arrived together; a reply that is not durable is not used.
  if (Status committed = client_.log_.Commit(attempts); !committed) {
    Stop(std::move(committed).error());
    Cancel(false);
    return;
  }
  for (Outcome& outcome : outcomes) Conclude(outcome);
}

void Client::Session::Conclude(Outcome& outcome) {
  Task& task = *outcome.sent.task;
  --task.in_flight;
  if (outcome.reply && !task.answered) {
    task.answered = true;
    for (const Waiter waiter : task.waiters) Deliver(waiter, *outcome.reply);
    if (task.in_flight > 0) task.lane->endpoint->Abandon(task.request);
  }
  if (task.in_flight > 0) return;
  if (task.answered) {
    open_.erase(std::string(task.request.key));
  } else {
    Error error = std::move(outcome.reply).error();
    // Alone, the request may be taken.
    if (outcome.sent.with_others && error.code == ErrorCode::kRefused) {
      error.code = ErrorCode::kMalformedReply;
    }
    RetryOrStop(task, std::move(error));
  }
}

void Client::Session::RetryOrStop(Task& task, Error error) {
  if (stop_) return;
  const RetryPolicy policy{.max_tries = options_.max_tries, .backoff = options_.backoff};
  const Rng jitter =
      Rng(options_.seed).Fork(fmt::format("retry/{}/{}", task.request.key, task.tries));
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
      fmt::format("request {}: try {} failed ({}), next one in {} ms",
                  task.request.key.substr(0, 12), task.tries, ToString(error.code),
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
