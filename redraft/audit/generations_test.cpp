#include "redraft/audit/generations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <random>

#include "redraft/audit/json_stream.h"
#include "redraft/base/file.h"
#include "redraft/base/json.h"

namespace redraft::audit {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// A record as values that own their texts.
struct Held {
  std::string id, excerpt, instruction, model;
  std::vector<std::tuple<std::int64_t, std::string, std::string>> generations;
  bool operator==(const Held&) const = default;
};

GenerationsVisitor Into(std::vector<Held>& records) {
  return [&records](ExcerptGenerations& record) -> Status {
    Held held{record.excerpt_id, record.excerpt_text, record.instruction, record.model, {}};
    for (const Generation& g : record.generations)
      held.generations.emplace_back(g.number, g.text, g.finish);
    records.push_back(held);
    return Ok{};
  };
}

std::vector<Held> Read(std::string_view json) {
  std::vector<Held> records;
  const Status status = VisitGenerationsIn(json, "g.json", Into(records));
  EXPECT_TRUE(status) << status.error().message;
  return records;
}

std::string ErrorOf(std::string_view json, std::size_t most = kMaxRecordBytes) {
  std::vector<Held> records;
  const Status status = VisitGenerationsIn(json, "g.json", Into(records), most);
  EXPECT_FALSE(status) << json;
  if (status) return "";
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  return status.error().message;
}

class GenerationsFile : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_ =
      fs::path(::testing::TempDir()) / ("redraft_generations." + std::to_string(::getpid()));
};

TEST(Generations, BothSpellingsOfTheKeysAreRead) {
  const std::vector<Held> expected = {
      {"p_id1", "The sea.", "Write.", "", {{0, "A sea", ""}, {4, "", "RECITATION"}}}};
  EXPECT_EQ(Read(R"([{"excerpt_id":"p_id1","excerpt_text":"The sea.","instruction":"Write.",
      "generations":[{"generation_num":0,"generated_text":"A sea"},
      {"generation_num":4,"generated_text":null,"finish_reason":"RECITATION"}]}])"),
            expected);
  EXPECT_EQ(Read(R"([{"generations":[{"generated_text":"A sea"},
      {"finish_reason":"RECITATION","generated_text":"","generation_num":4}],
      "paragraph_text":"The sea.","word_count":2.5e3,"other":[{"x":[true,false,null,"\u0041"]},-1],
      "instruction":"Write.","paragraph_id":"p_id1"}] )"),
            expected);
}

TEST(Generations, AnIdMayBeANumber) {
  EXPECT_EQ(Read(R"([{"excerpt_id":17,"generations":[]}])"),
            (std::vector<Held>{{"17", "", "", "", {}}}));
}

TEST(Generations, EscapesBecomeTheirCharacters) {
  const auto text = [](const std::string& escaped) {
    const auto records =
        Read(R"([{"excerpt_id":"1","generations":[{"generated_text":")" + escaped + R"("}]}])");
    return std::get<1>(records.at(0).generations.at(0));
  };
  EXPECT_EQ(text(R"(\"Yes,\"\n\tshe\\he \/ \r\b\f)"), "\"Yes,\"\n\tshe\\he / \r\b\f");
  EXPECT_EQ(text(R"(\u00e9\u20AC \ud83d\ude00)"), "é€ 😀");
  // Halves of surrogate pairs, alone and before all that may follow them.
  EXPECT_EQ(text(R"(\ud83dx\ude00\ud83d\n\ud83d\u0041\ud83d)"), "\uFFFDx\uFFFD\uFFFD\n\uFFFDA\uFFFD");
  EXPECT_EQ(text(R"(\ud83d\ud83d\ude00)"), "\uFFFD😀");
  EXPECT_EQ(text("naïve — “quoted” 東京"), "naïve — “quoted” 東京");
}

