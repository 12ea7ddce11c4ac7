// The edited document in another program: LibreOffice sees the tracked changes and the comments.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "redraft/base/file.h"
#include "redraft/base/process.h"
#include "redraft/base/xml.h"
#include "redraft/edit/apply.h"
#include "redraft/edit/docx.h"
#include "redraft/edit/docx_fixture.h"

namespace redraft::edit {
namespace {

namespace fs = std::filesystem;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A folder of the test's own, gone afterwards with LibreOffice's profile in it.
class Office {
 public:
  Office() {
    std::string name = (fs::temp_directory_path() / "redraft-office-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~Office() { fs::remove_all(folder_); }
  Office(const Office&) = delete;
  Office& operator=(const Office&) = delete;

  /// The document in another format; empty with a failure of the test if LibreOffice refuses it.
  std::string Converted(const std::string& docx, const std::string& format) const {
    EXPECT_TRUE(WriteFileAtomic(folder_ / "in.docx", docx));
    ProcessOptions options;
    options.command = {"soffice",
                       "-env:UserInstallation=file://" + (folder_ / "profile").string(),
                       "--headless",
                       "--norestore",
                       "--convert-to",
                       format,
                       "--outdir",
                       (folder_ / "out").string(),
                       (folder_ / "in.docx").string()};
    const auto result = RunProcess(options);
    EXPECT_TRUE(result) << result.error().message << "; ./dev test installs LibreOffice";
    if (!result) return "";
    const auto bytes = ReadFile(folder_ / "out" / ("in." + format));
    EXPECT_TRUE(bytes) << result->output << result->errors;
    return bytes ? *bytes : "";
  }

 private:
  fs::path folder_;
};

/// What a flat OpenDocument text says of changes and comments, and its text after accepting and
/// rejecting them: a line for each paragraph.
struct FlatText final : XmlHandler {
  std::vector<std::string> comments, authors, dates;
  std::map<std::string, bool> deletes;  ///< by id of the change; else it inserts
  std::string accepted, rejected;

  void Start(std::string_view name, const XmlAttributes& attributes) override {
    path_.emplace_back(name);
    const std::string change(AttributeOf(attributes, "text:change-id"));
    if (name == "changed-region") region_ = AttributeOf(attributes, "text:id");
    if (name == "insertion" || name == "deletion") deletes[region_] = name == "deletion";
    if (name == "change-start") open_.insert(change);
    if (name == "change-end") open_.erase(change);
    if (name == "annotation") comments.emplace_back();
    if (Inside("change-info") && name == "creator") authors.emplace_back();
    if (Inside("change-info") && name == "date") dates.emplace_back();
    if (name == "s") Text(" ");
  }
  void End(std::string_view name) override {
    if ((name == "p" || name == "h") && InBody()) Add("\n");
    path_.pop_back();
  }
  void Text(std::string_view text) override {
    if (Inside("change-info")) {
      if (path_.back() == "creator") authors.back() += text;
      if (path_.back() == "date") dates.back() += text;
    } else if (Inside("annotation")) {
      if (path_.back() == "p" || path_.back() == "span") comments.back() += text;
    } else if (InBody() && (Inside("p") || Inside("h"))) {
      Add(text);
    }
  }

 private:
  void Add(std::string_view text) {
    const auto in_change = [&](bool deletion) {
      return std::any_of(open_.begin(), open_.end(),
                         [&](const std::string& id) { return deletes[id] == deletion; });
    };
    if (!in_change(true)) accepted += text;
    if (!in_change(false)) rejected += text;
  }
  bool Inside(std::string_view name) const {
    return std::find(path_.begin(), path_.end(), name) != path_.end();
  }
  bool InBody() const {
    return Inside("body") && !Inside("tracked-changes") && !Inside("annotation");
  }
  std::vector<std::string> path_;
  std::string region_;
  std::set<std::string> open_;
};

struct Draft {
  std::string text;
  std::vector<core::Edit> edits;
  std::string edited;
};

Draft EditedDraft() {
  const std::string body =
      ParagraphXml(RunXml("Low water"), "<w:pStyle w:val='Kop1'/>") +
      ParagraphXml(RunXml("The harbour lay ") + RunXml("as still as", "<w:b/>") +
                   RunXml(" a mill pond, and nobody spoke.")) +
      "<w:p/>" + ParagraphXml(RunXml("She counted the boats &amp; the gulls twice over again."));
  const auto docx = Docx::Read(DocxBytesOf(body), "draft.docx");
  EXPECT_TRUE(docx) << docx.error().message;
  Draft draft;
  draft.text = docx->text();
  draft.edits = {
      EditOf(draft.text, "lay as still as a mill pond", "held its breath", "worn simile"),
      EditOf(draft.text, " over again", "", "says it twice"),
      EditOf(draft.text, "& the gulls", "& the gulls", "which gulls?")};
  auto edited = docx->WithEdits(draft.edits, {"Redraft", "2026-11-27T08:00:00Z"});
  EXPECT_TRUE(edited) << edited.error().message;
  if (edited) draft.edited = *std::move(edited);
  return draft;
}

TEST(DocxInLibreOffice, TrackedChangesAndCommentsAreThere) {
  const Office office;
  const Draft draft = EditedDraft();
  FlatText seen;
  const Status read = ReadXml(office.Converted(draft.edited, "fodt"), "in.fodt", seen);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(seen.accepted,
            "Low water\nThe harbour held its breath, and nobody spoke.\n\n"
            "She counted the boats & the gulls twice.\n");
  EXPECT_EQ(seen.rejected,
            "Low water\nThe harbour lay as still as a mill pond, and nobody spoke.\n\n"
            "She counted the boats & the gulls twice over again.\n");
  EXPECT_GE(seen.deletes.size(), 3U) << "two deletions and an insertion";
  EXPECT_EQ(seen.authors.size(), seen.deletes.size());
  EXPECT_THAT(seen.authors, Each("Redraft"));
  EXPECT_THAT(seen.dates, Each(HasSubstr("2026-11-27T08:00:00")));
  EXPECT_THAT(seen.comments,
              ElementsAre("Cliché: worn simile", "Cliché: which gulls?", "Cliché: says it twice"));
}

TEST(DocxInLibreOffice, ADocumentThatItSavesAgainHasTheSameText) {
  const Office office;
  const Draft draft = EditedDraft();
  const auto saved = Docx::Read(office.Converted(draft.edited, "docx"), "saved.docx");
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_EQ(saved->text(), Apply(draft.text, draft.edits)->text);
  // And what LibreOffice writes can be edited in its turn.
  const auto edited = saved->WithEdits({EditOf(saved->text(), "nobody", "no one")}, {});
  ASSERT_TRUE(edited) << edited.error().message;
  FlatText seen;
  ASSERT_TRUE(ReadXml(office.Converted(*edited, "fodt"), "in.fodt", seen));
  EXPECT_THAT(seen.accepted, HasSubstr("held its breath, and no one spoke."));
  EXPECT_EQ(seen.comments.size(), 4U);
}

}  // namespace
}  // namespace redraft::edit
