#include "redraft/edit/editing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/base/random.h"
#include "redraft/edit/apply.h"
#include "redraft/edit/protect.h"
#include "redraft/llm/client_fixtures.h"
#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

/// Has an opinion on every text, which is worth any price.
class Moody final : public core::Scorer {
 public:
  std::string id() const override { return "moody"; }
  double Score(std::string_view text) const override {
    return static_cast<double>(StableHash(text) % 1000) / 10;
  }
};

Edited Drive(const Editing& editing, llm::Script script) {
  core::MemoryReplyLog log;
  llm::Client client(log, llm::Quick());
  client.AddEndpoint(llm::Scripted(std::move(script)));
  EXPECT_TRUE(client.Run(editing.jobs()));
  return editing.result();
}

EditOptions Options(Work work, Detector detector) {
  EditOptions options;
  options.work = work;
  options.detector = detector;
  options.rewrite.model = "m";
  options.rewrite.candidates = 3;
  return options;
}

std::string Between(const std::string& text, std::string_view open, std::string_view close) {
  const std::size_t start = text.find(open) + open.size();
  return text.substr(start, text.find(close, start) - start);
}

/// A writer who marks any words of the text and writes any words, out of a seed.
llm::Script Scribbler() {
  return [](const core::Request& request, int) -> Result<core::Reply> {
    const std::string& prompt = request.messages.back().content;
    Rng rng(StableHash(prompt, request.seed));
    core::Reply reply;
    static constexpr const char* kWords[] = {"oak", "`code`", "a new boat", "Tom", "",
                                             "7",   "DELETE", "\n\nthen",   "“so”"};
    if (!request.schema.is_null()) {
      const std::string shown = Between(prompt, "<text>\n", "\n</text>");
      const auto words = text::Words(shown);
      Json spans = Json::array();
      for (int i = 0; i < 6 && !words.empty(); ++i) {
        const auto& from = words[rng.Below(words.size())];
        const auto start = static_cast<std::size_t>(from.data() - shown.data());
        spans.push_back({{"text", shown.substr(start, 5 + rng.Below(30))},
                         {"category", "cliche"},
                         {"reason", "any"}});
      }
      reply.text = DumpJson({{"spans", spans}});
    } else if (prompt.find("<passage>") != std::string::npos) {
      reply.text = kWords[rng.Below(std::size(kWords))];
    } else {
      reply.text = Between(prompt, "<text>\n", "\n</text>");
      for (int i = 0; i < 4; ++i) {
        const std::size_t at = reply.text.find(' ', rng.Below(reply.text.size() + 1));
        if (at != std::string::npos) reply.text.replace(at, rng.Below(12), " oak ");
      }
      reply.text = reply.text.substr(0, FirstInvalidUtf8(reply.text));
    }
    return reply;
  };
}

/// A document out of pieces that are touchy and pieces that are not.
std::string Document(Rng rng) {
  static constexpr const char* kPieces[] = {
      "The boat came in late, as it always did, with nobody at the oars. ",
      "He said nothing for a long while. ",
      "She was as cold as ice, and her heart skipped a beat. ",
      "See [the map](https://a.example/x_y \"Map\") for the way. ",
      "Use `ls -l` to see it. ",
      "\n\n",
      "\r\n\r\n",
      "\n\n# A heading\n\n",
      "\n\n```sh\nmake all\n\nmake test\n```\n\n",
      "\n\n> A line that somebody wrote.\n\n",
      "\n\n- one thing\n- another thing\n\n",
      "Ça va: “So,” said Marek, “the 40 crowns.” "};
  std::string text = rng.Below(4) == 0 ? "---\ntitle: The Boat\n---\n" : "";
  for (std::size_t i = 0, n = 1 + rng.Below(14); i < n; ++i) {
    text += kPieces[rng.Below(std::size(kPieces))];
  }
  return text;
}

/// Whether every protected byte stands in the edited text where the edits around it leave it.
template <typename Result>
bool ProtectedStay(const std::string& text, const Result& edited) {
  for (const ProtectedRange& range : ProtectedRanges(text)) {
    std::size_t moved = range.start;
    for (const core::Edit& edit : edited.edits) {
      if (edit.span.start < range.end && range.start < edit.span.end) return false;
      if (edit.span.end > range.start) continue;
      moved += edit.replacement.size();
      moved -= edit.span.end - edit.span.start;
    }
    const std::string_view was =
        std::string_view(text).substr(range.start, range.end - range.start);
    if (std::string_view(edited.text).substr(moved, was.size()) != was) return false;
  }
  return true;
}

TEST(Editing, ProtectedPartsAreUnchangedInAThousandDocuments) {
  const Moody scorer;
  std::size_t edits = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const std::string text = Document(Rng(seed));
    EditOptions options = Options(seed % 2 == 0 ? Work::kRewrite : Work::kRevise, Detector::kModel);
    options.section_words = seed % 3 == 0 ? 20 : 900;
    const Editing editing(text, options, scorer);
    const Edited edited = Drive(editing, Scribbler());
    ASSERT_TRUE(ProtectedStay(text, edited)) << text << "\n→\n" << edited.text;
    const auto applied = Apply(text, edited.edits);
    ASSERT_TRUE(applied);
    ASSERT_EQ(applied->text, edited.text);
    ASSERT_EQ(Apply(edited.text, applied->inverse)->text, text);
    edits += edited.edits.size();
    std::vector<Whole> arms = edited.revisions;
    arms.push_back(edited.best);
    arms.push_back(edited.random);
    for (const Whole& arm : arms) {
      ASSERT_TRUE(ProtectedStay(text, arm)) << text << "\n→\n" << arm.text;
      ASSERT_EQ(Apply(text, arm.edits)->text, arm.text);
    }
  }
  EXPECT_GT(edits, 500U) << "the scribbler scribbles";
}

