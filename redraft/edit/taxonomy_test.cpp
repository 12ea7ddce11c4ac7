#include "redraft/edit/taxonomy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redraft::edit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ErrorOf(std::string_view toml) {
  const auto taxonomy = Taxonomy::FromToml(toml);
  EXPECT_FALSE(taxonomy);
  return taxonomy ? "" : taxonomy.error().message;
}

TEST(Taxonomy, HoldsTheSevenKindsOfThePaper) {
  std::vector<std::string> ids;
  for (const Category& category : Taxonomy::Builtin().categories()) {
    ids.push_back(category.id);
    EXPECT_FALSE(category.advice.empty()) << category.id;
  }
  EXPECT_THAT(ids,
              ElementsAre("cliche", "awkward_wording", "lack_of_detail", "unnecessary_exposition",
                          "purple_prose", "sentence_structure", "tense_inconsistency"));
}

TEST(Taxonomy, KnowsTheSpellingsOfTheDataFiles) {
  const auto id = [](std::string_view label) {
    const Category* category = Taxonomy::Builtin().FindLabel(label);
    return category == nullptr ? std::string("-") : category->id;
  };
  EXPECT_EQ(id("Cliche"), "cliche");
  EXPECT_EQ(id("Cliché"), "cliche");
  EXPECT_EQ(id(" Awkward Word Choice and Phrasing\n"), "awkward_wording");
  EXPECT_EQ(id("Lack of Specificity and Detail"), "lack_of_detail");
  EXPECT_EQ(id("Unnecessary/ Redundant Exposition"), "unnecessary_exposition");
  EXPECT_EQ(id("Unnecessary/Redundant Exposition"), "unnecessary_exposition");
  EXPECT_EQ(id("Unnecessary/ Redundant"), "unnecessary_exposition");
  EXPECT_EQ(id("Unnecessary Exposition"), "unnecessary_exposition");
  EXPECT_EQ(id("Purple Prose (Unnecessary ornamental and overly verbose)"), "purple_prose");
  EXPECT_EQ(id("Poor Sentence Structure"), "sentence_structure");
  EXPECT_EQ(id("Tense Consistency"), "tense_inconsistency");
  EXPECT_EQ(id("tense_inconsistency"), "tense_inconsistency");
  EXPECT_EQ(id("Punctuation"), "-");
}

TEST(Taxonomy, ListsOfIdsKeepTheirOrderAndDropRepetitions) {
  const auto ids = Taxonomy::Builtin().Select("purple_prose, cliche,purple_prose");
  ASSERT_TRUE(ids);
  EXPECT_THAT(*ids, ElementsAre("purple_prose", "cliche"));
}

TEST(Taxonomy, UnknownIdsAreAnErrorThatNamesTheKnownOnes) {
  for (const char* list : {"cliche,nope", "", "cliche,"}) {
    const auto ids = Taxonomy::Builtin().Select(list);
    ASSERT_FALSE(ids) << list;
    EXPECT_THAT(ids.error().message, HasSubstr("there are cliche, awkward_wording, "));
  }
  EXPECT_THAT(Taxonomy::Builtin().Select("nope").error().message, HasSubstr("no category 'nope'"));
}

TEST(Taxonomy, MistakesInAFileAreErrorsThatSayWhere) {
  EXPECT_THAT(ErrorOf("= 3"), HasSubstr("data/edit/taxonomy.toml"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("no [[category]]"));
  EXPECT_THAT(ErrorOf("category = 3"), HasSubstr("no [[category]]"));
  EXPECT_THAT(ErrorOf("category = [3]"), HasSubstr("category 1 must be a table"));
  EXPECT_THAT(ErrorOf("[[category]]\nid = 'a'\nname = 'A'"),
              HasSubstr("category 1: 'description' is missing"));
  EXPECT_THAT(ErrorOf("[[category]]\nid = ' '\nname = 'A'"), HasSubstr("'id' is missing"));
  EXPECT_THAT(ErrorOf("[[category]]\nid = 'a'\nname = 'A'\ndescription = 'd'\nlabels = [1]"),
              HasSubstr("'labels' must be a list of strings"));
  EXPECT_THAT(ErrorOf("[[category]]\nid = 'a'\nname = 'A'\ndescription = 'd'\nlable = []"),
              HasSubstr("lable"));
  EXPECT_THAT(ErrorOf("[[category]]\nid = 'a'\nname = 'A'\ndescription = 'd'\n"
                      "[[category]]\nid = 'a'\nname = 'B'\ndescription = 'd'"),
              HasSubstr("category 2: the id 'a' is taken"));
}

}  // namespace
}  // namespace redraft::edit
