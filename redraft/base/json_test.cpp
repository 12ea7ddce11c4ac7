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

std::string LibraryDump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

TEST(JsonTest, EveryShapeAndEveryByteIsWrittenAsTheLibraryWritesIt) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  const std::string ascii = bytes.substr(0, 128);
  for (const Json& value :
       {Json(), Json::object(), Json::array(), Json(ascii), Json(bytes), Json("é漢😀\u2028\n"),
        Json(true), Json(std::numeric_limits<std::int64_t>::min()),
        Json(std::numeric_limits<std::uint64_t>::max()), Json(-0.0), Json(1e300), Json(0.1F),
        Json::parse(R"({"a\"\n":[1,[],{},{"b":[null,false,-7,2.5,"x"]}],"":{"":""}})"),
        Json::binary({1, 2})}) {
    EXPECT_EQ(DumpJson(value), LibraryDump(value));
  }
}

RC_GTEST_PROP(JsonTest, StringsAreWrittenAsTheLibraryWritesThem, (const std::string& text)) {
  RC_ASSERT(DumpJson({{text, text}}) == LibraryDump({{text, text}}));
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
