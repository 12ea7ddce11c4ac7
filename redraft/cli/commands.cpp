#include "redraft/cli/commands.h"

namespace redraft::cli {

void DeclareCommands(Args& root) {
  DeclareGate(root);
}

}  // namespace redraft::cli
