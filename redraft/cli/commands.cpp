#include "redraft/cli/commands.h"

namespace redraft::cli {

void DeclareCommands(Args& root) {
  DeclareReport(root);
  DeclareExport(root);
  DeclareImport(root);
  DeclareEvolve(root);
  DeclareResume(root);
  DeclareReplay(root);
  DeclareRuns(root);
  DeclareShow(root);
  DeclareDoctor(root);
  DeclareJudge(root);
  DeclareScore(root);
  DeclareTrain(root);
  DeclareModels(root);
  DeclareGate(root);
  DeclareRank(root);
}

}  // namespace redraft::cli
