#include <memory>
#include <string>

#include "redraft/base/file.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/evolve/report.h"

namespace redraft::cli {
namespace {

struct ReportFlags {
  std::string run, output;
  std::string db = "redraft.db";
  bool json = false;
};

Result<int> RunReport(const ReportFlags& flags) {
  REDRAFT_ASSIGN(store::Ledger ledger, store::Ledger::Open(flags.db, {.read_only = true}));
  REDRAFT_ASSIGN(const evolve::RunContents contents, evolve::ReadRun(ledger, flags.run));
  if (flags.json) {
    REDRAFT_ASSIGN(const Json report, evolve::ReportJson(contents));
    PrintLine(DumpJson(report));
    return 0;
  }
  REDRAFT_ASSIGN(const std::string page, evolve::RenderReport(contents));
  const std::string path =
      flags.output.empty() ? "redraft-" + contents.run.id + ".html" : flags.output;
  if (path == "-") {
    PrintLine(page);
    return 0;
  }
  REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(path, page));
  PrintLine(path);
  return 0;
}

}  // namespace

void DeclareReport(Args& root) {
  Args& args =
      root.Command("report", "one HTML file with the winner, its descent and every figure");
  const auto flags = std::make_shared<ReportFlags>();
  args.Positional("run", flags->run, "id, unique prefix, or latest");
  args.Option("-o,--output", flags->output,
              "file to write (default redraft-RUN.html; - is standard output)");
  args.Flag("--json", flags->json, "print ratings, generations, null and gates as JSON instead");
  args.Option("--db", flags->db, "ledger file");
  args.Example("redraft report latest");
  args.Example("redraft report latest --json");
  args.Run([flags] { return RunReport(*flags); });
}

}  // namespace redraft::cli
