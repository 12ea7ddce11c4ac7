#include "redraft/cli/commands.h"

namespace redraft::cli {

void DeclareCommands(Args& root) {
  DeclareScore(root);
  DeclareTrain(root);
  DeclareGate(root);
}

}  // namespace redraft::cli
