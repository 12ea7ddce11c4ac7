#pragma once

// The check that a judge must pass before its verdicts decide anything (judge/qualification.h), as
// `evolve` and `rank` make it: on the built-in pairs, once per judge, model and rubric.
//
// Cache    A check that asks a model is a run of the ledger judge-checks.db in the cache folder, so
//          it is asked once on a machine, and goes on where it was cut off. Judges that ask no
//          model, and programs (which may change behind their name), are checked each time.

#include "redraft/cli/judge_choice.h"
#include "redraft/core/pack.h"
#include "redraft/judge/qualification.h"

namespace redraft::cli {

/// What is known of a judge when a run starts.
struct JudgeStanding {
  bool qualified = false;
  Json check;  ///< judge::ToJson of the check; null: accepted unchecked
};

/// The members that every result carries: {"judge_checked","judge_qualified","judge_accepted":
/// used although not qualified,"judge_check": the check, or null}.
Json ToJson(const JudgeStanding& standing);

/// What people are told of a judge that is not qualified; empty for one that is.
std::string Mark(const JudgeStanding& standing);

/// Reads labelled pairs {"id"?,"a","b","label"?,"brief"?}, in an order drawn by `seed`.
/// Errors: kInvalidArgument naming the line.
Result<std::vector<judge::GoldPair>> ReadGoldPairs(const std::string& file, std::uint64_t seed);

/// The built-in pairs. Errors: as judge::DefaultPairs.
Result<std::vector<judge::GoldPair>> BuiltInGoldPairs();

/// What a check depends on: the judge (its id names model, rubric and framing), where it is asked,
/// and the pairs. The manifest of its run in a ledger.
Json CheckManifest(const judge::Judge& judge, const JudgeChoice& choice,
                   std::span<const judge::GoldPair> pairs);

/// Checks the judge, or finds that it was checked.
/// Errors: the endpoint's; the interrupt's; kGateFailed, saying why and what can be done, for a
/// judge that is not qualified.
Result<JudgeStanding> CheckJudge(const JudgeChoice& choice, const core::Pack& pack,
                                 const core::Rubric& rubric, const ModelFlags& flags);

}  // namespace redraft::cli
