#include "redraft/core/brief.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redraft/base/hash.h"

namespace redraft::core {
namespace {

using ::testing::HasSubstr;

std::string MessageOf(std::string_view text) {
  const auto brief = ParseBrief(text);
  EXPECT_FALSE(brief) << text;
  if (brief) return "";
  EXPECT_EQ(brief.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(brief.error().message.find('\n'), std::string::npos);
  return brief.error().message;
}

TEST(BriefTest, PlainTextIsAllTask) {
  const std::string text = "PROMPT: The king waits.\n\nTASK: Write it: well.\n";
  const auto brief = ParseBrief(text);
  ASSERT_TRUE(brief);
  EXPECT_EQ(brief->task, "PROMPT: The king waits.\n\nTASK: Write it: well.");
  EXPECT_EQ(brief->min_words, 0);
  EXPECT_EQ(brief->max_words, 0);
  EXPECT_EQ(brief->pack, "fiction");
  EXPECT_EQ(brief->sha256, Sha256Hex(text));
}

TEST(BriefTest, FrontMatterIsRead) {
  const auto brief = ParseBrief(
      "---\r\nwords: 90-140\r\n# a comment\r\n\r\nform: \"short: story\"\r\naudience: 'adults'\r\n"
      "pack: essay\r\n---\r\n\r\nWrite.\r\n---\r\nMore.\r\n");
  ASSERT_TRUE(brief) << brief.error().message;
  EXPECT_EQ(brief->min_words, 90);
  EXPECT_EQ(brief->max_words, 140);
  EXPECT_EQ(brief->form, "short: story");
  EXPECT_EQ(brief->audience, "adults");
  EXPECT_EQ(brief->pack, "essay");
  EXPECT_EQ(brief->task, "Write.\r\n---\r\nMore.");
}

TEST(BriefTest, OneNumberIsAnUpperLimitAndDashesMayBeTypographic) {
  const auto limits = [](const std::string& words) {
    const auto brief = ParseBrief("---\nwords: " + words + "\n---\nWrite.");
    return brief ? std::pair(brief->min_words, brief->max_words) : std::pair(-1, -1);
  };
  EXPECT_EQ(limits("200"), std::pair(0, 200));
  EXPECT_EQ(limits("90 - 140"), std::pair(90, 140));
  EXPECT_EQ(limits("90–140"), std::pair(90, 140));
  EXPECT_EQ(limits("90—140"), std::pair(90, 140));
  EXPECT_EQ(limits("100-100"), std::pair(100, 100));
}

TEST(BriefTest, BadWordLimitsAreNamed) {
  for (const char* words : {"", "many", "140-90", "0", "-5", "90-", "1-2-3", "1.5", "99999999999",
                            "2000000", "90 words"}) {
    EXPECT_THAT(MessageOf(std::string("---\nwords: ") + words + "\n---\nWrite."),
                HasSubstr("words"))
        << words;
  }
}

TEST(BriefTest, UnknownKeysNameTheLineAndTheNearestKey) {
  const std::string message = MessageOf("---\nwords: 90\naudiense: all\n---\nWrite.");
  EXPECT_THAT(message, HasSubstr("line 3"));
  EXPECT_THAT(message, HasSubstr("did you mean 'audience'?"));
}

TEST(BriefTest, AKeyMayBeGivenOnlyOnce) {
  const auto brief = ParseBrief("---\nwords: 350-500\nwords: 150\n---\nWrite.");
  ASSERT_FALSE(brief);
  EXPECT_THAT(brief.error().message, HasSubstr("brief line 3: 'words' is given a second time"));
}

TEST(BriefTest, OtherMistakesAreNamed) {
  EXPECT_THAT(MessageOf(""), HasSubstr("no task"));
  EXPECT_THAT(MessageOf(" \n\t\n"), HasSubstr("no task"));
  EXPECT_THAT(MessageOf("---\nwords: 90\n---\n \n"), HasSubstr("no task"));
  EXPECT_THAT(MessageOf("---\nwords: 90\nWrite."), HasSubstr("line 3"));
  EXPECT_THAT(MessageOf("---\nwords: 90\n"), HasSubstr("never closed"));
  EXPECT_THAT(MessageOf("---"), HasSubstr("never closed"));
}

TEST(BriefTest, TheJsonFormHoldsEverything) {
  const Json json = ToJson(*ParseBrief("---\nwords: 5-9\nform: ode\n---\nSing."));
  EXPECT_EQ(json["task"], "Sing.");
  EXPECT_EQ(json["min_words"], 5);
  EXPECT_EQ(json["max_words"], 9);
  EXPECT_EQ(json["form"], "ode");
}

RC_GTEST_PROP(BriefTest, AnyBytesParseOrFailCleanly, (const std::string& text)) {
  for (const std::string& input : {text, "---\n" + text, "---\nwords: " + text + "\n---\nx"}) {
    const auto brief = ParseBrief(input);
    if (brief) {
      RC_ASSERT(!brief->task.empty());
    } else {
      RC_ASSERT(!brief.error().message.empty());
    }
  }
}

}  // namespace
}  // namespace redraft::core
