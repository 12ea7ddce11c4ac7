#pragma once

// For tests of the client: requests, a model that repeats them, a log that watches, an endpoint
// that holds back, and a job whose requests depend on the replies before.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "redraft/base/hash.h"
#include "redraft/llm/client.h"
#include "redraft/llm/scripted_endpoint.h"

namespace redraft::llm {

inline core::Request Chat(const std::string& text, core::Role role = core::Role::kDraft) {
  core::Request request;
  request.role = role;
  request.model = "m";
  request.messages = {{"user", text}};
  request.max_tokens = 10;
  return request;
}

inline std::vector<core::Request> Chats(int count) {
  std::vector<core::Request> requests;
  for (int i = 0; i < count; ++i) requests.push_back(Chat("request " + std::to_string(i)));
  return requests;
}

/// Repeats the last message, at 100 tokens in and 10 out.
inline Result<core::Reply> Echo(const core::Request& request, int) {
  return core::Reply{.text = request.messages.back().content,
                     .finish = "stop",
                     .usage = {.tokens_in = 100, .tokens_out = 10}};
}

inline ScriptedOptions Model(const std::string& model,
                             std::optional<std::uint64_t> shuffle_seed = {}) {
  ScriptedOptions options{.shuffle_seed = shuffle_seed};
  options.info.model = model;
  return options;
}

inline std::shared_ptr<ScriptedEndpoint> Scripted(Script script,
                                                  ScriptedOptions options = Model("m")) {
  return std::make_shared<ScriptedEndpoint>(std::move(script), std::move(options));
}

inline ClientOptions Quick() { return {.backoff = std::chrono::milliseconds(0)}; }

/// A log that remembers in which order it was used, and can refuse to commit.
class WatchedLog final : public core::ReplyLog {
 public:
  Result<std::optional<core::Reply>> Find(const std::string& key) override {
    return log_.Find(key);
  }
  Status Plan(std::span<const core::PlannedRequest> requests) override {
    ++plans;
    for (const auto& planned : requests) {
      EXPECT_EQ(planned.key, core::RequestKey(*planned.request));
      planned_keys.insert(planned.key);
    }
    return log_.Plan(requests);
  }
  Status Commit(std::span<const core::Attempt> batch) override {
    if (refuse) return Fail(ErrorCode::kFailed, "disk full");
    ++commits;
    attempts.insert(attempts.end(), batch.begin(), batch.end());
    return log_.Commit(batch);
  }
  Result<core::Spent> Total() override { return log_.Total(); }

  bool refuse = false;
  int plans = 0;
  int commits = 0;
  std::set<std::string> planned_keys;
  std::vector<core::Attempt> attempts;

 private:
  core::MemoryReplyLog log_;
};

/// Holds what it is sent until Release or Cancel.
class HoldingEndpoint final : public Endpoint {
 public:
  explicit HoldingEndpoint(bool embedded) {
    info_ = {.name = "holding", .model = "m", .embedded = embedded};
  }
  const EndpointInfo& info() const override { return info_; }
  void Send(const core::Request& request, ReplyCallback done) override {
    held.emplace_back(request, std::move(done));
  }
  void Cancel() override {
    ++cancels;
    for (auto& [request, done] : std::exchange(held, {}))
      done(Fail(ErrorCode::kCancelled, "cancelled"));
  }
  void Release() {
    for (auto& [request, done] : std::exchange(held, {})) done(Echo(request, 1));
  }

  std::vector<std::pair<core::Request, ReplyCallback>> held;
  int cancels = 0;

 private:
  EndpointInfo info_;
};

/// Asks `length` requests one after the other, each built from the reply before.
class ChainJob final : public core::Job {
 public:
  ChainJob(std::string name, int length) : name_(std::move(name)), length_(length) {}
  std::vector<core::Request> Step(std::span<const core::Reply> replies) override {
    if (!replies.empty()) trace.push_back(replies[0].text + "|" + replies[1].text);
    if (static_cast<int>(trace.size()) == length_) return {};
    const std::string before = trace.empty() ? name_ : trace.back();
    return {Chat(Sha256Hex(before)), Chat(Sha256Hex(before + "'"), core::Role::kJudge)};
  }
  std::vector<std::string> trace;

 private:
  std::string name_;
  int length_;
};

}  // namespace redraft::llm
