// The gates and measures on published texts: four runs of the AlphaWrite reference, LAMP drafts and
// expert edits, two novels. The bounds are what was measured, with little room; skipped when the
// data folder (REDRAFT_SHARED, or shared/ beside the repository) is absent.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "redraft/base/file.h"
#include "redraft/base/json.h"
#include "redraft/text/diversity.h"
#include "redraft/text/gates.h"
#include "redraft/text/similarity.h"
#include "redraft/text/words.h"

namespace redraft::text {
namespace {

class PublishedDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* shared = std::getenv("REDRAFT_SHARED");
    folder_ = std::filesystem::path(shared ? shared : REDRAFT_SOURCE_DIR "/../shared") / "data";
    if (!std::filesystem::exists(folder_)) GTEST_SKIP() << "no data folder " << folder_;
  }

  Json Load(const std::string& file) const { return *ParseJson(*ReadFile(folder_ / file)); }

  std::vector<std::string> Stories(const std::string& run, const std::string& batch) const {
    std::vector<std::string> texts;
    const Json file = Load("alphawrite/" + run + "/" + batch + "_stories.json");
    for (const Json& story : file["stories"]) texts.push_back(story["piece"]);
    return texts;
  }

  std::vector<std::string> LampTexts() const {
    std::vector<std::string> texts;
    const std::string lines = *ReadFile(folder_ / "lamp/lamp-R.train.jsonl");
    for (std::size_t begin = 0; begin < lines.size();) {
      const std::size_t end = std::min(lines.find('\n', begin), lines.size());
      const std::string prompt =
          (*ParseJson(lines.substr(begin, end - begin)))["messages"][1]["content"];
      const std::size_t from = prompt.find("Paragraph:\n") + 11;
      texts.push_back(prompt.substr(from, prompt.find("\n\nYou must produce") - from));
      begin = end + 1;
    }
    for (const char* editor : {"W3", "W12", "W16"}) {
      const Json file = Load(std::string("lamp/reannotation-") + editor + ".json");
      for (const Json& edit : file) texts.push_back(edit["postedit"]);
    }
    return texts;
  }

  std::vector<std::string> BookParagraphs() const {
    std::vector<std::string> texts;
    for (const char* book : {"moby-dick.txt", "pride-and-prejudice.txt"}) {
      std::string text = *ReadTextFile(folder_ / "books" / book);
      std::erase(text, '\r');
      for (const std::string_view paragraph : Paragraphs(text)) {
        if (CountWords(paragraph) >= 40) texts.emplace_back(paragraph);
      }
    }
    return texts;
  }

  /// How many texts get each reason; "cleaned" counts those that cleaning changed.
  static std::map<std::string, int> Tally(const std::vector<std::string>& texts) {
    std::map<std::string, int> counts;
    for (const std::string& text : texts) {
      const GateResult result = CheckDraft(text, {.noun = "story"});
      for (const std::string& reason : result.reasons) ++counts[reason];
      counts["cleaned"] += result.text != text;
    }
    return counts;
  }

  std::filesystem::path folder_;
};

TEST_F(PublishedDataTest, InitialStoriesAndScoutBatchesHoldNoGarbage) {
  for (const char* run : {"book_store", "space_llama-Scout", "story1", "story3"}) {
    EXPECT_EQ(Tally(Stories(run, "initial"))["garbage"], 0) << run;
  }
  for (const char* batch : {"batch2", "batch3", "batch4", "batch5"}) {
    EXPECT_EQ(Tally(Stories("space_llama-Scout", batch))["garbage"], 0) << batch;
  }
}

TEST_F(PublishedDataTest, VariantsWrittenTooHotAreGarbage) {
  // Of 15 stories each, 10, 10, 13 and 14 have more than a quarter of words foreign to the first
  // batch.
  EXPECT_GE(Tally(Stories("book_store", "batch2"))["garbage"], 8);
  EXPECT_GE(Tally(Stories("book_store", "batch3"))["garbage"], 9);
  EXPECT_GE(Tally(Stories("book_store", "batch4"))["garbage"], 10);
  EXPECT_GE(Tally(Stories("book_store", "batch5"))["garbage"], 12);
}

