#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "tests/integration/program.h"

namespace redraft::testing {
namespace {

using ::testing::HasSubstr;

/// A server that thinks the longer text better, in whatever form it is asked.
class LongWins {
 public:
  LongWins() : server_([this](const Received& received) { return Judge(received); }) {}

  std::string url() const { return server_.url(); }

  std::vector<Json> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  static std::string TextOf(const std::string& prompt, const std::string& tag) {
    const std::size_t start = prompt.find("<" + tag + ">\n") + tag.size() + 3;
    return prompt.substr(start, prompt.find("\n</" + tag + ">", start) - start);
  }

  Answer Judge(const Received& received) {
    if (received.method == "GET") return HttpAnswer(404, "{}");  // it has no list of models
    const Json body = *ParseJson(received.body);
    const std::string prompt = body["messages"].back()["content"];
    if (prompt.find("<text_a>") != std::string::npos) {  // a look at what the server can do is not
      const std::lock_guard lock(mutex_);
      asked_.push_back(body);
    }
    const bool a = TextOf(prompt, "text_a").size() > TextOf(prompt, "text_b").size();
    Json choice = {{"finish_reason", "stop"},
                   {"message", {{"content", std::string("WINNER: ") + (a ? "A" : "B")}}}};
    if (body.contains("response_format")) {
      choice["message"]["content"] = DumpJson({{"winner", a ? "A" : "B"}, {"confidence", 1}});
    }
    if (body.contains("logprobs")) {
      const Json likely = {{"token", a ? "A" : "B"}, {"logprob", -0.1}};
      const Json unlikely = {{"token", a ? "B" : "A"}, {"logprob", -2.4}};
      choice["message"]["content"] = a ? "A" : "B";
      choice["logprobs"] = {{"content",
                             {{{"token", a ? "A" : "B"},
                               {"logprob", -0.1},
                               {"top_logprobs", Json::array({likely, unlikely})}}}}};
    }
    return HttpAnswer(200, DumpJson({{"model", "m"}, {"choices", Json::array({choice})}}));
  }

  mutable std::mutex mutex_;
  std::vector<Json> asked_;
  LoopbackServer server_;
};

constexpr const char* kPairs =
    R"({"id":1,"a":"It rained.","b":"It rained and rained on us.","label":"b","set":"x"}
{"id":2,"a":"He ran off to the old mill.","b":"He ran.","label":"a","set":"x"}
)";

constexpr const char* kShots =
    R"({"a":"Snow fell.","b":"Snow fell on the roofs of the town.","label":"b","reasons":"B shows where."}
{"a":"it RAINED","b":"Hail.","label":"a"}
{"a":"She sat by the lit window.","b":"She sat.","label":"a"}
{"a":"Even.","b":"Equal.","label":"tie"}
)";

class LlmJudgeCommand : public ::testing::Test {
 protected:
  ProcessResult Bench(std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        "bench",       "pairs", folder_.Write("pairs.jsonl", kPairs),
        "--judge",     "llm",   "--endpoint",
        server_.url(), "--llm", "m",
        "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Redraft(arguments);
  }

  LongWins server_;
  TemporaryFolder folder_;
};

TEST_F(LlmJudgeCommand, EveryFormIsAskedInBothOrders) {
  for (const char* form : {"label", "line", "structured", "verdict"}) {
    const std::size_t before = server_.asked().size();
    const auto run = Bench({"--form", form});
    ASSERT_EQ(run.exit_status, 0) << run.errors;
    const Json json = *ParseJson(run.output);
    EXPECT_EQ(json["sets"][0]["accuracy"], 1.0) << form;
    EXPECT_LT(json["sets"][0]["asymmetry"].get<double>(), 1e-12) << form;
    EXPECT_EQ(server_.asked().size() - before, 4U) << form;
    const Json last = server_.asked().back();
    EXPECT_EQ(last.contains("logprobs"), std::string(form) == "label");
    EXPECT_EQ(last["messages"].back()["content"].get<std::string>().find("four short steps") !=
                  std::string::npos,
              std::string(form) == "verdict");
  }
  const auto run = Bench({});
  EXPECT_THAT(server_.asked().back()["messages"].back()["content"].get<std::string>(),
              HasSubstr("four short steps"))
      << "a server is asked for reasons unless the user says otherwise";
}

