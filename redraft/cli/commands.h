#pragma once

// Every command of the program. Each Declare… lives in cmd_<name>.cpp.

#include "redraft/cli/args.h"

namespace redraft::cli {

/// Declares all commands on the root.
void DeclareCommands(Args& root);

void DeclareExport(Args& root);
void DeclareImport(Args& root);
void DeclareReport(Args& root);
void DeclareEvolve(Args& root);
void DeclareResume(Args& root);
void DeclareReplay(Args& root);
void DeclareRuns(Args& root);
void DeclareShow(Args& root);
void DeclareDoctor(Args& root);
void DeclareJudge(Args& root);
void DeclareBench(Args& root);
void DeclareBenchAttack(Args& bench);   ///< a command of DeclareBench's
void DeclareBenchHostile(Args& bench);  ///< a command of DeclareBench's
void DeclareBenchContent(Args& bench);  ///< a command of DeclareBench's
void DeclareBenchEdit(Args& bench);     ///< a command of DeclareBench's
void DeclareEdit(Args& root);
void DeclareScore(Args& root);
void DeclareTrain(Args& root);
void DeclareModels(Args& root);
void DeclareGate(Args& root);
void DeclareRank(Args& root);
void DeclareAudit(Args& root);
void DeclareAuditPrepare(Args& audit);  ///< a command of DeclareAudit's, as are the following
void DeclareAuditExport(Args& audit);
void DeclareAuditSample(Args& audit);
void DeclareAuditSimilarity(Args& audit);
void DeclareAuditGate(Args& audit);
void DeclareAuditReport(Args& audit);
void DeclareAuditScan(Args& audit);

}  // namespace redraft::cli
