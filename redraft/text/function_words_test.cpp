#include "redraft/text/function_words.h"

#include <gtest/gtest.h>

namespace redraft::text {
namespace {

TEST(FunctionWords, TellTheirLanguages) {
  EXPECT_NE(FunctionWordLanguages("the") >> kEnglish & 1U, 0U);
  EXPECT_EQ(FunctionWordLanguages("harbour"), 0U);
}

TEST(LooksEnglish, IsTrueOfEnglishAndFalseOfOtherLanguages) {
  EXPECT_TRUE(
      LooksEnglish("My uncle kept the tide tables in the biscuit tin, and nobody knew why."));
  EXPECT_FALSE(
      LooksEnglish("Mein Onkel bewahrte seine Tafeln in einer Dose auf, niemand wusste warum."));
  EXPECT_FALSE(LooksEnglish(
      "Mon oncle gardait ses tables dans une bo\u00EEte, personne ne savait pourquoi."));
  EXPECT_FALSE(LooksEnglish(
      "\u041C\u043E\u0439 \u0434\u044F\u0434\u044F \u0445\u0440\u0430\u043D\u0438\u043B "
      "\u0442\u0430\u0431\u043B\u0438\u0446\u044B \u0432 "
      "\u0436\u0435\u0441\u0442\u044F\u043D\u043A\u0435 "
      "\u0438 \u043D\u0438\u043A\u0442\u043E \u043D\u0435 \u0437\u043D\u0430\u043B"));
}

TEST(LooksEnglish, FewWordsTellNothing) {
  EXPECT_TRUE(LooksEnglish(""));
  EXPECT_TRUE(LooksEnglish("Regen, nichts als Regen."));
}

}  // namespace
}  // namespace redraft::text
