#include "redraft/edit/llm_detect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redraft::edit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kText =
    "Her heart skipped a beat when the lights went out. She was very scared and afraid.\n\n"
    "```\nher heart = 1\n```\n";

std::string Reply(const std::string& spans) { return R"({"spans":[)" + spans + "]}"; }
std::string Listed(const std::string& text, const std::string& category = "cliche",
                   const std::string& reason = "worn") {
  return DumpJson({{"text", text}, {"category", category}, {"reason", reason}});
}

TEST(ReadSpans, SpansStandWhereTheirWordsStand) {
  const LlmSpans found = ReadSpans(
      Reply(Listed("heart skipped a beat") + "," +
            Listed("She was very scared and afraid.", "Unnecessary Exposition", "said twice")),
      kText);
  ASSERT_EQ(found.spans.size(), 2U);
  EXPECT_EQ(kText.substr(found.spans[0].start, 20), "heart skipped a beat");
  EXPECT_EQ(found.spans[0].category, "cliche");
  EXPECT_EQ(found.spans[0].reason, "worn");
  EXPECT_EQ(found.spans[1].category, "unnecessary_exposition");
  EXPECT_EQ(found.dropped, DroppedSpans{});
  EXPECT_TRUE(found.readable);
}

TEST(ReadSpans, WhatCannotBeUsedIsDroppedAndCounted) {
  const LlmSpans found =
      ReadSpans(Reply(Listed("a dragon of brass") + "," + Listed("heart skipped", "bad vibes") +
                      "," + R"({"text":7,"category":"cliche"},"heart",)" + Listed("her heart = 1") +
                      "," + Listed("Her heart skipped") + "," + Listed("skipped a beat")),
                kText);
  EXPECT_EQ(found.dropped, (DroppedSpans{.malformed = 2,
                                         .unknown_category = 1,
                                         .not_found = 1,
                                         .is_protected = 1,
                                         .overlapping = 1}));
  EXPECT_EQ(found.dropped.total(), 6);
  ASSERT_EQ(found.spans.size(), 1U);
  EXPECT_EQ(found.spans[0].start, 0U);
}

TEST(ReadSpans, OnlyTheCategoriesThatWereAskedForStay) {
  const std::string reply =
      Reply(Listed("heart skipped a beat") + "," + Listed("very scared", "unnecessary_exposition"));
  const LlmSpans found = ReadSpans(reply, kText, {"unnecessary_exposition"});
  ASSERT_EQ(found.spans.size(), 1U);
  EXPECT_EQ(found.dropped.unknown_category, 1);
}

TEST(ReadSpans, SearchedSpansAreLessSureThanQuotedOnes) {
  const LlmSpans exact = ReadSpans(Reply(Listed("heart skipped a beat")), kText);
  const LlmSpans folded = ReadSpans(Reply(Listed("Heart skipped a Beat")), kText);
  const LlmSpans fuzzy = ReadSpans(Reply(Listed("heart has skipped a beat when")), kText);
  ASSERT_EQ(fuzzy.spans.size(), 1U);
  EXPECT_GT(exact.spans[0].confidence, folded.spans[0].confidence);
  EXPECT_GT(folded.spans[0].confidence, fuzzy.spans[0].confidence);
}

TEST(ReadSpans, AWholeTextIsNoSpan) {
  std::string long_text;
  for (int i = 0; i < 90; ++i) long_text += "word ";
  EXPECT_EQ(ReadSpans(Reply(Listed(long_text)), long_text).dropped.too_long, 1);
}

TEST(ReadSpans, CarelessFormsAreRead) {
  const std::string one = Listed("heart skipped a beat");
  for (const std::string& reply :
       {"```json\n" + Reply(one) + "\n```", "Here are the spans:\n" + Reply(one) + "\nDone.",
        "[" + one + "]", "{\"spans\": [" + one + ", {\"text\": \"She was ve",
        "{\"spans\": [" + one + "],}", one + "\n" + Listed("very scared")}) {
    const LlmSpans found = ReadSpans(reply, kText);
    EXPECT_TRUE(found.readable) << reply;
    ASSERT_GE(found.spans.size(), 1U) << reply;
    EXPECT_EQ(found.spans[0].start, 4U) << reply;
  }
}

TEST(ReadSpans, NoListIsUnreadableAndAnEmptyListIsNot) {
  EXPECT_FALSE(ReadSpans("I see no weak spans here.", kText).readable);
  EXPECT_FALSE(ReadSpans("", kText).readable);
  EXPECT_FALSE(ReadSpans(R"({"answer": 4})", kText).readable);
  EXPECT_TRUE(ReadSpans(R"({"spans": []})", kText).readable);
}

core::Reply Said(std::string text) {
  core::Reply reply;
  reply.text = std::move(text);
  return reply;
}

TEST(LlmDetectJob, AsksWithTaxonomySchemaBriefAndText) {
  LlmDetectJob job(kText, {.model = "m", .only = {"cliche"}, .brief = "a <b>dark</b> tale"});
  const auto requests = job.Step({});
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].role, core::Role::kEdit);
  EXPECT_EQ(requests[0].model, "m");
  const std::string system = requests[0].messages[0].content;
  EXPECT_THAT(system, HasSubstr("- cliche: "));
  EXPECT_THAT(system, Not(HasSubstr("- purple_prose: ")));
  const std::string user = requests[0].messages[1].content;
  EXPECT_THAT(user, HasSubstr("heart skipped a beat when"));
  EXPECT_THAT(user, HasSubstr("a < b>dark< /b> tale")) << "no tag of the text's own";
  const Json& item = requests[0].schema["properties"]["spans"]["items"];
  EXPECT_EQ(item["properties"]["category"]["enum"], Json({"cliche"}));
  EXPECT_TRUE(job.Step(std::vector{Said(Reply(Listed("heart skipped a beat")))}).empty());
  EXPECT_EQ(job.found().spans.size(), 1U);
}

TEST(LlmDetectJob, AnUnreadableReplyIsAskedForOnceMore) {
  LlmDetectJob job(kText, {.model = "m"});
  const auto first = job.Step({});
  const auto again = job.Step(std::vector{Said("Certainly! It is a fine text.")});
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].role, core::Role::kRepair);
  EXPECT_NE(core::RequestKey(again[0]), core::RequestKey(first[0]));
  EXPECT_THAT(again[0].messages.back().content, HasSubstr("could not be read"));
  EXPECT_TRUE(job.Step(std::vector{Said("No.")}).empty());
  EXPECT_FALSE(job.found().readable);
}

}  // namespace
}  // namespace redraft::edit
