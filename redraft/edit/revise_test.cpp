#include "redraft/edit/revise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redraft/edit/apply.h"

namespace redraft::edit {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Shortest final : public core::Scorer {
 public:
  std::string id() const override { return "shortest"; }
  double Score(std::string_view text) const override { return -static_cast<double>(text.size()); }
};

constexpr std::string_view kText =
    "# The Key\r\n\r\nThen Marek put the key on the very old table. He waited for a long, long "
    "time. Then "
    "the kettle sang, and outside a dog began to bark at the 7 o'clock train.\r\n\r\n```\r\nkey = "
    "1\r\n```\r\n";

std::string Without(std::string_view what) {
  std::string text(kText);
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos);
  return text.erase(at, what.size());
}

TEST(EditsBetween, ChangesWithAWordBetweenThemAreOne) {
  const auto edits = EditsBetween("one two three four five six", "one 2 three 4 five six");
  ASSERT_EQ(edits.size(), 1U);
  EXPECT_EQ(edits[0].replacement, "2 three 4");
  EXPECT_EQ(EditsBetween("one two three four five", "1 two three four 5").size(), 2U);
  EXPECT_THAT(EditsBetween("one two", "one  two"), IsEmpty());
  EXPECT_THAT(EditsBetween("one two", "one two"), IsEmpty());
}

RC_GTEST_PROP(EditsBetween, LeadFromOneTextToTheOther, ()) {
  const auto text = [] {
    const auto words = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6));
    std::string joined;
    for (const int word : words) {
      if (!joined.empty()) joined += ' ';
      joined += static_cast<char>('a' + word);
    }
    return joined;
  };
  const std::string before = text(), after = text();
  const auto edits = EditsBetween(before, after);
  const auto applied = Apply(before, edits);
  RC_ASSERT(applied.has_value());
  // White space alone is no change: compare the words.
  const auto words = [](std::string s) {
    std::erase(s, ' ');
    return s;
  };
  RC_ASSERT(words(applied->text) == words(after));
}

TEST(ReadRevision, OnlyWhatChangedBecomesAnEdit) {
  const Surroundings around(kText);
  std::string reply = Without("very ");
  std::erase(reply, '\r');
  const std::size_t at = kText.find("very old table");
  const Revision revision = ReadRevision(around, "Here is the edited text:\n\n" + reply,
                                         {{at, at + 14, "cliche", "worn", 0.5}}, {});
  EXPECT_THAT(revision.reasons, IsEmpty());
  ASSERT_EQ(revision.edits.size(), 1U);
  EXPECT_EQ(revision.edits[0].span.category, "cliche");
  EXPECT_EQ(revision.edits[0].span.reason, "worn");
  EXPECT_EQ(revision.text, Without("very ")) << "line breaks, heading and code are as they were";
}

TEST(ReadRevision, ProtectedPartsStayWhateverTheModelDid) {
  const Surroundings around(kText);
  std::string reply = Without("very ");
  reply.replace(reply.find("key = 1"), 7, "key = 2");
  reply.erase(0, reply.find("Then Marek"));
  const Revision revision = ReadRevision(around, reply, {}, {});
  EXPECT_EQ(revision.text, Without("very "));
  EXPECT_EQ(revision.edits[0].span.category, kRevisionCategory);
}

TEST(ReadRevision, RevisionsThatMustNotBeChosenSayWhy) {
  const Surroundings around(kText);
  EXPECT_THAT(ReadRevision(around, kText, {}, {}).reasons, ElementsAre("unchanged"));
  EXPECT_THAT(ReadRevision(around, Without("7 "), {}, {}).reasons, ElementsAre("loses_number"));
  EXPECT_THAT(ReadRevision(around, Without("Marek "), {}, {}).reasons, Contains("loses_name"));
  EXPECT_THAT(
      ReadRevision(around, "I'm sorry, but I can't help with that request.", {}, {}).reasons,
      Contains("refusal"));
  EXPECT_THAT(ReadRevision(around,
                           Without("Then the kettle sang, and outside a dog began to bark "
                                   "at the "),
                           {}, {})
                  .reasons,
              Contains("out_of_bounds"));
  EXPECT_THAT(ReadRevision(around, Without("very "), {}, {.max_distance = 0.01}).reasons,
              ElementsAre("out_of_bounds"));
}

core::Reply Said(std::string text) {
  core::Reply reply;
  reply.text = std::move(text);
  return reply;
}

TEST(ReviseJob, TheRevisionWorthMostIsBestAndARandomOneStandsBeside) {
  const Shortest scorer;
  ReviseJob job(kText, {}, {.model = "m", .candidates = 3, .prices = {.length = 0.1}}, scorer);
  const auto requests = job.Step({});
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[0].role, core::Role::kEdit);
  EXPECT_NE(requests[0].seed, requests[1].seed);
  EXPECT_THAT(requests[0].messages.back().content, HasSubstr("These must stay as they are:"));
  EXPECT_TRUE(job.Step(std::vector{Said(Without("very ")), Said(Without("long, long ")),
                                   Said(std::string(kText))})
                  .empty());
  ASSERT_EQ(job.revisions().size(), 3U);
  EXPECT_EQ(job.arms().best, 1U);
  ASSERT_TRUE(job.arms().random);
  EXPECT_LT(*job.arms().random, 2U) << "the third did not pass";
  EXPECT_GT(job.revisions()[1].worth, job.revisions()[0].worth);
}

TEST(ReviseJob, WhereTheDraftIsWorthMostItStays) {
  const Shortest scorer;
  ReviseJob job(kText, {}, {.model = "m", .candidates = 1}, scorer);
  job.Step({});
  std::string longer(kText);
  longer.insert(longer.find("old table"), "and quite ");
  job.Step(std::vector{Said(longer)});
  EXPECT_FALSE(job.arms().best);
  EXPECT_EQ(job.arms().random, 0U);
}

}  // namespace
}  // namespace redraft::edit
