#include "redraft/base/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace redraft {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<std::vector<std::string>> Read(std::string_view text) {
  std::vector<std::string> records;
  REDRAFT_RETURN_IF_ERROR(ForEachCsvRecord(text, "t.csv", [&](const Json& record) -> Status {
    records.push_back(DumpJson(record));
    return Ok{};
  }));
  return records;
}

std::string ErrorOf(std::string_view text) {
  const auto records = Read(text);
  return records ? "none" : records.error().message;
}

TEST(Csv, CellsMayHoldCommasQuotesAndLineBreaks) {
  EXPECT_THAT(
      *Read("b,a\r\n\"one, two\",\"she said \"\"no\"\"\"\r\n\n\"two\nlines\",\r\n"),
      ElementsAre(R"({"b":"one, two","a":"she said \"no\""})", R"({"b":"two\nlines","a":""})"));
}

TEST(Csv, TheLastRecordNeedsNoLineBreak) {
  EXPECT_THAT(*Read("a\nx"), ElementsAre(R"({"a":"x"})"));
  EXPECT_TRUE(Read("")->empty());
}

TEST(Csv, MistakesNameFileAndRecord) {
  EXPECT_EQ(ErrorOf("a,b\n1,2\n3\n"), "t.csv record 3: 1 cells instead of 2");
  EXPECT_EQ(ErrorOf("a,a\n1,2\n"), "t.csv record 1: the heading names the column 'a' twice");
  EXPECT_THAT(ErrorOf("a\nx\n\"never closed\n"), HasSubstr("t.csv record 3: a quote"));
  EXPECT_THAT(ErrorOf("a\nx\"y\n"), HasSubstr("t.csv record 2: a quote"));
}

RC_GTEST_PROP(Csv, WhatIsQuotedComesBack, (const std::vector<std::string>& cells)) {
  std::string text = "cell\n";
  std::vector<std::string> expected;
  for (const std::string& cell : cells) {
    std::string quoted = "\"";
    for (const char c : cell) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    text += quoted + "\"\n";
    expected.push_back(DumpJson(Json{{"cell", cell}}));
  }
  const auto records = Read(text);
  RC_ASSERT(records.has_value());
  RC_ASSERT(*records == expected);
}

RC_GTEST_PROP(Csv, AnyBytesAreReadOrFailCleanly, (const std::string& text)) {
  const auto records = Read("a,b\n" + text);
  RC_ASSERT(records || !records.error().message.empty());
}

}  // namespace
}  // namespace redraft
