#include "redraft/edit/annotated_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "redraft/base/file.h"
#include "redraft/base/json.h"

namespace redraft::edit {
namespace {

using ::testing::HasSubstr;

std::string Trace(const std::string& draft, const std::string& answer) {
  return DumpJson(
      {{"messages",
        {{{"role", "system"}, {"content", "You edit."}},
         {{"role", "user"}, {"content", "Here is the paragraph you are editing:\n" + draft}},
         {{"role", "assistant"}, {"content", answer}}}}});
}

constexpr const char* kAnswer =
    "Part 1\n\nSpan 1: `sent shivers` (Category: `Cliche`)\nSpan 2: `The sea` (Category: "
    "`Punctuation`)\nSpan 3: `gone` (Category: `Awkward Word Choice and Phrasing`)\n\nPart 2\n\n"
    "Span 1: `sent shivers` -> `woke me`\nSpan 2: `The sea` -> `Sea `\nSpan 3: `gone` -> ``\n";

TEST(AnnotatedTexts, TracesGiveDraftSpansAndReplacements) {
  AnnotatedTexts texts;
  ASSERT_TRUE(ParseTraces(Trace("The sea sent shivers.", kAnswer) + "\n\n", "t", texts));
  ASSERT_EQ(texts.texts.size(), 1U);
  const AnnotatedText& text = texts.texts[0];
  EXPECT_EQ(text.text, "The sea sent shivers.");
  ASSERT_EQ(text.edits.size(), 2U);
  EXPECT_EQ(text.edits[0], (core::Edit{{0, 7, "", "Punctuation", 1}, "Sea "}));
  EXPECT_EQ(text.edits[1], (core::Edit{{8, 20, "cliche", "Cliche", 1}, "woke me"}));
  EXPECT_EQ(texts.not_found, 1U);
}

TEST(AnnotatedTexts, ReannotationsGiveTheSame) {
  AnnotatedTexts texts;
  ASSERT_TRUE(ParseReannotations(
      R"([{"preedit":"It was cold. It was cold.","fine_grained_edits":[
        {"categorization":"Unnecessary/ Redundant Exposition","originalText":"It was cold.","editedText":"Cold."},
        {"categorization":"Cliche","originalText":"It was cold.","editedText":""}]}])",
      "r", "W9", texts));
  ASSERT_EQ(texts.texts.size(), 1U);
  EXPECT_EQ(texts.texts[0].annotator, "W9");
  ASSERT_EQ(texts.texts[0].edits.size(), 2U);
  EXPECT_EQ(texts.texts[0].edits[0].span.category, "unnecessary_exposition");
  EXPECT_EQ(texts.texts[0].edits[1].span.start, 13U) << "the first place is taken";
  EXPECT_EQ(texts.ambiguous, 2U);
}

std::string TraceError(const std::string& jsonl) {
  AnnotatedTexts texts;
  const Status read = ParseTraces(jsonl, "t.jsonl", texts);
  EXPECT_FALSE(read);
  return read ? "" : read.error().message;
}

TEST(AnnotatedTexts, BadTracesAreErrorsWithTheirLine) {
  const std::string good = Trace("The sea sent shivers.", kAnswer);
  EXPECT_THAT(TraceError(good + "\n{"), HasSubstr("t.jsonl, line 2: "));
  EXPECT_THAT(TraceError("[]"), HasSubstr("t.jsonl, line 1: not an edit trace"));
  EXPECT_THAT(TraceError("{\"messages\":3}"), HasSubstr("not an edit trace"));
  EXPECT_THAT(TraceError("{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}"),
              HasSubstr("you are editing:"));
  EXPECT_THAT(TraceError(Trace("A draft.", "Nothing to do.")), HasSubstr("the answer names no"));
  EXPECT_THAT(TraceError(Trace("A draft.", "Span 1: `` (Category: `Cliche`)")),
              HasSubstr("span 1 is empty"));
  EXPECT_THAT(TraceError(Trace("A draft.", "Span 4: `draft` -> `text`")),
              HasSubstr("span 4 is rewritten but has no category"));
}

std::string ReannotationError(const std::string& json) {
  AnnotatedTexts texts;
  const Status read = ParseReannotations(json, "r.json", "W1", texts);
  EXPECT_FALSE(read);
  return read ? "" : read.error().message;
}

TEST(AnnotatedTexts, BadReannotationsAreErrorsWithTheirItem) {
  EXPECT_THAT(ReannotationError("[{]"), HasSubstr("r.json: "));
  EXPECT_THAT(ReannotationError("{}"), HasSubstr("r.json: must be a JSON array"));
  EXPECT_THAT(ReannotationError("[3]"), HasSubstr("r.json, item 1: needs 'preedit'"));
  EXPECT_THAT(ReannotationError(R"([{"preedit":"A","fine_grained_edits":[{"originalText":"A"}]}])"),
              HasSubstr("item 1: an edit needs 'categorization'"));
}

TEST(AnnotatedTexts, FilesOfEitherKindAreToldByTheirForm) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "redraft_annotated";
  ASSERT_TRUE(WriteFileAtomic(folder / "reannotation-W7.json", "[]"));
  ASSERT_TRUE(WriteFileAtomic(folder / "x.jsonl", Trace("The sea.", kAnswer)));
  AnnotatedTexts texts;
  EXPECT_TRUE(ReadAnnotatedTexts(folder / "reannotation-W7.json", texts));
  EXPECT_TRUE(ReadAnnotatedTexts(folder / "x.jsonl", texts));
  EXPECT_EQ(texts.texts.size(), 1U);
  EXPECT_FALSE(ReadAnnotatedTexts(folder / "none.json", texts));
}

TEST(AnnotatedTexts, ThePublishedFilesAreReadWhole) {
  const char* shared = std::getenv("REDRAFT_SHARED");
  const std::filesystem::path folder =
      std::filesystem::path(shared != nullptr ? shared : REDRAFT_SOURCE_DIR "/../shared") / "data" /
      "lamp";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no data folder";
  AnnotatedTexts traces, again;
  ASSERT_TRUE(ReadAnnotatedTexts(folder / "edit-traces.jsonl", traces));
  for (const char* file :
       {"reannotation-W3.json", "reannotation-W12.json", "reannotation-W16.json"}) {
    ASSERT_TRUE(ReadAnnotatedTexts(folder / file, again));
  }
  const auto edits = [](const AnnotatedTexts& texts) {
    std::size_t count = 0;
    for (const AnnotatedText& text : texts.texts) count += text.edits.size();
    return count;
  };
  EXPECT_EQ(traces.texts.size(), 67U);
  EXPECT_EQ(edits(traces), 544U);
  EXPECT_EQ(traces.not_found, 0U);
  EXPECT_EQ(again.texts.size(), 150U);
  EXPECT_EQ(edits(again), 1092U);
  EXPECT_EQ(again.not_found, 1U);
}

}  // namespace
}  // namespace redraft::edit
