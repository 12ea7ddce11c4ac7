#include "redraft/edit/locate.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace redraft::edit {
namespace {

constexpr std::string_view kText =
    "The gate was open. “You’re late,” said the porter.\n"
    "The gate was open, and nobody   had oiled it since the war.";

std::string Found(std::string_view text, std::string_view quote, std::size_t from = 0) {
  const auto found = QuotedText(text).Find(quote, from);
  return found ? std::string(text.substr(found->start, found->end - found->start)) : "(nothing)";
}

TEST(Locate, TheSameBytesAreFoundAsTheyStand) {
  EXPECT_EQ(Found(kText, "had oiled it"), "had oiled it");
  EXPECT_EQ(QuotedText(kText).Find("The gate")->likeness, 1);
  EXPECT_EQ(Found(kText, "  had oiled it \n"), "had oiled it");
}

TEST(Locate, OfSeveralPlacesTheFirstFromTheGivenByteOnIsTaken) {
  EXPECT_EQ(QuotedText(kText).Find("The gate was open")->start, 0U);
  EXPECT_EQ(QuotedText(kText).Find("The gate was open", 5)->start, kText.rfind("The gate"));
  EXPECT_EQ(QuotedText(kText).Find("porter", kText.size())->start, kText.find("porter"))
      << "when there is none behind it, the first";
  EXPECT_EQ(QuotedText(kText).Find("the GATE was open", 5)->start, kText.rfind("The gate"));
}

TEST(Locate, CaseQuotesAndWhiteSpaceDoNotMatter) {
  EXPECT_EQ(Found(kText, "\"you're late,\" said"), "You’re late,” said");
  EXPECT_EQ(Found(kText, "nobody had oiled it"), "nobody   had oiled it");
  EXPECT_EQ(Found(kText, "said the porter. the gate"), "said the porter.\nThe gate");
  EXPECT_LT(QuotedText(kText).Find("nobody had oiled")->likeness, 1);
}

TEST(Locate, TheMarkAtTheEndIsTakenWhereTheTextHasItToo) {
  EXPECT_EQ(Found(kText, "the gate was OPEN."), "The gate was open.");
  EXPECT_EQ(Found(kText, "Said the porter"), "said the porter");
}

TEST(Locate, AWordInFourMayBeWrong) {
  EXPECT_EQ(Found(kText, "nobody has oiled it"), "nobody   had oiled it");
  EXPECT_EQ(Found(kText, "nobody had really oiled it since the war."),
            "nobody   had oiled it since the war.");
  EXPECT_EQ(Found(kText, "somebody has oiled it"), "(nothing)");
  EXPECT_LT(QuotedText(kText).Find("nobody has oiled it")->likeness, 0.9);
  EXPECT_EQ(Found(kText, "has oiled it"), "(nothing)") << "three words must all be right";
}

TEST(Locate, WhatTheTextDoesNotHoldIsNotFound) {
  EXPECT_EQ(Found(kText, "a silver moon"), "(nothing)");
  EXPECT_EQ(Found(kText, ""), "(nothing)");
  EXPECT_EQ(Found(kText, " \n"), "(nothing)");
  EXPECT_EQ(Found(kText, "—!"), "(nothing)");
  EXPECT_EQ(Found("", "gate"), "(nothing)");
}

/// The cheapest alignment by trying all stretches: the slow twin.
std::size_t CheapestStretch(const std::vector<int>& text, const std::vector<int>& quote) {
  std::size_t best = quote.size();
  for (std::size_t from = 0; from <= text.size(); ++from) {
    std::vector<std::size_t> row(quote.size() + 1);
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
    for (std::size_t j = from; j < text.size(); ++j) {
      std::vector<std::size_t> next = {j - from + 1};
      for (std::size_t i = 1; i <= quote.size(); ++i) {
        next.push_back(std::min(
            {row[i - 1] + (text[j] == quote[i - 1] ? 0U : 1U), row[i] + 1, next[i - 1] + 1}));
      }
      row = next;
      best = std::min(best, row.back());
    }
  }
  return best;
}

RC_GTEST_PROP(Locate, FindsAStretchExactlyWhenOneIsLikeEnough, ()) {
  const auto text = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4));
  const auto quote = *rc::gen::container<std::vector<int>>(6, rc::gen::inRange(0, 4));
  static constexpr const char* kWords[] = {"oak", "elm", "ash", "fir"};
  const auto join = [](const std::vector<int>& numbers) {
    std::string joined;
    for (const int n : numbers) joined += std::string(kWords[n]) + " ";
    return joined;
  };
  const std::string haystack = join(text);
  const std::size_t cheapest = CheapestStretch(text, quote);
  const auto found = QuotedText(haystack).Find(join(quote));
  RC_ASSERT(found.has_value() == (cheapest <= 1));
  if (found && cheapest > 0) RC_ASSERT(std::abs(found->likeness - 0.9 * 5 / 6) < 1e-12);
}

}  // namespace
}  // namespace redraft::edit
