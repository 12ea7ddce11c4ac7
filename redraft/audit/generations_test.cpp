#include "redraft/audit/generations.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <random>

#include "redraft/audit/generation_stream.h"
#include "redraft/base/file.h"
#include "redraft/base/json.h"

namespace redraft::audit {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// A record as values.
struct Held {
  std::string id, excerpt, instruction;
  std::vector<std::string> texts;
  bool operator==(const Held&) const = default;
};

Result<std::vector<Held>> TryRead(std::string_view json, ByteSource source = {}) {
  GenerationStream stream("g.json", source ? std::move(source) : BytesOf(json));
  std::vector<Held> records;
  GenerationRecord record;
  for (;;) {
    REDRAFT_ASSIGN(const bool more, stream.Next(record));
    if (!more) return records;
    if (record.first == 0)
      records.push_back({record.id, record.excerpt_text, record.instruction, {}});
    for (std::size_t i = 0; i < record.ends.size(); ++i)
      records.back().texts.emplace_back(record.text(i));
  }
}

std::vector<Held> Read(std::string_view json) {
  const auto records = TryRead(json);
  EXPECT_TRUE(records) << records.error().message;
  return records ? *records : std::vector<Held>();
}

std::string ErrorOf(std::string_view json) {
  const auto records = TryRead(json);
  EXPECT_FALSE(records) << json;
  if (records) return "";
  EXPECT_EQ(records.error().code, ErrorCode::kInvalidArgument);
  return records.error().message;
}

class GenerationsFile : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_ =
      fs::path(::testing::TempDir()) / ("redraft_generations." + std::to_string(::getpid()));
};

TEST(Generations, BothSpellingsOfTheKeysAreRead) {
  const std::vector<Held> expected = {{"p_id1", "The sea.", "Write.", {"A sea", ""}}};
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

TEST(Generations, EscapesBecomeTheirCharacters) {
  const auto text = [](const std::string& escaped) {
    const auto records =
        Read(R"([{"excerpt_id":"1","generations":[{"generated_text":")" + escaped + R"("}]}])");
    return records.at(0).texts.at(0);
  };
  EXPECT_EQ(text(R"(\"Yes,\"\n\tshe\\he \/ \r\b\f)"), "\"Yes,\"\n\tshe\\he / \r\b\f");
  EXPECT_EQ(text(R"(\u00e9\u20AC \ud83d\ude00)"), "é€ 😀");
  // Halves of surrogate pairs, alone and before all that may follow them.
  EXPECT_EQ(text(R"(\ud83dx\ude00\ud83d\n\ud83d\u0041\ud83d)"),
            "\uFFFDx\uFFFD\uFFFD\n\uFFFDA\uFFFD");
  EXPECT_EQ(text(R"(\ud83d\ud83d\ude00)"), "\uFFFD😀");
  EXPECT_EQ(text("naïve — “quoted” 東京"), "naïve — “quoted” 東京");
}

TEST(Generations, EveryCutOfAFileIsAnError) {
  const std::string whole =
      R"([{"excerpt_id":"p1","excerpt_text":"Ab\u00e9","n":-1.5,"b":true,)"
      R"("generations":[{"generation_num":12,"generated_text":"x\ud83d\ude00y"}]}])";
  ASSERT_EQ(Read(whole).size(), 1U);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(ErrorOf(whole.substr(0, size)), HasSubstr("g.json")) << size;
}

TEST(Generations, WhatIsNoListOfGenerationsIsNamed) {
  EXPECT_THAT(ErrorOf(R"({"excerpt_id":1})"), HasSubstr("g.json"));
  EXPECT_THAT(ErrorOf(R"([{"excerpt_id":"p1","generations":[]},{"generations":[]}])"),
              HasSubstr("record 2 has no \"excerpt_id\""));
  EXPECT_THAT(ErrorOf(R"([{"excerpt_id":"p1"}])"), HasSubstr("record 1 has no \"generations\""));
  EXPECT_THAT(ErrorOf("[{\"excerpt_id\":\"a\xFF\",\"generations\":[]}]"), HasSubstr("UTF-8"));
}

TEST_F(GenerationsFile, WhatIsWrittenIsRead) {
  const fs::path path = folder_ / "new" / "g.json";
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
  const std::string bytes = *ReadFile(path);
  EXPECT_EQ(bytes, R"([
{"model":"m","excerpt_id":"p_id1","excerpt_text":"“Why?” she asked.\n\nNobody\tknew.","instruction":"Write.","generations":[{"generation_num":0,"generated_text":"First \"one\"\\","finish_reason":"stop"},{"generation_num":3,"generated_text":"","finish_reason":"length"}]},
{"model":"m","excerpt_id":"p_id2","excerpt_text":"“Why?” she asked.\n\nNobody\tknew.","instruction":"Write.","generations":[]}
]
)");
  EXPECT_EQ(Read(bytes),
            (std::vector<Held>{{"p_id1", record.excerpt_text, "Write.", {"First \"one\"\\", ""}},
                               {"p_id2", record.excerpt_text, "Write.", {}}}));
  EXPECT_EQ(ListFiles(path.parent_path())->size(), 1U);
}

TEST_F(GenerationsFile, AWriterThatIsNotClosedLeavesNothing) {
  {
    ASSERT_TRUE(GenerationsWriter::Open(folder_ / "g.json"));
  }
  EXPECT_TRUE(ListFiles(folder_)->empty());
  fs::create_directories(folder_ / "d" / "e");
  auto writer = GenerationsWriter::Open(folder_ / "d");
  ASSERT_TRUE(writer);
  const Status closed = writer->Close();
  ASSERT_FALSE(closed);
  EXPECT_THAT(closed.error().message, HasSubstr("cannot replace"));
  EXPECT_TRUE(ListFiles(folder_)->empty());
  EXPECT_FALSE(GenerationsWriter::Open(folder_ / "none" / std::string(300, 'x')));
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
    Held held{fmt::format("p{}", records), RandomText(random), RandomText(random), {}};
    Json generations = Json::array();
    for (int g = static_cast<int>(random() % 4); g > 0; --g) {
      held.texts.push_back(RandomText(random));
      generations.push_back({{"generation_num", g}, {"generated_text", held.texts.back()}});
    }
    list.push_back({{"excerpt_id", held.id},
                    {"excerpt_text", held.excerpt},
                    {"x" + RandomText(random), RandomText(random)},
                    {"instruction", held.instruction},
                    {"generations", generations}});
    expected.push_back(held);
  }
  const bool ascii = random() % 2 == 0, indent = random() % 2 == 0;
  const std::string json = list.dump(indent ? 2 : -1, ' ', ascii);
  // All at once, and a few bytes at a time.
  std::size_t given = 0;
  const auto source = [&](char* buffer, std::size_t room) -> Result<std::size_t> {
    const std::size_t count = std::min({1 + random() % 9, json.size() - given, room});
    json.copy(buffer, count, given);
    given += count;
    return count;
  };
  const auto at_once = TryRead(json), in_pieces = TryRead(json, source);
  RC_ASSERT(at_once.has_value());
  RC_ASSERT(*at_once == expected);
  RC_ASSERT(in_pieces.has_value());
  RC_ASSERT(*in_pieces == expected);
}

}  // namespace
}  // namespace redraft::audit
