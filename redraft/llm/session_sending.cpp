// How a session's requests become calls: alone, several choices of one, or once more.

#include <fmt/format.h>

#include <utility>

#include "redraft/llm/session.h"

namespace redraft::llm {

using std::chrono::nanoseconds;

void Client::Session::SendReady() {
  for (auto& [model, lane] : lanes_) {
    while (!lane.ready.empty() && lane.HasRoom()) {
      Task& first = *lane.ready.Front();
      std::vector<Try> tries;
      for (Task* next = &first; next != nullptr;) {
        auto sent = Begin(*next);
        if (!sent && tries.empty()) return Stop(std::move(sent).error());
        if (!sent || !*sent) break;
        tries.push_back(**sent);
        lane.ready.Pop(first.request.role);
        next = nullptr;
        if (tries.size() < lane.MostChoices(first.request)) {
          Task* const* after = lane.ready.Front(first.request.role);
          if (after != nullptr && core::SamePrompt((*after)->request, first.request)) next = *after;
        }
      }
      if (tries.empty()) return;  // until tries in flight settle
      if (tries.size() == 1) {
        Send(first, tries.front());
      } else {
        SendTogether(std::move(tries));
      }
    }
  }
}

/// Counts a try that is about to be sent. None: the budget has no room until others settle.
Result<std::optional<Try>> Client::Session::Begin(Task& task) {
  REDRAFT_ASSIGN(const auto held,
                 client_.account_.Reserve(task.request, task.lane->endpoint->info()));
  if (!held) return std::optional<Try>();
  const nanoseconds now = options_.clock->Now();
  if (++task.tries == 1) task.first_sent = now;
  task.last_sent = now;
  ++task.in_flight;
  ++task.lane->in_flight;
  ++in_flight_;
  return Try{.task = &task,
             .number = task.tries,
             .call = task.lane->limit->Sent(),
             .started_ms = options_.clock->UnixMillis(),
             .started = now,
             .held = *held};
}

void Client::Session::Send(Task& task, const Try& sent) {
  task.lane->endpoint->Send(task.request, [mailbox = mailbox_, sent](Result<core::Reply> reply) {
    mailbox->Put({sent, std::move(reply)});
  });
}

void Client::Session::SendTogether(std::vector<Try> tries) {
  for (Try& sent : tries) sent.with_others = true;
  const Task& first = *tries.front().task;
  const int choices = static_cast<int>(tries.size());
  first.lane->endpoint->SendChoices(
      first.request, choices,
      [mailbox = mailbox_, tries = std::move(tries)](Result<std::vector<core::Reply>> replies) {
        for (std::size_t i = 0; i < tries.size(); ++i) {
          if (!replies) {
            mailbox->Put({tries[i], Fail(replies.error())});
          } else if (i < replies->size()) {
            mailbox->Put({tries[i], std::move((*replies)[i])});
          } else {
            mailbox->Put({tries[i], Fail(ErrorCode::kMalformedReply,
                                         fmt::format("the server sent {} of {} choices",
                                                     replies->size(), tries.size()))});
          }
        }
      });
}

void Client::Session::Hedge() {
  if (!options_.hedge_after) return;
  const nanoseconds now = options_.clock->Now();
  for (auto& [key, task] : open_) {
    const bool slow = task->in_flight == 1 && now - task->last_sent >= *options_.hedge_after;
    if (!slow || task->answered || task->tries >= options_.max_tries ||
        task->lane->endpoint->info().embedded || !task->lane->HasRoom()) {
      continue;
    }
    const auto sent = Begin(*task);
    if (!sent || !*sent) return;  // a second try is not worth the end of the run
    Send(*task, **sent);
  }
}

}  // namespace redraft::llm
