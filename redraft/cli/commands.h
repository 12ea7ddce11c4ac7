#pragma once

// Every command of the program. Each Declare… lives in cmd_<name>.cpp.

#include "redraft/cli/args.h"

namespace redraft::cli {

/// Declares all commands on the root.
void DeclareCommands(Args& root);

void DeclareRank(Args& root);

}  // namespace redraft::cli
