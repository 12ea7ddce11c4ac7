#pragma once

// Every knob of a run. A run is a pure function of these options, the brief, the pack, the judge,
// the models and the replies.

#include <cstdint>
#include <string>
#include <vector>

#include "redraft/base/json.h"
#include "redraft/core/request.h"

namespace redraft::evolve {

/// How styles, themes and objectives are dealt to drafts.
enum class Draws {
  kWithReplacement,  ///< independent draws, as AlphaWrite describes
  kStratified,       ///< every style and theme comes up before any comes up again
};

/// What decides who is kept.
enum class Ranking {
  kElo,           ///< Elo over the batch's own verdicts, all from the base rating (AlphaWrite)
  kBradleyTerry,  ///< one joint fit over all verdicts of the run
};

/// Who meets whom in a batch.
enum class Pairing {
  kRandom,  ///< `rounds` random pairings of the whole population (AlphaWrite)
  kActive,  ///< an opening, then the pairs that decide who is in the top, until that is settled
};

struct EvolveOptions {
  std::string preset = "default";
  int initial = 60;     ///< first drafts
  int top = 5;          ///< kept as parents of the next generation
  int variants = 5;     ///< per parent and generation
  int generations = 5;  ///< of variants; the last one is judged too
  int rounds = 10;      ///< each text's matches per generation: all of them, or the most (active)
  std::uint64_t seed = 1;

  Draws draws = Draws::kStratified;
  Ranking ranking = Ranking::kBradleyTerry;
  Pairing pairing = Pairing::kActive;
  /// Kept texts that each new text meets: its own parent first. With active pairing these matches
  /// open every batch but the first, with random pairing they are added to the rounds.
  int parent_matches = 4;
  bool critique = true;  ///< a lost verdict's words are offered to the parent's variants
  /// Most parents that may descend from one first draft; 0: no limit.
  int founder_quota = 2;
  /// Mean pairwise trigram Jaccard of the population above which half of the next variants are
  /// replaced by fresh drafts; 0: no brake. Independent drafts lie near .01; the reference's
  /// published runs end at .21 on average, its collapsed ones at .64.
  double brake = 0.25;
  /// Share of the variants that mend their parent's weak places and keep its other words (edit/),
  /// instead of rewriting all of it. They may be close to their parent, not the same.
  double mend = 0.0;
  int repairs = 2;  ///< further tries for a text that fails the gates
  /// A variant that stays too close to an earlier text after its repairs is kept and marked. Only
  /// for the faithful preset, whose schedule is exact; elsewhere it is left out.
  bool keep_near_duplicates = false;

  std::string writer;         ///< model of drafts and variants
  bool embedded = false;      ///< the writer is the embedded engine: it keeps lengths by itself
  core::Sampling sampling;    ///< of drafts and variants
  bool accept_judge = false;  ///< the user takes responsibility for an unchecked judge
};

/// "alphawrite" (60/5/5/5, 20 rounds, Elo base 1200 K 32, draws with replacement, no quotas),
/// "default" (the same sizes, 10 rounds, stratified, joint fit) or "small" (16/3/2/2, 8 rounds; for
/// embedded models). Errors: kInvalidArgument naming the nearest preset.
Result<EvolveOptions> Preset(const std::string& name);

/// Succeeds when every number makes sense together. Errors: kInvalidArgument naming the option.
Status Validate(const EvolveOptions& options);

/// All options, for the manifest.
Json ToJson(const EvolveOptions& options);
/// Reads a manifest back. Errors: kInvalidArgument.
Result<EvolveOptions> OptionsFromJson(const Json& json);

}  // namespace redraft::evolve
