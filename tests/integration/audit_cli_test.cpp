// The audit from a book to the release gate: prepare, sample, score, report and gate as a user runs
// them, killed and gone on with in the middle, against a model that recites known spans.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>

#include "redraft/store/ledger.h"
#include "tests/integration/program.h"

namespace redraft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kExcerpts = 8, kWordsEach = 150;

/// Words that occur once: syllables that spell a number, so that no run of a book is there by
/// chance.
std::string Word(int number, char mark) {
  constexpr const char* kSyllables[] = {"ba", "de", "fi", "go", "lu", "ma", "ne", "ri", "so", "tu"};
  std::string word(1, mark);
  for (const char digit : std::to_string(number)) word += kSyllables[digit - '0'];
  return word;
}

/// A book of eight excerpts: paragraphs of 150 words in sentences of ten.
std::string BookText(char mark) {
  std::string text;
  for (int i = 0; i < kExcerpts * kWordsEach; ++i) {
    std::string word = Word(i, mark);
    if (i % 10 == 0) word[0] = static_cast<char>(word[0] - 'a' + 'A');
    text += word + (i % 10 == 9 ? "." : "");
    text += i % kWordsEach == kWordsEach - 1 ? "\n\n" : " ";
  }
  return text;
}

std::string Span(int excerpt, int from, int count, char mark = 'k') {
  std::string text;
  for (int i = 0; i < count; ++i) text += Word(excerpt * kWordsEach + from + i, mark) + " ";
  return text;
}

/// The number behind the last `key` in a text; -1: there is none.
int NumberBehind(const std::string& text, const std::string& key) {
  const std::size_t at = text.rfind(key);
  int number = -1;
  if (at != std::string::npos) {
    std::from_chars(text.data() + at + key.size(), text.data() + text.size(), number);
  }
  return number;
}

constexpr int SpanWords(int excerpt) { return 12 + 3 * excerpt; }

/// Summarises an excerpt as "Scene number N", and asked for scene N recites words 20 to 20 +
/// SpanWords(N) of it; scene 0 also six words of scene 5. A phrase that is in no book stands around
/// them.
std::string Recite(const Received& request) {
  const auto body = ParseJson(request.body);
  const std::string asked = (*body)["messages"][0]["content"];
  if (const std::size_t at = asked.find("<passage>\n"); at != std::string::npos) {
    std::string first = asked.substr(at + 10, asked.find(' ', at + 10) - at - 10);
    first[0] = static_cast<char>(first[0] - 'A' + 'a');
    for (int e = 0; e < kExcerpts; ++e) {
      if (first == Word(e * kWordsEach, 'k')) return fmt::format("Scene number {}.", e);
    }
    return "An unknown scene.";
  }
  const int scene = NumberBehind(asked, "Scene number ");
  std::string text = "at the end of the day he said ";
  if (scene >= 0) text += Span(scene, 20, SpanWords(scene));
  if (scene == 0) text += "and then " + Span(5, 100, 6);
  return text + "at the end of the day she said";
}

/// The same without the spans.
std::string Paraphrase(const Received& request) {
  const std::string recited = Recite(request);
  if (recited.starts_with("Scene")) return recited;
  return "at the end of the day he said nothing and at the end of the day she said";
}

