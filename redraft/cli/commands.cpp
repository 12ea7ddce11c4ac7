#include "redraft/cli/commands.h"

namespace redraft::cli {

void DeclareCommands(Args& root) {
  DeclareRank(root);
}

}  // namespace redraft::cli