TEST_F(PublishedDataTest, PrefacesOfStory3AreStripped) {
  int prefaced = 0;
  for (const std::string& text : Stories("story3", "batch5")) {
    if (text.find("mproved") > 200) continue;
    ++prefaced;
    const GateResult result = CheckDraft(text, {.noun = "story"});
    EXPECT_EQ(result.text.find("mproved Story Variant"), std::string::npos);
    EXPECT_EQ(result.text.find("**Improved"), std::string::npos);
    EXPECT_THAT(result.reasons, ::testing::Not(::testing::Contains("preface")));
    EXPECT_GT(result.words, 300);
  }
  EXPECT_GE(prefaced, 9);
}

TEST_F(PublishedDataTest, LampTextsRarelyFail) {
  const auto texts = LampTexts();
  auto counts = Tally(texts);
  const int all = static_cast<int>(texts.size());
  EXPECT_EQ(all, 2146);
  EXPECT_LE(counts["garbage"], all / 500);  // 2 measured
  EXPECT_LE(counts["repetition"], all / 500);
  EXPECT_EQ(counts["refusal"], 0);
  EXPECT_EQ(counts["preface"], 0);
  EXPECT_LE(counts["unfinished"], all / 500);
}

TEST_F(PublishedDataTest, NovelsRarelyFail) {
  const auto texts = BookParagraphs();
  auto counts = Tally(texts);
  const int all = static_cast<int>(texts.size());
  EXPECT_GE(all, 2600);
  for (const char* reason : {"garbage", "repetition", "refusal", "preface"}) {
    EXPECT_LE(counts[reason], all / 500) << reason;
  }
  EXPECT_LE(counts["cleaned"], all / 500);
}

TEST_F(PublishedDataTest, IndependentDraftsAreNoNearDuplicatesAndLateOnesAre) {
  for (const char* run : {"book_store", "space_llama-Scout", "story1", "story3"}) {
    const auto texts = Stories(run, "initial");
    for (std::size_t i = 0; i < texts.size(); ++i) {
      for (std::size_t j = i + 1; j < texts.size(); ++j) {
        ASSERT_LT(TrigramJaccard(texts[i], texts[j]), 0.15);
      }
    }
  }
  for (const char* run : {"story1", "story3"}) {
    const auto texts = Stories(run, run == std::string("story1") ? "batch6" : "batch5");
    int pairs = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      for (std::size_t j = i + 1; j < texts.size(); ++j) {
        pairs += TrigramJaccard(texts[i], texts[j]) > kNearDuplicate;
      }
    }
    EXPECT_GE(pairs, 14) << run;  // alphawrite.md: 14 to 66 in the Llama runs
    EXPECT_LE(pairs, 66) << run;
  }
}

TEST_F(PublishedDataTest, DiversityShowsTheCollapse) {
  const Diversity first = Measure(Stories("story1", "initial"));
  const Diversity last = Measure(Stories("story1", "batch6"));
  EXPECT_LT(first.trigram_jaccard, 0.03);
  EXPECT_GT(last.trigram_jaccard, 8 * first.trigram_jaccard);
  EXPECT_GT(last.self_bleu4, 2 * first.self_bleu4);
  EXPECT_LT(last.distinct2, 0.7 * first.distinct2);
}

TEST_F(PublishedDataTest, WordCountsAgreeWithWhiteSpaceOnLampWithinOnePercent) {
  std::int64_t ours = 0, pieces = 0;
  for (const std::string& text : LampTexts()) {
    ours += CountWords(text);
    bool space = true;
    for (const char c : text) {
      const bool now = c == ' ' || c == '\n';
      pieces += space && !now;
      space = now;
    }
  }
  EXPECT_NEAR(static_cast<double>(ours) / static_cast<double>(pieces), 1.0, 0.01);
}

}  // namespace
}  // namespace redraft::text