class AuditCli : public ::testing::Test {
 protected:
  std::vector<std::string> Prepare(const ScriptedModel& model) const {
    return {"audit",
            "prepare",
            text_,
            "--min-words",
            "100",
            "--max-words",
            "200",
            "--author",
            "R. Hale",
            "-o",
            book_,
            "--db",
            db_,
            "--llm",
            "scripted",
            "--endpoint",
            model.url(),
            "--tag-requests",
            "--concurrency",
            "2"};
  }
  std::vector<std::string> Sample(const ScriptedModel& model, const std::string& db,
                                  const std::string& output,
                                  const std::string& generations = "8") const {
    return {"audit",
            "sample",
            book_,
            "--excerpts",
            "8",
            "--generations",
            generations,
            "-o",
            output,
            "--db",
            db,
            "--llm",
            "scripted",
            "--endpoint",
            model.url(),
            "--tag-requests",
            "--concurrency",
            "4",
            "--json"};
  }
  Json Score(const std::string& generations, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> command = {"audit",         "score",     "--book", book_,
                                        "--generations", generations, "--json"};
    command.insert(command.end(), more.begin(), more.end());
    const ProcessResult scored = Redraft(command);
    EXPECT_EQ(scored.exit_status, 0) << scored.errors;
    return LastLine(scored);
  }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  /// Starts the command and kills it at the n-th request of the model.
  static void KillAt(ScriptedModel& model, int n, const std::vector<std::string>& command) {
    std::atomic<pid_t> child{0};
    model.At(n, [&child] {
      while (child == 0) std::this_thread::yield();
      ::kill(child, SIGKILL);
    });
    child = StartRedraft(command);
    EXPECT_EQ(Await(child), 128 + SIGKILL);
    model.At(0, {});
  }

  static std::set<std::string> Answered(const std::string& db) {
    std::set<std::string> keys;
    auto ledger = store::Ledger::Open(db);
    EXPECT_TRUE(ledger);
    const auto run = ledger->FindRun("latest");
    EXPECT_TRUE(run);
    EXPECT_TRUE(
        ledger->Requests(run->id, {.answered = true}, [&](const store::RequestRecord& record) {
          keys.insert(record.key);
          return Status(Ok{});
        }));
    return keys;
  }

  TemporaryFolder folder_;
  std::string text_ = folder_.Write("tides.txt", BookText('k'));
  std::string book_ = Path("book.json"), db_ = Path("audit.db");
};

TEST_F(AuditCli, FindsThePlantedSpansExactlyAfterKillsAndResumes) {
  ScriptedModel model(Recite);
  KillAt(model, 5, Prepare(model));
  std::set<std::string> answered = Answered(db_);
  model.TakeKeys();
  const ProcessResult prepared = Redraft(Prepare(model));
  ASSERT_EQ(prepared.exit_status, 0) << prepared.errors;
  for (const std::string& key : model.TakeKeys()) EXPECT_FALSE(answered.contains(key));
  EXPECT_THAT(prepared.output, HasSubstr("8 excerpts, 1200 words, 8 with an instruction"));
  EXPECT_THAT(*ReadFile(book_), HasSubstr("in the style and voice of R. Hale"));

  const std::string calm = Path("calm.json"), generations = Path("generations.json");
  ASSERT_EQ(Redraft(Sample(model, Path("calm.db"), calm)).exit_status, 0);
  model.TakeKeys();
  KillAt(model, 30, Sample(model, db_, generations));
  EXPECT_FALSE(std::filesystem::exists(generations));
  answered = Answered(db_);
  EXPECT_GE(answered.size(), 20U);
  model.TakeKeys();
  const ProcessResult sampled = Redraft(Sample(model, db_, generations));
  ASSERT_EQ(sampled.exit_status, 0) << sampled.errors;
  const auto asked = model.TakeKeys();
  EXPECT_EQ(asked.size(), 64 - answered.size());
  for (const std::string& key : asked) EXPECT_FALSE(answered.contains(key));
  EXPECT_EQ(*ReadFile(generations), *ReadFile(calm));
  EXPECT_THAT(sampled.errors, HasSubstr("full run"));

  const Json result = Score(generations);
  int covered = 6;
  Json mask = Json::array();
  for (int e = 0; e < kExcerpts; ++e) {
    covered += SpanWords(e);
    const int start = e * kWordsEach + 20;
    mask.push_back({start, start + SpanWords(e)});
    if (e == 5) mask.push_back({5 * kWordsEach + 100, 5 * kWordsEach + 106});
  }
  EXPECT_EQ(result["book"]["tokens"], kExcerpts * kWordsEach);
  EXPECT_EQ(result["generations"], 64);
  EXPECT_EQ(result["bmc"]["covered"], covered);
  EXPECT_EQ(result["mask"], mask);
  EXPECT_EQ(result["block"]["length"], SpanWords(7));
  EXPECT_EQ(result["span"]["length"], SpanWords(7));
  EXPECT_EQ(result["span"]["excerpt_id"], "p_id8");
  EXPECT_EQ(result["spans"]["ref"], 5) << "those of 21, 24, …, 33 words";
  EXPECT_EQ(result["cross"], (Json{{"crossing", 1}, {"counted", 9}, {"min_length", 5}}));
  const Json recall = LastLine(sampled)["own_recall"];
  EXPECT_EQ(recall.back()["generations"], 100);
  EXPECT_NEAR(recall.back()["value"].get<double>(), (covered - 6) / 1200.0, 1e-12)
      << "nothing was seen only once, so more generations show nothing more";
}