TEST(Generations, NothingIsSkippedInSilence) {
  EXPECT_EQ(ErrorOf(""), "g.json: byte 0: the file is empty; it must hold a list of generations");
  EXPECT_THAT(ErrorOf(R"({"excerpt_id":1})"), HasSubstr("byte 0: not a list of"));
  EXPECT_EQ(ErrorOf(R"([{"excerpt_id":"p1","generations":[]},{"generations":[]}])"),
            "g.json: byte 56: record 2 ends here and has no excerpt_id");
  EXPECT_EQ(ErrorOf(R"([{"excerpt_id":"p1"}])"),
            "g.json: byte 20: record 1 (p1) ends here and has no generations");
  EXPECT_THAT(
      ErrorOf(R"([{"excerpt_id":"p1","generations":[]},{"paragraph_id":"p1","generations":[]}])"),
      HasSubstr("record 2 ends here and repeats the excerpt_id 'p1'; ids must be unique"));
  EXPECT_THAT(ErrorOf(R"([{"excerpt_id":"p1","generations":[]}] [])"),
              HasSubstr("something follows the end of the JSON"));
  EXPECT_THAT(ErrorOf(R"([{"excerpt_id":"p1","generations":"none"}])"),
              HasSubstr("'[' should come here"));
  EXPECT_THAT(ErrorOf(R"([{"excerpt_id":"p1","generations":[{"generated_text":3}]}])"),
              HasSubstr("a text should come here"));
  EXPECT_THAT(ErrorOf(R"([{"excerpt_id":1.5,"generations":[]}])"),
              HasSubstr("a whole number should come here"));
  EXPECT_THAT(ErrorOf(R"([{"excerpt_id":99999999999999999999,"generations":[]}])"),
              HasSubstr("a number is too large"));
  EXPECT_THAT(ErrorOf(R"([{"excerpt_id":"\x","generations":[]}])"),
              HasSubstr("a letter that JSON does not know"));
  EXPECT_THAT(ErrorOf("[{\"excerpt_id\":\"a\nb\"}]"), HasSubstr("control character 10"));
  EXPECT_THAT(ErrorOf("[{\"excerpt_id\":\"a\xFF\"}]"), HasSubstr("is not UTF-8 (its byte 1)"));
  EXPECT_THAT(ErrorOf("[{\"x\":" + std::string(200, '[')), HasSubstr("more than 128 levels deep"));
}

TEST(Generations, EveryCutOfAFileIsFoundAndSaid) {
  const std::string whole =
      R"([{"excerpt_id":"p1","excerpt_text":"Ab\u00e9","n":-1.5,"b":true,"generations":[{"generation_num":12,"generated_text":"x\ud83d\ude00y"}]}])";
  ASSERT_EQ(Read(whole).size(), 1U);
  for (std::size_t size = 1; size < whole.size(); ++size)
    EXPECT_THAT(ErrorOf(whole.substr(0, size)), HasSubstr("the file is cut off")) << size;
}

TEST(Generations, ARecordOverTheLimitIsRefused) {
  const std::string json = R"([{"excerpt_id":"p1","generations":[{"generated_text":")" +
                           std::string(1000, 'x') + R"("}]}])";
  EXPECT_THAT(ErrorOf(json, 999), HasSubstr("a text is larger than the limit of 999 bytes"));
  std::string many = R"([{"excerpt_id":"p1","generations":[{})";
  for (int i = 0; i < 100; ++i) many += ",{}";
  EXPECT_THAT(ErrorOf(many + "]}]", 999),
              HasSubstr("record 1 (p1) is larger than the limit of 999 bytes"));
}

TEST(Generations, TheVisitorsErrorEndsTheVisit) {
  int visits = 0;
  const Status status = VisitGenerationsIn(
      R"([{"excerpt_id":"a","generations":[]},{"excerpt_id":"b","generations":[]}])", "g.json",
      [&](ExcerptGenerations&) -> Status {
        ++visits;
        return Fail(ErrorCode::kFailed, "enough");
      });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "enough");
  EXPECT_EQ(visits, 1);
}

TEST(Generations, ARecordThatIsMovedAwayKeepsItsTexts) {
  std::vector<ExcerptGenerations> kept;
  ASSERT_TRUE(VisitGenerationsIn(
      R"([{"excerpt_id":"a","generations":[{"generated_text":"one"}]},
          {"excerpt_id":"b","generations":[{"generated_text":"two"}]}])",
      "g.json", [&](ExcerptGenerations& record) -> Status {
        kept.push_back(std::move(record));
        return Ok{};
      }));
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].generations.at(0).text, "one");
  EXPECT_EQ(kept[1].generations.at(0).text, "two");
}

