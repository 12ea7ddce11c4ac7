#include "redraft/cli/commands.h"

namespace redraft::cli {

void DeclareCommands(Args& root) {
  DeclareModels(root);
}

}  // namespace redraft::cli
