// The client against mock_server, a program of its own whose every tenth answer is a fault.

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "redraft/llm/client_fixtures.h"
#include "redraft/llm/server_endpoint.h"
#include "tests/mock_server/mock_process.h"

namespace redraft::llm {
namespace {

using core::Reply;
using core::Request;
using core::Role;

/// Drafts, and judgements in text and by labels.
std::vector<Request> MixedRequests(int count) {
  std::vector<Request> requests;
  for (int i = 0; i < count; ++i) {
    Request request =
        Chat("request " + std::to_string(i), i % 2 == 0 ? Role::kDraft : Role::kJudge);
    if (request.role == Role::kJudge) {
      request.first = "g00-" + std::to_string(i % 7);
      request.second = "g01-" + std::to_string(i % 5);
    }
    if (i % 4 == 3) {
      request.kind = core::RequestKind::kLabels;
      request.labels = {"A", "B"};
    }
    requests.push_back(std::move(request));
  }
  return requests;
}

std::vector<Reply> AskServer(const std::vector<std::string>& arguments, core::ReplyLog& log,
                             const std::vector<Request>& requests) {
  const redraft::testing::MockProcess server(REDRAFT_MOCK_SERVER, arguments);
  auto endpoint = ServerEndpoint::Open(
      {.name = "mock", .base_url = server.url(), .model = "m", .tag_requests = true},
      std::make_shared<HttpClient>());
  EXPECT_TRUE(endpoint);
  Client client(log, Quick());
  client.AddEndpoint(std::move(*endpoint));
  auto replies = client.Ask(requests);
  EXPECT_TRUE(replies) << (replies ? "" : replies.error().message);
  return replies ? *std::move(replies) : std::vector<Reply>{};
}

TEST(Faults, ATenthOfAnswersBeingFaultsChangesNoResultAndCostsFewTries) {
  const std::vector<Request> requests = MixedRequests(200);
  core::MemoryReplyLog calm;
  const std::vector<Reply> expected = AskServer({}, calm, requests);
  WatchedLog rough;
  const std::vector<Reply> actual =
      AskServer({"--fault", "429=0.02", "--fault", "500=0.02", "--fault", "reset=0.02", "--fault",
                 "half-body=0.02", "--fault", "broken-json=0.02"},
                rough, requests);

  ASSERT_EQ(expected.size(), 200U);
  ASSERT_EQ(actual.size(), 200U);
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(actual[i].text, expected[i].text) << i;
    EXPECT_EQ(actual[i].finish, expected[i].finish) << i;
    EXPECT_EQ(actual[i].probs, expected[i].probs) << i;
    EXPECT_EQ(actual[i].usage.tokens_in, expected[i].usage.tokens_in) << i;
    EXPECT_EQ(actual[i].usage.tokens_out, expected[i].usage.tokens_out) << i;
  }
  EXPECT_EQ(calm.Total()->tries, 200);
  EXPECT_LE(rough.Total()->tries, 250);
  // Every kind of fault did occur. A reset shows in one of two ways, depending on whether the
  // connection had been used before.
  const std::vector<std::pair<std::string, std::string>> signs = {
      {"HTTP 429", "429"},   {"HTTP 500", "500"},
      {"reset", "reset"},    {"the connection was lost", "reset"},
      {"remaining", "half"}, {"not JSON", "broken"}};
  std::set<std::string> met;
  for (const core::Attempt& attempt : rough.attempts) {
    if (!attempt.error) continue;
    std::string kind = attempt.error->message;
    for (const auto& [sign, name] : signs) {
      if (attempt.error->message.find(sign) != std::string::npos) kind = name;
    }
    met.insert(kind);
  }
  EXPECT_EQ(met, (std::set<std::string>{"429", "500", "reset", "half", "broken"}));
}

}  // namespace
}  // namespace redraft::llm