constexpr std::string_view kText =
    "She was as cold as ice when the boat came in. Nobody sat at the oars, and nobody spoke.\n\n"
    "Her heart skipped a beat. The rope was wet, and the bucket was gone from its hook.\n";

llm::Script Plain(const std::string& marked, const std::string& words) {
  return [=](const core::Request& request, int) -> Result<core::Reply> {
    core::Reply reply;
    reply.text = words;
    if (!request.schema.is_null()) {
      reply.text = DumpJson(
          {{"spans", {{{"text", marked}, {"category", "cliche"}, {"reason", "of the model"}}}}});
    }
    return reply;
  };
}

class Likes final : public core::Scorer {
 public:
  std::string id() const override { return "likes"; }
  double Score(std::string_view text) const override {
    return text.find("stood still") != std::string_view::npos ? 50 : 0;
  }
};

TEST(Editing, OffsetsAreThoseOfTheWholeTextWhateverTheSections) {
  const Likes scorer;
  for (const int section_words : {5, 18, 900}) {
    EditOptions options = Options(Work::kRewrite, Detector::kModel);
    options.section_words = section_words;
    const Editing editing(std::string(kText), options, scorer);
    const Edited edited = Drive(editing, Plain("heart skipped a beat", "stood still"));
    ASSERT_EQ(edited.edits.size(), 1U) << section_words;
    EXPECT_EQ(edited.edits[0].span.start, kText.find("heart skipped"));
    EXPECT_NE(edited.text.find("Her stood still."), std::string::npos);
    EXPECT_GT(edited.distance, 0);
    EXPECT_EQ(edited.score_after, 50);
  }
}

TEST(Editing, ANameOfAnotherSectionIsANameInEverySection) {
  const Likes scorer;
  EditOptions options = Options(Work::kRewrite, Detector::kModel);
  options.section_words = 10;
  const Editing editing(
      "It was the fault of Ines, and everybody knew it by noon.\n\n"
      "Ines felt a chill run down the spine of the evening, and went in.\n",
      options, scorer);
  const Edited edited = Drive(editing, Plain("Ines felt a chill", "She stood still"));
  EXPECT_TRUE(edited.edits.empty());
  EXPECT_GT(edited.turned_down.at("loses_name"), 0);
}

TEST(Editing, LocalDetectionAloneAsksNothing) {
  const Likes scorer;
  const Editing editing(std::string(kText), Options(Work::kDetect, Detector::kLocal), scorer);
  EXPECT_TRUE(editing.jobs().empty());
  const Edited edited = editing.result();
  EXPECT_FALSE(edited.spans.empty());
  EXPECT_EQ(edited.text, kText);
  EXPECT_EQ(edited.distance, 0);
}

TEST(Editing, BothDetectorsTogetherFindWhatEitherFinds) {
  const Likes scorer;
  const auto spans = [&](Detector detector) {
    const Editing editing(std::string(kText), Options(Work::kDetect, detector), scorer);
    return Drive(editing, Plain("the bucket was gone from its hook", "")).spans;
  };
  const auto both = spans(Detector::kBoth), local = spans(Detector::kLocal);
  EXPECT_EQ(both.size(), local.size() + 1);
  EXPECT_EQ(both.back().reason, "of the model");
}

TEST(Editing, AModelThatCannotSayItsSpansLeavesThoseOfTheRules) {
  const Likes scorer;
  const Editing editing(std::string(kText), Options(Work::kDetect, Detector::kBoth), scorer);
  const Edited edited = Drive(editing, [](const core::Request&, int) -> Result<core::Reply> {
    core::Reply reply;
    reply.text = "A fine text!";
    return reply;
  });
  EXPECT_EQ(edited.unreadable, 1);
  EXPECT_FALSE(edited.spans.empty());
}

TEST(Editing, NoMoreThanTheSurestSpansAreRewritten) {
  const Likes scorer;
  EditOptions options = Options(Work::kRewrite, Detector::kModel);
  options.spans_per_hundred_words = 0.1;
  const Editing editing(std::string(kText), options, scorer);
  const Edited edited = Drive(editing, Scribbler());
  EXPECT_LE(edited.places.size(), 3U);
}

TEST(Editing, ArmsAndRevisionsAreWholeTexts) {
  const Moody scorer;
  for (const Work work : {Work::kRevise, Work::kRewrite}) {
    EditOptions options = Options(work, Detector::kLocal);
    options.section_words = 22;
    const Editing editing(std::string(kText), options, scorer);
    const Edited edited = Drive(editing, Scribbler());
    if (work == Work::kRevise) {
      EXPECT_EQ(edited.best.text, edited.text);
    }
    EXPECT_GE(edited.best.worth, 0);
    EXPECT_EQ(edited.revisions.size(), 3U);
    for (const Whole& revision : edited.revisions) {
      EXPECT_EQ(Apply(kText, revision.edits)->text, revision.text);
    }
  }
}

}  // namespace
}  // namespace redraft::edit
