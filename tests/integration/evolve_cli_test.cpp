// `redraft evolve` and what belongs to a run, as a user sees them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/base/hash.h"
#include "tests/integration/program.h"

namespace redraft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class EvolveCli : public ::testing::Test {
 protected:
  std::vector<std::string> Command(std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"evolve",     brief_,       "--db",          db_,
                                      "--endpoint", model_.url(), "--llm",         "scripted",
                                      "--initial",  "6",          "--top",         "2",
                                      "--variants", "2",          "--generations", "1",
                                      "--rounds",   "3",          "--tag-requests"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  mutable ScriptedModel model_;
  TemporaryFolder folder_;
  std::string brief_ = folder_.Write("brief.md", "A ferry that does not come.\n");
  std::string db_ = (folder_ / "run.db").string();
};

TEST_F(EvolveCli, PrintsTheBestTextAloneOnStandardOutput) {
  const ProcessResult run = Redraft(Command());
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_EQ(std::ranges::count(run.output, '\n'), 1);
  EXPECT_THAT(run.errors, HasSubstr("progress over kept parents"));
  EXPECT_THAT(run.errors, HasSubstr("were sent to " + model_.url()));
}

TEST_F(EvolveCli, EndsItsEventsWithTheDoneEventOfTheContract) {
  const ProcessResult run = Redraft(Command({"--json"}));
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  const Json done = LastLine(run);
  EXPECT_EQ(done["event"], "done");
  EXPECT_EQ(done["best"]["sha256"], Sha256Hex(done["best"]["text"].get<std::string>()));
  EXPECT_EQ(done["calls"]["draft"], 6);
  EXPECT_EQ(done["calls"]["variant"], 4);
  EXPECT_EQ(done["calls"]["judge"], 0) << "the reward model asks nobody";
  EXPECT_EQ(done["tries"], model_.requests());
  EXPECT_EQ(done["generations"].size(), 2U);
  for (const char* key : {"progress", "variant_share", "variant_win_rate"}) {
    EXPECT_TRUE(done["null"].contains(key)) << key;
  }
  EXPECT_EQ(model_.Roles().at("draft"), 6);
}

TEST_F(EvolveCli, RepeatsAFinishedRunWithoutACall) {
  const ProcessResult first = Redraft(Command({"--json"}));
  const int calls = model_.requests();
  const ProcessResult second = Redraft(Command({"--json"}));
  EXPECT_EQ(second.exit_status, 0) << second.errors;
  EXPECT_EQ(DumpJson(LastLine(first)), DumpJson(LastLine(second)));
  EXPECT_EQ(model_.requests(), calls);
}

TEST_F(EvolveCli, ReplaysAFinishedRunWithoutAnyEndpointToTheSameBytes) {
  const ProcessResult run = Redraft(Command({"--json"}));
  const int calls = model_.requests();
  const ProcessResult replay = Redraft({"replay", "latest", "--db", db_, "--json"});
  EXPECT_EQ(replay.exit_status, 0) << replay.errors;
  EXPECT_EQ(replay.output, run.output);
  EXPECT_EQ(model_.requests(), calls);
}

TEST_F(EvolveCli, RefusesAChangedConfigurationAndForksOnDemand) {
  ASSERT_EQ(Redraft(Command()).exit_status, 0);
  const int calls = model_.requests();
  const ProcessResult refused = Redraft(Command({"--rounds", "4"}));
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.errors, HasSubstr("options.rounds: 3 → 4"));
  EXPECT_EQ(model_.requests(), calls);
  const ProcessResult forked = Redraft(Command({"--rounds", "4", "--fork", "--json"}));
  EXPECT_EQ(forked.exit_status, 0) << forked.errors;
  EXPECT_EQ(LastLine(forked)["calls"]["draft"], 6);
  EXPECT_LE(model_.requests(), calls + 4)
      << "first drafts are reused, variants of other parents are not";
}

