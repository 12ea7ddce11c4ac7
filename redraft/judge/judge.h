#pragma once

// The seam of judging: a Judge turns one bout (two texts, in the order shown) into a match, which
// is a job (core/job.h). A match that needs no model call finishes at its first step.
//
// Every verdict is a probability with the slot, the judge and what it cost on record. A judge never
// guesses: no usable answer means no verdict.
//
// Threads  Play may be called from several threads at once; a Match belongs to one.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "redraft/core/job.h"
#include "redraft/core/verdict.h"

namespace redraft::judge {

struct Contender {
  std::string id;
  std::string text;
};

/// Two texts in the order in which they are shown.
struct Bout {
  Contender first, second;
  std::string brief;                     ///< what both were written for; may be empty
  std::uint64_t seed = 0;                ///< for judges that sample or toss coins
  int replicate = 0;                     ///< how often these two were shown in this order before
  core::Role role = core::Role::kJudge;  ///< kCheck while a judge is being qualified
  /// Whether the top hangs on this bout, as far as a tournament knows: CascadeJudge asks its
  /// decider there. Unset: wherever its first judge is not sure.
  std::optional<bool> decisive = {};
};

/// A bout being judged.
class Match : public core::Job {
 public:
  Match(const Bout& bout, std::string judge) {
    verdict_.a = bout.first.id;
    verdict_.b = bout.second.id;
    verdict_.judge = std::move(judge);
  }

  /// Valid once Step returned no further request. `a` is the text shown first.
  const core::Verdict& verdict() const { return verdict_; }

 protected:
  core::Verdict verdict_;
};

class Judge {
 public:
  virtual ~Judge() = default;
  /// Name and version on record, e.g. "reward:ngram-1@3f2a" or "llm:qwen2.5@9c01".
  virtual std::string id() const = 0;
  virtual std::unique_ptr<Match> Play(Bout bout) const = 0;
};

}  // namespace redraft::judge
