#include "redraft/reward/relation.h"

#include <gtest/gtest.h>

namespace redraft::reward {
namespace {

const std::string kText =
    "Olga sold the tickets at the harbour. She had a stamp with the wrong year. In the winter the "
    "harbour froze. Then Olga stamped library books instead.";
const std::string kForeign =
    "My uncle kept the tide tables in a biscuit tin. Each Tuesday was underlined. Nobody knew why. "
    "My aunt burned half of them before we came.";

Relation Between(const std::string& a, const std::string& b) {
  const Passage left(a);
  const Passage right(b);
  const Relation relation = Align(left, right).relation;
  EXPECT_EQ(Align(right, left).relation, relation);
  return relation;
}

TEST(Relation, TheSameSentencesInAnotherOrderAreReordered) {
  EXPECT_EQ(
      Between(kText,
              "In the winter the harbour froze. Olga sold the tickets at the harbour. Then Olga "
              "stamped library books instead. She had a stamp with the wrong year."),
      Relation::kReordered);
  EXPECT_EQ(Between(kText, kText), Relation::kReordered);
}

TEST(Relation, MissingOrAddedSentencesAreACut) {
  EXPECT_EQ(Between(kText,
                    "Olga sold the tickets at the harbour. She had a stamp with the wrong "
                    "year."),
            Relation::kCut);
  EXPECT_EQ(Between(kText, kText + " It was a nice day. Things were fine."), Relation::kCut);
  EXPECT_EQ(Between(kText, "Write a story about tickets. " + kText), Relation::kCut);
}

TEST(Relation, OtherWordsForTheSameAreARevision) {
  EXPECT_EQ(
      Between(kText,
              "Olga sold tickets down at the harbour. Her stamp had the wrong year on it. When "
              "the harbour froze in winter, Olga stamped library books."),
      Relation::kRevised);
}

TEST(Relation, AnotherEndingIsSplicedAndAnotherTextIsUnrelated) {
  EXPECT_EQ(Between(kText,
                    "Olga sold the tickets at the harbour. She had a stamp with the wrong "
                    "year. Nobody knew why. My aunt burned half of them before we came."),
            Relation::kSpliced);
  EXPECT_EQ(Between(kText, kForeign), Relation::kUnrelated);
  EXPECT_EQ(Between(kText, ""), Relation::kUnrelated);
}

}  // namespace
}  // namespace redraft::reward
