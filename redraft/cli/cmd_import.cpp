#include <fmt/format.h>

#include <memory>
#include <string>

#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/evolve/import_alphawrite.h"

namespace redraft::cli {
namespace {

struct ImportFlags {
  std::string folder;
  std::string db = "redraft.db";
  bool json = false;
};

Result<int> RunImport(const ImportFlags& flags) {
  REDRAFT_ASSIGN(store::Ledger ledger, store::Ledger::Open(flags.db, {.create = true}));
  REDRAFT_ASSIGN(const auto imported, evolve::ImportAlphaWrite(flags.folder, ledger));
  if (flags.json) {
    PrintLine(DumpJson({{"schema", "redraft.import/1"},
                        {"run", imported.run},
                        {"stories", imported.stories},
                        {"matches", imported.matches}}));
  } else {
    PrintLine(fmt::format("run {}: {} stories, {} matches", imported.run, imported.stories,
                          imported.matches));
  }
  return 0;
}

}  // namespace

void DeclareImport(Args& root) {
  Args& import = root.Command("import", "read a run of another program into the ledger");
  Args& args = import.Command("alphawrite", "an output folder of the AlphaWrite reference");
  const auto flags = std::make_shared<ImportFlags>();
  args.Positional("folder", flags->folder,
                  "holds initial_stories.json, batchN_stories.json, match_history.json");
  args.Option("--db", flags->db, "ledger file, made when it is missing");
  args.Flag("--json", flags->json, "print the run and what was read as JSON");
  args.Example("redraft import alphawrite output/story --json");
  args.Run([flags] { return RunImport(*flags); });
}

}  // namespace redraft::cli
