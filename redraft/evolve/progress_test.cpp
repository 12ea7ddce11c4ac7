// Progress as a run reports it, under judges whose truth is known: twenty runs of 60/5/5/5 each.

#include <gtest/gtest.h>

#include <cmath>

#include "redraft/core/reply_log.h"
#include "redraft/evolve/engine.h"
#include "redraft/evolve/fake_writer.h"
#include "redraft/llm/client.h"
#include "redraft/llm/scripted_endpoint.h"

namespace redraft::evolve {
namespace {

constexpr char kMark[] = "It was version ";

/// How often a text was rewritten, as it says itself; none for texts that do not say.
std::optional<int> DepthOf(const std::string& text) {
  const auto at = text.rfind(kMark);
  if (at == std::string::npos) return std::nullopt;
  return std::atoi(text.c_str() + at + sizeof(kMark) - 1);
}

/// Writes plain prose that says how deep in its lineage it stands.
core::Reply WriteVersion(const core::Request& request) {
  core::Reply reply = testing::Write(request);
  int depth = 0;
  for (const core::Message& message : request.messages) {
    if (const auto parent = DepthOf(message.content)) depth = *parent + 1;
  }
  reply.text += " " + std::string(kMark) + std::to_string(depth) + " of the tale.";
  return reply;
}

/// Tosses a coin whose log-odds are `gain` for each rewriting more that the first text has seen.
class GainJudge final : public judge::Judge {
 public:
  explicit GainJudge(double gain) : gain_(gain) {}
  std::string id() const override { return "test:gain"; }
  std::unique_ptr<judge::Match> Play(judge::Bout bout) const override {
    class Tossed final : public judge::Match {
     public:
      Tossed(const judge::Bout& bout, double p, double toss) : Match(bout, "test:gain") {
        verdict_.p_a = toss < p ? 1.0 : 0.0;
      }
      std::vector<core::Request> Step(std::span<const core::Reply>) override { return {}; }
    };
    const double rewritings = *DepthOf(bout.first.text) - *DepthOf(bout.second.text);
    Rng coin = Rng(bout.seed)
                   .Fork(bout.first.id)
                   .Fork(bout.second.id)
                   .Fork(std::to_string(bout.replicate));
    return std::make_unique<Tossed>(bout, 1 / (1 + std::exp(-gain_ * rewritings)), coin.Uniform());
  }

 private:
  double gain_;
};

/// Progress of one run of AlphaWrite's schedule.
Interval ProgressOf(double gain, const std::string& preset, std::uint64_t seed) {
  Task task;
  task.brief = *core::ParseBrief("A ferry that does not come.");
  task.pack = *core::LoadPack("fiction");
  task.rubric = task.pack.rubric;
  EvolveOptions options = *Preset(preset);
  options.writer = "fake";
  options.brake = 0;  // the fake writer has few words
  options.seed = seed;
  core::MemoryReplyLog log;
  llm::Client client(log);
  llm::ScriptedOptions scripted;
  scripted.info.model = "fake";
  client.AddEndpoint(std::make_shared<llm::ScriptedEndpoint>(
      [](const core::Request& r, int) -> Result<core::Reply> { return WriteVersion(r); },
      scripted));
  const auto record = Evolve(
      options, task, GainJudge(gain),
      [&](const Stage&, std::span<core::Job* const> jobs) { return client.Run(jobs); },
      [](const Json&) {});
  EXPECT_TRUE(record) << record.error().message;
  return record ? record->null.progress.value_or(Interval{}) : Interval{};
}

/// Of twenty runs those that report progress above 0, all with finite intervals.
int RunsWithProgress(double gain, const std::string& preset) {
  int seen = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Interval progress = ProgressOf(gain, preset, seed);
    EXPECT_TRUE(std::isfinite(progress.lo) && std::isfinite(progress.hi));
    seen += progress.lo > 0;
  }
  return seen;
}

TEST(Progress, OfATrueGainOfHalfALogitIsSeenInEighteenOfTwentyRuns) {
  for (const char* preset : {"alphawrite", "default"}) {
    EXPECT_GE(RunsWithProgress(0.5, preset), 18) << preset;
  }
}

TEST(Progress, OfACoinIsNoneInEighteenOfTwentyRuns) {
  for (const char* preset : {"alphawrite", "default"}) {
    int none = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const Interval progress = ProgressOf(0.0, preset, seed);
      EXPECT_TRUE(std::isfinite(progress.lo) && std::isfinite(progress.hi));
      none += progress.lo <= 0 && progress.hi >= 0;
    }
    EXPECT_GE(none, 18) << preset;
  }
}

}  // namespace
}  // namespace redraft::evolve
