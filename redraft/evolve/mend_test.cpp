// Variants that mend their parent (EvolveOptions::mend).

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "redraft/core/reply_log.h"
#include "redraft/evolve/engine.h"
#include "redraft/evolve/fake_writer.h"
#include "redraft/judge/local_judges.h"
#include "redraft/llm/client.h"
#include "redraft/llm/scripted_endpoint.h"

namespace redraft::evolve {
namespace {

EvolveOptions Options(const std::string& preset, double mend) {
  EvolveOptions options = *Preset(preset);
  options.writer = "fake";
  options.brake = 0;  // the fake writer has few words
  options.mend = mend;
  options.repairs = 0;
  return options;
}

Result<RunRecord> Evolved(const EvolveOptions& options, llm::Script script) {
  Task task;
  task.brief = *core::ParseBrief("A ferry that does not come.");
  task.pack = *core::LoadPack("fiction");
  task.rubric = task.pack.rubric;
  const auto coin = *judge::RuleJudge("coin");
  core::MemoryReplyLog log;
  llm::Client client(log);
  llm::ScriptedOptions scripted;
  scripted.info.model = "fake";
  client.AddEndpoint(std::make_shared<llm::ScriptedEndpoint>(std::move(script), scripted));
  return Evolve(
      options, task, *coin,
      [&](const Stage&, std::span<core::Job* const> jobs) { return client.Run(jobs); },
      [](const Json&) {});
}

TEST(Mend, MendedVariantsMayStayNearTheirParentButNotBeIt) {
  std::set<std::string> prompts;
  int asked = 0;
  const auto record =
      Evolved(Options("small", 1), [&](const core::Request& request, int) -> Result<core::Reply> {
        if (request.role != core::Role::kVariant) return testing::Write(request);
        core::Reply reply;
        const std::string& prompt = request.messages.back().content;
        prompts.insert(prompt);
        const std::size_t start = prompt.find("<text>\n") + 7;
        reply.text = prompt.substr(start, prompt.find("\n</text>") - start);
        // Every other answer hands the parent back.
        if (++asked % 2 == 0) {
          const std::size_t word = reply.text.find(' ') + 1;
          reply.text.insert(word,
                            "tired " + std::string(1, static_cast<char>('a' + asked % 26)) + " ");
        }
        return reply;
      });
  ASSERT_TRUE(record) << record.error().message;
  int mended = 0, copies = 0;
  for (const core::Draft& draft : record->drafts) {
    if (draft.generation == 0) continue;
    EXPECT_EQ(draft.operation, "mend");
    EXPECT_EQ(draft.objective, "");
    if (draft.gated.empty()) {
      ++mended;
    } else {
      EXPECT_EQ(draft.gated, std::vector<std::string>{"duplicate"});
      ++copies;
    }
  }
  EXPECT_EQ(mended, asked / 2);
  EXPECT_EQ(copies, asked - asked / 2);
  for (const std::string& prompt : prompts) {
    EXPECT_NE(prompt.find("A ferry that does not come."), std::string::npos);
  }
}

TEST(Mend, AShareOfTheVariantsIsMended) {
  const EvolveOptions options = Options("default", 0.5);
  const auto record =
      Evolved(options, [](const core::Request& request, int) -> Result<core::Reply> {
        return testing::Write(request);
      });
  ASSERT_TRUE(record);
  int mended = 0, variants = 0;
  for (const core::Draft& draft : record->drafts) {
    variants += draft.generation > 0;
    mended += draft.operation == "mend";
  }
  EXPECT_GT(mended, variants / 4);
  EXPECT_LT(mended, variants - variants / 4);
  EXPECT_EQ(OptionsFromJson(ToJson(options))->mend, 0.5);
  EXPECT_FALSE(ToJson(Options("default", 0)).contains("mend")) << "older runs stay what they are";
}

}  // namespace
}  // namespace redraft::evolve
