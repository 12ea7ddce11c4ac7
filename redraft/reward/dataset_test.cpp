#include "redraft/reward/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/base/file.h"

namespace redraft::reward {
namespace {

using ::testing::HasSubstr;

class DatasetTest : public ::testing::Test {
 protected:
  std::filesystem::path Write(const std::string& name, const std::string& text) {
    const auto path = std::filesystem::path(::testing::TempDir()) / "redraft_dataset" / name;
    EXPECT_TRUE(WriteFileAtomic(path, text));
    return path;
  }

  Dataset Pairs(const std::string& text) {
    Dataset data;
    const Status read = ReadPairs(Write("pairs.jsonl", text), data);
    EXPECT_TRUE(read) << read.error().message;
    return data;
  }

  std::string PairsError(const std::string& text) {
    Dataset data;
    const Status read = ReadPairs(Write("pairs.jsonl", text), data);
    EXPECT_FALSE(read);
    if (read) return "";
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
    return read.error().message;
  }
};

TEST_F(DatasetTest, PlainPairsKeepTheirTextsAndGroup) {
  const auto data = Pairs(R"({"chosen":"Good.","rejected":"Bad.","group":7})"
                          "\n\n"
                          R"({"chosen":"Better.","rejected":"Worse.","group":"g","margin":2})");
  ASSERT_EQ(data.pairs.size(), 2U);
  EXPECT_EQ(data.pairs[0].chosen, "Good.");
  EXPECT_EQ(data.pairs[0].rejected, "Bad.");
  EXPECT_EQ(data.pairs[0].group, "7");
  EXPECT_EQ(data.pairs[1].group, "g");
  EXPECT_EQ(data.sources[0].rows, 2U);
  EXPECT_EQ(data.sources[0].name, "pairs.jsonl");
  EXPECT_EQ(data.sources[0].sha256.size(), 64U);
}

TEST_F(DatasetTest, CsvFilesGiveTheSameRows) {
  Dataset data;
  ASSERT_TRUE(ReadPairs(Write("pairs.csv",
                              "rejected,chosen,group,margin\n"
                              "\"Bad, or so.\",Good.,g,2\nX.,Y.,,\nX.,Z.,,0\n"),
                        data));
  ASSERT_EQ(data.pairs.size(), 2U);
  EXPECT_EQ(data.pairs[0].chosen, "Good.");
  EXPECT_EQ(data.pairs[0].rejected, "Bad, or so.");
  EXPECT_EQ(data.pairs[0].group, "g");
  EXPECT_EQ(data.pairs[1].group, "");
  EXPECT_EQ(data.sources[0].left_out, 1U);
  ASSERT_TRUE(ReadScores(Write("scores.csv", "text,score\nGood.,7.5\n"), data));
  EXPECT_EQ(data.scores[0].score, 7.5);
  const Status bad = ReadScores(Write("scores.csv", "text,score\nGood.,high\n"), data);
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().message,
              HasSubstr("scores.csv record 2: \"score\" must be a number, not 'high'"));
}

TEST_F(DatasetTest, ConversationsGiveTheirLastAssistantMessage) {
  const auto data = Pairs(
      R"({"prompt":[{"role":"user","content":"Write."}],)"
      R"("chosen":[{"role":"assistant","content":"Draft."},{"role":"user","content":"Again."},)"
      R"({"role":"assistant","content":[{"type":"text","text":"Go"},{"type":"text","text":"od."}]}],)"
      R"("rejected":[{"role":"assistant","content":"Bad."}]})");
  ASSERT_EQ(data.pairs.size(), 1U);
  EXPECT_EQ(data.pairs[0].chosen, "Good.");
  EXPECT_EQ(data.pairs[0].rejected, "Bad.");
}

TEST_F(DatasetTest, PairsThatAnswerOnePromptAreOneGroup) {
  const auto data = Pairs(R"({"prompt":"p","chosen":"a","rejected":"b"})"
                          "\n"
                          R"({"prompt":"p","chosen":"c","rejected":"d"})"
                          "\n"
                          R"({"prompt":"q","chosen":"e","rejected":"f"})");
  ASSERT_EQ(data.pairs.size(), 3U);
  EXPECT_FALSE(data.pairs[0].group.empty());
  EXPECT_EQ(data.pairs[0].group, data.pairs[1].group);
  EXPECT_NE(data.pairs[0].group, data.pairs[2].group);
}

TEST_F(DatasetTest, TiesIdenticalTextsAndRepetitionsAreLeftOutAndCounted) {
  const auto data = Pairs(R"({"chosen":"a","rejected":"b","margin":0})"
                          "\n"
                          R"({"chosen":"same","rejected":"same"})"
                          "\n"
                          R"({"chosen":"c","rejected":"d"})"
                          "\n"
                          R"({"chosen":"c","rejected":"d"})");
  EXPECT_EQ(data.pairs.size(), 1U);
  EXPECT_EQ(data.sources[0].rows, 4U);
  EXPECT_EQ(data.sources[0].left_out, 3U);
}

TEST_F(DatasetTest, ErrorsNameFileLineAndMember) {
  const std::string good = R"({"chosen":"a","rejected":"b"})"
                           "\n";
  EXPECT_THAT(PairsError(good + R"({"chosen":"a"})"),
              HasSubstr("pairs.jsonl line 2: no \"rejected\""));
  EXPECT_THAT(PairsError(good + "\n{broken"), HasSubstr("line 3: not JSON"));
  EXPECT_THAT(PairsError("[1]"), HasSubstr("line 1: expected a JSON object"));
  EXPECT_THAT(PairsError(R"({"chosen":1,"rejected":"b"})"), HasSubstr("\"chosen\" must be"));
  EXPECT_THAT(PairsError(R"({"chosen":" ","rejected":"b"})"), HasSubstr("\"chosen\" is empty"));
  EXPECT_THAT(PairsError(R"({"chosen":[{"role":"user","content":"x"}],"rejected":"b"})"),
              HasSubstr("no message with the role \"assistant\""));
  EXPECT_THAT(PairsError(R"({"chosen":[1],"rejected":"b"})"), HasSubstr("a message must be"));
  EXPECT_THAT(PairsError(R"({"chosen":"a","rejected":"b","margin":-1})"), HasSubstr("\"margin\""));
  EXPECT_THAT(PairsError(R"({"chosen":"a","rejected":"b","group":[]})"), HasSubstr("\"group\""));
}

TEST_F(DatasetTest, MissingEmptyAndBinaryFilesAreRefused) {
  Dataset data;
  EXPECT_FALSE(ReadPairs(std::filesystem::path(::testing::TempDir()) / "absent.jsonl", data));
  EXPECT_FALSE(ReadPairs(Write("empty.jsonl", ""), data));
  EXPECT_FALSE(ReadScores(Write("nul.jsonl", std::string("{\0}", 3)), data));
  EXPECT_FALSE(ReadPairs(::testing::TempDir(), data)) << "a folder without LAMP's files";
}

std::string StudyAnswer(const std::string& item, const std::string& rater,
                        const std::string& choice) {
  return R"({"item":")" + item + R"(","rater":")" + rater + R"(","left":"Left )" + item +
         R"(.","right":{"id":"r","text":"Right )" + item + R"(."},"choice":")" + choice +
         R"(","gap":2})"
         "\n";
}

