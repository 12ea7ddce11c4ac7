#include "redraft/edit/detect.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "redraft/base/random.h"
#include "redraft/edit/apply.h"
#include "redraft/edit/rules.h"
#include "redraft/edit/taxonomy.h"

namespace redraft::edit {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// "category: words" of what is found.
std::vector<std::string> Listed(std::string_view text, const std::vector<core::WeakSpan>& spans) {
  std::vector<std::string> listed;
  for (const core::WeakSpan& span : spans) {
    listed.push_back(
        fmt::format("{}: {}", span.category, text.substr(span.start, span.end - span.start)));
  }
  return listed;
}

std::vector<std::string> Find(std::string_view text, DetectOptions options = {}) {
  return Listed(text, Detect(text, options));
}

TEST(Detect, WornPhrasesAreFound) {
  EXPECT_THAT(Find("She opened the letter. Uncertainty gnawed at him all that week."),
              Contains(HasSubstr("cliche: ")));
}

TEST(Detect, OrnamentIsFound) {
  EXPECT_THAT(Find("We parked behind the mill. The silence danced around us, a shimmering "
                   "tapestry of golden echoes and velvet shadows."),
              Contains(HasSubstr("purple_prose: The silence danced around us, a shimmering")));
}

TEST(Detect, ExplanationsAreFound) {
  EXPECT_THAT(Find("He set the second plate out of habit, a silent acknowledgment of the man who "
                   "used to eat there."),
              Contains(HasSubstr("unnecessary_exposition: a silent acknowledgment")));
}

TEST(Detect, PlainProseIsLeftAlone) {
  EXPECT_THAT(Find("The ferry left at six whether or not anyone was on it. My sister had painted "
                   "the kitchen and then gone to Porto. He counted the coins twice, pushed one "
                   "back across the counter, and asked for stamps."),
              IsEmpty());
}

TEST(Detect, WhatPeopleSayIsLeftAlone) {
  EXPECT_THAT(Find("“It was a testament to the power of hope, a silent acknowledgment of the "
                   "human spirit,” said Hale."),
              IsEmpty());
}

TEST(Detect, OnlyTheCategoriesAskedForAndNothingBelowTheConfidence) {
  const std::string text =
      "She seemed to hesitate. He set the plate out, a silent acknowledgment of the man who left. "
      "The silence danced around us, a shimmering tapestry of golden echoes and velvet shadows.";
  const auto some = Detect(text, {{"awkward_wording"}, 0});
  ASSERT_FALSE(some.empty());
  for (const auto& span : some) EXPECT_EQ(span.category, "awkward_wording");
  EXPECT_THAT(Detect(text, {{}, 1.0}), IsEmpty());
  EXPECT_GE(Detect(text, {{}, 0}).size(), Detect(text, {}).size());
}

TEST(Detect, EveryReasonIsForPeopleAndEveryCategoryIsKnown) {
  const std::string text =
      "In that moment, she realized that love was a testament to the power of hope. Her heart "
      "pounded. Her heart pounded as the silence stretched. It was as if the void had swallowed "
      "it's own echo, leaving a sense of longing in the fabric of the night.";
  const auto spans = Detect(text, {{}, 0});
  ASSERT_FALSE(spans.empty());
  for (const core::WeakSpan& span : spans) {
    EXPECT_NE(Taxonomy::Builtin().Find(span.category), nullptr) << span.category;
    EXPECT_GT(span.reason.size(), 10U);
    EXPECT_GT(span.confidence, 0);
    EXPECT_LE(span.confidence, 1);
  }
}

TEST(Detect, AnyBytesCanBeLookedThrough) {
  for (const char* text :
       {"", " ", "\xFF\xFE", "a", "\r\n\r\n", "\xEF\xBB\xBF# T\r\n\r\nShe seemed to go.", "\"", "“",
        "...", "- \n- \n"}) {
    const auto spans = Detect(text, {{}, 0});
    EXPECT_TRUE(Sorted(text, {}));
    for (const auto& span : spans) EXPECT_LT(span.start, span.end);
  }
}

/// A document out of blocks that an editor may touch and pieces that it must not.
struct Document {
  std::string text;
  std::vector<std::string> kept;
};

Document Generated(Rng rng) {
  const std::vector<std::string> prose = {
      "Her heart pounded as the silence stretched between them, heavy with unspoken words.",
      "In that moment, she realized that love was not about holding on, but about letting go.",
      "The city was a tapestry of light and shadow, each window a whispered secret.",
      "He seemed to hesitate, as if searching for something he had lost.",
      "“It isn’t stealing,” she told the dog, “if it fell off the tree.”",
      "The ferry left at six.",
      "Café lights flickered like a dying star — a testament to hope."};
  const std::vector<std::string> inlines = {"`seemed to be`",
                                            "[a sense of hope](https://a.example/a_sense_of_hope)",
                                            "<https://b.example/the-weight-of>",
                                            "https://c.example/heart-pounded",
                                            "<br/>",
                                            "anna@post.example",
                                            "``a ` tick``",
                                            "![a sea of faces][pic]"};
  const std::vector<std::string> blocks = {
      "```\nHer heart pounded. He seemed to wait.\n```",
      "> In that moment, she realized\n> that it was a testament to hope.",
      "| a sense of | hope |\n|---|---|",
      "[pic]: https://d.example/a-sea-of",
      "***",
      "<!-- seemed to\n\nseemed to -->",
      "    if (seemed(to)) { be(); }"};
  const std::string line = rng.Below(4) == 0 ? "\r\n" : "\n";
  Document document;
  const auto keep = [&](std::string piece) {
    if (line != "\n") {
      for (std::size_t at = 0; (at = piece.find('\n', at)) != std::string::npos; at += 2) {
        piece.replace(at, 1, line);
      }
    }
    document.text += piece;
    document.kept.push_back(std::move(piece));
  };
  if (rng.Below(8) == 0) document.text += "\xEF\xBB\xBF";
  if (rng.Below(3) == 0) keep("---\ntitle: seemed to be\n---");
  document.text += line + line;
  for (std::size_t i = 0, count = 1 + rng.Below(8); i < count; ++i) {
    const std::size_t kind = rng.Below(4);
    if (kind == 0) {
      keep(blocks[rng.Below(blocks.size())]);
    } else {
      if (kind == 1) document.text += rng.Below(2) == 0 ? "- " : "## ";
      for (std::size_t j = 0, parts = 1 + rng.Below(6); j < parts; ++j) {
        if (rng.Below(4) == 0) {
          keep(inlines[rng.Below(inlines.size())]);
        } else {
          document.text += prose[rng.Below(prose.size())];
        }
        document.text += rng.Below(5) == 0 && kind != 1 ? line : " ";
      }
    }
    document.text += line + line;
  }
  return document;
}

TEST(Detect, WhatIsProtectedStaysInAThousandDocuments) {
  std::size_t edited = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Document document = Generated(Rng(seed));
    const auto ranges = ProtectedRanges(document.text);
    std::vector<core::Edit> edits;
    for (const core::WeakSpan& span : Detect(document.text, {{}, 0})) {
      ASSERT_FALSE(Touches(ranges, span.start, span.end)) << seed;
      edits.push_back({span, "[x]"});
    }
    edited += edits.size();
    const auto applied = Apply(document.text, edits);
    ASSERT_TRUE(applied) << seed << ": " << applied.error().message;
    std::size_t at = 0;
    for (const std::string& piece : document.kept) {
      at = applied->text.find(piece, at);
      ASSERT_NE(at, std::string::npos) << seed << " lost " << piece << "\n" << applied->text;
      at += piece.size();
    }
    ASSERT_EQ(Apply(applied->text, applied->inverse)->text, document.text) << seed;
  }
  EXPECT_GT(edited, 5000U);
}

