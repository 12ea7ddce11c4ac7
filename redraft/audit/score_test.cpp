#include "redraft/audit/score.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "redraft/audit/result.h"
#include "redraft/base/file.h"
#include "redraft/base/random.h"

namespace redraft::audit {
namespace {

using ::testing::HasSubstr;

class ScoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("redraft_score_test." + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string File(const std::string& name, const std::string& text) const {
    EXPECT_TRUE(WriteFileAtomic(folder_ / name, text));
    return (folder_ / name).string();
  }

  static IndexedBook Index(const std::string& json, const Parameters& parameters = {}) {
    return IndexBook(ParseBook(json, "book.json").value(), "book.json", parameters).value();
  }

  static Result<Audit> Score(const IndexedBook& book, const std::vector<std::string>& files,
                             unsigned threads = 1, const Parameters& parameters = {},
                             const std::vector<IndexedBook>& decoys = {}) {
    ScoreOptions options;
    options.threads = threads;
    REDRAFT_ASSIGN(Scored scored, ScoreGenerations(book, decoys, parameters, files, options));
    Audit audit;
    audit.parameters = parameters;
    audit.book = book.shape;
    audit.inputs = std::move(scored.inputs);
    audit.tally = std::move(scored.tally);
    for (const IndexedBook& decoy : decoys) audit.decoy_books.push_back(decoy.shape);
    audit.decoys = std::move(scored.decoys);
    return audit;
  }

  /// The error of scoring this text as a file of generations for kBook.
  std::string ErrorOf(const std::string& json) const {
    const auto audit = Score(Index(kBook), {File("g.json", json)});
    if (audit) return "no error";
    EXPECT_EQ(audit.error().code, ErrorCode::kInvalidArgument);
    return audit.error().message;
  }

  static constexpr const char* kBook =
      R"([{"excerpt_id":"p_id1","excerpt_text":"a b c d e f g h i j"},)"
      R"({"paragraph_id":"p_id2","paragraph_text":"k l m n o p q r s t"}])";
  static constexpr const char* kGenerations =
      R"([{"excerpt_id":"p_id1","instruction":"","generations":[)"
      R"({"generation_num":1,"generated_text":"k l m n o p"},{"generated_text":"a b c d e f"},)"
      R"({"generated_text":"h i j k l m"}]},)"
      R"({"paragraph_id":"p_id2","paragraph_text":"K l, m n o p q r s t.","instruction":"",)"
      R"("generations":[{"generated_text":"k l m n o p"},{"generated_text":"a b c d e"}]}])";

  std::filesystem::path folder_;
};

TEST_F(ScoreTest, GivesTheContractsObject) {
  const auto audit = Score(Index(kBook), {File("g.json", kGenerations)});
  ASSERT_TRUE(audit) << audit.error().message;
  const Json result = ResultJson(*audit);
  EXPECT_EQ(result["schema"], "redraft.audit.score/1");
  EXPECT_EQ(result["book"]["tokens"], 20);
  EXPECT_EQ(result["book"]["sha256"].get<std::string>().size(), 64U);
  EXPECT_EQ(result["generations"], 5);
  EXPECT_EQ(result["empty"], 0);
  EXPECT_EQ(result["bmc"]["covered"], 15);
  EXPECT_EQ(result["bmc"]["value"], 0.75);
  EXPECT_EQ(result["block"], (Json{{"length", 9}, {"start", 7}, {"end", 16}}));
  EXPECT_EQ(result["span"]["length"], 6);
  EXPECT_EQ(result["span"]["excerpt_id"], "p_id1");
  EXPECT_EQ(result["spans"], (Json{{"ref", 0}, {"maximal", 0}}));
  EXPECT_EQ(result["cross"], (Json{{"crossing", 1}, {"counted", 2}, {"min_length", 5}}));
  EXPECT_EQ(result["mask"], (Json{{0, 6}, {7, 16}}));
  EXPECT_EQ(result["warnings"], Json::array());
  EXPECT_EQ(result["tool"]["unicode"].get<std::string>().empty(), false);
}

TEST_F(ScoreTest, TheCurveEndsAtTheCoverageItself) {
  const auto audit = Score(Index(kBook), {File("g.json", kGenerations)});
  const Json result = ResultJson(*audit);
  const Json& curve = result["rarefaction"];
  ASSERT_EQ(curve.size(), 3U);  // 1, 2, 3 generations
  EXPECT_DOUBLE_EQ(curve[2]["value"].get<double>(), 0.75);
  EXPECT_LT(curve[0]["value"].get<double>(), curve[1]["value"].get<double>());
  // Of excerpt 1's three generations each covers 6, 3 + 3 and 6 words once; by hand for n = 1:
  // p_id1 gives [10,16), [0,6), [7,13) with chance 1/3 each, p_id2 [10,16), [0,5) with 1/2 each.
  const double zero_to_five = 1 - (2.0 / 3) * (1.0 / 2), five = 1.0 / 3;
  const double seven_to_ten = 1.0 / 3, ten_to_13 = 1 - (1.0 / 3) * (1.0 / 2),
               to_16 = 1 - (2.0 / 3) * (1.0 / 2);
  EXPECT_NEAR(curve[0]["value"].get<double>(),
              (5 * zero_to_five + five + 3 * seven_to_ten + 3 * ten_to_13 + 3 * to_16) / 20, 1e-12);
}

/// A book and files of generations that copy from it, one file for every third of the excerpts.
struct Sample {
  std::string book;
  std::vector<std::string> shards;
};
Sample MakeSample() {
  Rng rng(11);
  std::vector<std::vector<std::string>> excerpts(30);
  std::string book = "[";
  for (std::size_t e = 0; e < excerpts.size(); ++e) {
    std::string text;
    for (int i = 0; i < 80; ++i) {
      excerpts[e].push_back("w" + std::to_string(rng.Below(400)));
      text += excerpts[e].back() + " ";
    }
    book += fmt::format(R"({}{{"excerpt_id":"p_id{}","excerpt_text":"{}"}})", e == 0 ? "" : ",",
                        e + 1, text);
  }
  Sample sample{book + "]", {"[", "[", "["}};
  for (std::size_t e = 0; e < excerpts.size(); ++e) {
    std::string& shard = sample.shards[e % 3];
    shard += fmt::format(R"({}{{"excerpt_id":"p_id{}","instruction":"about {} {} {} {} {}",)",
                         shard == "[" ? "" : ",", e + 1, excerpts[e][3], excerpts[e][4],
                         excerpts[e][5], excerpts[e][6], excerpts[e][7]);
    shard += "\"generations\":[";
    for (int g = 0; g < 7; ++g) {
      std::string text;
      for (int piece = 0; piece < 4; ++piece) {
        const auto& from = excerpts[rng.Below(4) == 0 ? rng.Below(excerpts.size()) : e];
        for (std::size_t at = rng.Below(60), end = at + 3 + rng.Below(40); at < 80 && at < end;
             ++at) {
          text += from[at] + " ";
        }
      }
      shard += fmt::format(R"({}{{"generated_text":"{}"}})", g == 0 ? "" : ",", text);
    }
    shard += "]}";
  }
  for (std::string& shard : sample.shards) shard += "]";
  return sample;
}

TEST_F(ScoreTest, GivesTheSameBytesForAnyNumberOfThreads) {
  const Sample sample = MakeSample();
  const IndexedBook book = Index(sample.book);
  std::vector<std::string> files;
  for (std::size_t i = 0; i < 3; ++i) {
    files.push_back(File(fmt::format("g{}.json", i), sample.shards[i]));
  }
  const std::vector<IndexedBook> none;
  const std::string one = DumpJson(ResultJson(Score(book, files, 1).value()));
  for (const unsigned threads : {2U, 3U, 8U}) {
    EXPECT_EQ(DumpJson(ResultJson(Score(book, files, threads).value())), one) << threads;
  }
}

TEST_F(ScoreTest, AddsShardsInAnyGroupingToTheWhole) {
  const Sample sample = MakeSample();
  Parameters parameters;
  parameters.k = {5, 3};
  const IndexedBook book = Index(sample.book, parameters);
  std::vector<IndexedBook> decoys;
  decoys.push_back(Index(sample.book.substr(0, sample.book.find("},") + 1) + "]", parameters));
  std::vector<std::string> files;
  std::vector<Audit> shards;
  for (std::size_t i = 0; i < 3; ++i) {
    files.push_back(File(fmt::format("g{}.json", i), sample.shards[i]));
    const Audit shard = Score(book, {files.back()}, 2, parameters, decoys).value();
    // Through its file format, so that this loses nothing either.
    shards.push_back(ParsePartial(DumpJson(PartialJson(shard)), "shard").value());
    EXPECT_EQ(shards.back().tally, shard.tally);
  }
  const std::string whole = DumpJson(ResultJson(Score(book, files, 1, parameters, decoys).value()));
  Audit left = shards[0];
  ASSERT_TRUE(AddAudit(left, shards[1]));
  ASSERT_TRUE(AddAudit(left, shards[2]));
  EXPECT_EQ(DumpJson(ResultJson(left)), whole);
  Audit right = shards[2];
  Audit inner = shards[1];
  ASSERT_TRUE(AddAudit(inner, shards[0]));
  ASSERT_TRUE(AddAudit(right, inner));
  EXPECT_EQ(DumpJson(ResultJson(right)), whole);
  const Status twice = AddAudit(right, shards[1]);
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().message, HasSubstr("would count twice"));
}

TEST_F(ScoreTest, RefusesPartialResultsThatDoNotFit) {
  Audit audit = Score(Index(kBook), {File("g.json", kGenerations)}).value();
  Audit other = audit;
  other.parameters.trim = 3;
  EXPECT_THAT(AddAudit(audit, other).error().message, HasSubstr("differ in parameters"));
  const std::string partial = DumpJson(PartialJson(audit));
  for (const auto& [from, to] :
       {std::pair("\"untrimmed\":[[0,6],[7,16]]", "\"untrimmed\":[[0,6],[7,99]]"),
        std::pair("partial/1", "partial/9"),
        std::pair("\"starts\":[0,10,20]", "\"starts\":[0,30,20]"),
        std::pair("\"unicode\":\"", "\"unicode\":\"9")}) {
    std::string broken = partial;
    const std::size_t at = broken.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    broken.replace(at, std::string(from).size(), to);
    EXPECT_FALSE(ParsePartial(broken, "shard")) << to;
  }
}

TEST_F(ScoreTest, CountsEmptyTextsAndRefusals) {
  const auto audit = Score(
      Index(kBook),
      {File("g.json",
            R"([{"excerpt_id":"p_id1","instruction":"x","generations":[{"generated_text":""},)"
            R"({"generated_text":" \n"},{"generated_text":null},)"
            R"({"generated_text":"I'm sorry, but I can't help with that."},)"
            R"({"generated_text":"a b c d e"}]}])")});
  ASSERT_TRUE(audit) << audit.error().message;
  const Json result = ResultJson(*audit);
  EXPECT_EQ(result["generations"], 5);
  EXPECT_EQ(result["empty"], 3);
  EXPECT_EQ(result["refused"], 1);
  EXPECT_EQ(result["prompted"]["tokens"], 10);
}

TEST_F(ScoreTest, SaysWhatIsWrongWithAFileOfGenerations) {
  EXPECT_THAT(ErrorOf(R"([{"excerpt_id":"p_id9","generations":[]}])"),
              HasSubstr("g.json, record 1: the book book.json has no excerpt \"p_id9\""));
  EXPECT_THAT(ErrorOf(R"([{"excerpt_id":"p_id1","excerpt_text":"a b x d","generations":[]}])"),
              HasSubstr("record 1: the text of excerpt \"p_id1\" is not the book's (word 3"));
  EXPECT_THAT(ErrorOf(R"([{"excerpt_id":"p_id1","generations":[]},)"
                      R"({"excerpt_id":"p_id1","generations":[]}])"),
              HasSubstr("record 2: excerpt \"p_id1\" is there twice"));
  EXPECT_THAT(ErrorOf(R"([{"generations":[]}])"), HasSubstr("record 1 has no \"excerpt_id\""));
  EXPECT_THAT(ErrorOf(R"([{"excerpt_id":"p_id1"}])"), HasSubstr("has no \"generations\""));
  EXPECT_THAT(ErrorOf(R"([{"excerpt_id":"p_id1","generations":[{}]}])"),
              HasSubstr("no \"generated_text\""));
  const std::string good = kGenerations;
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    EXPECT_THAT(ErrorOf(good.substr(0, cut)), HasSubstr("g.json")) << good.substr(0, cut);
  }
  EXPECT_THAT(ErrorOf(good + "x"), HasSubstr("g.json"));
  EXPECT_THAT(ErrorOf("[{\"excerpt_id\":\"p_id1\",\"generations\":[\"\xFF\"]}]"),
              HasSubstr("UTF-8"));
  EXPECT_THAT(ErrorOf(R"({"excerpt_id":"p_id1"})"), HasSubstr("g.json"));
  const auto missing = Score(Index(kBook), {"/nowhere/g.json"});
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("/nowhere/g.json"));
}

