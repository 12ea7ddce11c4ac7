#include "redraft/audit/index_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/audit/scan.h"

namespace redraft::audit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

IndexedBook Ferry() {
  return IndexBook(
             ParseBook(
                 R"([{"excerpt_id":"p_id1","excerpt_text":"The ferry left at six, and nobody waved."},)"
                 R"({"excerpt_id":"p_id2","excerpt_text":"Rain fell."}])",
                 "ferry.json")
                 .value(),
             "ferry.json", {})
      .value();
}

std::string ErrorOf(const std::string& bytes, const Parameters& parameters = {}) {
  const auto book = ParseIndex(bytes, "f.idx", parameters);
  return book ? "no error" : book.error().message;
}

TEST(IndexFile, HoldsWhatMatchingNeedsAndNoWord) {
  const IndexedBook book = Ferry();
  const std::string bytes = DumpIndex(book, Profile::kRef);
  Parameters parameters;
  parameters.k = {3, 8};
  const IndexedBook again = ParseIndex(bytes, "f.idx", parameters).value();
  EXPECT_EQ(again.shape, book.shape);
  EXPECT_EQ(again.tokens.keys, book.tokens.keys);
  EXPECT_EQ(again.tokens.starts, book.tokens.starts);
  EXPECT_EQ(again.number_of_id, book.number_of_id);
  EXPECT_EQ(again.grams->k(), 3U);
  EXPECT_EQ(again.trim().k(), 5U);
  EXPECT_EQ(DumpIndex(again, Profile::kRef), bytes);

  Scan scan("They say the ferry left at six.", Profile::kRef, 3);
  EXPECT_EQ(scan.Look(again.tokens.keys, "f", again.shape.sha256).covered.Count(), 5U);
}

TEST(IndexFile, IsRefusedWhenItIsNotWhole) {
  const std::string bytes = DumpIndex(Ferry(), Profile::kRef);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_THAT(ErrorOf(bytes.substr(0, cut)), HasSubstr("f.idx: "));
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string broken = bytes;
    broken[at] = static_cast<char>(broken[at] ^ 1);
    EXPECT_NE(ErrorOf(broken), "no error") << "byte " << at;
  }
  EXPECT_THAT(ErrorOf(bytes + "x"), Not(HasSubstr("no error")));
}

TEST(IndexFile, IsRefusedForAnotherProfileOrUnicode) {
  const std::string bytes = DumpIndex(Ferry(), Profile::kRef);
  Parameters clean;
  clean.profile = Profile::kClean;
  EXPECT_THAT(ErrorOf(bytes, clean), HasSubstr("made for --profile ref, not clean"));
  std::string other = bytes;
  const std::size_t at = other.find("\"unicode\":\"1");
  ASSERT_NE(at, std::string::npos);
  other[at + 11] = '9';
  EXPECT_THAT(ErrorOf(other), HasSubstr("made with Unicode 9"));
  Parameters zero;
  zero.k = {0};
  EXPECT_THAT(ErrorOf(bytes, zero), HasSubstr("k = 0"));
}

}  // namespace
}  // namespace redraft::audit
