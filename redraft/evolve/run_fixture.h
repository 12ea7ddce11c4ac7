#pragma once

// A small finished run, made by hand for the tests of reports and exports: 6 first drafts in three
// families, 2 variants in generation 1, one slot left out.

#include <fmt/format.h>

#include "redraft/evolve/ratings.h"
#include "redraft/evolve/run_contents.h"

namespace redraft::evolve {

inline core::Draft FixtureDraft(int number, std::string text) {
  core::Draft d;
  d.id = fmt::format("g00-{:03}", number);
  d.text = std::move(text);
  d.words = 20 + number;
  d.founder = d.id;
  d.operation = "draft";
  d.style = "plain";
  d.theme = "the sea";
  d.model = "model-x";
  d.key = "key-" + d.id;
  return d;
}

inline core::Draft FixtureVariant(const core::Draft& parent, int number, std::string text) {
  core::Draft d = FixtureDraft(number, std::move(text));
  d.id = fmt::format("g01-{:03}", number);
  d.generation = 1;
  d.parents = {parent.id};
  d.founder = parent.founder;
  d.operation = "vary";
  d.objective = "plot tension";
  d.key = "key-" + d.id;
  return d;
}

inline core::Verdict FixtureVerdict(const core::Draft& a, const core::Draft& b, double p_a,
                                    int generation) {
  core::Verdict v;
  v.a = a.id;
  v.b = b.id;
  v.p_a = p_a;
  v.judge = "rule";
  v.generation = generation;
  v.rationale = "It is <b>better</b>, \"so\" he said, and more.";
  return v;
}

/// `count` verdicts of `better` over `worse`, sides in turn.
inline void FixtureBouts(RunContents& run, const core::Draft& better, const core::Draft& worse,
                         int count, int generation) {
  for (int i = 0; i < count; ++i) {
    run.verdicts.push_back(i % 2 == 0 ? FixtureVerdict(better, worse, 1, generation)
                                      : FixtureVerdict(worse, better, 0, generation));
  }
}

inline RunContents FixtureRun() {
  RunContents run;
  run.run.id = "0123456789ab";
  run.run.created_ms = 1'790'000'000'000;
  run.run.identity = "identity";
  run.run.state = store::RunState::kFinished;
  const core::Draft a = FixtureDraft(0, "The tide was out.\n\nShe walked to the wreck & sat.");
  const core::Draft b =
      FixtureDraft(1, "Rain fell on the quay all night, and nobody came for the boat.");
  const core::Draft c =
      FixtureDraft(2, "He sold the nets first. Then the boat.\n\n***\n\nThen the sea.");
  core::Draft out = FixtureDraft(3, "As a language model I");
  out.gated = {"refusal", "unfinished"};
  const core::Draft a1 =
      FixtureVariant(a, 0, "The tide was far out.\n\nShe ran to the wreck & climbed its ribs.");
  const core::Draft c1 =
      FixtureVariant(c, 1, "He kept one net, and hung it where the sea could see it.");
  run.drafts = {a, b, c, out, a1, c1};
  FixtureBouts(run, a, b, 6, 0);
  FixtureBouts(run, a, c, 6, 0);
  FixtureBouts(run, c, b, 4, 0);
  FixtureBouts(run, a1, a, 8, 1);
  FixtureBouts(run, a1, c, 6, 1);
  FixtureBouts(run, a1, c1, 6, 1);
  FixtureBouts(run, c1, c, 3, 1);
  FixtureBouts(run, a, c1, 3, 1);
  run.ratings = RateDrafts(run.drafts, run.verdicts)->ratings;
  run.events = {
      {{"event", "rejected"}, {"slot", out.id}, {"reasons", {"refusal", "unfinished"}}},
      {{"event", "rejected"}, {"slot", a.id}, {"reasons", {"too_long"}}},
  };
  run.run.manifest = {
      {"schema", "redraft.run/1"},
      {"tool", "0.1.0"},
      {"brief", {{"task", "# A story of the shore\n\nAbout leaving."}, {"sha256", "beef"}}},
      {"options", {{"ranking", "bradley_terry"}, {"seed", 7}, {"generations", 1}, {"brake", 0.1}}},
      {"writer", {{"model", "model-x"}, {"url", ""}}},
      {"judge", {{"id", "rule"}, {"spec", "rule:longer"}, {"model", ""}}}};
  run.run.result = {{"event", "done"},
                    {"best", {{"draft", a1.id}, {"text", a1.text}, {"rating", 1300.0}}},
                    {"generations",
                     {{{"generation", 0},
                       {"drafts", 3},
                       {"founders", 3},
                       {"distinct2", .9},
                       {"trigram_jaccard", .01},
                       {"best", 1220.0}},
                      {{"generation", 1},
                       {"drafts", 4},
                       {"founders", 2},
                       {"distinct2", .8},
                       {"trigram_jaccard", .04},
                       {"best", 1300.0}}}},
                    {"null",
                     {{"progress", {{"value", .4}, {"lo", -.1}, {"hi", .9}}},
                      {"variant_share", {{"value", .5}, {"expected", .5}, {"lo", .1}, {"hi", .9}}},
                      {"variant_win_rate", {{"value", .8}, {"lo", .6}, {"hi", .95}}}}}};
  for (const core::Draft& draft : run.drafts) {
    run.prompts[draft.key] = {{"system", "You write."}, {"user", "Write for " + draft.id}};
  }
  return run;
}

}  // namespace redraft::evolve