TEST_F(ScoreTest, ReportsTheFirstFaultWhateverTheThreads) {
  std::string json = "[";
  for (int i = 1; i <= 2; ++i) {
    json += fmt::format(R"({}{{"excerpt_id":"p_id{}","excerpt_text":"other","generations":[]}})",
                        i == 1 ? "" : ",", i);
  }
  const std::string file = File("g.json", json + "]");
  for (int round = 0; round < 20; ++round) {
    const auto audit = Score(Index(kBook), {file}, 4);
    ASSERT_FALSE(audit);
    EXPECT_THAT(audit.error().message, HasSubstr("record 1"));
  }
}

TEST_F(ScoreTest, WarnsWhenThereIsNothingToMeasure) {
  const auto none = Score(Index(kBook), {File("g.json", "[]")});
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_THAT(DumpJson(ResultJson(*none)["warnings"]), HasSubstr("no generations"));
  EXPECT_EQ(ResultJson(*none)["bmc"]["value"], 0.0);

  const IndexedBook greek = Index(R"([{"excerpt_id":"1","excerpt_text":"Ελλάδα και θάλασσα"}])");
  const auto undefined =
      Score(greek, {File("h.json", R"([{"excerpt_id":1,"generations":["Ελλάδα και θάλασσα"]}])")});
  ASSERT_TRUE(undefined) << undefined.error().message;
  const Json result = ResultJson(*undefined);
  EXPECT_TRUE(result["bmc"]["value"].is_null());
  EXPECT_THAT(DumpJson(result["warnings"]), HasSubstr("no tokens in this profile"));
  EXPECT_EQ(result["empty"], 0);

  Parameters clean;
  clean.profile = Profile::kClean;
  clean.k = {3};
  const auto covered =
      Score(Index(R"([{"excerpt_id":"1","excerpt_text":"Ελλάδα και θάλασσα"}])", clean),
            {(folder_ / "h.json").string()}, 1, clean);
  EXPECT_EQ(ResultJson(*covered)["bmc"]["value"], 1.0);
}

