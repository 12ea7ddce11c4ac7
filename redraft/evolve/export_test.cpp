#include "redraft/evolve/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "redraft/base/file.h"
#include "redraft/evolve/import_alphawrite.h"
#include "redraft/evolve/run_fixture.h"

namespace redraft::evolve {
namespace {

std::map<std::string, std::string> Export(const RunContents& run, const std::string& format) {
  const auto files = ExportRun(run, format);
  EXPECT_TRUE(files) << files.error().message;
  std::map<std::string, std::string> by_name;
  if (files) {
    for (const ExportedFile& file : *files) by_name[file.name] = file.bytes;
  }
  return by_name;
}

std::vector<Json> Lines(const std::string& bytes) {
  std::vector<Json> lines;
  std::istringstream in(bytes);
  for (std::string line; std::getline(in, line);) lines.push_back(*ParseJson(line));
  return lines;
}

/// RFC 4180, the slow obvious way.
std::vector<std::vector<std::string>> ParseCsv(const std::string& bytes) {
  std::vector<std::vector<std::string>> rows(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (quoted && c == '"' && i + 1 < bytes.size() && bytes[i + 1] == '"') {
      rows.back().back() += bytes[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      rows.back().emplace_back();
    } else if (!quoted && c == '\n') {
      rows.push_back({""});
    } else {
      rows.back().back() += c;
    }
  }
  rows.pop_back();
  return rows;
}

TEST(ExportTest, JsonLinesHoldTheWholeRun) {
  const RunContents run = FixtureRun();
  auto files = Export(run, "jsonl");
  std::vector<core::Draft> drafts;
  for (const Json& line : Lines(files["drafts.jsonl"]))
    drafts.push_back(*core::DraftFromJson(line));
  ASSERT_EQ(drafts.size(), run.drafts.size());
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    EXPECT_EQ(core::ToJson(drafts[i]), core::ToJson(run.drafts[i]));
  }
  const auto verdicts = Lines(files["verdicts.jsonl"]);
  ASSERT_EQ(verdicts.size(), run.verdicts.size());
  for (std::size_t i = 0; i < verdicts.size(); ++i)
    EXPECT_EQ(verdicts[i], core::ToJson(run.verdicts[i]));
  EXPECT_EQ(Lines(files["ratings.jsonl"]).front()["id"], "g01-000");
}

TEST(ExportTest, CsvGivesEveryFieldBack) {
  const RunContents run = FixtureRun();
  auto files = Export(run, "csv");
  const auto rows = ParseCsv(files["drafts.csv"]);
  ASSERT_EQ(rows.size(), run.drafts.size() + 1);
  EXPECT_EQ(rows[0][0], "id");
  EXPECT_EQ(rows[0][2], "text");
  for (std::size_t i = 0; i < run.drafts.size(); ++i) {
    ASSERT_EQ(rows[i + 1].size(), rows[0].size());
    EXPECT_EQ(rows[i + 1][2], run.drafts[i].text);
  }
  EXPECT_EQ(ParseCsv(files["verdicts.csv"])[1][6], run.verdicts[0].rationale);
}

TEST(ExportTest, TheReferencesFilesCanBeImportedAgain) {
  const RunContents run = FixtureRun();
  const auto folder = std::filesystem::path(testing::TempDir()) / "redraft-alphawrite-export";
  std::filesystem::remove_all(folder);
  for (const auto& [name, bytes] : Export(run, "alphawrite")) {
    ASSERT_TRUE(WriteFileAtomic(folder / "files" / name, bytes));
  }
  auto ledger = store::Ledger::Open(folder / "ledger.db", {.create = true});
  ASSERT_TRUE(ledger) << ledger.error().message;
  const auto imported = ImportAlphaWrite(folder / "files", *ledger);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->stories, 5);
  EXPECT_EQ(imported->matches, 26) << "those of the last tournament";
  const RunContents again = *ReadRun(*ledger, imported->run);
  EXPECT_EQ(again.Task(), run.Task());
  const auto variant = std::ranges::find(again.drafts, std::string("g01-000"), &core::Draft::id);
  ASSERT_NE(variant, again.drafts.end());
  EXPECT_EQ(variant->parents, std::vector<std::string>{"g00-000"});
  EXPECT_EQ(variant->founder, "g00-000");
  EXPECT_EQ(variant->text, run.drafts[4].text);

