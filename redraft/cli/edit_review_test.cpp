#include "redraft/cli/edit_review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/edit/apply.h"

namespace redraft::cli {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kText = "Ça: it rained cats and dogs, and he was as busy as a bee.";

Json Result() {
  const auto candidate = [](int start, int end, const char* words) {
    return Json{{"start", start}, {"end", end}, {"replacement", words}};
  };
  return {{"edits", Json::array()},
          {"places",
           {{{"start", 14},
             {"end", 27},
             {"category", "cliche"},
             {"reason", "worn"},
             {"chosen", 1},
             {"candidates", {candidate(14, 27, "hail"), candidate(14, 27, "hard")}}},
            {{"start", 40},
             {"end", 56},
             {"category", "cliche"},
             {"reason", ""},
             {"chosen", nullptr},
             {"candidates", {candidate(39, 56, " busy")}}},
            {{"start", 0},
             {"end", 2},
             {"category", "cliche"},
             {"reason", ""},
             {"chosen", nullptr},
             {"candidates", Json::array()}}}}};
}

/// Gives the answers one after the other and keeps what was asked.
class Person {
 public:
  explicit Person(std::vector<std::string> answers) : answers_(std::move(answers)) {}
  Review::Ask ask() {
    return [this](const std::string& question) -> std::optional<std::string> {
      questions.push_back(question);
      if (next_ == answers_.size()) return std::nullopt;
      return answers_[next_++];
    };
  }
  std::vector<std::string> questions;

 private:
  std::vector<std::string> answers_;
  std::size_t next_ = 0;
};

std::string After(const Review& review) { return edit::Apply(kText, review.accepted())->text; }

TEST(Review, TheChosenCandidateIsOfferedFirstAndTheOthersOnDemand) {
  Review review(kText, Result());
  Person person({"n", "a", "r"});
  EXPECT_TRUE(review.Walk(person.ask(), {}));
  EXPECT_EQ(After(review), "Ça: it rained hail, and he was as busy as a bee.");
  EXPECT_THAT(person.questions[0], HasSubstr("it rained [-cats and dogs-]{+hard+}, and he"));
  EXPECT_THAT(person.questions[0], HasSubstr("1/2  Cliché: worn"));
  EXPECT_THAT(person.questions[1], HasSubstr("{+hail+}"));
  EXPECT_THAT(person.questions[2], HasSubstr("none of which the scorer would take"));
  EXPECT_EQ(review.decisions(), Json({1, -1}));
}

TEST(Review, WhoQuitsGoesOnWhereHeStopped) {
  Review review(kText, Result());
  EXPECT_FALSE(review.Walk(Person({"a", "q"}).ask(), {}));
  Json result = Result();
  result["decisions"] = review.decisions();
  Review again(kText, result);
  Person person({"a"});
  EXPECT_TRUE(again.Walk(person.ask(), {}));
  EXPECT_EQ(person.questions.size(), 1U);
  EXPECT_EQ(After(again), "Ça: it rained hard, and he was busy.");
}

TEST(Review, OneCanGoBackAndTheEndOfInputIsAQuit) {
  Review review(kText, Result());
  EXPECT_FALSE(review.Walk(Person({"a", "b", "r"}).ask(), {}));
  EXPECT_EQ(review.decisions(), Json({-1, nullptr}));
}

TEST(Review, OtherAnswersAreExplained) {
  Review review(kText, Result());
  Person person({"what?", ""});
  EXPECT_FALSE(review.Walk(person.ask(), {}));
  EXPECT_THAT(person.questions[1], HasSubstr("a accept"));
}

TEST(Review, EditsWithoutCandidatesAreReviewedAsTheyAre) {
  const Json result = {{"edits",
                        {{{"start", 14},
                          {"end", 27},
                          {"category", "revision"},
                          {"reason", "x"},
                          {"replacement", "hard"}}}}};
  Review review(kText, result);
  EXPECT_TRUE(review.Walk(Person({"a"}).ask(), {}));
  EXPECT_EQ(review.accepted().size(), 1U);
}

TEST(Review, DecisionsOfAnotherShapeAreForgotten) {
  Json result = Result();
  result["decisions"] = {99, "a", 1, 2, 3};
  EXPECT_EQ(Review(kText, result).decisions(), Json({nullptr, nullptr}));
}

}  // namespace
}  // namespace redraft::cli
