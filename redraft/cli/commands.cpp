#include "redraft/cli/commands.h"

namespace redraft::cli {

void DeclareCommands(Args& root) {
  DeclareScore(root);
  DeclareTrain(root);
}

}  // namespace redraft::cli