  // The Elo that was written is the Elo that the importer replays.
  const Json ranking = *ParseJson(Export(run, "alphawrite")["elo_rankings.json"]);
  for (const Json& row : ranking["leaderboard"]) {
    const auto rating =
        std::ranges::find(again.ratings, row["story_id"].get<std::string>(), &store::Rating::id);
    ASSERT_NE(rating, again.ratings.end());
    EXPECT_NEAR(rating->elo, row["elo"].get<double>(), 0.005);
    EXPECT_EQ(rating->n, row["matches_played"].get<int>());
  }
  std::filesystem::remove_all(folder);
}

TEST(ExportTest, SftAnswersThePromptThatMadeTheFounder) {
  auto files = Export(FixtureRun(), "sft");
  const auto lines = Lines(files["sft.jsonl"]);
  const auto provenance = Lines(files["sft.provenance.jsonl"]);
  ASSERT_FALSE(lines.empty());
  ASSERT_EQ(lines.size(), provenance.size());
  EXPECT_EQ(provenance[0]["draft"], "g01-000");
  EXPECT_EQ(lines[0].size(), 1U) << "trainers misread extra columns";
  const Json& messages = lines[0]["messages"];
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages[0]["role"], "system");
  EXPECT_EQ(messages[1]["content"], "Write for g00-000");
  EXPECT_EQ(messages[2]["role"], "assistant");
  EXPECT_THAT(messages[2]["content"].get<std::string>(), testing::HasSubstr("climbed its ribs"));
  EXPECT_TRUE(ParseJson(files["dataset_info.json"]));
}

TEST(ExportTest, SftTakesAtMostTwoTextsOfOneFounderAndNoNearDuplicate) {
  RunContents run = FixtureRun();
  const core::Draft founder = run.drafts[0];
  const char* const tales[] = {"Seven gulls sat on the mended roof and argued until noon.",
                               "Her uncle sold rope to men who never came home with it.",
                               "At low water the church bell could be heard under the sand."};
  for (int i = 0; i < 4; ++i) {
    const core::Draft more =
        FixtureVariant(founder, 10 + i, i == 3 ? run.drafts[4].text : tales[i]);
    run.drafts.push_back(more);
    for (const std::size_t loser : {0U, 1U, 2U, 5U}) {
      FixtureBouts(run, more, run.drafts[loser], 20, 1);
    }
  }
  run.ratings = RateDrafts(run.drafts, run.verdicts)->ratings;
  std::map<std::string, int> of_founder;
  for (const Json& line : Lines(Export(run, "sft")["sft.provenance.jsonl"])) {
    ++of_founder[line["founder"].get<std::string>()];
  }
  EXPECT_EQ(of_founder["g00-000"], 2);
}

TEST(ExportTest, DpoPairsShareTheirPromptAndCarryTheMarginInLogits) {
  const RunContents run = FixtureRun();
  auto files = Export(run, "dpo");
  const auto lines = Lines(files["dpo.jsonl"]), provenance = Lines(files["dpo.provenance.jsonl"]);
  const auto openai = Lines(files["dpo-openai.jsonl"]);
  ASSERT_FALSE(lines.empty());
  ASSERT_EQ(lines.size(), provenance.size());
  ASSERT_EQ(lines.size(), openai.size());
  std::map<std::string, store::Rating> rating;
  for (const store::Rating& r : run.ratings) rating[r.id] = r;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& chosen = rating[provenance[i]["draft"]];
    const auto& rejected = rating[provenance[i]["rejected"]];
    EXPECT_DOUBLE_EQ(lines[i]["margin"], *chosen.bt - *rejected.bt);
    EXPECT_GE(provenance[i]["p_better"], 0.9);
    EXPECT_EQ(lines[i]["chosen"][0]["role"], "assistant");
    EXPECT_EQ(lines[i]["prompt"], openai[i]["input"]["messages"]);
    EXPECT_EQ(lines[i]["rejected"], openai[i]["non_preferred_output"]);
  }
}

TEST(ExportTest, ARunThatProvesNothingGivesNoTrainingSet) {
  RunContents run = FixtureRun();
  run.verdicts.clear();
  run.ratings.clear();
  EXPECT_EQ(ExportRun(run, "sft").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(ExportRun(run, "dpo").error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(ExportRun(run, "jsonl"));
  EXPECT_TRUE(ExportRun(run, "alphawrite"));
}

TEST(ExportTest, AnUnknownFormatNamesTheNearest) {
  EXPECT_THAT(ExportRun(FixtureRun(), "jsonn").error().message, testing::HasSubstr("'jsonl'"));
}

}  // namespace
}  // namespace redraft::evolve
