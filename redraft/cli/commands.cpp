#include "redraft/cli/commands.h"

namespace redraft::cli {

void DeclareCommands(Args&) {}

}  // namespace redraft::cli
