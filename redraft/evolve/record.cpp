#include "redraft/evolve/record.h"

#include "redraft/base/check.h"

namespace redraft::evolve {

const core::Draft& RunRecord::Find(const std::string& id) const {
  const auto it = std::ranges::find(drafts, id, &core::Draft::id);
  REDRAFT_CHECK(it != drafts.end());
  return *it;
}

Json ToJson(const GenerationFigures& g) {
  return {{"generation", g.generation},
          {"drafts", g.drafts},
          {"founders", g.founders},
          {"distinct2", g.diversity.distinct2},
          {"trigram_jaccard", g.diversity.trigram_jaccard},
          {"self_bleu4", g.diversity.self_bleu4},
          {"words", g.diversity.mean_words},
          {"gated", g.gated},
          {"rejected", g.rejected},
          {"fresh", g.fresh},
          {"best", g.best}};
}

}  // namespace redraft::evolve
