// Servers through the program: formats, pools and roles of redraft.toml, what is said before
// anything is paid, limits of roles, and where a key never is.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"
#include "tests/mock_server/mock_process.h"

namespace redraft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kKey = "sk-very-secret-0123456789";

std::vector<std::string> Evolve(const TemporaryFolder& folder, std::vector<std::string> more) {
  std::vector<std::string> words = {
      "evolve",         folder.Write("brief.md", "A ferry that does not come.\n"),
      "--db",           (folder / "run.db").string(),
      "--initial",      "4",
      "--top",          "2",
      "--variants",     "1",
      "--generations",  "1",
      "--rounds",       "2",
      "--judge",        "rule:longer",
      "--accept-judge", "--json"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string Prose(const Received& request) {
  return evolve::testing::Prose(Rng(StableHash(request.body)), 9);
}

Answer AnthropicReply(const Received& request) {
  return HttpAnswer(200, DumpJson({{"type", "message"},
                                   {"model", "claude-mock"},
                                   {"content", {{{"type", "text"}, {"text", Prose(request)}}}},
                                   {"stop_reason", "end_turn"},
                                   {"usage", {{"input_tokens", 100}, {"output_tokens", 50}}}}));
}

TEST(EndpointCli, ARunAtAnAnthropicServerNamedInTheConfiguration) {
  std::mutex mutex;
  std::set<std::string> paths, keys;
  LoopbackServer server([&](const Received& request) {
    if (request.method == "GET") return HttpAnswer(404, "{}");
    const std::lock_guard lock(mutex);
    paths.insert(request.path);
    keys.insert(request.Header("x-api-key"));
    return AnthropicReply(request);
  });
  const TemporaryFolder folder;
  const std::string config = folder.Write(
      "redraft.toml", "[endpoints.claude]\nurl = \"" + server.url() +
                          "\"\nmodel = \"claude-mock\"\nformat = \"anthropic\"\nkey_env = "
                          "\"MY_KEY\"\nprice_in = 3.0\nprice_out = 15.0\n[roles]\nwriter = "
                          "\"claude\"\n");
  const ProcessResult result =
      Redraft(Evolve(folder, {"--config", config}), "", {{"MY_KEY", kKey}});
  ASSERT_EQ(result.exit_status, 0) << result.errors;
  EXPECT_EQ(paths, std::set<std::string>{"/v1/messages"});
  EXPECT_EQ(keys, std::set<std::string>{kKey});
  const Json done = LastLine(result);
  const int tries = done.at("tries");
  EXPECT_NEAR(done.at("cost").get<double>(), tries * (100 * 3.0 + 50 * 15.0) / 1e6, 1e-9);
  const ProcessResult show = Redraft({"show", "--db", (folder / "run.db").string(), "--json"});
  EXPECT_GT(LastLine(show).at("by_role").at("draft").at("cost").get<double>(), 0.0);
}

TEST(EndpointCli, APoolWithADeadServerEndsAsIfItWereAlone) {
  ScriptedModel model;
  LoopbackServer dead([](const Received&) { return HttpAnswer(500, "{}"); });
  const TemporaryFolder folder;
  const std::string config = folder.Write(
      "redraft.toml", "[endpoints.good]\nurl = \"" + model.url() +
                          "\"\nmodel = \"m\"\n[endpoints.dead]\nurl = \"" + dead.url() +
                          "\"\nmodel = \"m\"\n[pools.both]\nmembers = { good = 1, dead = 1 }\n");
  const ProcessResult alone =
      Redraft(Evolve(folder, {"--config", config, "--endpoint", "good", "--seed", "3"}));
  ASSERT_EQ(alone.exit_status, 0) << alone.errors;
  const std::string best = LastLine(alone).at("best").at("sha256");
  std::filesystem::remove(folder / "run.db");
  const ProcessResult pooled =
      Redraft(Evolve(folder, {"--config", config, "--endpoint", "both", "--seed", "3"}));
  ASSERT_EQ(pooled.exit_status, 0) << pooled.errors;
  EXPECT_EQ(LastLine(pooled).at("best").at("sha256"), best);
}

TEST(EndpointCli, DelaysChangeTheOrderOfRepliesAndNothingElse) {
  const TemporaryFolder folder;
  const auto run = [&](const std::vector<std::string>& how) {
    const MockProcess server(REDRAFT_MOCK_SERVER, how);
    std::filesystem::remove(folder / "run.db");
    const ProcessResult result =
        Redraft(Evolve(folder, {"--endpoint", server.url(), "--llm", "m", "--initial", "12"}));
    EXPECT_EQ(result.exit_status, 0) << result.errors;
    Json done = LastLine(result);
    done.erase("run");
    return DumpJson(done);
  };
  EXPECT_EQ(run({"--delay", "30", "--sigma", "1"}), run({}));
}

TEST(EndpointCli, AWrongModelIsSaidBeforeAnythingIsPaid) {
  int posts = 0;
  LoopbackServer server([&](const Received& request) {
    if (request.method == "GET") return HttpAnswer(200, R"({"data":[{"id":"right"}]})");
    ++posts;
    return HttpAnswer(404, R"({"error":{"message":"no such model"}})");
  });
  const TemporaryFolder folder;
  const ProcessResult result =
      Redraft(Evolve(folder, {"--endpoint", server.url(), "--llm", "wrong"}));
  EXPECT_EQ(result.exit_status, 4);
  EXPECT_THAT(result.errors, HasSubstr("it has: right"));
  EXPECT_EQ(posts, 1);
}

TEST(EndpointCli, ALimitOfARoleEndsTheRunAndAHigherOneGoesOn) {
  ScriptedModel model;
  const TemporaryFolder folder;
  const std::vector<std::string> at = {"--endpoint", model.url(), "--llm", "m"};
  std::vector<std::string> tight = at;
  tight.insert(tight.end(), {"--limit", "draft:calls=2"});
  const ProcessResult stopped = Redraft(Evolve(folder, tight));
  EXPECT_EQ(stopped.exit_status, 5) << stopped.errors;
  EXPECT_THAT(stopped.errors, HasSubstr("2 of 2 calls of draft"));
  EXPECT_THAT(stopped.errors, HasSubstr("of the limit on calls of draft is used"));
  EXPECT_EQ(model.requests(), 2);
  const ProcessResult done = Redraft(Evolve(folder, at));
  EXPECT_EQ(done.exit_status, 0) << done.errors;
  std::vector<std::string> wrong = at;
  wrong.insert(wrong.end(), {"--limit", "draft=2"});
  std::filesystem::remove(folder / "run.db");
  EXPECT_EQ(Redraft(Evolve(folder, wrong)).exit_status, 2);
}

TEST(EndpointCli, TheKeyIsNowhereButOnTheWire) {
  std::atomic<int> count = 0, with_key = 0;
  LoopbackServer server([&](const Received& request) {
    if (request.Header("authorization") == std::string("Bearer ") + kKey) ++with_key;
    if (request.method == "GET") return HttpAnswer(404, "{}");
    // Every third answer is a fault that quotes the key.
    if (++count % 3 == 0) {
      return HttpAnswer(count % 2 == 0 ? 500 : 429,
                        DumpJson({{"error", {{"message", std::string("bad key ") + kKey}}}}),
                        "Retry-After: 0\r\n");
    }
    return HttpAnswer(200, DumpJson({{"choices", {{{"message", {{"content", Prose(request)}}}}}}}));
  });
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::string>> environment = {{"OPENAI_API_KEY", kKey}};
  const ProcessResult run =
      Redraft(Evolve(folder, {"--endpoint", server.url(), "--llm", "m"}), "", environment);
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_GT(with_key, 4);
  EXPECT_GT(count, 5);
  const std::string db = (folder / "run.db").string();
  const std::string page = (folder / "report.html").string();
  const ProcessResult report =
      Redraft({"report", "latest", "--db", db, "-o", page}, "", environment);
  EXPECT_EQ(report.exit_status, 0) << report.errors;
  LoopbackServer refusing([](const Received&) {
    return HttpAnswer(401, DumpJson({{"error", {{"message", std::string("wrong: ") + kKey}}}}));
  });
  std::filesystem::create_directories(folder / "other");
  const ProcessResult refused = Redraft(
      {"evolve", (folder / "brief.md").string(), "--db", (folder / "other.db").string(),
       "--endpoint", refusing.url(), "--llm", "m", "--judge", "rule:coin", "--accept-judge"},
      "", environment);
  EXPECT_EQ(refused.exit_status, 4);
  EXPECT_THAT(refused.errors, HasSubstr("OPENAI_API_KEY"));
  for (const ProcessResult* result : {&run, &report, &refused}) {
    EXPECT_THAT(result->output, Not(HasSubstr(kKey)));
    EXPECT_THAT(result->errors, Not(HasSubstr(kKey)));
  }
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder / "")) {
    if (!file.is_regular_file()) continue;
    ++files;
    EXPECT_THAT(*ReadFile(file.path(), 1ULL << 30), Not(HasSubstr(kKey))) << file.path();
  }
  EXPECT_GE(files, 3);
}

TEST(EndpointCli, TheDoctorSaysWhatAServerCanDo) {
  ScriptedModel model;
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::string>> environment = {
      {"REDRAFT_CACHE", (folder / "cache").string()}};
  const ProcessResult result =
      Redraft({"doctor", "--endpoint", model.url(), "--llm", "m", "--json"}, "", environment);
  EXPECT_EQ(result.exit_status, 0) << result.errors;
  const Json server = LastLine(result).at("servers").at(0);
  EXPECT_EQ(server.at("chat").at("works"), true);
  EXPECT_EQ(server.at("log_probabilities").at("works"), false);
  EXPECT_EQ(server.at("prices"), nullptr);
  EXPECT_TRUE(std::filesystem::exists(folder / "cache/endpoints"));
  LoopbackServer dead([](const Received&) { return HttpAnswer(500, "{}"); });
  EXPECT_EQ(Redraft({"doctor", "--endpoint", dead.url(), "--llm", "m"}).exit_status, 4);
}

}  // namespace
}  // namespace redraft::testing
