#include "redraft/core/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "redraft/base/file.h"
#include "redraft/core/brief.h"

namespace redraft::core {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr const char* kPackNames[] = {"academic",
                                      "conclusion",
                                      "essay",
                                      "fiction",
                                      "introduction",
                                      "marketing-copy",
                                      "technical-documentation"};

constexpr const char* kSmall = R"(noun = "haiku"
writer_role = "w"
judge_role = "j"
[criteria."a"]
weight = 3
description = "first"
[criteria."b"]
weight = 1
description = "second"
[styles]
"zen" = "still"
[themes]
"frog" = "jump"
[objectives]
"cut" = "shorten"
)";

std::string Replace(std::string text, const std::string& what, const std::string& with) {
  text.replace(text.find(what), what.size(), with);
  return text;
}

TEST(PackTest, EveryPackOfTheProgramLoadsAndIsRich) {
  EXPECT_THAT(PackNames(), ::testing::ElementsAreArray(kPackNames));
  for (const char* name : kPackNames) {
    const auto pack = LoadPack(name);
    ASSERT_TRUE(pack) << pack.error().message;
    EXPECT_GE(pack->styles.size(), 8U) << name;
    EXPECT_GE(pack->themes.size(), 8U) << name;
    EXPECT_GE(pack->objectives.size(), 6U) << name;
    EXPECT_GE(pack->rubric.criteria.size(), 5U) << name;
    EXPECT_GT(pack->writer_role.size(), 40U) << name;
    EXPECT_GT(pack->judge_role.size(), 40U) << name;
    EXPECT_FALSE(pack->noun.empty());
    double total = 0;
    for (const Criterion& criterion : pack->rubric.criteria) total += criterion.weight;
    EXPECT_NEAR(total, 1, 1e-9);
    for (const auto* list : {&pack->styles, &pack->themes, &pack->objectives}) {
      for (const Choice& choice : *list) EXPECT_GT(choice.description.size(), 10U) << choice.name;
    }
  }
}

TEST(PackTest, NoTwoPacksShareRolesWeightsOrStyles) {
  std::set<std::string> roles, styles, rubrics;
  std::set<std::vector<std::pair<std::string, double>>> weights;
  std::size_t listed = 0;
  for (const char* name : kPackNames) {
    const Pack pack = *LoadPack(name);
    roles.insert({pack.writer_role, pack.judge_role});
    rubrics.insert(pack.rubric.sha256);
    std::vector<std::pair<std::string, double>> own;
    for (const Criterion& criterion : pack.rubric.criteria) {
      own.emplace_back(criterion.name, criterion.weight);
    }
    weights.insert(own);
    for (const Choice& style : pack.styles) styles.insert(style.description);
    listed += pack.styles.size();
  }
  const std::size_t packs = std::size(kPackNames);
  EXPECT_EQ(roles.size(), 2 * packs);
  EXPECT_EQ(rubrics.size(), packs);
  EXPECT_EQ(weights.size(), packs);
  EXPECT_EQ(styles.size(), listed);
}

TEST(PackTest, FictionHasTheEightObjectivesOfTheArticle) {
  const Pack pack = *LoadPack("fiction");
  std::vector<std::string> names;
  for (const Choice& objective : pack.objectives) names.push_back(objective.name);
  EXPECT_THAT(names,
              ::testing::UnorderedElementsAre("narrative structure", "character development",
                                              "emotional resonance", "dialogue", "thematic depth",
                                              "descriptive detail", "plot tension", "prose style"));
}

TEST(PackTest, KeepsTheOrderOfTheFileAndNormalisesWeights) {
  const auto pack = ParsePack(kSmall, "small");
  ASSERT_TRUE(pack) << pack.error().message;
  EXPECT_EQ(pack->name, "small");
  ASSERT_EQ(pack->rubric.criteria.size(), 2U);
  EXPECT_EQ(pack->rubric.criteria[0].name, "a");
  EXPECT_DOUBLE_EQ(pack->rubric.criteria[0].weight, 0.75);
  EXPECT_THAT(pack->rubric.text, HasSubstr("a (75 %): first"));
}

TEST(PackTest, BadPacksSayWhere) {
  const auto message = [](const std::string& text) {
    const auto pack = ParsePack(text, "my.toml");
    EXPECT_FALSE(pack) << text;
    if (pack) return std::string();
    EXPECT_EQ(pack.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(pack.error().message, HasSubstr("my.toml"));
    return pack.error().message;
  };
  EXPECT_THAT(message("noun = "), HasSubstr("my.toml:1"));
  EXPECT_THAT(message(Replace(kSmall, "[styles]", "[style]")), HasSubstr("did you mean 'styles'?"));
  EXPECT_THAT(message(Replace(kSmall, "judge_role = \"j\"", "")), HasSubstr("judge_role"));
  EXPECT_THAT(message(Replace(kSmall, "noun = \"haiku\"", "noun = 3")), HasSubstr("noun"));
  EXPECT_THAT(message(Replace(kSmall, "\"zen\" = \"still\"", "")), HasSubstr("styles"));
  EXPECT_THAT(message(Replace(kSmall, "\"still\"", "7")), HasSubstr("zen"));
  EXPECT_THAT(message(Replace(kSmall, "weight = 3", "weight = 0")), HasSubstr("criteria.\"a\""));
  EXPECT_THAT(message(Replace(kSmall, "weight = 3", "weight = \"3\"")),
              HasSubstr("positive weight"));
  EXPECT_THAT(message(Replace(kSmall, "weight = 3", "wight = 3")),
              HasSubstr("did you mean 'weight'?"));
  EXPECT_THAT(message("styles = 1\n" +
                      std::string("noun = \"x\"\nwriter_role = \"w\"\njudge_role = \"j\"")),
              HasSubstr("styles"));
  EXPECT_THAT(
      message(Replace(
          Replace(kSmall, "[criteria.\"a\"]\nweight = 3\ndescription = \"first\"\n", ""),
          "[criteria.\"b\"]\nweight = 1\ndescription = \"second\"\n", "[criteria]\nb = 1\n")),
      HasSubstr("criteria.\"b\""));
}

TEST(PackTest, UnknownNamesSuggestTheNearest) {
  const auto pack = LoadPack("ficton");
  ASSERT_FALSE(pack);
  EXPECT_THAT(pack.error().message, HasSubstr("did you mean 'fiction'?"));
  EXPECT_THAT(LoadPack("zzzzzzzz").error().message, HasSubstr("essay"));
}

TEST(PackTest, AUsersPackIsReadFromItsPath) {
  const std::string path = ::testing::TempDir() + "/redraft_pack_test.toml";
  ASSERT_TRUE(WriteFileAtomic(path, kSmall));
  EXPECT_EQ(LoadPack(path)->noun, "haiku");
  EXPECT_EQ(LoadPack("/nonexistent/pack.toml").error().code, ErrorCode::kInvalidArgument);
}

TEST(PackTest, ExampleBriefsParseAndNameKnownPacks) {
  for (const char* file : {"demo/brief.md", "briefs/essay.md", "briefs/product.md",
                           "briefs/technical-introduction.md"}) {
    const auto text = ReadTextFile(std::string(REDRAFT_SOURCE_DIR "/examples/") + file);
    ASSERT_TRUE(text) << file;
    const auto brief = ParseBrief(*text);
    ASSERT_TRUE(brief) << brief.error().message;
    EXPECT_GT(brief->max_words, brief->min_words);
    EXPECT_THAT(PackNames(), Contains(brief->pack));
  }
}

}  // namespace
}  // namespace redraft::core
