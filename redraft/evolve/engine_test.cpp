#include "redraft/evolve/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "redraft/core/reply_log.h"
#include "redraft/evolve/estimate.h"
#include "redraft/evolve/fake_writer.h"
#include "redraft/judge/local_judges.h"
#include "redraft/judge/model_judges.h"
#include "redraft/llm/client.h"
#include "redraft/llm/scripted_endpoint.h"

namespace redraft::evolve {
namespace {

Task FictionTask(const std::string& words = "") {
  Task task;
  task.brief = *core::ParseBrief((words.empty() ? "" : "---\nwords: " + words + "\n---\n") +
                                 std::string("A ferry that does not come."));
  task.pack = *core::LoadPack("fiction");
  task.rubric = task.pack.rubric;
  return task;
}

EvolveOptions Options(const std::string& preset) {
  EvolveOptions options = *Preset(preset);
  options.writer = "fake";
  options.brake = 0;  // the fake writer has few words
  return options;
}

llm::ScriptedOptions Scripted(std::optional<std::uint64_t> shuffle = {}) {
  llm::ScriptedOptions options;
  options.info.model = "fake";
  options.info.labels = true;
  options.shuffle_seed = shuffle;
  return options;
}

struct Outcome {
  Result<RunRecord> record = Fail(ErrorCode::kFailed, "not run");
  std::vector<Json> events;
};

/// Runs evolution on a scripted endpoint.
Outcome RunWith(const EvolveOptions& options, const Task& task, const judge::Judge& judge,
                std::shared_ptr<llm::Endpoint> endpoint, core::ReplyLog& log) {
  llm::Client client(log);
  client.AddEndpoint(std::move(endpoint));
  Outcome outcome;
  outcome.record = Evolve(
      options, task, judge,
      [&](const Stage&, std::span<core::Job* const> jobs) { return client.Run(jobs); },
      [&](const Json& event) { outcome.events.push_back(event); });
  return outcome;
}

Outcome RunWith(
    const EvolveOptions& options, const Task& task, const judge::Judge& judge,
    llm::Script script = [](const core::Request& r, int) -> Result<core::Reply> {
      return testing::Write(r);
    }) {
  core::MemoryReplyLog log;
  return RunWith(options, task, judge,
                 std::make_shared<llm::ScriptedEndpoint>(std::move(script), Scripted()), log);
}

/// Knows the truth: a text is worth its hidden quality plus `gain` per generation.
class TruthScorer final : public core::Scorer {
 public:
  std::string id() const override { return "test:truth"; }
  double Score(std::string_view text) const override {
    return 2.0 * (Rng(StableHash(text)).Uniform() - 0.5);
  }
};

std::string Everything(const Outcome& outcome) {
  std::string all;
  for (const Json& event : outcome.events) all += DumpJson(event) + "\n";
  for (const Rated& r : outcome.record->ratings) {
    all += r.id + " " + std::to_string(r.elo) + " " + std::to_string(r.bt) + "\n";
  }
  return all;
}

TEST(Evolve, KeepsAlphaWritesScheduleExactly) {
  const auto coin = *judge::RuleJudge("coin");
  const Outcome outcome = RunWith(Options("alphawrite"), FictionTask(), *coin);
  ASSERT_TRUE(outcome.record) << outcome.record.error().message;
  int drafts = 0, variants = 0;
  for (const core::Draft& draft : outcome.record->drafts) {
    (draft.generation == 0 ? drafts : variants) += 1;
  }
  EXPECT_EQ(drafts, 60);
  EXPECT_EQ(variants, 125);
  EXPECT_EQ(outcome.record->verdicts.size(), 2100U);
  EXPECT_EQ(outcome.record->generations.size(), 6U);
  EXPECT_EQ(outcome.record->generations.back().drafts, 30);
  int judged_last = 0;
  for (const core::Verdict& verdict : outcome.record->verdicts)
    judged_last += verdict.generation == 5;
  EXPECT_EQ(judged_last, 300) << "the last batch is judged too";
}

TEST(Evolve, OpensEachBatchByPlanAndThenJudgesWhereTheTopIsUndecided) {
  const auto coin = *judge::RuleJudge("coin");
  const EvolveOptions options = Options("default");
  const Outcome outcome = RunWith(options, FictionTask(), *coin);
  ASSERT_TRUE(outcome.record) << outcome.record.error().message;
  const RunRecord& record = *outcome.record;
  EXPECT_EQ(record.verdicts.size(), 300U + 5 * 150U)
      << "a coin settles nothing: all that is allowed";
  EXPECT_EQ(static_cast<std::int64_t>(record.verdicts.size()), PlannedVerdicts(options));
  std::map<std::string, std::vector<std::string>> met;  // new text -> kept ones
  std::map<std::string, int> lead;                      // new text -> first minus second slots
  int opening = 0, first_batch = 0;
  bool adaptive = false;
  int generation = 0;
  for (const core::Verdict& v : record.verdicts) {
    EXPECT_FALSE(v.generation == generation && adaptive && !v.adaptive)
        << "the opening comes first";
    adaptive = v.adaptive;
    generation = v.generation;
    if (v.adaptive) continue;
    if (v.generation == 0) {
      ++first_batch;
      continue;
    }
    ++opening;
    const bool new_first = record.Find(v.a).generation == v.generation;
    const std::string &text = new_first ? v.a : v.b, &kept = new_first ? v.b : v.a;
    EXPECT_LT(record.Find(kept).generation, v.generation);
    met[text].push_back(kept);
    lead[text] += new_first ? 1 : -1;
  }
  EXPECT_EQ(first_batch, 4 * 30) << "four random rounds";
  EXPECT_EQ(opening, 5 * 25 * 4);
  for (const auto& [text, kept] : met) {
    EXPECT_EQ(std::set(kept.begin(), kept.end()).size(), 4U) << text;
    EXPECT_EQ(kept.front(), record.Find(text).parents.front());
    EXPECT_EQ(lead[text], 0) << text;
  }
}

TEST(Evolve, StopsJudgingABatchWhoseTopIsSettled) {
  const auto judge = *judge::RuleJudge("shorter");
  EvolveOptions options = Options("default");
  options.generations = 1;
  options.rounds = 60;
  const Outcome outcome = RunWith(options, FictionTask(), *judge);
  ASSERT_TRUE(outcome.record) << outcome.record.error().message;
  EXPECT_LT(static_cast<std::int64_t>(outcome.record->verdicts.size()),
            PlannedVerdicts(options) / 2);
}

TEST(Evolve, RecordsLineageAndDraws) {
  const auto coin = *judge::RuleJudge("coin");
  const Outcome outcome = RunWith(Options("small"), FictionTask(), *coin);
  ASSERT_TRUE(outcome.record);
  std::set<std::string> styles;
  for (const core::Draft& draft : outcome.record->drafts) {
    if (draft.generation == 0) {
      styles.insert(draft.style);
      EXPECT_TRUE(draft.parents.empty());
      EXPECT_EQ(draft.founder, draft.id);
    } else {
      ASSERT_EQ(draft.parents.size(), 1U);
      EXPECT_EQ(draft.founder, outcome.record->Find(draft.parents[0]).founder);
      EXPECT_FALSE(draft.objective.empty());
    }
    EXPECT_EQ(draft.key.size(), 64U);
  }
  EXPECT_EQ(styles.size(), 12U) << "16 stratified drafts use every style";
}

TEST(Evolve, GivesTheSameBytesInWhateverOrderRepliesArrive) {
  const auto judge = *judge::LlmJudge({.model = "fake",
                                       .form = judge::AnswerForm::kLabel,
                                       .judge_role = "x",
                                       .noun = "story",
                                       .rubric = "y"});
  const auto script = [](const core::Request& r, int) -> Result<core::Reply> {
    if (r.kind != core::RequestKind::kLabels) return testing::Write(r);
    core::Reply reply;
    const double p = Rng(StableHash(core::RequestKey(r))).Uniform();
    reply.probs = {p, 1 - p};
    return reply;
  };
  std::set<std::string> results;
  for (const std::uint64_t seed : {0U, 1U, 2U, 3U}) {
    core::MemoryReplyLog log;
    const auto shuffle = seed == 0 ? std::nullopt : std::optional<std::uint64_t>(seed);
    const Outcome outcome =
        RunWith(Options("small"), FictionTask(), *judge,
                std::make_shared<llm::ScriptedEndpoint>(script, Scripted(shuffle)), log);
    ASSERT_TRUE(outcome.record) << outcome.record.error().message;
    results.insert(Everything(outcome));
  }
  EXPECT_EQ(results.size(), 1U);
}

TEST(Evolve, AsksNothingTwiceWhenItIsRunAgain) {
  const auto coin = *judge::RuleJudge("coin");
  core::MemoryReplyLog log;
  const auto writer = [](const core::Request& r, int) -> Result<core::Reply> {
    return testing::Write(r);
  };
  const Outcome first = RunWith(Options("small"), FictionTask(), *coin,
                                std::make_shared<llm::ScriptedEndpoint>(writer, Scripted()), log);
  const auto silent = std::make_shared<llm::ScriptedEndpoint>(
      [](const core::Request&, int) -> Result<core::Reply> {
        return Fail(ErrorCode::kRefused, "nobody may ask");
      },
      Scripted());
  const Outcome second = RunWith(Options("small"), FictionTask(), *coin, silent, log);
  ASSERT_TRUE(second.record) << second.record.error().message;
  EXPECT_EQ(silent->tries(), 0);
  EXPECT_EQ(Everything(first), Everything(second));
}

TEST(Evolve, DrawsAnewWithAnotherSeed) {
  const auto coin = *judge::RuleJudge("coin");
  EvolveOptions other = Options("small");
  other.seed = 2;
  EXPECT_NE(Everything(RunWith(Options("small"), FictionTask(), *coin)),
            Everything(RunWith(other, FictionTask(), *coin)));
}

TEST(Evolve, ACoinShowsNoProgress) {
  const auto coin = *judge::RuleJudge("coin");
  int no_progress = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EvolveOptions options = Options("alphawrite");
    options.seed = seed;
    const Outcome outcome = RunWith(options, FictionTask(), *coin);
    ASSERT_TRUE(outcome.record);
    const Interval progress = *outcome.record->null.progress;
    no_progress += progress.lo <= 0 && progress.hi >= 0;
  }
  EXPECT_GE(no_progress, 18);
}

TEST(Evolve, SelectionAloneIsNotProgressButARealGainIs) {
  // The judge knows the truth. Without a gain variants are drawn like first drafts, so the kept
  // parents, the best of them, beat the variants; with a gain per generation the variants win.
  class Gaining final : public core::Scorer {
   public:
    explicit Gaining(double gain) : gain_(gain) {}
    std::string id() const override { return "test:gain"; }
    double Score(std::string_view text) const override {
      return TruthScorer().Score(text) +
             (text.find("Rewritten") != std::string_view::npos ? gain_ : 0);
    }

   private:
    double gain_;
  };
  const auto script = [](const core::Request& r, int) -> Result<core::Reply> {
    core::Reply reply = testing::Write(r);
    if (r.role == core::Role::kVariant) reply.text += " Rewritten by a patient hand, it stood.";
    return reply;
  };
  EvolveOptions options = Options("alphawrite");
  options.generations = 1;
  const auto none =
      RunWith(options, FictionTask(), *judge::ScorerJudge(std::make_shared<Gaining>(0.0)), script);
  const auto gain =
      RunWith(options, FictionTask(), *judge::ScorerJudge(std::make_shared<Gaining>(3.0)), script);
  ASSERT_TRUE(none.record && gain.record);
  EXPECT_LT(none.record->null.progress->hi, 0);
  EXPECT_GT(gain.record->null.progress->lo, 0);
  EXPECT_GT(gain.record->null.variant_win_rate->lo, 0.5);
  EXPECT_GE(gain.record->null.variant_share->value, gain.record->null.expected_share);
}

TEST(Evolve, RepairsWhatFailsTheGatesAndLeavesOutWhatStaysBad) {
  const auto coin = *judge::RuleJudge("coin");
  const auto script = [](const core::Request& r, int) -> Result<core::Reply> {
    core::Reply reply = testing::Write(r);
    const bool bad =
        StableHash(r.messages.back().content.substr(0, 0) + std::to_string(r.seed)) % 3 == 0;
    if (r.role == core::Role::kDraft && bad) reply.text = "I'm sorry, but I can't help with that.";
    return reply;
  };
  EvolveOptions options = Options("small");
  options.generations = 0;
  const Outcome outcome = RunWith(options, FictionTask(), *coin, script);
  ASSERT_TRUE(outcome.record);
  int repaired = 0;
  for (const core::Draft& draft : outcome.record->drafts) {
    EXPECT_TRUE(draft.gated.empty());
    repaired += draft.repairs;
  }
  EXPECT_GT(repaired, 0);
  EXPECT_EQ(outcome.record->generations[0].rejected, repaired);

  const Outcome hopeless = RunWith(options, FictionTask("5-8"), *coin);
  ASSERT_FALSE(hopeless.record);
  EXPECT_THAT(hopeless.record.error().message, ::testing::HasSubstr("too_long 32"));
}

TEST(Evolve, TurnsDownTextsThatExistAlreadyInSlotOrder) {
  const auto coin = *judge::RuleJudge("coin");
  const auto script = [](const core::Request& r, int) -> Result<core::Reply> {
    core::Reply reply = testing::Write(r);
    if (r.role == core::Role::kDraft) reply.text = testing::Prose(Rng(1), 9);  // always the same
    return reply;
  };
  EvolveOptions options = Options("small");
  options.initial = 6;
  options.generations = 0;
  const Outcome outcome = RunWith(options, FictionTask(), *coin, script);
  ASSERT_TRUE(outcome.record) << outcome.record.error().message;
  EXPECT_EQ(outcome.record->drafts[0].repairs, 0) << "the first of equals stays";
  for (std::size_t i = 1; i < 6; ++i) {
    EXPECT_EQ(outcome.record->drafts[i].repairs, 1);
    EXPECT_TRUE(outcome.record->drafts[i].gated.empty());
  }
}

TEST(Evolve, LeavesOutVariantsThatHandTheParentBack) {
  const auto coin = *judge::RuleJudge("coin");
  const auto script = [](const core::Request& r, int) -> Result<core::Reply> {
    core::Reply reply = testing::Write(r);
    const std::string& prompt = r.messages.back().content;
    if (const auto at = prompt.find("<draft>\n"); at != std::string::npos) {
      reply.text = prompt.substr(at + 8, prompt.find("\n</draft>") - at - 8);
    }
    return reply;
  };
  EvolveOptions options = Options("small");
  options.generations = 1;
  const Outcome outcome = RunWith(options, FictionTask(), *coin, script);
  ASSERT_TRUE(outcome.record) << outcome.record.error().message;
  EXPECT_EQ(outcome.record->generations[1].gated, 6);
  EXPECT_EQ(outcome.record->generations[1].drafts, 3);
}

TEST(Evolve, BrakesWhenThePopulationCollapses) {
  const auto coin = *judge::RuleJudge("coin");
  EvolveOptions options = Options("small");
  options.brake = 1e-9;  // any overlap at all
  const Outcome outcome = RunWith(options, FictionTask(), *coin);
  ASSERT_TRUE(outcome.record);
  EXPECT_EQ(outcome.record->generations[1].fresh, 3) << "half of the 3 × 2 variants";
  int brakes = 0;
  for (const Json& event : outcome.events) brakes += event["event"] == "brake";
  EXPECT_EQ(brakes, 2);
}

TEST(Evolve, SendsEachPacksCriteriaStylesThemesAndObjectivesOverTheWire) {
  for (const std::string& name : core::PackNames()) {
    Task task = FictionTask();
    task.pack = *core::LoadPack(name);
    task.rubric = task.pack.rubric;
    std::string wire;
    const auto judge = *judge::LlmJudge({.model = "fake",
                                         .form = judge::AnswerForm::kVerdict,
                                         .judge_role = task.pack.judge_role,
                                         .noun = task.pack.noun,
                                         .rubric = task.rubric.text});
    const auto script = [&wire](const core::Request& r, int) -> Result<core::Reply> {
      for (const core::Message& message : r.messages) wire += message.content + "\n";
      if (r.role == core::Role::kDraft || r.role == core::Role::kVariant) return testing::Write(r);
      core::Reply reply;
      reply.text =
          "WINNER: " + std::string(Rng(StableHash(core::RequestKey(r))).Below(2) ? "A" : "B");
      return reply;
    };
    EvolveOptions options = Options("small");
    options.initial = 40;
    options.top = 4;
    options.variants = 8;
    options.rounds = 2;
    options.generations = 1;
    const Outcome outcome = RunWith(options, task, *judge, script);
    ASSERT_TRUE(outcome.record) << name << ": " << outcome.record.error().message;
    const auto reaches = [&](const std::string& what) {
      EXPECT_NE(wire.find(what), std::string::npos) << name << ": " << what;
    };
    for (const auto& criterion : task.rubric.criteria) reaches(criterion.description);
    for (const auto& style : task.pack.styles) reaches(style.description);
    for (const auto& theme : task.pack.themes) reaches(theme.description);
    // 8 stratified variants per parent: each objective comes up.
    for (const auto& objective : task.pack.objectives) reaches(objective.description);
    reaches(task.pack.judge_role);
    reaches(task.pack.writer_role);
  }
}

TEST(Evolve, OffersALostVerdictsWordsToTheVariants) {
  const auto judge = *judge::LlmJudge({.model = "fake",
                                       .form = judge::AnswerForm::kVerdict,
                                       .judge_role = "x",
                                       .noun = "story",
                                       .rubric = "y"});
  std::string variant_prompt;
  const auto script = [&](const core::Request& r, int) -> Result<core::Reply> {
    if (r.role == core::Role::kVariant) variant_prompt = r.messages.back().content;
    if (r.role != core::Role::kJudge) return testing::Write(r);
    core::Reply reply;
    reply.text = std::string("The middle sags — badly.\nWINNER: ") +
                 (Rng(StableHash(core::RequestKey(r))).Below(2) ? "A" : "B");
    return reply;
  };
  EvolveOptions options = Options("small");
  options.generations = 1;
  ASSERT_TRUE(RunWith(options, FictionTask(), *judge, script).record);
  EXPECT_NE(variant_prompt.find("The middle sags"), std::string::npos);
}

TEST(Validate, NamesTheOptionThatMakesNoSense) {
  EvolveOptions options = *Preset("default");
  options.top = 100;
  EXPECT_THAT(Validate(options).error().message, ::testing::HasSubstr("--top is 100"));
  EXPECT_THAT(Preset("alphawrit").error().message,
              ::testing::HasSubstr("did you mean 'alphawrite'"));
}

TEST(EvolveOptions, SurviveTheManifest) {
  EvolveOptions options = *Preset("alphawrite");
  options.seed = 0xffffffffffffULL;
  options.sampling.min_p = 0.05;
  Json before_pairing = ToJson(options);  // as manifests were before active pairing
  before_pairing.erase("pairing");
  before_pairing["parent_matches"] = true;
  const auto old = OptionsFromJson(before_pairing);
  ASSERT_TRUE(old);
  EXPECT_EQ(old->pairing, Pairing::kRandom);
  EXPECT_EQ(old->parent_matches, 1);
  const auto back = OptionsFromJson(ToJson(options));
  ASSERT_TRUE(back);
  EXPECT_EQ(DumpJson(ToJson(*back)), DumpJson(ToJson(options)));
}

}  // namespace
}  // namespace redraft::evolve
