#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <set>

#include "tests/integration/program.h"

namespace redraft::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kBriefs =
    R"({"id":"mill","short":"Write about a mill.","detailed":"Write about the old mill by the weir, where Ana hid the key.","reference":"Ana hid the key under the wheel."}
{"id":"boat","short":"Write about a boat.","detailed":"Write about the red boat that nobody at the landing would paint."}
)";

/// Writes a longer text, in the brief's own words, for a longer brief.
class Writer {
 public:
  Writer() : server_([](const Received& received) { return Write(received); }) {}
  std::string url() const { return server_.url(); }
  int requests() const { return server_.requests(); }

 private:
  static Answer Write(const Received& received) {
    const Json body = *ParseJson(received.body);
    std::string brief = body["messages"].back()["content"];
    brief.resize(brief.find("\n\n"));
    const std::string text = "It was late. " + brief + " Then it was over.";
    return HttpAnswer(200, DumpJson({{"model", body["model"]},
                                     {"choices", {{{"message", {{"content", text}}}}}},
                                     {"usage", {{"prompt_tokens", 7}, {"completion_tokens", 3}}}}));
  }
  LoopbackServer server_;
};

class BenchContentTest : public ::testing::Test {
 protected:
  BenchContentTest() : briefs_(folder_.Write("briefs.jsonl", kBriefs)) {}

  ProcessResult Content(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"bench", "content", briefs_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Redraft(arguments);
  }

  Json Object(std::vector<std::string> more) {
    more.emplace_back("--json");
    const ProcessResult run = Content(more);
    EXPECT_EQ(run.exit_status, 0) << run.errors;
    const auto json = ParseJson(run.output);
    EXPECT_TRUE(json) << run.output;
    return json.value_or(Json());
  }

  TemporaryFolder folder_;
  std::string briefs_;
};

TEST_F(BenchContentTest, ReadsTextsByNameAndWording) {
  folder_.Write("people/mill.md", "The wheel had stopped in spring.");
  folder_.Write("people/boat.md", "Nobody asked about the boat.");
  folder_.Write("old/short/mill.txt", "A mill stood there.");
  folder_.Write("old/short/boat.txt", "A boat lay there.");
  folder_.Write("old/mill.detailed.md", "Ana hid the key by the weir.");
  folder_.Write("old/boat.detailed.1.md", "The red boat that nobody would paint.");
  folder_.Write("old/boat.detailed.2.md", "She would paint the red boat.");
  folder_.Write("old/.hidden", "x");
  const Json json = Object({"--texts", "people=" + (folder_ / "people").string(), "--texts",
                            (folder_ / "old").string()});
  EXPECT_EQ(json["schema"], "redraft.bench.content/1");
  EXPECT_EQ(json["briefs"], 2);
  ASSERT_EQ(json["sources"].size(), 3U);
  EXPECT_EQ(json["sources"][0]["source"], "people");
  EXPECT_EQ(json["sources"][0]["condition"], "both");
  EXPECT_EQ(json["sources"][1]["source"], "old");
  EXPECT_EQ(json["sources"][1]["condition"], "short");
  EXPECT_EQ(json["sources"][2]["n"], 3);
  EXPECT_EQ(json["sources"][2]["briefs"], 2);
  EXPECT_GT(json["sources"][2]["brief_trigrams"], json["sources"][1]["brief_trigrams"]);
  EXPECT_GT(json["sources"][2]["reference_f1"], 0.3);
  ASSERT_EQ(json["contrasts"].size(), 1U);
  EXPECT_EQ(json["contrasts"][0]["briefs"], 2);
  EXPECT_EQ(json["contrasts"][0]["score"]["interval"].size(), 2U);
  EXPECT_EQ(json["reuse_and_score"]["texts"]["n"], 7);
}

TEST_F(BenchContentTest, AsksSeveralWritersAndKeepsTheirTexts) {
  const Writer one, two;
  const std::string kept = (folder_ / "kept.jsonl").string();
  const Json json = Object({"--writer", "first=a@" + one.url(), "--writer",
                            "second=@cf/b@" + two.url() + "/v1", "-o", kept});
  EXPECT_EQ(one.requests(), 4);
  EXPECT_EQ(two.requests(), 4);
  EXPECT_EQ(json["spent"]["tries"], 8);
  EXPECT_EQ(json["spent"]["tokens"]["in"], 56);
  ASSERT_EQ(json["sources"].size(), 4U);
  EXPECT_EQ(json["sources"][0]["source"], "first");
  EXPECT_EQ(json["sources"][3]["source"], "second");
  EXPECT_EQ(json["contrasts"].size(), 2U);
  EXPECT_EQ(json["reuse_and_score"]["changes"]["n"], 4);

  const Json again = Object({"--texts", kept});
  EXPECT_EQ(again["sources"], json["sources"]) << "kept texts give the same numbers";
  EXPECT_EQ(again["contrasts"], json["contrasts"]);
}

