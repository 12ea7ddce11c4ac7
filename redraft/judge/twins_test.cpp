#include "redraft/judge/twins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>
#include <vector>

#include "redraft/base/hash.h"
#include "redraft/judge/qualification_set.h"
#include "redraft/text/codepoint.h"
#include "redraft/text/diff.h"
#include "redraft/text/words.h"

namespace redraft::judge {
namespace {

/// A passage of the built-in set with its three twins of one kind.
struct Case {
  QualificationPassage passage;
  Damage kind = Damage::kWordOrder;
  std::array<std::string, kGrades> twins;
};

const std::vector<Case>& Cases() {
  static const std::vector<Case> kCases = [] {
    std::vector<Case> cases;
    const auto passages = BuiltInPassages();
    EXPECT_TRUE(passages);
    for (std::size_t i = 0; passages && i < passages->size(); ++i) {
      const QualificationPassage& passage = (*passages)[i];
      const std::string& other = (*passages)[(i + 7) % passages->size()].text;
      for (int k = 0; k < kDamages; ++k) {
        Case one{passage, static_cast<Damage>(k), {}};
        for (int g = 1; g <= kGrades; ++g) {
          one.twins[static_cast<std::size_t>(g - 1)] =
              DamagedTwin(one.kind, g, passage.id, passage.text, other);
        }
        cases.push_back(std::move(one));
      }
    }
    return cases;
  }();
  return kCases;
}

void ForEachCase(const std::function<void(const Case&)>& check) {
  ASSERT_FALSE(Cases().empty());
  for (const Case& one : Cases()) {
    SCOPED_TRACE(one.passage.id + " " + std::string(NameOf(one.kind)));
    check(one);
  }
}

std::size_t Changed(std::string_view before, std::string_view after) {
  std::size_t changed = 0;
  for (const text::DiffPiece& piece : text::WordDiff(before, after)) {
    if (piece.op != text::DiffOp::kEqual)
      changed += static_cast<std::size_t>(text::CountWords(piece.text));
  }
  return changed;
}

TEST(Twins, DifferFromTheirPassageAndDifferMoreInAHigherGrade) {
  ForEachCase([](const Case& one) {
    const std::size_t light = Changed(one.passage.text, one.twins[0]);
    const std::size_t heavy = Changed(one.passage.text, one.twins[2]);
    EXPECT_GT(light, 0U);
    EXPECT_GT(Changed(one.passage.text, one.twins[1]), 0U);
    EXPECT_GT(heavy, light);
  });
}

TEST(Twins, AreWithinFivePercentOfTheirPassagesLengthAndAsOftenLongerAsShorter) {
  std::array<int, kDamages> longer{}, shorter{};
  std::array<double, kDamages> sum{};
  int count = 0;
  ForEachCase([&](const Case& one) {
    const double words = text::CountWords(one.passage.text);
    for (const std::string& twin : one.twins) {
      const double ratio = std::log(text::CountWords(twin) / words);
      EXPECT_LE(std::abs(ratio), 0.05);
      const auto kind = static_cast<std::size_t>(one.kind);
      sum[kind] += ratio;
      longer[kind] += ratio > 0 ? 1 : 0;
      shorter[kind] += ratio < 0 ? 1 : 0;
    }
    ++count;
  });
  const double per_kind = 3.0 * count / kDamages;
  for (std::size_t kind = 0; kind < kDamages; ++kind) {
    SCOPED_TRACE(NameOf(static_cast<Damage>(kind)));
    EXPECT_NEAR(sum[kind] / per_kind, 0, 0.005);
    EXPECT_LT(std::abs(longer[kind] - shorter[kind]), 0.6 * (longer[kind] + shorter[kind]) + 1);
  }
  const double all_longer = std::accumulate(longer.begin(), longer.end(), 0.0);
  const double all_shorter = std::accumulate(shorter.begin(), shorter.end(), 0.0);
  EXPECT_NEAR(all_longer / (all_longer + all_shorter), 0.5, 0.05);
}

TEST(Twins, AreAsOftenShorterAsLongerInBytes) {
  std::array<double, kDamages> longer{}, shorter{}, sum{}, count{};
  ForEachCase([&](const Case& one) {
    const auto kind = static_cast<std::size_t>(one.kind);
    for (const std::string& twin : one.twins) {
      const double ratio =
          std::log(static_cast<double>(twin.size()) / static_cast<double>(one.passage.text.size()));
      (ratio > 0 ? longer : shorter)[kind] += ratio == 0 ? 0 : 1;
      sum[kind] += ratio;
      ++count[kind];
    }
  });
  for (std::size_t kind = 0; kind < kDamages; ++kind) {
    SCOPED_TRACE(NameOf(static_cast<Damage>(kind)));
    EXPECT_NEAR(sum[kind] / count[kind], 0, 0.006);
    if (longer[kind] + shorter[kind] == 0) continue;
    EXPECT_NEAR(longer[kind] / (longer[kind] + shorter[kind]), 0.5, 0.16);
  }
}

TEST(Twins, AreAFunctionOfIdKindGradeAndTexts) {
  const auto passages = BuiltInPassages();
  ASSERT_TRUE(passages);
  const std::string &text = passages->front().text, &other = passages->back().text;
  std::set<std::string> of_other_ids;
  for (int k = 0; k < kDamages; ++k) {
    const auto kind = static_cast<Damage>(k);
    EXPECT_EQ(DamagedTwin(kind, 2, "x", text, other), DamagedTwin(kind, 2, "x", text, other));
    for (const char* id : {"x", "y", "z", "w"})
      of_other_ids.insert(DamagedTwin(kind, 2, id, text, other));
  }
  EXPECT_GT(of_other_ids.size(), 2U * kDamages);
}

TEST(Twins, AreValidUtf8AlsoOfTextsBeyondAscii) {
  const auto valid = [](std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      if (text::NextCodePoint(text, at) == text::kBadByte) return false;
    }
    return true;
  };
  ForEachCase([&](const Case& one) {
    for (const std::string& twin : one.twins) EXPECT_TRUE(valid(twin));
  });
  const std::string text =
      "Der Müller kam spät. “Who is it?” she asked the café’s naïve owner… He was in the house "
      "with a crème brûlée. They had a piñata and the señor took it. The façade fell on my coat.";
  for (int k = 0; k < kDamages; ++k) {
    for (int g = 1; g <= kGrades; ++g)
      EXPECT_TRUE(valid(DamagedTwin(static_cast<Damage>(k), g, "x", text, text)));
  }
}

TEST(Twins, AreTheSameBytesOnEveryMachine) {
  std::string all;
  ForEachCase([&](const Case& one) {
    for (const std::string& twin : one.twins) all += Sha256Hex(twin);
  });
  // Changes when passages or generators do; then cached checks of judges are made anew.
  EXPECT_EQ(Sha256Hex(all).substr(0, 16), "7998661bb97fcccb");
}

}  // namespace
}  // namespace redraft::judge
