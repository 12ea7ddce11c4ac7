#include "redraft/cli/edit_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "redraft/base/file.h"
#include "redraft/edit/docx_fixture.h"

namespace redraft::cli {
namespace {

using ::testing::HasSubstr;

TEST(EditFile, AnEditedWordDocumentGoesBesideTheOldOne) {
  EXPECT_EQ(EditedDocxPath("x/draft.docm"), "x/draft.edited.docx");
  EXPECT_EQ(EditedDocxPath("v1.2.docx"), "v1.2.edited.docx");
}

TEST(EditFile, TheEditedDocumentNamesRedraftAndTheTime) {
  std::string folder = (std::filesystem::temp_directory_path() / "redraft-docx-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/draft.docx";
  const auto draft = edit::DocxBytesOf(edit::ParagraphXml(edit::RunXml("The old cat.")) +
                                       edit::ParagraphXml(edit::RunXml("It slept.")));
  ASSERT_TRUE(WriteFileAtomic(path, draft));
  const auto file = ReadForEditing(path);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->text, "The old cat.\n\nIt slept.");
  std::vector<core::Edit> edits = {{{4, 7, "cliche", "", 1}, "grey"},
                                   {{8, 20, "cliche", "", 1}, "over the end of a paragraph"}};
  EXPECT_EQ(DropUneditable(*file, edits), 1U);
  ASSERT_EQ(edits.size(), 1U);
  ManualClock clock;
  clock.Advance(std::chrono::hours(24));
  const auto bytes = WithEdits(*file, edits, clock);
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_THAT(edit::Unzipped(*bytes)["word/document.xml"],
              HasSubstr(R"(w:author="Redraft" w:date="1970-01-02T00:00:00Z")"));
  EXPECT_EQ(*ReplaceFile(*file, *bytes), path + ".bak");
  EXPECT_EQ(ReadForEditing(path)->text, "The grey cat.\n\nIt slept.");
  EXPECT_EQ(*ReadFile(path + ".bak"), draft);

  ASSERT_TRUE(WriteFileAtomic(path, edit::DocxBytesOf("<w:p/><w:p/>")));
  EXPECT_THAT(ReadForEditing(path).error().message, HasSubstr("holds no text to edit"));
  EXPECT_FALSE(ReadForEditing(folder + "/none.docx"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace redraft::cli
