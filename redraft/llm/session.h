#pragma once

// Client::Session. Internal to the client: client.cpp has its course, session_sending.cpp how its
// requests become calls.

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "redraft/llm/client.h"
#include "redraft/llm/lane.h"
#include "redraft/llm/mailbox.h"

namespace redraft::llm {

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
  struct Outcome {
    Try sent;
    Result<core::Reply> reply;
  };

  Status TakeStock();
  Status StepJobs();
  Status Open(Waiter waiter, core::Request request, std::vector<core::PlannedRequest>& planned);
  Result<Lane*> Route(const core::Request& request);
  void Deliver(Waiter waiter, const core::Reply& reply);
  void SendReady();
  Result<std::optional<Try>> Begin(Task& task);
  void Send(Task& task, const Try& sent);
  void SendTogether(std::vector<Try> tries);
  void Hedge();
  void Settle(std::vector<Outcome> outcomes);
  void Conclude(Outcome& outcome);
  void RetryOrStop(Task& task, Error error);
  void WakeResting();
  std::chrono::nanoseconds WaitLimit() const;
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
  std::multimap<std::chrono::nanoseconds, Task*> resting_;       // by the time of their next try
  std::shared_ptr<Mailbox<Outcome>> mailbox_ = std::make_shared<Mailbox<Outcome>>();
  int in_flight_ = 0;
  std::optional<Error> stop_;  // set: nothing more is sent, and this is what Run returns
  int obeyed_interrupts_ = 0;
  std::chrono::nanoseconds began_ = options_.clock->Now();
};

}  // namespace redraft::llm