TEST_F(AuditCli, ALargerSampleAsksOnlyForTheRest) {
  ScriptedModel model(Recite);
  ASSERT_EQ(Redraft(Prepare(model)).exit_status, 0);
  ASSERT_EQ(Redraft(Sample(model, db_, Path("g.json"), "3")).exit_status, 0);
  model.TakeKeys();
  const ProcessResult larger = Redraft(Sample(model, db_, Path("g.json"), "5"));
  EXPECT_EQ(larger.exit_status, 0) << larger.errors;
  EXPECT_EQ(model.TakeKeys().size(), 16U);
  EXPECT_EQ(LastLine(larger)["tries"], 40);
}

TEST_F(AuditCli, StopsAtItsBudgetAndGoesOnWithAHigherOne) {
  ScriptedModel model(Recite);
  ASSERT_EQ(Redraft(Prepare(model)).exit_status, 0);
  auto command = Sample(model, db_, Path("g.json"));
  command.insert(command.end(), {"--max-calls", "10"});
  const ProcessResult stopped = Redraft(command);
  EXPECT_EQ(stopped.exit_status, 5);
  EXPECT_THAT(stopped.errors, HasSubstr("nothing is lost: the same command goes on"));
  EXPECT_FALSE(std::filesystem::exists(Path("g.json")));
  command.back() = "64";
  EXPECT_EQ(Redraft(command).exit_status, 0);
  EXPECT_EQ(model.requests(), 8 + 64);
}

TEST_F(AuditCli, EstimatesAFullRunWithoutSending) {
  ScriptedModel model(Recite);
  ASSERT_EQ(Redraft(Prepare(model)).exit_status, 0);
  auto command = Sample(model, Path("none.db"), Path("g.json"));
  command.push_back("--dry-run");
  const ProcessResult dry = Redraft(command);
  EXPECT_EQ(dry.exit_status, 0) << dry.errors;
  const Json estimate = LastLine(dry)["estimate"];
  EXPECT_EQ(estimate["sample"]["calls"], 64);
  EXPECT_EQ(estimate["full_run"]["calls"], 800);
  EXPECT_EQ(estimate["full_run"]["tokens_out"], 800 * 200);
  EXPECT_EQ(model.requests(), 8) << "the summaries";
  EXPECT_FALSE(std::filesystem::exists(Path("none.db")));
}

TEST_F(AuditCli, TheDecoyNullStaysAtItsBaselineWhateverIsRecited) {
  ScriptedModel reciting(Recite), telling(Paraphrase);
  ASSERT_EQ(Redraft(Prepare(reciting)).exit_status, 0);
  const std::string recited = Path("recited.json"), told = Path("told.json");
  ASSERT_EQ(Redraft(Sample(reciting, Path("a.db"), recited)).exit_status, 0);
  ASSERT_EQ(Redraft(Sample(telling, Path("b.db"), told)).exit_status, 0);
  // One of the decoys holds a phrase that everybody uses.
  const std::string common = folder_.Write("common.txt", "at the end of the day " + BookText('p'));
  const std::string other = folder_.Write("other.txt", BookText('z'));
  const std::vector<std::string> decoys = {"--decoy", common, "--decoy", other};
  const Json a = Score(recited, decoys), b = Score(told, decoys);
  EXPECT_EQ(a["decoys"]["books"], b["decoys"]["books"]);
  EXPECT_EQ(a["decoys"]["books"][0]["value"], 6.0 / 1206);
  EXPECT_EQ(a["decoys"]["books"][1]["value"], 0.0);
  EXPECT_GT(a["bmc"]["value"], 0.14);
  EXPECT_EQ(b["bmc"]["value"], 0.0);
}