TEST_F(EvolveCli, EstimatesWithoutSending) {
  const ProcessResult dry = Redraft(Command({"--dry-run", "--json"}));
  EXPECT_EQ(dry.exit_status, 0) << dry.errors;
  EXPECT_EQ(LastLine(dry)["roles"][0]["calls"], 6);
  EXPECT_EQ(model_.requests(), 0);
  EXPECT_FALSE(std::filesystem::exists(db_));
}

TEST_F(EvolveCli, WritesTheWinnerOfASectionBackAndNothingElse) {
  const std::string document =
      "# Notes\n\nKeep this.\n\n## Tides\n\nOld words here.\n\n## End\n\nAnd this.\n";
  brief_ = folder_.Write("doc.md", document);
  const ProcessResult run = Redraft(Command({"--section", "Tides", "--json"}));
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  const std::string best = LastLine(run)["best"]["text"];
  EXPECT_EQ(*ReadFile(brief_),
            "# Notes\n\nKeep this.\n\n## Tides\n\n" + best + "\n\n## End\n\nAnd this.\n");
  const int calls = model_.requests();
  const ProcessResult again = Redraft(Command({"--section", "Tides", "--json"}));
  EXPECT_EQ(again.exit_status, 0) << again.errors;
  EXPECT_EQ(LastLine(again)["best"]["text"], best);
  EXPECT_EQ(model_.requests(), calls);
}

TEST_F(EvolveCli, TakesTheReferencesPromptAndRubricFiles) {
  const std::filesystem::path data =
      std::filesystem::path(REDRAFT_SOURCE_DIR) / "../shared/data/alphawrite";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "needs the shared data";
  brief_ = (data / "prompt.txt").string();
  const ProcessResult run = Redraft(
      Command({"--rubric", (data / "rubric.txt").string(), "--judge", "llm", "--accept-judge"}));
  EXPECT_EQ(run.exit_status, 0) << run.errors;
}

TEST_F(EvolveCli, ShowsItsRunToTheOtherCommands) {
  const Json done = LastLine(Redraft(Command({"--json"})));
  const std::string id = done["run"];
  EXPECT_THAT(Redraft({"runs", "--db", db_}).output, HasSubstr(id));
  const Json show = LastLine(Redraft({"show", id.substr(0, 6), "--db", db_, "--json"}));
  EXPECT_EQ(show["drafts"], 10);
  EXPECT_EQ(show["verdicts"], 17) << "at most 9 a batch; the last top was settled before";
  EXPECT_EQ(show["requests"], 10);
  const Json report = LastLine(Redraft({"report", "latest", "--db", db_, "--json"}));
  EXPECT_EQ(report["ratings"].size(), 10U);
  const std::string html = (folder_ / "report.html").string();
  EXPECT_EQ(Redraft({"report", "latest", "--db", db_, "-o", html}).exit_status, 0);
  EXPECT_THAT(*ReadFile(html), HasSubstr(done["best"]["draft"].get<std::string>()));
}

TEST_F(EvolveCli, RebuildsWhatWasDerived) {
  ASSERT_EQ(Redraft(Command()).exit_status, 0);
  const std::string before = Redraft({"report", "latest", "--db", db_, "--json"}).output;
  const ProcessResult doctor = Redraft({"doctor", "--db", db_, "--rebuild", "latest"});
  EXPECT_EQ(doctor.exit_status, 0) << doctor.errors;
  EXPECT_EQ(Redraft({"report", "latest", "--db", db_, "--json"}).output, before);
}

// --- Bad input: one clear line and the documented status.

