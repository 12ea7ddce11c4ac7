#include "redraft/llm/pool_endpoint.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include "redraft/base/check.h"
#include "redraft/base/hash.h"
#include "redraft/base/log.h"
#include "redraft/base/random.h"
#include "redraft/llm/budget.h"

namespace redraft::llm {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::size_t kBeginning = 2'048;
constexpr int kFailuresToBreak = 5;
constexpr seconds kFirstBreak{30};
constexpr seconds kLongestBreak{300};

/// What a server's prompt cache could have of the request already.
std::string Beginning(const core::Request& request) {
  if (!request.first.empty()) return "judge/" + request.first;
  std::string text = request.text.substr(0, kBeginning);
  for (const core::Message& message : request.messages) {
    if (text.size() >= kBeginning) break;
    text += message.content.substr(0, kBeginning - text.size());
  }
  return text;
}

/// The whole pool's promise.
EndpointInfo Common(std::string name, std::string model, const std::vector<PoolMember>& members) {
  EndpointInfo info = members.front().endpoint->info();
  for (const PoolMember& member : members) {
    const EndpointInfo& own = member.endpoint->info();
    info.chat = info.chat && own.chat;
    info.labels = info.labels && own.labels;
    info.loglikelihood = info.loglikelihood && own.loglikelihood;
    info.embeddings = info.embeddings && own.embeddings;
    info.scores = info.scores && own.scores;
    const bool limited = info.max_in_flight > 0 && own.max_in_flight > 0;
    if (&member != &members.front()) {
      info.max_in_flight = limited ? info.max_in_flight + own.max_in_flight : 0;
    }
    const auto highest = [](double a, double b) { return std::max(a, b); };
    const Prices mine = info.prices;
    info.prices.in = highest(mine.in, own.prices.in);
    info.prices.out = highest(mine.out, own.prices.out);
    info.prices.cache_read =
        highest(mine.cache_read.value_or(mine.in), own.prices.cache_read.value_or(own.prices.in));
    info.prices.cache_write =
        highest(mine.cache_write.value_or(mine.in), own.prices.cache_write.value_or(own.prices.in));
  }
  info.max_choices = 1;  // a try is one member's, and so is its failure
  info.name = std::move(name);
  info.model = std::move(model);
  return info;
}

}  // namespace

struct PoolEndpoint::State {
  struct Member {
    std::shared_ptr<Endpoint> endpoint;
    double weight;
    std::uint64_t hash;
    int in_flight = 0;
    int failures = 0;  // in a row
    int breaks = 0;    // in a row
    nanoseconds broken_until{0};

    bool Full() const {
      const int most = endpoint->info().max_in_flight;
      return most > 0 && in_flight >= most;
    }
  };

  /// The members in the order in which they are asked for what begins so.
  std::vector<Member*> Order(const core::Request& request) {
    const std::uint64_t key = StableHash(Beginning(request));
    std::vector<std::pair<double, Member*>> scored;
    for (Member& member : members) {
      const double uniform = Rng(key ^ member.hash).Uniform();
      scored.emplace_back(-member.weight / std::log(std::max(uniform, 1e-300)), &member);
    }
    std::ranges::stable_sort(scored, std::ranges::greater(), &std::pair<double, Member*>::first);
    std::vector<Member*> order;
    for (const auto& [score, member] : scored) order.push_back(member);
    return order;
  }

  Member& Choose(const core::Request& request) {
    const std::vector<Member*> order = Order(request);
    const nanoseconds now = clock->Now();
    const auto whole = [now](const Member* m) { return m->broken_until <= now; };
    const auto free = [&](const Member* m) {
      return whole(m) && !m->Full() && m->endpoint->Rest() == nanoseconds(0);
    };
    auto chosen = std::ranges::find_if(order, free);
    if (chosen == order.end()) chosen = std::ranges::find_if(order, whole);
    if (chosen == order.end()) {
      chosen = std::ranges::min_element(order, {}, [](const Member* m) { return m->broken_until; });
    }
    Member& member = **chosen;
    // While one request tries a member that was broken, no other does.
    if (member.failures >= kFailuresToBreak) member.broken_until = now + BreakOf(member);
    return member;
  }

  static nanoseconds BreakOf(const Member& member) {
    return std::min<nanoseconds>(kLongestBreak, kFirstBreak * (1 << std::min(member.breaks, 4)));
  }

  void Heard(Member& member, const Result<core::Reply>& reply) {
    const std::lock_guard lock(mutex);
    --member.in_flight;
    if (reply) {
      member.failures = member.breaks = 0;
      member.broken_until = nanoseconds(0);
      return;
    }
    const ErrorCode code = reply.error().code;
    if (code != ErrorCode::kUnavailable && code != ErrorCode::kMalformedReply) return;
    if (++member.failures < kFailuresToBreak) return;
    member.broken_until = clock->Now() + BreakOf(member);
    if (member.failures == kFailuresToBreak || member.failures % kFailuresToBreak == 0) {
      Log(LogLevel::kWarn,
          "endpoint '" + member.endpoint->info().name +
              "' keeps failing and gets nothing for a while: " + reply.error().message);
    }
    ++member.breaks;
  }

  EndpointInfo info;
  Clock* clock;
  std::mutex mutex;  // guards the members' counts
  std::vector<Member> members;
};

PoolEndpoint::PoolEndpoint(std::string name, std::string model, std::vector<PoolMember> members,
                           Clock* clock)
    : state_(std::make_shared<State>()) {
  REDRAFT_CHECK(!members.empty() && clock != nullptr);
  state_->info = Common(std::move(name), std::move(model), members);
  state_->clock = clock;
  for (PoolMember& member : members) {
    REDRAFT_CHECK(member.weight > 0.0);
    const std::uint64_t hash = StableHash(member.endpoint->info().name);
    state_->members.push_back({std::move(member.endpoint), member.weight, hash});
  }
}

PoolEndpoint::~PoolEndpoint() { Cancel(); }

const EndpointInfo& PoolEndpoint::info() const { return state_->info; }

void PoolEndpoint::Send(const core::Request& request, ReplyCallback done) {
  State::Member* member = nullptr;
  {
    const std::lock_guard lock(state_->mutex);
    member = &state_->Choose(request);
    ++member->in_flight;
  }
  member->endpoint->Send(
      request, [state = state_, member, done = std::move(done)](Result<core::Reply> reply) {
        if (reply) reply->usage.cost = Cost(member->endpoint->info().prices, reply->usage);
        state->Heard(*member, reply);
        done(std::move(reply));
      });
}

void PoolEndpoint::Abandon(const core::Request& request) {
  for (const auto& member : state_->members) member.endpoint->Abandon(request);
}

void PoolEndpoint::Cancel() {
  for (const auto& member : state_->members) member.endpoint->Cancel();
}

nanoseconds PoolEndpoint::Rest() const {
  nanoseconds least = nanoseconds::max();
  for (const auto& member : state_->members) least = std::min(least, member.endpoint->Rest());
  return least;
}

}  // namespace redraft::llm
