#include "redraft/rank/outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace redraft::rank {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(CheckOutcomes, NamesTheFirstUnusableVerdict) {
  const Outcome good{.a = 0, .b = 1, .p_a = 1};
  EXPECT_TRUE(CheckOutcomes(2, {good, good}));
  const auto refusal = [&](const Outcome& bad) {
    const Status status = CheckOutcomes(2, {good, bad});
    if (status) return std::string("accepted");
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
    return status.error().message;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(refusal({.a = 0, .b = 2}), HasSubstr("verdict 1 names item 2"));
  EXPECT_THAT(refusal({.a = -1, .b = 0}), HasSubstr("names item -1"));
  EXPECT_THAT(refusal({.a = 1, .b = 1}), HasSubstr("item 1 with itself"));
  EXPECT_THAT(refusal({.a = 0, .b = 1, .p_a = 1.01}), HasSubstr("p_a 1.01"));
  EXPECT_THAT(refusal({.a = 0, .b = 1, .p_a = -0.1}), HasSubstr("p_a -0.1"));
  EXPECT_THAT(refusal({.a = 0, .b = 1, .p_a = nan}), HasSubstr("p_a nan"));
  EXPECT_THAT(refusal({.a = 0, .b = 1, .judge = -1}), HasSubstr("judge -1"));
  EXPECT_THAT(refusal({.a = 0, .b = 1, .log_len_ratio = infinity}), HasSubstr("length ratio"));
  EXPECT_THAT(refusal({.a = 0, .b = 1, .logit = infinity}), HasSubstr("logit"));
}

TEST(ConnectedComponents, AreNumberedByTheirLowestItem) {
  const Components pieces =
      ConnectedComponents(6, {{.a = 5, .b = 1}, {.a = 3, .b = 4}, {.a = 4, .b = 1}});
  EXPECT_EQ(pieces.count, 3);
  EXPECT_THAT(pieces.of, ElementsAre(0, 1, 2, 1, 1, 1));
  EXPECT_EQ(ConnectedComponents(0, {}).count, 0);
}

TEST(CountVerdicts, CountsBothSides) {
  EXPECT_THAT(CountVerdicts(3, {{.a = 0, .b = 1}, {.a = 1, .b = 0}}), ElementsAre(2, 2, 0));
}

}  // namespace
}  // namespace redraft::rank