TEST_F(ScoreTest, WarnsWhenTheSpanThresholdIsBelowK) {
  Parameters parameters;
  parameters.span_over = 3;
  const auto audit = Score(Index(kBook), {File("g.json", kGenerations)}, 1, parameters);
  ASSERT_TRUE(audit) << audit.error().message;
  EXPECT_THAT(DumpJson(ResultJson(*audit)["warnings"]),
              HasSubstr("--span-over 3 is below k = 5: spans count from 5 words on"));
}

TEST_F(ScoreTest, ReadsLoneSurrogatesAndSaysSo) {
  const auto audit = Score(
      Index(kBook),
      {File("g.json",
            R"([{"excerpt_id":"p_id1","generations":["a b \ud83d c \ude00 d \ud83d\ude00"]}])")});
  ASSERT_TRUE(audit) << audit.error().message;
  EXPECT_THAT(DumpJson(ResultJson(*audit)["warnings"]), HasSubstr("2 lone surrogates"));
}

TEST_F(ScoreTest, DecoysGetTheSameGenerations) {
  const IndexedBook book = Index(kBook);
  std::vector<IndexedBook> decoys;
  decoys.push_back(Index(R"([{"excerpt_id":"d","excerpt_text":"a b c d e z z z z z"}])"));
  decoys.push_back(Index(R"([{"excerpt_id":"d","excerpt_text":"q q q q q q q q q q"}])"));
  const auto audit = Score(book, {File("g.json", kGenerations)}, 2, {}, decoys);
  const Json result = ResultJson(audit.value())["decoys"];
  EXPECT_EQ(result["books"][0]["value"], 0.5);
  EXPECT_EQ(result["books"][1]["value"], 0.0);
  EXPECT_EQ(result["mean"], 0.25);
  EXPECT_NEAR(result["z"].get<double>(), (0.75 - 0.25) / std::sqrt(0.125), 1e-9);
}