TEST_F(EvolveCli, ExplainsWhatIsWrongWithABrief) {
  const auto with = [&](const std::string& text) {
    brief_ = folder_.Write("bad.md", text);
    return Redraft(Command());
  };
  const auto expect = [](const ProcessResult& result, int status, const std::string& says) {
    EXPECT_EQ(result.exit_status, status) << result.errors;
    EXPECT_THAT(result.errors, StartsWith("redraft: error: "));
    EXPECT_THAT(result.errors, HasSubstr(says));
    EXPECT_EQ(std::ranges::count(result.errors, '\n'), 1) << result.errors;
    EXPECT_EQ(result.output, "");
  };
  expect(with(""), 2, "is empty");
  expect(with(std::string("bin\0ary", 7)), 2, "binary");
  expect(with("caf\xE9"), 2, "not UTF-8");
  expect(with("---\nwords: many\n---\nText."), 2, "'many' is not a limit");
  expect(with("---\nword: 10\n---\nText."), 2, "did you mean 'words'");
  expect(with("---\npack: fictoin\n---\nText."), 2, "did you mean 'fiction'");
  expect(with(std::string(5 << 20, 'x')), 2, "larger than the limit");
  brief_ = (folder_ / "missing.md").string();
  expect(Redraft(Command()), 2, "missing.md");
  EXPECT_EQ(model_.requests(), 0);
}

TEST_F(EvolveCli, ExplainsWhatIsWrongWithConfigurationModelAndLedger) {
  const auto expect = [](const ProcessResult& result, int status, const std::string& says) {
    EXPECT_EQ(result.exit_status, status) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(says));
  };
  const std::string config =
      folder_.Write("redraft.toml", "[endpoints.x]\nurll = \"http://localhost\"\n");
  expect(Redraft(Command({"--config", config})), 3, "did you mean 'url'");
  const std::string fake = folder_.Write("fake.gguf", "GGUF but not really");
  expect(Redraft({"evolve", brief_, "--db", db_, "--llm", fake}), 3, "fake.gguf");
  expect(Redraft({"evolve", brief_, "--db", db_, "--llm", (folder_ / "none.gguf").string()}), 3,
         "none.gguf");
  expect(Redraft({"evolve", brief_, "--db", db_, "--llm", "smolm2-135m-instruct"}), 2,
         "smollm2-135m-instruct");
  const std::string corrupt = folder_.Write("corrupt.db", std::string(4096, 'x'));
  expect(Redraft({"runs", "--db", corrupt}), 3, "corrupt.db");
  expect(Redraft(Command({"--judge", "rewrad"})), 2, "unknown judge 'rewrad'");
  expect(Redraft(Command({"--judge", "reward:" + fake})), 3, "fake.gguf");
  expect(Redraft(Command({"--top", "0"})), 2, "--top is 0");
  expect(Redraft(Command({"--preset", "huge"})), 2, "huge");
  expect(Redraft({"show", "latest", "--db", (folder_ / "nothing.db").string()}), 3, "nothing.db");
  EXPECT_EQ(model_.requests(), 0);
}

TEST_F(EvolveCli, ExplainsWhatIsWrongWithAnEndpoint) {
  std::vector<std::string> nobody = Command();
  *(std::ranges::find(nobody, model_.url())) = "http://127.0.0.1:9/v1";
  const ProcessResult unreachable = Redraft(nobody);
  EXPECT_EQ(unreachable.exit_status, 4) << unreachable.errors;
  EXPECT_THAT(unreachable.errors, HasSubstr("127.0.0.1:9"));

  LoopbackServer locked([](const Received&) {
    return HttpAnswer(401, R"({"error":{"message":"Incorrect API key provided: sk-secret"}})");
  });
  std::vector<std::string> wrong_key = Command({"--key-env", "REDRAFT_TEST_KEY"});
  *(std::ranges::find(wrong_key, model_.url())) = locked.url();
  wrong_key[3] = (folder_ / "other.db").string();
  const ProcessResult refused = Redraft(wrong_key);
  EXPECT_EQ(refused.exit_status, 4) << refused.errors;
  EXPECT_THAT(refused.errors, HasSubstr("REDRAFT_TEST_KEY"));
}

