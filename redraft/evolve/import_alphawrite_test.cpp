#include "redraft/evolve/import_alphawrite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "redraft/base/file.h"
#include "redraft/evolve/report.h"

namespace redraft::evolve {
namespace {

namespace fs = std::filesystem;

class ImportTest : public testing::Test {
 protected:
  ImportTest() : folder_(fs::path(testing::TempDir()) / ("redraft-import-" + Name())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~ImportTest() override { fs::remove_all(folder_); }
  static std::string Name() {
    return testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  void Write(const std::string& name, const Json& json) {
    ASSERT_TRUE(WriteFileAtomic(folder_ / "in" / name, DumpJson(json)));
  }
  store::Ledger Open() {
    return std::move(*store::Ledger::Open(folder_ / "l.db", {.create = true}));
  }

  static Json Story(const std::string& id, const std::string& piece) {
    return {{"story_id", id},
            {"prompt", "Write of tides."},
            {"piece", piece},
            {"model_used", "m"},
            {"elo", 1200}};
  }
  static Json Match(const std::string& a, const std::string& b, const std::string& winner) {
    return {{"story1_id", a}, {"story2_id", b}, {"winner_id", winner}, {"reasoning", "r"}};
  }

  fs::path folder_;
};

TEST_F(ImportTest, ReadsLineageAndMatchesOfTheGlickoSchema) {
  Json a = Story("a", "One gull."), b = Story("b", "Two gulls.");
  a.erase("elo");
  a["rating"] = 1612.5;
  a["rd"] = 80.0;
  a["sigma"] = 0.06;
  Write("initial_stories.json", {{"stories", {a, b}}});
  Json kept = a, child = Story("c", "Three gulls.");
  kept["generation_type"] = "original_top_performer";
  kept["previous_batch_rating"] = nullptr;
  child["generation_type"] = "variant";
  child["parent_story_id"] = "a";
  Write("batch2_stories.json",
        {{"stories", {kept, child}}, {"config_used", {{"top_stories_to_select", 1}}}});
  Write("match_history.json", {{"matches", {Match("a", "c", "c"), Match("c", "a", "c")}}});
  Write("notes.json", "something else");
  auto ledger = Open();
  const auto imported = ImportAlphaWrite(folder_ / "in", ledger);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->stories, 3);
  EXPECT_EQ(imported->matches, 2);
  const RunContents run = *ReadRun(ledger, "latest");
  EXPECT_EQ(run.drafts[2].parents, std::vector<std::string>{"a"});
  EXPECT_EQ(run.drafts[2].founder, "a");
  EXPECT_EQ(run.drafts[2].generation, 1);
  EXPECT_EQ(run.verdicts[0].generation, 1);
  EXPECT_EQ(run.run.state, store::RunState::kFinished);
  EXPECT_EQ(run.run.result["best"]["draft"], "c");
  EXPECT_DOUBLE_EQ(run.run.result["generations"][0]["best"], 1612.5);
  EXPECT_FALSE(run.run.result["null"]["variant_win_rate"].is_null());
  EXPECT_EQ(run.ratings.size(), 2U) << "only those of the judged batch";
  const auto page = RenderReport(run);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_NE(page->find("The order of showing is not on record;"), std::string::npos);
}

TEST_F(ImportTest, TheSameFolderAgainIsTheSameRun) {
  Write("initial_stories.json", {{"stories", {Story("a", "x"), Story("b", "y")}}});
  auto ledger = Open();
  const auto first = ImportAlphaWrite(folder_ / "in", ledger);
  const auto second = ImportAlphaWrite(folder_ / "in", ledger);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->run, second->run);
  EXPECT_EQ(ledger.Runs()->size(), 1U);
}

TEST_F(ImportTest, AnEmptyHistoryIsARunThatNobodyJudged) {
  Write("initial_stories.json", {{"stories", {Story("a", "One gull."), Story("b", "Two gulls.")}}});
  Write("match_history.json", {{"matches", Json::array()}});
  auto ledger = Open();
  const auto imported = ImportAlphaWrite(folder_ / "in", ledger);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->matches, 0);
  const RunContents run = *ReadRun(ledger, imported->run);
  for (const store::Rating& rating : run.ratings) EXPECT_EQ(rating.elo, 1200);
  EXPECT_TRUE(RenderReport(run));
}

TEST_F(ImportTest, WhatIsNotTheReferencesIsRefusedByName) {
  auto ledger = Open();
  Write("readme.json", "x");
  EXPECT_THAT(ImportAlphaWrite(folder_ / "in", ledger).error().message,
              testing::HasSubstr("initial_stories.json"));
  Write("initial_stories.json", {{"stories", {{{"story_id", 7}}}}});
  EXPECT_THAT(ImportAlphaWrite(folder_ / "in", ledger).error().message,
              testing::HasSubstr("initial_stories.json"));
  Write("initial_stories.json", {{"stories", Json::array()}});
  EXPECT_EQ(ImportAlphaWrite(folder_ / "in", ledger).error().code, ErrorCode::kInvalidArgument);
  Write("initial_stories.json", {{"stories", {Story("a", "x"), Story("b", "y")}}});
  Write("match_history.json", {{"matches", {Match("a", "z", "a")}}});
  EXPECT_THAT(ImportAlphaWrite(folder_ / "in", ledger).error().message, testing::HasSubstr("'z'"));
  Write("match_history.json", {{"matches", {Match("a", "b", "q")}}});
  EXPECT_THAT(ImportAlphaWrite(folder_ / "in", ledger).error().message, testing::HasSubstr("'q'"));
  EXPECT_TRUE(ledger.Runs()->empty()) << "a refused folder leaves nothing behind";
}

struct Published {
  const char* folder;
  int stories, matches;
  const char* top;
  double top_elo;
  const char* bottom;
  double bottom_elo;
};

class PublishedRunTest : public testing::TestWithParam<Published> {};

// Elo of the published histories, replayed independently (base 1200, K 32, file order).
TEST_P(PublishedRunTest, ReplaysToTheKnownElo) {
  const Published& known = GetParam();
  const char* shared = std::getenv("REDRAFT_SHARED");
  const fs::path data =
      (shared != nullptr ? fs::path(shared) : fs::path(REDRAFT_SOURCE_DIR "/../shared")) /
      "data/alphawrite" / known.folder;
  if (!fs::exists(data)) GTEST_SKIP() << data << " is not there";
  const fs::path db =
      fs::path(testing::TempDir()) / (std::string("redraft-published-") + known.folder + ".db");
  fs::remove(db);
  auto ledger = store::Ledger::Open(db, {.create = true});
  ASSERT_TRUE(ledger) << ledger.error().message;
  const auto imported = ImportAlphaWrite(data, *ledger);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->stories, known.stories);
  EXPECT_EQ(imported->matches, known.matches);
  const RunContents run = *ReadRun(*ledger, imported->run);
  const Json ratings = (*ReportJson(run))["ratings"];
  EXPECT_THAT(ratings.front()["id"].get<std::string>(), testing::StartsWith(known.top));
  EXPECT_NEAR(ratings.front()["elo"].get<double>(), known.top_elo, 5e-5);
  EXPECT_THAT(ratings.back()["id"].get<std::string>(), testing::StartsWith(known.bottom));
  EXPECT_NEAR(ratings.back()["elo"].get<double>(), known.bottom_elo, 5e-5);
  const auto page = RenderReport(run);
  ASSERT_TRUE(page) << page.error().message;
  for (const core::Draft& draft : run.drafts) {
    EXPECT_NE(page->find("id=\"d-" + draft.id + "\""), std::string::npos) << draft.id;
  }
  fs::remove(db);
}

INSTANTIATE_TEST_SUITE_P(
    AlphaWrite, PublishedRunTest,
    testing::Values(Published{"book_store", 50, 210, "f6d86e1e", 1410.7018, "60ba0436", 934.2931},
                    Published{"space_llama-Scout", 150, 400, "13d82c8e", 1399.7338, "779731cc",
                              987.7746},
                    Published{"story1", 165, 296, "897ccd25", 1333.6603, "b187e031", 1080.3664},
                    Published{"story3", 160, 286, "f346c1ca", 1361.5856, "4411b947", 992.1093}),
    [](const auto& published) {
      std::string name = published.param.folder;
      std::erase_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
      return name;
    });

}  // namespace
}  // namespace redraft::evolve