TEST_F(ScoreTest, ExemptTextsDoNotCount) {
  const std::string file =
      File("exempt.json", R"({"exemptions":[{"text":"c d e f g","reason":"licensed"}]})");
  const auto exemptions = ReadExemptions(file);
  ASSERT_TRUE(exemptions) << exemptions.error().message;
  const IndexedBook book = Index(kBook);
  std::vector<std::uint32_t> found;
  ScoreOptions options;
  options.exempt = ExemptTokens(book, {}, *exemptions, found);
  EXPECT_EQ(found, (std::vector<std::uint32_t>{5}));
  const auto scored = ScoreGenerations(
      book, {}, {},
      {File("g.json", R"([{"excerpt_id":"p_id1","generations":["a b c d e f g h i j k l m n"]}])")},
      options);
  ASSERT_TRUE(scored) << scored.error().message;
  EXPECT_EQ(scored->tally.covered[0].Runs(), (std::vector<Range>{{7, 14}}));
  EXPECT_EQ(scored->tally.exempted.Runs(), (std::vector<Range>{{2, 7}}));
  EXPECT_EQ(scored->tally.in_book.longest, (Range{7, 14}));
  EXPECT_FALSE(ReadExemptions(File("bad.json", R"({"exemptions":[{"text":"x"}]})")));
}

