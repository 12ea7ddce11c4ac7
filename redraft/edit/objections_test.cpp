#include "redraft/edit/objections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redraft::edit {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kText =
    "On the way down the hill Marek lost 40 crowns and his good hat to the wind. Later that night "
    "Marek told Ines that the wind had a heart of stone. Nobody at the inn believed a word of it, "
    "and Old Tom said so. See `hat.txt` for more.";

std::vector<Objection> Against(std::string_view words, std::string_view reply) {
  const Surroundings around(kText);
  const std::size_t start = kText.find(words);
  const Seam seam(kText, {start, start + words.size(), "cliche", "", 1}, around.names);
  return Objections(around, seam, seam.Fit(reply), reply);
}

TEST(Objections, GoodWordsMeetNone) {
  EXPECT_THAT(Against("had a heart of stone", "took what it liked"), IsEmpty());
  EXPECT_THAT(Against("Later that night Marek told Ines that the wind had a heart of stone.",
                      "Marek told Ines at supper that the wind was a thief."),
              IsEmpty());
}

TEST(Objections, UnchangedWordsRefusalsAndChatterAreTurnedDown) {
  EXPECT_THAT(Against("had a heart of stone", "had a heart of stone"),
              ElementsAre(Objection::kUnchanged));
  EXPECT_THAT(Against("had a heart of stone", ""), ElementsAre(Objection::kUnchanged));
  EXPECT_THAT(Against("had a heart of stone", "I'm sorry, but I can't help with that request."),
              Contains(Objection::kRefusal));
  EXPECT_THAT(Against("had a heart of stone", "Here is the rewritten passage"),
              Contains(Objection::kChatter));
}

TEST(Objections, NamesAndNumbersMustStay) {
  EXPECT_THAT(Against("Marek told Ines that", "he told Ines how"),
              ElementsAre(Objection::kLosesName));
  EXPECT_THAT(Against("lost 40 crowns", "lost his purse"), ElementsAre(Objection::kLosesNumber));
  EXPECT_THAT(Against("lost 40 crowns", "lost 400 crowns"), ElementsAre(Objection::kLosesNumber));
  EXPECT_THAT(Against("lost 40 crowns", "let go of 40 crowns"), IsEmpty());
  const Surroundings around(kText);
  EXPECT_THAT(MustStay(around, "Marek gave Ines 40 crowns, 40"),
              ElementsAre("Marek", "Ines", "40"));
}

TEST(Objections, ADeletionMayTakeANameThatStandsElsewhere) {
  EXPECT_THAT(
      Against("Later that night Marek told Ines that the wind had a heart of stone.", "DELETE"),
      ElementsAre(Objection::kLosesName))
      << "Ines is named nowhere else";
}

TEST(Objections, TwiceTheLengthIsTooLong) {
  EXPECT_THAT(Against("had a heart of stone",
                      "had no more mercy in it than the bailiff who came on Fridays to count"),
              ElementsAre(Objection::kTooLong));
  EXPECT_THAT(Against("had a heart of stone", "had no more mercy in it than the bailiff"),
              IsEmpty());
}

TEST(Objections, RepeatingThePassageOrThePromptIsAnEcho) {
  EXPECT_THAT(Against("a heart of stone", "a face, on the way down the hill"),
              Contains(Objection::kEcho));
  EXPECT_THAT(Against("a heart of stone", "the words that are to stand inside"),
              ElementsAre(Objection::kEcho));
}

TEST(Objections, AShortAnswerThatStandsBesideThePlaceAlreadyIsAnEcho) {
  EXPECT_THAT(Against("had a heart of stone", "his good hat"), ElementsAre(Objection::kEcho));
  EXPECT_THAT(Against("had a heart of stone", "at the inn"), ElementsAre(Objection::kEcho));
  EXPECT_THAT(Against("had a heart of stone", "was his good friend"), IsEmpty());
  EXPECT_THAT(Against("had a heart of stone", "the wind"), IsEmpty()) << "two words are no echo";
  const std::string far = "They met at the inn. " + std::string(300, '-') + " It was a dark night.";
  const Surroundings around(far);
  const Seam seam(far, {far.find("a dark night"), far.size() - 1, "cliche", "", 1}, around.names);
  EXPECT_THAT(Objections(around, seam, seam.Fit("at the inn"), "at the inn"), IsEmpty());
}

TEST(Objections, MarkupAndProtectedPartsAreTurnedDown) {
  EXPECT_THAT(Against("a heart of stone", "no **heart** at all"), ElementsAre(Objection::kGarbage));
  EXPECT_THAT(Against("See `hat.txt` for more.", "More is in `hat.txt`."),
              ElementsAre(Objection::kProtected));
}

}  // namespace
}  // namespace redraft::edit