TEST_F(GenerationsFile, WhatIsWrittenIsRead) {
  const fs::path path = folder_ / "g.json";
  auto writer = GenerationsWriter::Open(path);
  ASSERT_TRUE(writer);
  ExcerptGenerations record;
  record.excerpt_id = "p_id1";
  record.excerpt_text = "“Why?” she asked.\n\nNobody\tknew.";
  record.instruction = "Write.";
  record.model = "m";
  record.generations = {{0, "First \"one\"\\", "stop"}, {3, "", "length"}};
  ASSERT_TRUE(writer->Add(record));
  EXPECT_FALSE(fs::exists(path));  // not before Close
  record.excerpt_id = "p_id2";
  record.generations.clear();
  ASSERT_TRUE(writer->Add(record));
  ASSERT_TRUE(writer->Close());
  std::vector<Held> records;
  ASSERT_TRUE(VisitGenerations(path, Into(records)));
  const std::vector<Held> expected = {
      {"p_id1", record.excerpt_text, "Write.", "m",
       {{0, "First \"one\"\\", "stop"}, {3, "", "length"}}},
      {"p_id2", record.excerpt_text, "Write.", "m", {}}};
  EXPECT_EQ(records, expected);
  EXPECT_EQ(ListFiles(folder_)->size(), 1U);
}

TEST_F(GenerationsFile, AWriterThatIsNotClosedLeavesNothing) {
  {
    auto writer = GenerationsWriter::Open(folder_ / "g.json");
    ASSERT_TRUE(writer);
  }
  EXPECT_TRUE(ListFiles(folder_)->empty());
  const auto failed = GenerationsWriter::Open(folder_);
  EXPECT_TRUE(failed);  // a folder of that name shows itself when the file is to appear
}

TEST_F(GenerationsFile, AMissingFileIsNamed) {
  const Status status = VisitGenerations(folder_ / "none.json", [](auto&) -> Status { return Ok{}; });
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("none.json: No such file"));
  const Status folder = VisitGenerations(folder_, [](auto&) -> Status { return Ok{}; });
  ASSERT_FALSE(folder);
  EXPECT_THAT(folder.error().message, HasSubstr("Is a directory"));
}

std::string RandomText(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {
      "a", "word ", "\"", "\\", "\n", "é", "😀", "\t", "\x01", "/", "longer than eight bytes "};
  std::string made;
  for (auto n = random() % 12; n > 0; --n) made += kPieces[random() % kPieces.size()];
  return made;
}

RC_GTEST_PROP(Generations, EqualWhatAParserOfTheWholeTextReads, ()) {
  std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
  Json list = Json::array();
  std::vector<Held> expected;
  for (auto records = random() % 4; records > 0; --records) {
    Held held{fmt::format("p{}", records), RandomText(random), RandomText(random), "", {}};
    Json generations = Json::array();
    for (int g = static_cast<int>(random() % 4); g > 0; --g) {
      held.generations.emplace_back(g, RandomText(random), "");
      generations.push_back(
          {{"generation_num", g}, {"generated_text", std::get<1>(held.generations.back())}});
    }
    list.push_back({{"excerpt_id", held.id},
                    {"excerpt_text", held.excerpt},
                    {RandomText(random), RandomText(random)},
                    {"instruction", held.instruction},
                    {"generations", generations}});
    expected.push_back(held);
  }
  const bool ascii = random() % 2 == 0, indent = random() % 2 == 0;
  const std::string json = list.dump(indent ? 2 : -1, ' ', ascii);
  std::vector<Held> records;
  RC_ASSERT(VisitGenerationsIn(json, "g.json", Into(records)));
  RC_ASSERT(records == expected);
}

RC_GTEST_PROP(JsonStream, ReadsTheSameThroughAWindowOfAnySize, ()) {
  std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
  std::vector<std::string> expected;
  for (auto n = random() % 5; n > 0; --n) expected.push_back(RandomText(random));
  const std::string json = Json(expected).dump(-1, ' ', random() % 2 == 0);
  std::size_t given = 0;
  const auto source = [&](char* buffer, std::size_t) -> Result<std::size_t> {
    const std::size_t count = std::min<std::size_t>(1 + random() % 9, json.size() - given);
    json.copy(buffer, count, given);
    given += count;
    return count;
  };
  JsonStream stream(source, "stream");
  std::vector<std::string> read;
  const bool ok = stream.ReadList([&] { return stream.ReadString(read.emplace_back(), 1000); });
  RC_ASSERT(ok && stream.ExpectEnd());
  RC_ASSERT(read == expected);
}

}  // namespace
}  // namespace redraft::audit
