#pragma once

// The exporters behind export.h, one per family of formats.

#include <vector>

#include "redraft/evolve/export.h"
#include "redraft/evolve/findings.h"

namespace redraft::evolve {

Result<std::vector<ExportedFile>> ExportAlphaWrite(const RunContents& contents);
Result<std::vector<ExportedFile>> ExportSft(const RunContents& contents, const Findings& findings);
Result<std::vector<ExportedFile>> ExportDpo(const RunContents& contents, const Findings& findings);

}  // namespace redraft::evolve
