#include "redraft/cli/lm_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "redraft/llm/scripted_endpoint.h"
#include "redraft/store/ledger.h"

namespace redraft::cli {
namespace {

using ::testing::HasSubstr;

reward::Dataset Pairs() {
  reward::Dataset data;
  for (const std::string name : {"Ada", "Bo", "Cem"}) {
    data.pairs.push_back(
        {name + " shut the gate. The dog barked. It was late. Rain came. Nobody slept.",
         name + " closed the gate. The dog was barking. It was late. Rain came.", "", ""});
  }
  return data;
}

std::shared_ptr<llm::ScriptedEndpoint> Reader(llm::Script script) {
  llm::ScriptedOptions options;
  options.info.model = "reader";
  return std::make_shared<llm::ScriptedEndpoint>(std::move(script), options);
}

Result<core::Reply> Read(const core::Request& request, int) {
  core::Reply reply;
  if (request.kind == core::RequestKind::kEmbedding) reply.embedding = {1, 2};
  if (request.kind == core::RequestKind::kLogLikelihood) {
    reply.logprobs = {0, -static_cast<double>(request.text.size())};
  }
  return reply;
}

TEST(LmReader, ReadsEveryTextOnceAndGoesOnWhereItStopped) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "lm_reader";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  auto ledger = store::Ledger::Open(folder / "l.db", {.create = true});
  ASSERT_TRUE(ledger) << ledger.error().message;
  const auto run = ledger->CreateRun({.identity = "i", .name = "", .manifest = Json::object()});
  ASSERT_TRUE(run) << run.error().message;
  const auto log = ledger->Replies(*run);
  ASSERT_TRUE(log);
  const auto examples = reward::ExamplesOf(Pairs(), 3);

  const auto faulty = Reader([](const core::Request& request, int number) -> Result<core::Reply> {
    if (request.text.starts_with("Cem")) return Fail(ErrorCode::kFailed, "the lights went out");
    return Read(request, number);
  });
  llm::Client first(**log);
  first.AddEndpoint(faulty);
  const auto broken = ReadExamples(first, examples, "reader");
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().message, HasSubstr("the lights went out"));

  const auto reader = Reader(Read);
  llm::Client second(**log);
  second.AddEndpoint(reader);
  const auto readings = ReadExamples(second, examples, "reader");
  ASSERT_TRUE(readings) << readings.error().message;
  EXPECT_EQ(readings->texts.size(), 6U);
  EXPECT_EQ(readings->totals.size(), 6U + 2U);  // the first text shuffled and swapped
  for (const auto& [text, total] : readings->totals) {
    EXPECT_EQ(total, -static_cast<double>(text.size()));
  }
  EXPECT_LE(reader->tries(), 14 - 8);  // of 14 requests, those about the first two are kept

  llm::Client third(**log);
  third.AddEndpoint(Reader(Read));
  ASSERT_TRUE(ReadExamples(third, examples, "reader"));
}

TEST(LmReader, AReplyWithoutAReadingIsAnError) {
  core::MemoryReplyLog log;
  llm::Client client(log);
  client.AddEndpoint(Reader([](const core::Request&, int) { return core::Reply(); }));
  const auto readings = ReadExamples(client, reward::ExamplesOf(Pairs(), 1), "reader");
  ASSERT_FALSE(readings);
  EXPECT_EQ(readings.error().code, ErrorCode::kFailed);
}

}  // namespace
}  // namespace redraft::cli