TEST_F(DatasetTest, StudyAnswersGiveThePreferredTextOfEachRater) {
  const auto data = Pairs(StudyAnswer("1", "ann", "left") + StudyAnswer("2", "ben", "right") +
                          StudyAnswer("3", "ann", "tie") + StudyAnswer("4", "ben", "both_bad") +
                          StudyAnswer("1", "ann", "left"));
  ASSERT_EQ(data.pairs.size(), 2U);
  EXPECT_EQ(data.pairs[0].chosen, "Left 1.");
  EXPECT_EQ(data.pairs[0].rejected, "Right 1.");
  EXPECT_EQ(data.pairs[0].group, "1");
  EXPECT_EQ(data.pairs[0].editor, "ann");
  EXPECT_EQ(data.pairs[1].chosen, "Right 2.");
  EXPECT_EQ(data.pairs[1].editor, "ben");
  EXPECT_EQ(data.sources[0].rows, 5U);
  EXPECT_EQ(data.sources[0].left_out, 3U) << "a tie, a pair of bad texts, an answer given twice";
}

TEST_F(DatasetTest, ContradictingRatersAreAllKeptAndTheFileIsCutByItems) {
  const auto data = Pairs(StudyAnswer("1", "ann", "left") + StudyAnswer("1", "ben", "right") +
                          StudyAnswer("1", "cid", "left") + StudyAnswer("2", "ann", "left"));
  ASSERT_EQ(data.pairs.size(), 4U);
  EXPECT_EQ(data.pairs[0].chosen, data.pairs[2].chosen);
  EXPECT_EQ(data.pairs[0].chosen, data.pairs[1].rejected);
  for (const Pair& pair : data.pairs) EXPECT_EQ(pair.editor, "");
  EXPECT_EQ(data.pairs[3].group, "2");
}