TEST_F(LlmJudgeCommand, ShotsReachTheWireInFileOrderWithoutTheTestedPairs) {
  const std::string shots = folder_.Write("shots.jsonl", kShots);
  const auto run = Bench({"--form", "verdict", "--shots", shots});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_THAT(run.errors,
              HasSubstr("note: 2 of the pairs in " + shots +
                        " are shown to the judge (1 share a text or a group with the tested "
                        "pairs, 1 are ties)"));
  ASSERT_EQ(server_.asked().size(), 4U);
  std::set<std::string> systems;
  for (const Json& body : server_.asked()) {
    ASSERT_EQ(body["messages"].size(), 2U);
    systems.insert(body["messages"][0]["content"].get<std::string>());
  }
  ASSERT_EQ(systems.size(), 1U) << "the same block for every pair";
  const std::string& system = *systems.begin();
  EXPECT_LT(system.find("Snow fell on the roofs"), system.find("the lit window"));
  EXPECT_NE(system.find("B shows where."), std::string::npos);
  EXPECT_EQ(system.find("RAINED"), std::string::npos);
  // Balanced: of two shots one is won by each slot.
  EXPECT_NE(system.find("WINNER: A\n</example>"), std::string::npos);
  EXPECT_NE(system.find("WINNER: B\n</example>"), std::string::npos);

  const auto zero = Bench({"--form", "verdict"});
  EXPECT_NE((*ParseJson(run.output))["judge"], (*ParseJson(zero.output))["judge"]);
}

TEST_F(LlmJudgeCommand, ShotsThatCannotBeShownAreRefused) {
  const auto same = Bench({"--shots", folder_.Write("shots.jsonl", kPairs)});
  EXPECT_EQ(same.exit_status, 2);
  EXPECT_THAT(same.errors, HasSubstr("holds no pair that may be shown: 2 share a text"));
  const auto bad = Bench({"--shots", folder_.Write("shots.jsonl", R"({"a":"x","b":"y"})")});
  EXPECT_EQ(bad.exit_status, 2);
  EXPECT_THAT(bad.errors, HasSubstr("shots.jsonl line 1: \"label\" is ''"));
  EXPECT_EQ(Bench({"--shots", folder_.Write("s", kShots), "--shot-count", "0"}).exit_status, 2);
  EXPECT_TRUE(server_.asked().empty());
}

TEST_F(LlmJudgeCommand, APanelAsksEveryModelInItsForm) {
  const auto run = Redraft({"judge", "--pairs", folder_.Write("p", kPairs), "--judge",
                            "panel:llm:one/label+llm:org/two/structured+llm:/line", "--endpoint",
                            server_.url(), "--llm", "m"});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_EQ((*ParseJson(run.output.substr(0, run.output.find('\n'))))["verdict"], "b");
  EXPECT_EQ((*ParseJson(run.output.substr(0, run.output.find('\n'))))["calls"], 6);
  std::map<std::string, int> asked;
  for (const Json& body : server_.asked()) {
    ++asked[body["model"]];
    EXPECT_EQ(body.contains("logprobs"), body["model"] == "one");
    EXPECT_EQ(body.contains("response_format"), body["model"] == "org/two");
  }
  EXPECT_EQ(asked, (std::map<std::string, int>{{"m", 4}, {"one", 4}, {"org/two", 4}}));
}

TEST_F(LlmJudgeCommand, ACascadeAsksItsSecondJudgeOnlyWhereTheFirstIsUnsure) {
  // Equal lengths leave the first judge undecided in the first pair.
  const std::string pairs = folder_.Write("p",
                                          R"({"id":1,"a":"It rained.","b":"It poured."}
{"id":2,"a":"He ran off to the old mill.","b":"He ran."}
)");
  const auto run = Redraft({"judge", "--pairs", pairs, "--judge", "cascade:rule:longer+llm",
                            "--endpoint", server_.url(), "--llm", "m", "--form", "line"});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  ASSERT_FALSE(server_.asked().empty());
  for (const Json& body : server_.asked()) {
    EXPECT_EQ(DumpJson(body).find("old mill"), std::string::npos);
  }
}

