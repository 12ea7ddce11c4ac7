#pragma once

// Experts and heads together, fitted to one set of comparisons.
//
// Paper    Wolpert 1992: the heads learn from signals of texts that the experts have not seen; the
//          experts that are kept have then seen all.
// Cost     As three fits of experts, and a millisecond per text and corruption.
// Threads  A pure function of its arguments.

#include <array>
#include <span>
#include <vector>

#include "redraft/reward/contrast.h"
#include "redraft/reward/corruption.h"
#include "redraft/reward/expert_trainer.h"
#include "redraft/reward/heads.h"

namespace redraft::reward {

struct StackOptions {
  ExpertOptions experts;
  std::vector<Corruption> leave_out;  ///< kinds that the heads are not shown
};

struct Stack {
  Experts experts;
  std::array<Head, kRelations> heads{};

  /// Log-odds, not yet scaled.
  double Judge(const Contrast& contrast) const {
    return Weigh(heads[static_cast<std::size_t>(contrast.relation)], contrast.difference);
  }
};

Stack FitStack(const Corpus& corpus, std::span<const Comparison> comparisons,
               const StackOptions& options, Rng rng);

}  // namespace redraft::reward
