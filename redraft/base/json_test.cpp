#include "redraft/base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace redraft {
namespace {

TEST(JsonTest, KeepsKeyOrderAndRoundTrips) {
  const std::string text = R"({"z":1,"a":[true,null,"\u00e9\n"],"n":0.1})";
  EXPECT_EQ(DumpJson(*ParseJson(text)), R"({"z":1,"a":[true,null,"é\n"],"n":0.1})");
}

TEST(JsonTest, BadJsonNamesTheByte) {
  for (const char* text : {"", "{", "{\"a\":}", "[1,]", "nul", "{} x", "\"\\ud800\"", "\"\xFF\""}) {
    const auto json = ParseJson(text);
    ASSERT_FALSE(json) << text;
    EXPECT_EQ(json.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(json.error().message, ::testing::StartsWith("not JSON"));
  }
  EXPECT_THAT(ParseJson("[1,]").error().message, ::testing::HasSubstr("byte 4"));
}

TEST(JsonTest, NumbersThatJsonCannotHoldBecomeNull) {
  EXPECT_EQ(DumpJson(NumberOrNull(std::numeric_limits<double>::quiet_NaN())), "null");
  EXPECT_EQ(DumpJson(Json(std::numeric_limits<double>::infinity())), "null");
  EXPECT_EQ(DumpJson(NumberOrNull(-0.25)), "-0.25");
}

TEST(JsonTest, BadBytesInStringsAreReplaced) {
  EXPECT_EQ(DumpJson(Json("a\xFF")), "\"a\xEF\xBF\xBD\"");
}

RC_GTEST_PROP(JsonTest, StringsAndNumbersSurvive, (std::int64_t number, double real)) {
  const auto back = ParseJson(DumpJson(Json{{"i", number}, {"r", real}}));
  RC_ASSERT(back.has_value());
  RC_ASSERT((*back)["i"].get<std::int64_t>() == number);
  RC_ASSERT((*back)["r"].get<double>() == real);
}

}  // namespace
}  // namespace redraft
