#include "redraft/base/toml.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace redraft {
namespace {

using ::testing::HasSubstr;

TEST(TomlTest, ValuesOfEveryKindBecomeJson) {
  const auto json = ParseToml(
      "s = \"x\"\ni = -3\nf = 1.5\nb = true\nl = [1, \"two\", [3]]\nd = 2026-11-25\n[t]\nu = {v = "
      "1}\n"
      "[[list]]\na = 1\n[[list]]\na = 2\n",
      "test");
  ASSERT_TRUE(json) << json.error().message;
  EXPECT_EQ(
      DumpJson(*json),
      R"({"s":"x","i":-3,"f":1.5,"b":true,"l":[1,"two",[3]],"d":"2026-11-25","t":{"u":{"v":1}},"list":[{"a":1},{"a":2}]})");
}

TEST(TomlTest, KeysKeepTheOrderOfTheFile) {
  EXPECT_EQ(DumpJson(*ParseToml("z = 1\na = 2\nm = 3\n[y]\n[b]\n", "t")),
            R"({"z":1,"a":2,"m":3,"y":{},"b":{}})");
}

// Undefined behaviour in toml++ as Debian ships it: see cmake/RedraftDependencies.cmake.
TEST(TomlTest, ALineMayContinueWithAnyLetter) {
  for (const char* letter : {"é", "Ω", "я", "–", "读"}) {
    const auto json = ParseToml(fmt::format("a = \"\"\"x \\\n  {}\"\"\"\n", letter), "t");
    ASSERT_TRUE(json) << letter;
    EXPECT_EQ((*json)["a"], fmt::format("x {}", letter));
  }
}

TEST(TomlTest, MistakesNameFileLineAndColumn) {
  const auto json = ParseToml("a = 1\nb = = 2\n", "redraft.toml");
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(json.error().message, HasSubstr("redraft.toml:2:"));
  EXPECT_FALSE(ParseToml("a = 1\na = 2\n", "t"));
  EXPECT_FALSE(ParseToml("[unclosed\n", "t"));
}

TEST(CheckKeysTest, NamesTheNearestOrAllKnownKeys) {
  const Json object = {{"modle", 1}};
  EXPECT_THAT(CheckKeys(object, {"model", "seed"}, "here").error().message,
              HasSubstr("here: unknown key 'modle'; did you mean 'model'?"));
  EXPECT_THAT(CheckKeys(Json{{"zzzzzz", 1}}, {"model", "seed"}, "here").error().message,
              HasSubstr("known are model, seed"));
  EXPECT_TRUE(CheckKeys(Json{{"seed", 1}}, {"model", "seed"}, "here"));
  EXPECT_TRUE(CheckKeys(Json::object(), {}, "here"));
  EXPECT_THAT(CheckKeys(Json(3), {"a"}, "here").error().message, HasSubstr("must be a table"));
}

TEST(NearestTest, IsWithinAThirdOfTheWord) {
  EXPECT_EQ(Nearest("fiction", {"essay", "fiction"}), "fiction");
  EXPECT_EQ(Nearest("fcition", {"essay", "fiction"}), "fiction");
  EXPECT_EQ(Nearest("essai", {"essay", "fiction"}), "essay");
  EXPECT_EQ(Nearest("academy", {"essay", "fiction"}), "");
  EXPECT_EQ(Nearest("x", {}), "");
}

RC_GTEST_PROP(TomlTest, AnyBytesParseOrFailCleanly, (const std::string& bytes)) {
  const auto json = ParseToml(bytes, "t");
  if (!json) RC_ASSERT(!json.error().message.empty());
}

}  // namespace
}  // namespace redraft