TEST_F(DatasetTest, BadStudyAnswersAreNamed) {
  EXPECT_THAT(PairsError(StudyAnswer("1", "ann", "middle")),
              HasSubstr("line 1: \"choice\" must be left, right, tie or both_bad"));
  EXPECT_THAT(PairsError(StudyAnswer("1", "", "left")), HasSubstr("\"item\" and a \"rater\""));
  EXPECT_THAT(PairsError(R"({"item":1,"rater":1,"left":"x","right":{"id":"y"},"choice":"left"})"),
              HasSubstr("\"right\": no \"text\""));
  EXPECT_THAT(PairsError(R"({"item":1,"rater":1,"right":"x","choice":"left"})"),
              HasSubstr("no \"left\""));
}

TEST_F(DatasetTest, TestPairsThatShareATextOrGroupWithTrainingAreTakenOut) {
  const auto training = Pairs(R"({"chosen":"One good.","rejected":"One bad.","group":"g"})");
  auto test = Pairs(R"({"chosen":"New.","rejected":"ONE bad"})"
                    "\n"
                    R"({"chosen":"Fresh.","rejected":"Stale.","group":"g"})"
                    "\n"
                    R"({"chosen":"Kept.","rejected":"Other.","group":"h"})"
                    "\n"
                    R"({"chosen":"Kept too.","rejected":"Other too."})");
  const SharedPairs shared = TakeOutShared(training, test);
  EXPECT_EQ(shared.count, 2U);
  EXPECT_EQ(shared.first, "the text 'ONE bad …'");
  ASSERT_EQ(test.pairs.size(), 2U);
  EXPECT_EQ(test.pairs[0].chosen, "Kept.");
  auto by_group = Pairs(R"({"chosen":"Fresh.","rejected":"Stale.","group":"g"})");
  EXPECT_EQ(TakeOutShared(training, by_group).first, "group 'g'");
}

TEST(HoldOut, TakesTheTextsAndTheirGroupsOut) {
  Dataset data;
  data.pairs = {{"Better.", "ONE bad one!", "g", ""},
                {"Better still.", "Another.", "g", ""},
                {"Kept.", "Left.", "h", ""},
                {"Kept, too.", "Left, too.", "", ""},
                {"one bad one", "Worse.", "", ""}};
  data.scores = {{"one bad one", 3, "s"}, {"Of its group.", 4, "s"}, {"Kept.", 5, ""}};
  EXPECT_EQ(HoldOut({"One bad one.", "Nobody has this."}, data), 5U);
  ASSERT_EQ(data.pairs.size(), 2U);
  EXPECT_EQ(data.pairs[0].chosen, "Kept.");
  EXPECT_EQ(data.pairs[1].chosen, "Kept, too.");
  ASSERT_EQ(data.scores.size(), 1U);
  EXPECT_EQ(data.scores[0].text, "Kept.");
}