TEST_F(BenchContentTest, ALedgerKeepsWhatWasAnsweredAndPaid) {
  const Writer writer;
  const std::vector<std::string> arguments = {
      "--llm",     "a", "--endpoint", writer.url(),
      "--samples", "2", "--db",       (folder_ / "content.db").string()};
  const Json first = Object(arguments);
  EXPECT_EQ(writer.requests(), 8);
  EXPECT_EQ(first["sources"][0]["n"], 4);
  EXPECT_EQ(Object(arguments), first);
  EXPECT_EQ(writer.requests(), 8) << "nothing is asked twice";
  const auto runs = Redraft({"runs", "--db", (folder_ / "content.db").string(), "--json"});
  EXPECT_EQ(runs.exit_status, 0) << runs.errors;
  const auto show = Redraft({"show", "latest", "--db", (folder_ / "content.db").string()});
  EXPECT_EQ(show.exit_status, 0) << show.errors;

  auto stopped = arguments;
  stopped.insert(stopped.end(), {"--seed", "2", "--max-calls", "3"});
  EXPECT_EQ(Content(stopped).exit_status, 5);
  EXPECT_EQ(writer.requests(), 11);
  stopped.back() = "100";
  EXPECT_EQ(Content(stopped).exit_status, 0);
  EXPECT_EQ(writer.requests(), 16);
}

TEST_F(BenchContentTest, WritersAreAskedForRepliesOfTheLengthGiven) {
  std::mutex mutex;
  std::set<int> limits;
  LoopbackServer server([&](const Received& received) {
    const std::lock_guard lock(mutex);
    limits.insert((*ParseJson(received.body))["max_tokens"].get<int>());
    return HttpAnswer(200, R"({"model":"a","choices":[{"message":{"content":"It was late."}}]})");
  });
  const std::vector<std::string> arguments = {"--llm", "a", "--endpoint", server.url()};
  EXPECT_EQ(Content(arguments).exit_status, 0);
  EXPECT_EQ(limits, std::set<int>{2048});
  limits.clear();
  auto shorter = arguments;
  shorter.insert(shorter.end(), {"--reply-tokens", "300"});
  EXPECT_EQ(Content(shorter).exit_status, 0);
  EXPECT_EQ(limits, std::set<int>{300});
}

TEST_F(BenchContentTest, TheTableShowsScoresReuseAndHowTheyGoTogether) {
  const Writer writer;
  const auto run = Content({"--llm", "a", "--endpoint", writer.url()});
  EXPECT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_THAT(run.output, HasSubstr("Detailed less short, paired by brief:"));
  EXPECT_THAT(run.output, HasSubstr("Correlation of reuse with score"));
}

TEST_F(BenchContentTest, BadInputIsNamed) {
  const auto expect = [&](const std::vector<std::string>& arguments, const std::string& message) {
    const auto run = Redraft(arguments);
    EXPECT_EQ(run.exit_status, 2) << run.errors;
    EXPECT_THAT(run.errors, HasSubstr(message));
  };
  expect({"bench", "content", briefs_}, "no source: give written texts");
  expect({"bench", "content", folder_.Write("b", R"({"id":"x","short":"s","detailed":" "})"),
          "--texts", "x"},
         "brief 'x' of " + (folder_ / "b").string() + " lacks its detailed wording");
  expect({"bench", "content", folder_.Write("b", std::string(kBriefs) + kBriefs)},
         "line 3: brief 'mill' is there twice");
  folder_.Write("dir/wheel.md", "text");
  expect({"bench", "content", briefs_, "--texts", (folder_ / "dir").string()},
         "wheel.md: the file is not named after a brief");
  folder_.Write("pictures/mill.png", "text");
  expect({"bench", "content", briefs_, "--texts", (folder_ / "pictures").string()},
         "only .md and .txt files are read");
  expect({"bench", "content", briefs_, "--texts",
          "n=" + folder_.Write("t", R"({"id":"mill","condition":"long","text":"x"})")},
         "line 1: unknown condition 'long'");
  expect({"bench", "content", briefs_, "--writer", "x"}, "must be NAME=MODEL");
  expect({"bench", "content", briefs_, "--llm", "m", "--reply-tokens", "0"},
         "--reply-tokens is 0; it must be at least 1");
  expect({"bench", "content", briefs_, "--writer", "x=m@http://127.0.0.1:1", "--writer",
          "y=m@http://127.0.0.1:2"},
         "two writers have the model 'm'");
}

TEST(BenchContentExamples, TheShippedBriefsAreWhole) {
  const std::filesystem::path folder =
      std::filesystem::path(REDRAFT_SOURCE_DIR) / "examples/content";
  const TemporaryFolder texts;
  texts.Write("t/returned-watch.md", "Dear Mr Okafor, the watch is yours again.");
  const auto run =
      Redraft({"bench", "content", folder.string(), "--texts", (texts / "t").string(), "--json"});
  EXPECT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_EQ((*ParseJson(run.output))["briefs"], 3);
}

}  // namespace
}  // namespace redraft::testing
