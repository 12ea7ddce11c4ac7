#include "redraft/cli/commands.h"

namespace redraft::cli {

void DeclareCommands(Args& root) {
  DeclareEvolve(root);
  DeclareResume(root);
  DeclareReplay(root);
  DeclareJudge(root);
  DeclareScore(root);
  DeclareTrain(root);
  DeclareModels(root);
  DeclareGate(root);
}

}  // namespace redraft::cli