TEST_F(ScoreTest, ExemptTextsDoNotCountAsNearVerbatimEither) {
  std::string text;
  for (int i = 0; i < 260; ++i) text += fmt::format("w{} ", i);
  const IndexedBook book =
      Index(fmt::format(R"([{{"excerpt_id":"1","excerpt_text":"{}"}}])", text));
  const std::string file =
      File("g.json", fmt::format(R"([{{"excerpt_id":"1","generations":["{}"]}}])", text));
  ScoreOptions options;
  options.exempt = Mask(260);
  options.exempt.Add({0, 100});
  const auto scored = ScoreGenerations(book, {}, {}, {file}, options);
  ASSERT_TRUE(scored) << scored.error().message;
  EXPECT_EQ(scored->tally.near.Runs(), (std::vector<Range>{{100, 260}}));
}

TEST_F(ScoreTest, RefusesParametersWithoutMeaning) {
  const auto error = [](std::vector<std::uint32_t> k, std::uint32_t trim = 5) {
    Parameters parameters;
    parameters.k = std::move(k);
    parameters.trim = trim;
    const Status status = CheckParameters(parameters);
    return status ? std::string("no error") : status.error().message;
  };
  EXPECT_EQ(error({0}), "k = 0: must be from 1 to 64");
  EXPECT_EQ(error({65}), "k = 65: must be from 1 to 64");
  EXPECT_EQ(error({5, 5}), "k = 5 is given twice");
  EXPECT_EQ(error({}), "no k was given");
  EXPECT_EQ(error({5}, 65), "trim = 65: must be at most 64");
  EXPECT_EQ(error({3}), "no error");
}

}  // namespace
}  // namespace redraft::audit