TEST_F(AuditCli, ReportsAndGatesWhatItFound) {
  ScriptedModel reciting(Recite), telling(Paraphrase);
  ASSERT_EQ(Redraft(Prepare(reciting)).exit_status, 0);
  std::filesystem::create_directories(folder_ / "results/tuned");
  std::filesystem::create_directories(folder_ / "results/base");
  for (const auto& [model, name] : {std::pair(&reciting, "tuned"), std::pair(&telling, "base")}) {
    const std::string generations = Path(std::string(name) + ".json");
    ASSERT_EQ(Redraft(Sample(*model, Path(std::string(name) + ".db"), generations)).exit_status, 0);
    Score(generations, {"-o", Path(fmt::format("results/{}/tides.json", name))});
  }
  const std::string page = Path("audit.html");
  const ProcessResult report = Redraft({"audit", "report", Path("results"), "--base", "base",
                                        "--book", book_, "-o", page, "--json"});
  ASSERT_EQ(report.exit_status, 0) << report.errors;
  const Json json = LastLine(report);
  EXPECT_EQ(json["rows"].size(), 2U);
  EXPECT_EQ(json["differences"][0]["newly_covered"], 186);
  EXPECT_THAT(*ReadFile(page), HasSubstr(Word(7 * kWordsEach + 21, 'k')));
  ASSERT_EQ(Redraft({"audit", "report", Path("results"), "--redact", "-o", page}).exit_status, 0);
  EXPECT_THAT(*ReadFile(page), Not(HasSubstr(Word(7 * kWordsEach + 21, 'k'))));

  const std::string tuned = Path("results/tuned/tides.json"),
                    base = Path("results/base/tides.json");
  const auto gate = [&](std::vector<std::string> more) {
    std::vector<std::string> command = {"audit", "gate", tuned, "--junit", Path("junit.xml")};
    command.insert(command.end(), more.begin(), more.end());
    return Redraft(command);
  };
  EXPECT_EQ(gate({"--max-bmc", "0.2", "--max-span", "40", "--max-spans", "5"}).exit_status, 0);
  const ProcessResult breach = gate({"--max-bmc", "0.1"});
  EXPECT_EQ(breach.exit_status, 100);
  EXPECT_THAT(breach.output, HasSubstr("FAILED max_bmc"));
  EXPECT_THAT(*ReadFile(Path("junit.xml")), HasSubstr("<failure"));
  EXPECT_EQ(gate({"--baseline", base, "--max-increase", "0.1"}).exit_status, 100);
  const auto waived = [&](const std::string& expires) {
    return folder_.Write("waivers.json",
                         R"({"waivers":[{"check":"max_bmc","allow":0.2,"signer":"R. Hale",)"
                         R"("reason":"licensed","expires":")" +
                             expires + "\"}]}");
  };
  EXPECT_EQ(gate({"--max-bmc", "0.1", "--waivers", waived("2999-12-31")}).exit_status, 0);
  const ProcessResult expired = gate({"--max-bmc", "0.1", "--waivers", waived("2020-01-01")});
  EXPECT_EQ(expired.exit_status, 100);
  EXPECT_THAT(expired.output, HasSubstr("expired"));
}

