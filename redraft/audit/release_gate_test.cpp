#include "redraft/audit/release_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "redraft/base/file.h"

namespace redraft::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Json ResultOf(double bmc, const std::string& book = "b1") {
  return {{"schema", "redraft.audit.score/1"},
          {"book", {{"name", "book.json"}, {"tokens", 30}, {"sha256", book}}},
          {"generations", 100},
          {"empty", 0},
          {"bmc", {{"covered", 10}, {"value", bmc}}},
          {"span", {{"length", 12}, {"start", 0}, {"end", 12}, {"excerpt_id", "p_id1"}}},
          {"in_book", {{"span", {{"length", 40}}}}},
          {"block", {{"length", 12}, {"start", 0}, {"end", 12}}},
          {"cross", {{"crossing", 0}, {"counted", 1}, {"min_length", 5}}},
          {"spans", {{"ref", 3}, {"maximal", 3}}},
          {"mask", {{0, 10}}},
          {"self_agreement", 0.5},
          {"parameters", {{"k", {5, 8}}, {"trim", 5}, {"profile", "ref"}}}};
}

ResultFile Parsed(const Json& json, const std::string& name = "r.json") {
  return ParseResult(DumpJson(json), name).value();
}

std::string ErrorOf(const Json& json) {
  const auto result = ParseResult(DumpJson(json), "r.json");
  return result ? "no error" : result.error().message;
}

TEST(ResultFile, SaysWhatIsMissing) {
  Json json = ResultOf(0.3);
  EXPECT_EQ(ErrorOf(json), "no error");
  json["mask"] = {{0, 31}};
  EXPECT_THAT(ErrorOf(json), HasSubstr("r.json: \"mask\" holds [0,31]"));
  json["mask"] = {{5, 10}, {8, 12}};
  EXPECT_THAT(ErrorOf(json), HasSubstr("\"mask\" holds [8,12]"));
  json = ResultOf(0.3);
  json["spans"].erase("ref");
  EXPECT_THAT(ErrorOf(json), HasSubstr("\"spans.ref\" is missing"));
  json["schema"] = "redraft.rank/1";
  EXPECT_THAT(ErrorOf(json), HasSubstr("schema is not redraft.audit.score/1"));
  EXPECT_THAT(ErrorOf(Json::array()), HasSubstr("schema"));
  EXPECT_THAT(ParseResult("{", "r.json").error().message, HasSubstr("r.json: not JSON"));
}

TEST(Similarity, IsThatOfTheResearchExample) {
  Json other = ResultOf(0.3);
  other["mask"] = {{5, 15}};
  other["self_agreement"] = nullptr;
  const Json result = SimilarityJson(Parsed(ResultOf(0.3)), Parsed(other)).value();
  EXPECT_DOUBLE_EQ(result["jaccard"].get<double>(), 1.0 / 3);
  EXPECT_DOUBLE_EQ(result["random"].get<double>(), 0.2);
  EXPECT_EQ(result["self_a"], 0.5);
  EXPECT_TRUE(result["self_b"].is_null());
}

TEST(Similarity, RefusesResultsOfDifferentBooksOrParameters) {
  const auto other_book = SimilarityJson(Parsed(ResultOf(0.3)), Parsed(ResultOf(0.3, "b2")));
  EXPECT_THAT(other_book.error().message, HasSubstr("the book is book.json (b1)"));
  Json json = ResultOf(0.3);
  json["parameters"]["k"] = {8};
  const auto other_k = SimilarityJson(Parsed(ResultOf(0.3)), Parsed(json));
  EXPECT_THAT(other_k.error().message, HasSubstr("parameters.k is 5 in one and 8 in the other"));
}

Verdict Check(const ResultFile& result, const Limits& limits,
              const std::vector<Waiver>& waivers = {}, const ResultFile* baseline = nullptr) {
  return CheckRelease(result, baseline, limits, waivers, "2026-11-26").value();
}

TEST(ReleaseGate, PassesAtTheLimitAndFailsAboveIt) {
  const ResultFile result = Parsed(ResultOf(0.3));
  EXPECT_TRUE(Check(result, {.max_bmc = 0.3, .max_span = 12, .max_spans = 3}).passed());
  EXPECT_FALSE(Check(result, {.max_bmc = 0.29}).passed());
  EXPECT_FALSE(Check(result, {.max_span = 11}).passed());
  EXPECT_FALSE(Check(result, {.max_spans = 2}).passed());
  EXPECT_FALSE(Check(result, {.max_span = 12, .span_in_book = true}).passed());
  const ResultFile base = Parsed(ResultOf(0.25));
  EXPECT_TRUE(Check(result, {.max_increase = 0.06}, {}, &base).passed());
  EXPECT_FALSE(Check(result, {.max_increase = 0.04}, {}, &base).passed());
}

TEST(ReleaseGate, DoesNotPassWhatWasNotMeasured) {
  Json json = ResultOf(0);
  json["bmc"]["value"] = nullptr;
  EXPECT_FALSE(Check(Parsed(json), {.max_bmc = 1}).passed());
  json = ResultOf(0);
  json["generations"] = 0;
  EXPECT_FALSE(Check(Parsed(json), {.max_span = 100}).passed());
}

