#include "redraft/cli/docx_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "redraft/base/file.h"
#include "redraft/edit/docx_fixture.h"

namespace redraft::cli {
namespace {

using ::testing::HasSubstr;

TEST(DocxFile, WordDocumentsAreKnownByTheirName) {
  for (const char* path : {"a.docx", "x/B.DOCX", "a.docm", "a.dotx", "a.dotm"}) {
    EXPECT_TRUE(IsDocx(path)) << path;
  }
  for (const char* path : {"a.doc", "docx", "a.docx.md", "-", ""})
    EXPECT_FALSE(IsDocx(path)) << path;
  EXPECT_EQ(EditedDocxPath("x/draft.docm"), "x/draft.edited.docx");
  EXPECT_EQ(EditedDocxPath("v1.2.docx"), "v1.2.edited.docx");
}

TEST(DocxFile, TheEditedDocumentNamesRedraftAndTheTime) {
  std::string folder = (std::filesystem::temp_directory_path() / "redraft-docx-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/draft.docx";
  const auto draft = edit::DocxBytesOf(edit::ParagraphXml(edit::RunXml("The old cat.")) +
                                       edit::ParagraphXml(edit::RunXml("It slept.")));
  ASSERT_TRUE(WriteFileAtomic(path, draft));
  const auto docx = ReadDocx(path);
  ASSERT_TRUE(docx) << docx.error().message;
  std::vector<core::Edit> edits = {{{4, 7, "cliche", "", 1}, "grey"},
                                   {{8, 20, "cliche", "", 1}, "over the end of a paragraph"}};
  EXPECT_EQ(DropUneditable(*docx, edits), 1U);
  ASSERT_EQ(edits.size(), 1U);
  ManualClock clock;
  clock.Advance(std::chrono::hours(24));
  ASSERT_TRUE(WriteEditedDocx(*docx, edits, EditedDocxPath(path), clock));
  const auto edited = ReadDocx(EditedDocxPath(path));
  ASSERT_TRUE(edited);
  EXPECT_EQ(edited->text(), "The grey cat.\n\nIt slept.");
  EXPECT_THAT(edit::Unzipped(*ReadFile(EditedDocxPath(path)))["word/document.xml"],
              HasSubstr(R"(w:author="Redraft" w:date="1970-01-02T00:00:00Z")"));
  EXPECT_EQ(*ReadFile(path), draft);

  ASSERT_TRUE(WriteFileAtomic(path, edit::DocxBytesOf("<w:p/><w:p/>")));
  EXPECT_THAT(ReadDocx(path).error().message, HasSubstr("holds no text to edit"));
  EXPECT_FALSE(ReadDocx(folder + "/none.docx"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace redraft::cli
