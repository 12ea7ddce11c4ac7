#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "redraft/base/file.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/evolve/export.h"

namespace redraft::cli {
namespace {

struct ExportFlags {
  std::string run, output;
  std::string format = "jsonl";
  std::string db = "redraft.db";
};

Result<int> RunExport(const ExportFlags& flags) {
  REDRAFT_ASSIGN(store::Ledger ledger, store::Ledger::Open(flags.db, {.read_only = true}));
  REDRAFT_ASSIGN(const evolve::RunContents contents, evolve::ReadRun(ledger, flags.run));
  REDRAFT_ASSIGN(const auto files, evolve::ExportRun(contents, flags.format));
  const std::filesystem::path folder =
      flags.output.empty() ? "redraft-" + contents.run.id + "-" + flags.format : flags.output;
  for (const evolve::ExportedFile& file : files) {
    REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(folder / file.name, file.bytes));
    PrintLine((folder / file.name).string());
  }
  if (const std::string mark = contents.Mark(); !mark.empty()) {
    std::fprintf(stderr, "redraft: note: %s\n", mark.c_str());
  }
  return 0;
}

}  // namespace

void DeclareExport(Args& root) {
  Args& args = root.Command("export", "write a run as files for other programs and for training");
  const auto flags = std::make_shared<ExportFlags>();
  args.Positional("run", flags->run, "id, unique prefix, or latest");
  args.Choice(
      "--format", flags->format, evolve::ExportFormats(),
      "jsonl and csv: drafts, verdicts, ratings; alphawrite: the reference's files; sft, dpo: "
      "training sets");
  args.Option("-o,--output", flags->output, "folder to write to (default redraft-RUN-FORMAT)");
  args.Option("--db", flags->db, "ledger file");
  args.Example("redraft export latest --format jsonl -o data");
  args.Example("redraft export latest --format dpo");
  args.Run([flags] { return RunExport(*flags); });
}

}  // namespace redraft::cli
