#include "redraft/audit/training_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/audit/book_writer.h"

namespace redraft::audit {
namespace {

using ::testing::HasSubstr;

NamedBook Prepared(const std::string& name, const std::string& author) {
  const std::string json =
      R"([{"excerpt_id":"p_id1","excerpt_text":"Rain \"fell\".","author_name":")" + author +
      R"(","book_name":")" + name + R"(","detail":"It rains.","instruction":"Write rain."},)" +
      R"({"excerpt_id":"p_id2","excerpt_text":"Without a summary."}])";
  return {name, ParseBook(json, name + ".json").value()};
}

std::string ErrorOf(const std::vector<NamedBook>& books, TrainingSplit split,
                    const std::vector<std::string>& authors = {}) {
  const auto files = ExportTraining(books, TrainingFormat::kOpenAi, split, authors, 1);
  return files ? "no error" : files.error().message;
}

TEST(TrainingExport, WritesTheLinesOfBothFormats) {
  const std::vector<NamedBook> books = {Prepared("a", "Hale"), Prepared("b", "Orr")};
  const auto openai =
      ExportTraining(books, TrainingFormat::kOpenAi, TrainingSplit::kCross, {"Hale"}, 1).value();
  ASSERT_EQ(openai.size(), 1U);
  EXPECT_EQ(openai[0].name, "train-hale.jsonl");
  EXPECT_EQ(openai[0].pairs, 1U) << "an excerpt without instruction is no pair";
  EXPECT_EQ(openai[0].bytes, R"({"messages":[{"role":"user","content":"Write rain."},)"
                             R"({"role":"assistant","content":"Rain \"fell\"."}]})"
                             "\n");
  const auto trl =
      ExportTraining(books, TrainingFormat::kTrl, TrainingSplit::kCross, {"Hale"}, 1).value();
  EXPECT_EQ(trl[0].bytes, R"({"prompt":[{"role":"user","content":"Write rain."}],)"
                          R"("completion":[{"role":"assistant","content":"Rain \"fell\"."}]})"
                          "\n");
}

TEST(TrainingExport, WithinAnAuthorOneBookIsKeptForTesting) {
  const std::vector<NamedBook> books = {Prepared("a", "Hale"), Prepared("b", "Orr"),
                                        Prepared("c", "Hale"), Prepared("d", "Hale")};
  const auto files =
      ExportTraining(books, TrainingFormat::kOpenAi, TrainingSplit::kWithin, {}, 5).value();
  ASSERT_EQ(files.size(), 1U) << "Orr has a single book";
  EXPECT_EQ(files[0].train.size(), 2U);
  ASSERT_EQ(files[0].test.size(), 1U);
  EXPECT_EQ(books[files[0].test[0]].book.author, "Hale");
  EXPECT_EQ(std::ranges::count(files[0].train, files[0].test[0]), 0);
}

TEST(TrainingExport, AcrossAuthorsAllOthersAreForTesting) {
  const std::vector<NamedBook> books = {Prepared("a", "Hale"), Prepared("b", "Orr"),
                                        Prepared("c", "Hale"), Prepared("d", "Ada B.")};
  const auto files =
      ExportTraining(books, TrainingFormat::kTrl, TrainingSplit::kCross, {}, 5).value();
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0].name, "train-ada-b.jsonl");
  EXPECT_EQ(files[1].train, (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(files[1].test, (std::vector<std::size_t>{1, 3}));
  const Json split = SplitJson(books, files, TrainingFormat::kTrl, TrainingSplit::kCross, 5);
  EXPECT_EQ(split["schema"], "redraft.audit.export/1");
  EXPECT_EQ(split["models"][1]["test"][0]["sha256"], books[1].book.sha256);
  EXPECT_EQ(split["models"][1]["pairs"], 2);
}

TEST(TrainingExport, SaysWhatIsMissing) {
  const NamedBook a = Prepared("a", "Hale");
  EXPECT_THAT(ErrorOf({a}, TrainingSplit::kWithin), HasSubstr("needs two books of one author"));
  EXPECT_THAT(ErrorOf({a}, TrainingSplit::kCross), HasSubstr("needs books of two authors"));
  EXPECT_THAT(ErrorOf({a, a}, TrainingSplit::kWithin), HasSubstr("a: is the same file as a"));
  EXPECT_THAT(ErrorOf({a, Prepared("b", "")}, TrainingSplit::kCross),
              HasSubstr("b: no author is given"));
  EXPECT_THAT(ErrorOf({a, Prepared("b", "Orr")}, TrainingSplit::kCross, {"Nobody"}),
              HasSubstr("--author 'Nobody': none of the books is theirs"));
  NamedBook bare = {
      "bare",
      ParseBook(R"([{"excerpt_id":"1","excerpt_text":"x","author_name":"Orr"}])", "bare.json")
          .value()};
  EXPECT_THAT(ErrorOf({a, bare}, TrainingSplit::kCross),
              HasSubstr("bare: no excerpt has a summary"));
}

TEST(BookWriter, WritesWhatIsReadBack) {
  const Book book = Prepared("The Ferry", "Hale").book;
  const Book again = ParseBook(DumpBook(book), "x.json").value();
  EXPECT_EQ(again.text, book.text);
  EXPECT_EQ(again.title, book.title);
  EXPECT_EQ(again.author, book.author);
  EXPECT_EQ(again.excerpts, book.excerpts);
  EXPECT_EQ(DumpBook(again), DumpBook(book));
}

}  // namespace
}  // namespace redraft::audit
