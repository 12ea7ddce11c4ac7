#include "redraft/audit/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/audit/result.h"

namespace redraft::audit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kBook =
    R"([{"excerpt_id":"p_id1","excerpt_text":"The <ferry> left at six & nobody waved."},)"
    R"({"excerpt_id":"p_id2","excerpt_text":"Rain came over the harbour wall all night."}])";

IndexedBook Indexed() {
  return IndexBook(ParseBook(kBook, "ferry.json").value(), "ferry.json", {}).value();
}

/// A result in which these tokens are covered.
ReportRow RowOf(const std::string& model, const std::vector<Range>& covered) {
  const IndexedBook book = Indexed();
  Audit audit;
  audit.book = book.shape;
  audit.tally = Tally(audit.parameters, book.tokens.size(), book.tokens.excerpts());
  audit.tally.covered[0] = Mask::FromRuns(book.tokens.size(), covered);
  for (ExcerptTally& excerpt : audit.tally.excerpts) excerpt.generations = 4;
  return {model, ParseResult(DumpJson(ResultJson(audit)), model + ".json").value()};
}

ReportInput InputOf() {
  ReportInput input;
  input.rows = {RowOf("tuned", {{0, 6}, {8, 15}}), RowOf("base", {{0, 6}})};
  input.base = "base";
  IndexedBook book = Indexed();
  const std::string sha256 = book.book.sha256;
  input.books.emplace(sha256, std::move(book));
  input.waivers = {{"max_bmc", 0.9, "", "R. <Hale>", "until the licence is signed", "2026-01-01"}};
  input.today = "2026-11-26";
  return input;
}

TEST(Report, PutsBooksAndModelsIntoOneTableWithDifferences) {
  const Json report = ReportJson(InputOf()).value();
  ASSERT_EQ(report["rows"].size(), 2U);
  EXPECT_EQ(report["rows"][0]["model"], "base");
  ASSERT_EQ(report["differences"].size(), 1U);
  const Json& difference = report["differences"][0];
  EXPECT_EQ(difference["model"], "tuned");
  EXPECT_NEAR(difference["bmc"].get<double>(), 7.0 / 15, 1e-12);
  EXPECT_EQ(difference["newly_covered"], 7);
  ASSERT_TRUE(difference["interval"].is_array());
  EXPECT_LE(difference["interval"][0].get<double>(), 7.0 / 15);
  EXPECT_GE(difference["interval"][1].get<double>(), 7.0 / 15);
  EXPECT_EQ(report["waivers"][0]["expired"], true);
  EXPECT_EQ(report["rows"][1]["longest"][0]["text"], "came over the harbour wall all night");
}

TEST(Report, PageMarksCoveredWordsAndEscapesEverything) {
  const ReportInput input = InputOf();
  const std::string page = ReportHtml(ReportJson(input).value(), input);
  EXPECT_THAT(page, HasSubstr("The &lt;ferry&gt; left at six &amp; nobody</mark> waved."));
  EXPECT_THAT(page, HasSubstr("R. &lt;Hale&gt;"));
  EXPECT_THAT(page, HasSubstr("<b>expired</b>"));
  EXPECT_THAT(page, HasSubstr(input.rows[0].result.book_sha256));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("http://")));
}

TEST(Report, RedactedHoldsNoWordOfTheBook) {
  ReportInput input = InputOf();
  input.redact = true;
  const Json report = ReportJson(input).value();
  for (const std::string& text : {DumpJson(report), ReportHtml(report, input)}) {
    for (const char* word : {"harbour", "nobody", "waved", "Rain"}) {
      EXPECT_THAT(text, Not(HasSubstr(word)));
    }
  }
  EXPECT_EQ(report["rows"][1]["longest"][0]["start"], 8);
}

TEST(Report, SaysWhyRowsCannotStandTogether) {
  ReportInput input = InputOf();
  input.base = "gpt";
  EXPECT_THAT(ReportJson(input).error().message,
              HasSubstr("--base gpt: no such model; there are base, tuned"));
  input = InputOf();
  input.rows[1].model = "tuned";
  EXPECT_THAT(ReportJson(input).error().message, HasSubstr("are both of model tuned"));
  input = InputOf();
  input.rows.clear();
  EXPECT_THAT(ReportJson(input).error().message, HasSubstr("no result"));
}

}  // namespace
}  // namespace redraft::audit
