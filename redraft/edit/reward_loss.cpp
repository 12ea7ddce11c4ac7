#include "redraft/edit/rules.h"

namespace redraft::edit {

void FindRewardLoss(const Prose&, const core::Scorer&, Found&) {}

}  // namespace redraft::edit
