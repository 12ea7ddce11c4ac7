#include "redraft/base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

namespace redraft {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("redraft_file_test." + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string TextError(std::string_view bytes) {
    EXPECT_TRUE(WriteFileAtomic(folder_ / "text", bytes));
    const auto text = ReadTextFile(folder_ / "text");
    EXPECT_FALSE(text);
    return text ? "" : text.error().message;
  }

  fs::path folder_;
};

TEST_F(FileTest, WhatIsWrittenIsRead) {
  const std::string bytes("a\0b\r\n\xFF", 6);
  ASSERT_TRUE(WriteFileAtomic(folder_ / "new" / "deep" / "f", bytes));
  EXPECT_EQ(*ReadFile(folder_ / "new" / "deep" / "f"), bytes);
  ASSERT_TRUE(WriteFileAtomic(folder_ / "new" / "deep" / "f", ""));
  EXPECT_EQ(*ReadFile(folder_ / "new" / "deep" / "f"), "");
}

TEST_F(FileTest, WritingLeavesNothingElseBehind) {
  ASSERT_TRUE(WriteFileAtomic(folder_ / "f", "x"));
  EXPECT_EQ(*ListFiles(folder_), std::vector<fs::path>{"f"});
  // The target is a folder that is not empty: the rename fails, the part is removed.
  fs::create_directories(folder_ / "d" / "e");
  const auto failed = WriteFileAtomic(folder_ / "d", "x");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kFailed);
  EXPECT_EQ(*ListFiles(folder_), std::vector<fs::path>{"f"});
}

TEST_F(FileTest, MissingFoldersAndLargeFilesAreNamed) {
  const auto missing = ReadFile(folder_ / "nothing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(missing.error().message, HasSubstr("nothing: No such file"));
  EXPECT_THAT(ReadFile(folder_).error().message, HasSubstr("is a folder"));
  ASSERT_TRUE(WriteFileAtomic(folder_ / "large", std::string(101, 'x')));
  EXPECT_THAT(ReadFile(folder_ / "large", 100).error().message, HasSubstr("limit of 100"));
  EXPECT_TRUE(ReadFile(folder_ / "large", 101));
}

TEST_F(FileTest, TextMustBeTextAndLosesItsMark) {
  ASSERT_TRUE(WriteFileAtomic(folder_ / "text", "\xEF\xBB\xBFgrüße"));
  EXPECT_EQ(*ReadTextFile(folder_ / "text"), "grüße");
  EXPECT_THAT(TextError(""), HasSubstr("is empty"));
  EXPECT_THAT(TextError(" \r\n"), HasSubstr("is empty"));
  EXPECT_THAT(TextError("\xEF\xBB\xBF"), HasSubstr("is empty"));
  EXPECT_THAT(TextError(std::string("ab\0c", 4)), HasSubstr("NUL at byte 2"));
  EXPECT_THAT(TextError("abc\xE9"), HasSubstr("not UTF-8 text (byte 3)"));
}

TEST_F(FileTest, ListsAllFilesBelowSorted) {
  for (const char* name : {"b", "a/z", "a/b/c"}) ASSERT_TRUE(WriteFileAtomic(folder_ / name, "x"));
  EXPECT_THAT(*ListFiles(folder_), ::testing::ElementsAre("a/b/c", "a/z", "b"));
  EXPECT_FALSE(ListFiles(folder_ / "b"));
  EXPECT_FALSE(ListFiles(folder_ / "none"));
}

TEST(Utf8Test, FindsTheFirstBadByte) {
  EXPECT_EQ(FirstInvalidUtf8("plain, é, 漢, 😀"), std::string_view::npos);
  EXPECT_EQ(FirstInvalidUtf8("a\x80"), 1U);             // lone continuation
  EXPECT_EQ(FirstInvalidUtf8("ab\xC3"), 2U);            // cut off
  EXPECT_EQ(FirstInvalidUtf8("\xC0\xAF"), 0U);          // overlong
  EXPECT_EQ(FirstInvalidUtf8("\xE0\x80\xAF"), 0U);      // overlong
  EXPECT_EQ(FirstInvalidUtf8("x\xED\xA0\x80"), 1U);     // surrogate
  EXPECT_EQ(FirstInvalidUtf8("\xF4\x90\x80\x80"), 0U);  // beyond U+10FFFF
  EXPECT_EQ(FirstInvalidUtf8("\xF0\x9F\x98\x80\xFF"), 4U);
}

RC_GTEST_PROP(Utf8Test, TextUpToTheBadByteIsGood, (const std::string& bytes)) {
  const auto bad = FirstInvalidUtf8(bytes);
  RC_ASSERT(FirstInvalidUtf8(bytes.substr(0, bad)) == std::string::npos);
}

TEST(ReplaceInvalidUtf8Test, EveryByteThatBeginsNoCharacterIsReplaced) {
  EXPECT_EQ(ReplaceInvalidUtf8("plain, é, 漢"), "plain, é, 漢");
  EXPECT_EQ(ReplaceInvalidUtf8("a\xFF"
                               "b\x80"),
            "a\uFFFDb\uFFFD");
  EXPECT_EQ(ReplaceInvalidUtf8("\xE2\x82"), "\uFFFD\uFFFD");
  EXPECT_EQ(ReplaceInvalidUtf8(""), "");
}

RC_GTEST_PROP(ReplaceInvalidUtf8Test, GivesUtf8, (const std::string& bytes)) {
  RC_ASSERT(FirstInvalidUtf8(ReplaceInvalidUtf8(bytes)) == std::string_view::npos);
}

}  // namespace
}  // namespace redraft