TEST(ReleaseGate, DoesNotPassALowerBoundThatIsWithinTheLimit) {
  Json json = ResultOf(0.3);
  json["guarded"] = 2;
  Limits limits;
  limits.max_span = 20;
  limits.max_spans = 2;
  const Verdict verdict = CheckRelease(Parsed(json), nullptr, limits, {}, "2026-11-26").value();
  EXPECT_FALSE(verdict.checks[0].passed);
  EXPECT_FALSE(verdict.checks[0].value.has_value())
      << "it may be longer than the 12 that were seen";
  EXPECT_EQ(verdict.checks[1].value, 3.0) << "too many already";
}

TEST(ReleaseGate, TakesAResultWithTheContractsMembersAlone) {
  Json json = ResultOf(0.3);
  json.erase("in_book");
  Limits limits;
  limits.max_span = 20;
  EXPECT_TRUE(CheckRelease(Parsed(json), nullptr, limits, {}, "2026-11-26")->passed());
  limits.span_in_book = true;
  EXPECT_FALSE(CheckRelease(Parsed(json), nullptr, limits, {}, "2026-11-26")->passed());
}

TEST(ReleaseGate, SaysWhichLimitHasNoMeaning) {
  const ResultFile result = Parsed(ResultOf(0.3));
  const auto error = [&](const Limits& limits) {
    return CheckRelease(result, nullptr, limits, {}, "2026-11-26").error().message;
  };
  EXPECT_THAT(error({}), HasSubstr("no limit was given"));
  EXPECT_THAT(error({.max_bmc = 7.4}), HasSubstr("--max-bmc 7.4: must be a share"));
  EXPECT_THAT(error({.max_increase = 0.1}), HasSubstr("go together"));
}

TEST(ReleaseGate, HonoursWaiversUntilTheyExpire) {
  const ResultFile result = Parsed(ResultOf(0.3));
  const Waiver good{"max_bmc", 0.4, "", "R. Hale", "licensed edition", "2026-11-26"};
  const auto waived = Check(result, {.max_bmc = 0.1}, {good});
  EXPECT_TRUE(waived.passed());
  EXPECT_EQ(waived.checks[0].waived->signer, "R. Hale");

  Waiver expired = good;
  expired.expires = "2026-11-25";
  Waiver small = good;
  small.allow = 0.2;
  Waiver elsewhere = good;
  elsewhere.book_sha256 = "b2";
  const auto failed = Check(result, {.max_bmc = 0.1}, {expired, small, elsewhere});
  EXPECT_FALSE(failed.passed());
  EXPECT_THAT(failed.checks[0].notes,
              ElementsAre("the waiver signed by R. Hale expired on 2026-11-25",
                          "the waiver signed by R. Hale allows 0.2 only",
                          "the waiver signed by R. Hale is for another book"));
}

TEST(ReleaseGate, WritesJUnitXml) {
  Json json = ResultOf(0.3);
  const Waiver waiver{"max_span", 12, "", "A & B <Legal>", "ok", "2030-01-01"};
  const ResultFile result = Parsed(json);
  const std::string xml =
      JUnitXml(Check(result, {.max_bmc = 0.1, .max_span = 5}, {waiver}), result);
  EXPECT_THAT(xml, HasSubstr("tests=\"2\" failures=\"1\""));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"max_bmc is 0.3, the limit 0.1\"/>"));
  EXPECT_THAT(xml, HasSubstr("A &amp; B &lt;Legal&gt;"));
}

TEST(ReleaseGate, ReadsWaiverFiles) {
  const auto folder = std::filesystem::path(::testing::TempDir()) /
                      ("redraft_waivers." + std::to_string(::getpid()));
  const auto read = [&](const std::string& text) {
    EXPECT_TRUE(WriteFileAtomic(folder / "w.json", text));
    return ReadWaivers(folder / "w.json");
  };
  const std::string good =
      R"({"check":"max_bmc","allow":0.5,"signer":"R","reason":"r","expires":"2027-01-31"})";
  const auto waivers = read("{\"waivers\":[" + good + "]}");
  ASSERT_TRUE(waivers) << waivers.error().message;
  EXPECT_EQ(waivers->at(0).allow, 0.5);
  EXPECT_THAT(read("[]").error().message, HasSubstr("needs a list \"waivers\""));
  EXPECT_THAT(read(R"({"waivers":[{"check":"max_bmc"}]})").error().message,
              HasSubstr("waiver 1 needs \"signer\""));
  std::string bad = good;
  bad.replace(bad.find("2027-01-31"), 10, "2027-13-31");
  EXPECT_THAT(read("{\"waivers\":[" + bad + "]}").error().message, HasSubstr("is no date"));
  bad = good;
  bad.replace(bad.find("max_bmc"), 7, "max_all");
  EXPECT_THAT(read("{\"waivers\":[" + bad + "]}").error().message, HasSubstr("\"max_all\""));
  bad = good;
  bad.insert(bad.size() - 1, ",\"book_sha256\":7");
  EXPECT_THAT(read("{\"waivers\":[" + bad + "]}").error().message, HasSubstr("is no text"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace redraft::audit