std::vector<std::string> By(void (*rule)(const Prose&, Found&), std::string_view text) {
  Found found;
  rule(Prose(text), found);
  return Listed(text, found);
}

TEST(Rules, ASentenceThatRunsOnIsToBeSplit) {
  std::string text = "He went to the shop";
  for (int i = 0; i < 8; ++i) text += ", then to the mill by the river";
  EXPECT_THAT(By(FindSprawl, text + "."), ElementsAre("sentence_structure: " + text));
}

TEST(Rules, AParticipleThatTrailsIsFound) {
  EXPECT_THAT(By(FindSprawl, "He closed the door, leaving the lamp on."),
              ElementsAre("sentence_structure: leaving the lamp on"));
  EXPECT_THAT(By(FindSprawl, "He closed the door, and left the lamp on."), IsEmpty());
}

TEST(Rules, SentencesThatBeginAlikeAreFoundFromTheThirdOn) {
  EXPECT_THAT(By(FindSameOpenings, "He ran to us. He fell twice. He got up again."),
              ElementsAre("sentence_structure: He got up"));
  EXPECT_THAT(By(FindSameOpenings, "He ran to us.\n\nHe fell.\n\nHe got up again."), IsEmpty());
}

TEST(Rules, RepetitionIsFound) {
  EXPECT_THAT(By(FindRepetition, "The lantern swung beside another lantern."),
              ElementsAre("awkward_wording: lantern"));
  EXPECT_THAT(
      By(FindRepetition, "Nobody came to the harbour. Rain fell. Nobody came to the harbour."),
      Contains("unnecessary_exposition: Nobody came to the harbour"));
}

