#include "redraft/text/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace redraft::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Side(const std::vector<DiffPiece>& pieces, DiffOp without) {
  std::string text;
  for (const DiffPiece& piece : pieces) {
    if (piece.op != without) text += piece.text;
  }
  return text;
}

TEST(WordDiffTest, ShowsAReplacedWord) {
  EXPECT_THAT(
      WordDiff("the old dog slept", "the young dog slept"),
      ElementsAre(DiffPiece{DiffOp::kEqual, "the "}, DiffPiece{DiffOp::kDelete, "old"},
                  DiffPiece{DiffOp::kInsert, "young"}, DiffPiece{DiffOp::kEqual, " dog slept"}));
}

TEST(WordDiffTest, JoinsLoneSpacesBetweenChangedWords) {
  EXPECT_THAT(
      WordDiff("a red big house", "a blue small house"),
      ElementsAre(DiffPiece{DiffOp::kEqual, "a "}, DiffPiece{DiffOp::kDelete, "red big"},
                  DiffPiece{DiffOp::kInsert, "blue small"}, DiffPiece{DiffOp::kEqual, " house"}));
}

TEST(WordDiffTest, EqualAndEmptyTexts) {
  EXPECT_THAT(WordDiff("", ""), IsEmpty());
  EXPECT_THAT(WordDiff("same text", "same text"),
              ElementsAre(DiffPiece{DiffOp::kEqual, "same text"}));
  EXPECT_THAT(WordDiff("", "new"), ElementsAre(DiffPiece{DiffOp::kInsert, "new"}));
  EXPECT_THAT(WordDiff("old", ""), ElementsAre(DiffPiece{DiffOp::kDelete, "old"}));
}

/// Short words from a tiny alphabet, so that the two sides share much.
std::string RandomText() {
  std::string text;
  for (const int i : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6))) {
    constexpr const char* kTokens[] = {"a", "b", "c", " ", "\n", "  "};
    text += kTokens[i];
  }
  return text;
}

RC_GTEST_PROP(WordDiffTest, RestoresBothSidesByteByByte, ()) {
  const std::string before = RandomText(), after = RandomText();
  const auto pieces = WordDiff(before, after);
  RC_ASSERT(Side(pieces, DiffOp::kInsert) == before);
  RC_ASSERT(Side(pieces, DiffOp::kDelete) == after);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    RC_ASSERT(!pieces[i].text.empty());
    if (i > 0) RC_ASSERT(pieces[i].op != pieces[i - 1].op);
    if (i > 0 && pieces[i].op == DiffOp::kDelete) RC_ASSERT(pieces[i - 1].op == DiffOp::kEqual);
  }
}

RC_GTEST_PROP(WordDiffTest, RestoresArbitraryBytes, (std::string before, std::string after)) {
  const auto pieces = WordDiff(before, after);
  RC_ASSERT(Side(pieces, DiffOp::kInsert) == before);
  RC_ASSERT(Side(pieces, DiffOp::kDelete) == after);
}

/// Longest common subsequence by the textbook table.
std::size_t CommonTokens(const std::vector<int>& a, const std::vector<int>& b) {
  std::vector<std::vector<std::size_t>> best(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      best[i][j] =
          a[i - 1] == b[j - 1] ? best[i - 1][j - 1] + 1 : std::max(best[i - 1][j], best[i][j - 1]);
    }
  }
  return best[a.size()][b.size()];
}

RC_GTEST_PROP(WordDiffTest, KeepsAsManyWordsAsTheLongestCommonSubsequence, ()) {
  // One word per line: line breaks never join a change, so equal pieces show every kept token.
  const auto letters = rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4));
  const auto a = *letters, b = *letters;
  const auto tokens = [](const std::vector<int>& words) {
    std::pair<std::string, std::vector<int>> made;
    for (const int word : words) {
      made.first += std::string(1, static_cast<char>('a' + word)) + "\n";
      made.second.insert(made.second.end(), {word, -1});
    }
    return made;
  };
  const auto [before, a_tokens] = tokens(a);
  const auto [after, b_tokens] = tokens(b);
  std::size_t kept = 0;
  for (const DiffPiece& piece : WordDiff(before, after)) {
    if (piece.op == DiffOp::kEqual) kept += piece.text.size();
  }
  RC_ASSERT(kept == CommonTokens(a_tokens, b_tokens));
}

TEST(WordDiffTest, LongTextsWithoutAnythingInCommonAreOneChange) {
  std::string before, after;
  for (int i = 0; i < 2000; ++i) {
    before += "x" + std::to_string(i) + "\t";
    after += "y" + std::to_string(i) + " ";
  }
  const auto pieces = WordDiff(before, after);
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].text, before);
  EXPECT_EQ(pieces[1].text, after);
}

}  // namespace
}  // namespace redraft::text
