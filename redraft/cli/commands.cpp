#include "redraft/cli/commands.h"

namespace redraft::cli {

void DeclareCommands(Args& root) {
  DeclareTrain(root);
  DeclareModels(root);
}

}  // namespace redraft::cli
