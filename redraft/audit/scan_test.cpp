#include "redraft/audit/scan.h"

#include <gtest/gtest.h>

#include "redraft/audit/near_verbatim.h"

namespace redraft::audit {
namespace {

Book BookOf(const std::string& text) {
  Book book;
  book.text = text;
  return book;
}

TEST(Scan, FindsWhatATextSharesWithABook) {
  Scan scan(
      "My own words. \u201CRain came over the harbour wall, all night.\u201D And more of mine.",
      Profile::kRef, 5);
  const ScannedBook found = scan.Look(
      BookOf("Before it. Rain came over the harbour wall all night; after it, nothing."), "b.txt");
  ASSERT_EQ(found.spans.size(), 1U);
  EXPECT_EQ(found.spans[0].in_text, (Range{3, 11}));
  EXPECT_EQ(found.spans[0].in_book, (Range{2, 10}));
  EXPECT_EQ(scan.TextOf(found.spans[0].in_text), "Rain came over the harbour wall, all night");
  EXPECT_EQ(found.covered.Count(), 8U);
  EXPECT_EQ(scan.Look(BookOf("nothing of the kind"), "c.txt").covered.Count(), 0U);
}

TEST(Scan, ListsNoSpanInsideALongerOne) {
  Scan scan("a b c d e f g h", Profile::kRef, 3);
  const ScannedBook found = scan.Look(BookOf("b c d x a b c d e f g h y c d e"), "b.txt");
  ASSERT_EQ(found.spans.size(), 1U);
  EXPECT_EQ(found.spans[0].in_book, (Range{4, 12}));
}

Mask NearOf(const std::vector<Run>& runs, std::uint32_t size) {
  Mask near(size);
  NearVerbatim().Mark(runs, near);
  return near;
}

TEST(NearVerbatim, ChainsRunsOverSmallGapsOnly) {
  // 60 + 60 words with one word replaced between them: one chain of 120 matched words.
  EXPECT_EQ(NearOf({{0, 0, 60}, {61, 61, 60}}, 300).Runs(),
            (std::vector<Range>{{0, 60}, {61, 121}}));
  // A gap of 30 words is too wide: neither half has 100.
  EXPECT_EQ(NearOf({{0, 0, 60}, {90, 90, 60}}, 300).Count(), 0U);
  // Gaps of 8 join in the second step, as long as each part has 20 matched words.
  EXPECT_EQ(NearOf({{0, 0, 60}, {68, 66, 60}}, 300).Count(), 120U);
  EXPECT_EQ(NearOf({{0, 0, 90}, {98, 98, 15}}, 300).Count(), 0U);
  // The gaps differ by more than 3.
  EXPECT_EQ(NearOf({{0, 0, 60}, {69, 62, 60}}, 300).Count(), 0U);
  // One long run needs no company.
  EXPECT_EQ(NearOf({{10, 0, 100}}, 300).Count(), 100U);
}

}  // namespace
}  // namespace redraft::audit
