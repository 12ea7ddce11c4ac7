// The client against mock_server, a program of its own whose every tenth answer is a fault.

#include <gtest/gtest.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "redraft/llm/client_fixtures.h"
#include "redraft/llm/openai_endpoint.h"

namespace redraft::llm {
namespace {

using core::Reply;
using core::Request;
using core::Role;

/// Runs mock_server until the end of the test.
class MockServer {
 public:
  explicit MockServer(std::vector<std::string> arguments) {
    int in[2], out[2];
    EXPECT_EQ(::pipe2(in, O_CLOEXEC), 0);
    EXPECT_EQ(::pipe2(out, O_CLOEXEC), 0);
    arguments.insert(arguments.begin(), REDRAFT_MOCK_SERVER);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    EXPECT_EQ(::posix_spawn(&child_, argv[0], &actions, nullptr, argv.data(), environ), 0)
        << REDRAFT_MOCK_SERVER;
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    for (char c = 0; ::read(out[0], &c, 1) == 1 && c != '\n';) port_ += c;
    ::close(out[0]);
    EXPECT_FALSE(port_.empty());
  }
  MockServer(const MockServer&) = delete;
  MockServer& operator=(const MockServer&) = delete;
  ~MockServer() {
    ::close(input_);  // ends it
    if (child_ > 0) ::waitpid(child_, nullptr, 0);
  }

  std::string url() const { return "http://127.0.0.1:" + port_ + "/v1"; }

 private:
  pid_t child_ = -1;
  int input_ = -1;
  std::string port_;
};

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
  const MockServer server(arguments);
  auto endpoint = OpenAiEndpoint::Open(
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
