#include "redraft/cli/commands.h"

namespace redraft::cli {

// The order of --help: make, look, measure, train.
void DeclareCommands(Args& root) {
  DeclareEvolve(root);
  DeclareEdit(root);
  DeclareResume(root);
  DeclareReplay(root);
  DeclareRuns(root);
  DeclareShow(root);
  DeclareReport(root);
  DeclareExport(root);
  DeclareImport(root);
  DeclareDoctor(root);
  DeclareRank(root);
  DeclareJudge(root);
  DeclareBench(root);
  DeclareScore(root);
  DeclareGate(root);
  DeclareAudit(root);
  DeclareTrain(root);
  DeclareModels(root);
}

}  // namespace redraft::cli
