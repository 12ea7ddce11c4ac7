#include "redraft/cli/commands.h"

namespace redraft::cli {

void DeclareCommands(Args& root) {
  DeclareReport(root);
  DeclareExport(root);
  DeclareImport(root);
  DeclareTrain(root);
  DeclareModels(root);
}

}  // namespace redraft::cli