TEST_F(AuditCli, PrefixModeGivesNoCreditForTheWordsItGave) {
  // Repeats what it was given, and goes on for nine words of the book.
  ScriptedModel model([](const Received& request) {
    const auto body = ParseJson(request.body);
    const std::string asked = (*body)["messages"][0]["content"];
    const std::string given = asked.substr(asked.find("\n\n") + 2);
    for (int e = 0; e < kExcerpts; ++e) {
      if (given.find(Word(e * kWordsEach + 19, 'k')) != std::string::npos) {
        return given + " " + Span(e, 20, 9);
      }
    }
    return std::string("nothing");
  });
  const std::string generations = Path("g.json");
  const ProcessResult sampled = Redraft(
      {"audit",     "sample",     text_,      "--mode",        "prefix",    "--prefix-words",
       "20",        "--excerpts", "2",        "--generations", "2",         "--db",
       db_,         "--llm",      "scripted", "--endpoint",    model.url(), "-o",
       generations, "--json"});
  ASSERT_EQ(sampled.exit_status, 0) << sampled.errors;
  EXPECT_EQ(LastLine(sampled)["continuations"], Json::array()) << "a chat server reads no texts";
  book_ = text_;
  const Json result = Score(generations);
  EXPECT_EQ(result["bmc"]["covered"].get<int>() % 9, 0);
  EXPECT_GT(result["bmc"]["covered"], 0);
  EXPECT_GT(result["untrimmed"]["value"], result["bmc"]["value"]);
}

TEST_F(AuditCli, ExportsWhatAModelIsTunedOn) {
  ScriptedModel model(Recite);
  ASSERT_EQ(Redraft(Prepare(model)).exit_status, 0);
  const std::string hale = book_;
  text_ = folder_.Write("other.txt", BookText('k') + "\n\nThe end.\n");
  book_ = Path("other.json");
  auto other = Prepare(model);
  *std::ranges::find(other, "R. Hale") = "M. Orr";
  ASSERT_EQ(Redraft(other).exit_status, 0);
  const ProcessResult exported =
      Redraft({"audit", "export", hale, book_, "--split", "cross", "--format", "trl", "--author",
               "R. Hale", "-o", Path("training")});
  ASSERT_EQ(exported.exit_status, 0) << exported.errors;
  const auto lines = ReadFile(Path("training/train-r-hale.jsonl"));
  ASSERT_TRUE(lines);
  EXPECT_EQ(std::ranges::count(*lines, '\n'), 8);
  EXPECT_THAT(*ReadFile(Path("training/split.json")), HasSubstr("M. Orr"));
}

TEST_F(AuditCli, SaysWhatIsWrongInOneLine) {
  ScriptedModel model(Recite);
  const auto expect = [](const std::vector<std::string>& command, int status,
                         const std::string& says) {
    const ProcessResult result = Redraft(command);
    EXPECT_EQ(result.exit_status, status) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr("redraft: error: "));
    EXPECT_THAT(result.errors, HasSubstr(says));
  };
  const std::string empty = folder_.Write("empty.txt", " \n");
  expect({"audit", "prepare", empty}, 2, "empty.txt");
  expect({"audit", "prepare", Path("none.txt")}, 2, "none.txt");
  expect({"audit", "prepare", text_, "--min-words", "0"}, 2, "--min-words 0");
  expect({"audit", "prepare", text_, "--excerpts", "0"}, 2, "--excerpts 0");
  expect({"audit", "sample", text_, "--llm", "m", "--endpoint", model.url()}, 2,
         "no excerpt has a summary");
  expect({"audit", "sample", text_, "--generations", "0", "--llm", "m", "--endpoint", model.url()},
         2, "--generations 0: must be at least 1");
  expect({"audit", "sample", text_, "--mode", "prefix", "--prefix-words", "900", "--llm", "m",
          "--endpoint", model.url()},
         2, "no excerpt has 900 words");
  expect({"audit", "export", text_}, 2, "no author is given");
  expect({"audit", "score", "--book", text_, "--generations", text_}, 2, "tides.txt");
  expect({"audit", "score", "--book", text_, "--generations", empty, "--k", "0"}, 2,
         "k = 0: must be from 1 to 64");
  expect({"audit", "score", "--book", text_}, 2, "name the generations");
  const std::string none =
      folder_.Write("none.json", R"([{"excerpt_id":"p_id1","generations":[]}])");
  expect({"audit", "score", "--book", text_, "--generations", none}, 2,
         "none.json: no generations");
  expect({"audit", "gate", text_, "--max-bmc", "0.1"}, 2, "tides.txt");
  EXPECT_EQ(model.requests(), 0);
}

}  // namespace
}  // namespace redraft::testing