TEST_F(LlmJudgeCommand, PanelsAndCascadesThatAreNoneAreRefused) {
  const std::string pairs = folder_.Write("p", kPairs);
  for (const char* judge : {"panel:reward", "cascade:reward", "cascade:reward+reward+reward",
                            "panel:reward+", "panel:reward+cascade:a", "panel:reward+loudest"}) {
    const auto run = Redraft({"judge", "--pairs", pairs, "--judge", judge});
    EXPECT_EQ(run.exit_status, 2) << judge;
    EXPECT_THAT(run.errors, HasSubstr("redraft: error: ")) << judge;
  }
  const auto form = Redraft(
      {"judge", "--pairs", pairs, "--judge", "panel:rule:longer+rule:coin", "--form", "line"});
  EXPECT_EQ(form.exit_status, 2);
}

TEST_F(LlmJudgeCommand, AJudgeThatIsNoLlmTakesNoForm) {
  const auto run = Redraft(
      {"judge", "--pairs", folder_.Write("p", kPairs), "--judge", "reward", "--form", "label"});
  EXPECT_EQ(run.exit_status, 2);
  EXPECT_THAT(run.errors, HasSubstr("with --judge reward there is none"));
}

TEST_F(LlmJudgeCommand, JudgeTakesShotsToo) {
  const auto run = Redraft({"judge", "--pairs", folder_.Write("p", kPairs), "--judge", "llm",
                            "--endpoint", server_.url(), "--llm", "m", "--form", "label", "--shots",
                            folder_.Write("s", kShots), "--shot-count", "1"});
  EXPECT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_THAT(run.output, HasSubstr(R"("id":1)"));
  EXPECT_THAT(server_.asked().front()["messages"][0]["content"].get<std::string>(),
              HasSubstr("Snow fell"));
}

/// A reward server that counts what it is asked for; the longer text scores higher.
TEST(RewardServerCommand, EveryTextIsScoredOnceAndTheJudgeIsAntisymmetric) {
  const TemporaryFolder folder;
  std::mutex mutex;
  std::vector<Json> asked;
  int failures = 1;
  LoopbackServer server([&](const Received& received) {
    const std::lock_guard lock(mutex);
    if (failures-- > 0) return HttpAnswer(503, "busy", "Retry-After: 0\r\n");
    asked.push_back(*ParseJson(received.body));
    EXPECT_EQ(received.path, "/v1/classify");
    const auto length = static_cast<double>(asked.back()["input"].get<std::string>().size());
    return HttpAnswer(200, DumpJson({{"data", {{{"data", {length / 10}}}}}}));
  });
  const std::string judge = "reward:" + server.url() + "/v1/classify#rm";
  const auto run =
      Redraft({"bench", "pairs", folder.Write("p", kPairs), "--judge", judge, "--json"});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  const Json json = *ParseJson(run.output);
  EXPECT_EQ(json["judge"], judge);
  EXPECT_EQ(json["sets"][0]["accuracy"], 1.0);
  EXPECT_EQ(json["sets"][0]["asymmetry"], 0.0);
  EXPECT_EQ(asked.size(), 4U) << "four texts, in two orders each";
  EXPECT_EQ(asked[0]["model"], "rm");
}

TEST(RewardServerCommand, AServerThatGivesNoScoreEndsTheCommandWithStatusFour) {
  const TemporaryFolder folder;
  LoopbackServer server(
      [](const Received&) { return HttpAnswer(200, R"({"data":[{"embedding":[1,2]}]})"); });
  const auto run = Redraft({"judge", "--pairs", folder.Write("p", kPairs), "--judge",
                            "reward:" + server.url() + "/score"});
  EXPECT_EQ(run.exit_status, 4);
  EXPECT_THAT(run.errors, HasSubstr("is its model a reward model?"));
}

}  // namespace
}  // namespace redraft::testing