TEST(Rules, AVerbThatLeavesTheTenseOfTheStoryIsFound) {
  const std::string past =
      "He walked home. She sat down. They ate. He looked up. I knew it. We went on. She spoke. ";
  EXPECT_THAT(By(FindTenseSlips, past + "He turns around."),
              ElementsAre("tense_inconsistency: turns"));
  EXPECT_THAT(By(FindTenseSlips, past + "“He turns around,” she said."), IsEmpty());
  EXPECT_THAT(By(FindTenseSlips,
                 "He walks. She sat. They eat. He looked. I know. We went. She "
                 "speaks. He came."),
              IsEmpty())
      << "no tense rules";
}

/// Likes texts without "mud".
class CleanScorer final : public core::Scorer {
 public:
  std::string id() const override { return "clean"; }
  double Score(std::string_view text) const override {
    return text.find("mud") == std::string_view::npos ? 2 : 0;
  }
};

TEST(Rules, ASuspiciousSentenceThatCostsRewardIsFound) {
  const std::string weak = "She almost fell and began to walk and tried to see the mud";
  const std::string text = "We came home. The dog ate. " + weak + ". Rain fell. Nobody spoke.";
  const CleanScorer scorer;
  EXPECT_THAT(Find(text), IsEmpty()) << "not worth a word by itself";
  EXPECT_THAT(Listed(text, Detect(text, {}, &scorer)),
              ElementsAre("unnecessary_exposition: " + weak));
  EXPECT_THAT(Detect(weak + ". Rain fell.", {}, &scorer), IsEmpty())
      << "a passage so short can spare nothing";
  const std::string plain = "We came home. The dog ate. There was mud. Rain fell. Nobody spoke.";
  EXPECT_THAT(Detect(plain, {}, &scorer), IsEmpty()) << "nothing is suspicious";
}

TEST(Detect, FindsOldIdiomsWhoeverWroteThem) {
  for (const char* worn :
       {"as quiet as the grave", "as white as a sheet", "like a bull in a china shop",
        "with bated breath", "in the nick of time", "from the bottom of his heart",
        "hook, line and sinker", "at the end of the day", "Time heals all wounds",
        "through thick and thin"}) {
    const std::string text = std::string("It rained. ") + worn + " was how they said it in Lund.";
    const auto spans = Detect(text, {});
    const bool found = std::ranges::any_of(spans, [&](const core::WeakSpan& span) {
      return std::string_view(text).substr(span.start, span.end - span.start).find(worn) !=
             std::string_view::npos;
    });
    EXPECT_TRUE(found) << worn;
  }
  EXPECT_TRUE(Detect("The sheet was white. He took the bull to the shop in time.", {}).empty());
}

}  // namespace
}  // namespace redraft::edit