TEST_F(DatasetTest, ScoresAreReadWithTheirGroup) {
  Dataset data;
  ASSERT_TRUE(ReadScores(Write("scores.jsonl", R"({"text":"a","score":7.5,"group":"g"})"
                                               "\n"
                                               R"({"text":"b","score":3})"),
                         data));
  ASSERT_EQ(data.scores.size(), 2U);
  EXPECT_EQ(data.scores[0].score, 7.5);
  EXPECT_EQ(data.scores[0].group, "g");
  EXPECT_EQ(data.scores[1].text, "b");
  EXPECT_FALSE(ReadScores(Write("scores.jsonl", R"({"text":"a","score":"7"})"), data));
  EXPECT_FALSE(ReadScores(Write("scores.jsonl", R"({"score":7})"), data));
}

// A folder in LAMP's layout with sentences of our own.
std::string LampScoreRow(const std::string& text, int score) {
  return R"({"messages":[{"role":"system","content":"s"},{"role":"user","content":"Score.\n\nParagraph:\n)" +
         text + R"(\n\nYou must produce JSON."},{"role":"assistant","content":"{\"score\": )" +
         std::to_string(score) +
         R"(}"}]})"
         "\n";
}

TEST_F(DatasetTest, ALampFolderGivesEditsThatScoreAPointHigher) {
  const auto texts = Write(
      "lamp/lamp-R.train.jsonl",
      LampScoreRow("The draft.", 4) + LampScoreRow("The edit.", 6) + LampScoreRow("No better.", 4));
  const std::string heading =
      "draft_row\tedit_row\tdraft_score\tedit_score\tsimilarity\teditor\tgroup\n";
  Write("lamp/train-pairs.tsv", heading + "0\t1\t4\t6\t0.8\tW1\t12\n0\t2\t4\t4\t0.8\tW1\t12\n");
  Dataset data;
  const Status read = ReadPairs(texts.parent_path(), data);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(data.pairs.size(), 1U);
  EXPECT_EQ(data.pairs[0].chosen, "The edit.");
  EXPECT_EQ(data.pairs[0].rejected, "The draft.");
  EXPECT_EQ(data.pairs[0].group, "lamp 12");
  EXPECT_EQ(data.pairs[0].editor, "lamp W1");
  EXPECT_EQ(data.sources[0].left_out, 1U);
  EXPECT_EQ(data.sources[0].name, "lamp");
  EXPECT_EQ(SourceName("some/where/lamp/"), "lamp");

  Write("lamp/train-pairs.tsv", heading + "0\t9\t4\t6\t0.8\tW1\t12\n");
  const Status out_of_range = ReadPairs(texts.parent_path(), data);
  ASSERT_FALSE(out_of_range);
  EXPECT_THAT(out_of_range.error().message, HasSubstr("line 2: edit_row \"9\""));
  Write("lamp/train-pairs.tsv", "a\tb\n");
  EXPECT_FALSE(ReadPairs(texts.parent_path(), data));
  Write("lamp/train-pairs.tsv", heading + "0\t1\t4\n");
  EXPECT_FALSE(ReadPairs(texts.parent_path(), data));
}

TEST_F(DatasetTest, LampPreferenceRowsGiveThePreferredParagraphOncePerPair) {
  const auto row = [](const std::string& first, const std::string& second, const char* preference) {
    return R"({"messages":[{"role":"user","content":"Choose.\n\nParagraph 1:\n)" + first +
           R"(\n\nParagraph 2:\n)" + second +
           R"(\n\nYou must produce JSON."},{"role":"assistant","content":"{\"preference\": \")" +
           preference +
           R"(\"}"}]})"
           "\n";
  };
  const auto data = Pairs(row("Good.", "Bad.", "1") + row("Bad.", "Good.", "2"));
  ASSERT_EQ(data.pairs.size(), 1U);
  EXPECT_EQ(data.pairs[0].chosen, "Good.");
  EXPECT_EQ(data.pairs[0].rejected, "Bad.");
  EXPECT_THAT(PairsError(row("a", "b", "3")), HasSubstr("\"preference\""));
  EXPECT_THAT(
      PairsError(
          R"({"messages":[{"role":"user","content":"?"},{"role":"assistant","content":"{}"}]})"),
      HasSubstr("Paragraph 1"));
}

}  // namespace
}  // namespace redraft::reward