TEST_F(EvolveCli, AsksAProgramForVerdicts) {
  const std::string judge = "exec:while read -r l; do echo '{\"logit\": 0.5}'; done";
  const ProcessResult run = Redraft(Command({"--judge", judge, "--json", "--accept-judge"}));
  EXPECT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_EQ(LastLine(run)["calls"]["judge"], 9 + 9);
  db_ = (folder_ / "dead.db").string();
  const ProcessResult dead = Redraft(Command({"--judge", "exec:true"}));
  EXPECT_EQ(dead.exit_status, 4) << dead.errors;
}

TEST_F(EvolveCli, LetsAPanelOfOtherModelsAtTheSameServerJudge) {
  const ProcessResult run =
      Redraft(Command({"--judge", "panel:llm:second/line+llm:third", "--json", "--accept-judge"}));
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_EQ(LastLine(run)["calls"]["judge"], 36) << "two calls for each of the 18 comparisons";
  const int calls = model_.requests();
  EXPECT_EQ(Redraft({"replay", "latest", "--db", db_, "--json"}).output, run.output);
  EXPECT_EQ(model_.requests(), calls);
  const ProcessResult wrong = Redraft(Command({"--judge", "panel:llm"}));
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_THAT(wrong.errors, HasSubstr("has 1 member"));
}

TEST_F(EvolveCli, ResumesARunThatACascadeJudgesWhereItsModelNowAnswers) {
  const ProcessResult stopped = Redraft(
      Command({"--judge", "cascade:reward+llm", "--json", "--accept-judge", "--max-calls", "8"}));
  EXPECT_EQ(stopped.exit_status, 5) << stopped.errors;
  const ScriptedModel moved;
  const ProcessResult resumed = Redraft({"resume", "latest", "--db", db_, "--endpoint", moved.url(),
                                         "--tag-requests", "--json", "--max-calls", "500"});
  EXPECT_EQ(resumed.exit_status, 0) << resumed.errors;
  EXPECT_GT(moved.requests(), 0);
}

TEST_F(EvolveCli, AsksARewardServerOncePerTextAndSaysThatTextsWentThere) {
  LoopbackServer server([](const Received& received) {
    const auto length = static_cast<double>(received.body.size());
    return HttpAnswer(200, DumpJson({{"score", length / 100}}));
  });
  const std::string judge = "reward:" + server.url() + "/score";
  const ProcessResult run = Redraft(Command({"--judge", judge, "--json", "--accept-judge"}));
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_EQ(LastLine(run)["calls"]["judge"], 10) << "six drafts and four variants";
  EXPECT_EQ(server.requests(), 10);
  const ProcessResult replay = Redraft({"replay", "latest", "--db", db_, "--json"});
  EXPECT_EQ(replay.output, run.output);
  EXPECT_EQ(server.requests(), 10);
  EXPECT_THAT(Redraft(Command({"--judge", judge, "--accept-judge"})).errors,
              HasSubstr("the texts were sent to " + server.url() + "/score to be judged"));
}

TEST(Help, IsThereForEveryCommandWithAnExample) {
  const ProcessResult help = Redraft({"--help"});
  EXPECT_EQ(help.exit_status, 0);
  for (const char* command : {"evolve", "resume", "replay", "runs", "show", "report", "export",
                              "doctor", "models", "judge", "rank", "score", "gate", "train"}) {
    EXPECT_THAT(help.output, HasSubstr(command));
    const ProcessResult one = Redraft({command, "--help"});
    EXPECT_EQ(one.exit_status, 0) << command;
    if (std::string(command) != "train" && std::string(command) != "models") {
      EXPECT_THAT(one.output, HasSubstr("redraft " + std::string(command))) << command;
    }
  }
  EXPECT_EQ(Redraft({"evlove"}).exit_status, 2);
}

}  // namespace
}  // namespace redraft::testing
