#include "redraft/audit/excerpts.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

namespace redraft::audit {
namespace {

std::string Sentence(std::size_t words, const std::string& word = "word") {
  std::string sentence = "The";
  for (std::size_t i = 1; i < words; ++i) sentence += " " + word;
  return sentence + ".";
}

std::vector<std::size_t> WordCounts(std::string_view text, const std::vector<Excerpt>& excerpts) {
  std::vector<std::size_t> counts;
  for (const Excerpt& e : excerpts)
    counts.push_back(CountBlankParted(text.substr(e.begin, e.end - e.begin)));
  return counts;
}

TEST(Excerpts, EndWithAParagraphWhereOneEndsInRange) {
  std::string text;
  for (int i = 0; i < 6; ++i) text += Sentence(80) + " " + Sentence(80) + "\n\n";
  // 160 words a paragraph: two are 320.
  EXPECT_EQ(WordCounts(text, SplitExcerpts(text)), (std::vector<std::size_t>{320, 320, 320}));
}

TEST(Excerpts, ElseEndWithASentence) {
  std::string text;
  for (int i = 0; i < 10; ++i) text += Sentence(90) + " ";
  EXPECT_EQ(WordCounts(text, SplitExcerpts(text)), (std::vector<std::size_t>{450, 450}));
  const auto excerpts = SplitExcerpts(text);
  EXPECT_TRUE(text.substr(excerpts[0].begin, excerpts[0].end).ends_with("word."));
  EXPECT_EQ(excerpts[0].id, "p_id1");
  EXPECT_EQ(excerpts[1].id, "p_id2");
}

TEST(Excerpts, AShortRestJoinsTheLastOneOrSharesItsWords) {
  std::string text = Sentence(310) + "\n\n" + Sentence(100);
  EXPECT_EQ(WordCounts(text, SplitExcerpts(text)), (std::vector<std::size_t>{410}));
  text.clear();
  for (int i = 0; i < 13; ++i) text += Sentence(50) + " ";  // 650
  EXPECT_EQ(WordCounts(text, SplitExcerpts(text)), (std::vector<std::size_t>{300, 350}));
  text.clear();
  for (int i = 0; i < 11; ++i) text += Sentence(50) + " ";  // 550 cannot be two of 300
  EXPECT_EQ(WordCounts(text, SplitExcerpts(text)), (std::vector<std::size_t>{500, 50}));
}

TEST(Excerpts, AnEndlessSentenceIsCutBehindAClause) {
  std::string text = "It";
  for (int i = 0; i < 700; ++i) text += i % 30 == 0 ? " went on," : " went on";
  const auto excerpts = SplitExcerpts(text);
  for (std::size_t i = 0; i + 1 < excerpts.size(); ++i)
    EXPECT_TRUE(text.substr(0, excerpts[i].end).ends_with(",")) << i;
  EXPECT_EQ(CountBlankParted(text), 1401U);
}

TEST(Excerpts, OfALittleTextOrNone) {
  EXPECT_TRUE(SplitExcerpts("").empty());
  EXPECT_TRUE(SplitExcerpts(" \n\n ").empty());
  EXPECT_EQ(WordCounts("Two words.", SplitExcerpts("Two words.")), (std::vector<std::size_t>{2}));
}

TEST(Excerpts, AScriptWithoutBlanksIsCutByItsWords) {
  std::string text;
  for (int i = 0; i < 400; ++i) text += "彼女は海を見ていた。";
  const auto excerpts = SplitExcerpts(text);
  EXPECT_GT(excerpts.size(), 3U);
}

TEST(Excerpts, LeaveNoWordOutAndKeepTheirSize) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (auto paragraphs = random() % 40; paragraphs > 0; --paragraphs) {
      for (auto sentences = 1 + random() % 8; sentences > 0; --sentences)
        text += Sentence(2 + random() % (random() % 10 == 0 ? 600 : 40),
                         random() % 9 == 0 ? "clause," : "word") +
                (random() % 5 == 0 ? "\n" : " ");
      text += "\n\n";
    }
    const auto excerpts = SplitExcerpts(text);
    const auto counts = WordCounts(text, excerpts);
    std::size_t total = 0, end = 0;
    for (std::size_t i = 0; i < excerpts.size(); ++i) {
      total += counts[i];
      EXPECT_LE(counts[i], 500U);
      EXPECT_TRUE(i + 1 == excerpts.size() || counts[i] >= 300) << round << " " << i;
      EXPECT_GE(excerpts[i].begin, end);
      EXPECT_EQ(text.substr(end, excerpts[i].begin - end).find_first_not_of(" \n"),
                std::string::npos);
      end = excerpts[i].end;
    }
    EXPECT_EQ(total, CountBlankParted(text));
  }
}

TEST(Excerpts, OfARealBookAreInRange) {
  const std::filesystem::path path =
      std::filesystem::path(REDRAFT_SOURCE_DIR) / "../shared/data/books/pride-and-prejudice.txt";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  const auto book = ReadBook(path);
  ASSERT_TRUE(book);
  const auto counts = WordCounts(book->text, SplitExcerpts(book->text));
  EXPECT_GT(counts.size(), 300U);
  for (const std::size_t words : counts) {
    EXPECT_GE(words, 300U);
    EXPECT_LE(words, 500U);
  }
}

}  // namespace
}  // namespace redraft::audit
