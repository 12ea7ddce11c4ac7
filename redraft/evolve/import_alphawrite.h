#pragma once

// Reads a run of the AlphaWrite reference implementation into the ledger, where it can be shown,
// reported and exported like any other.
//
// Format   A folder with initial_stories.json, batchN_stories.json and match_history.json as the
//          reference writes them, in both of its schemas ("elo", and "rating" with "rd" and
//          "sigma"), with or without lineage. Other files are ignored; a missing or empty history
//          is no error. Where each story comes from:
//            generation   the first file that holds it (0: initial, N-1: batchN)
//            parents      "parent_story_id" where it is kept; else unknown: parents and founder are
//                         empty. A rated batch file has lost its lineage, so this is the usual
//                         case.
//            verdicts     of the last tournament, the only one that the reference keeps; their
//                         generation is the last batch that holds all of their stories
// Manifest  "schema" "redraft.import.alphawrite/1", "source", "brief", "options" (what can be known
//           of them; ranking Elo), "slots_on_record" false: the order in which two stories were
//           shown is not in the files.
// Result   As the `done` event: best, calls (0), tries, tokens, cost, generations, null.
// Errors   kInvalidArgument: no story file, JSON that is not the reference's (naming the file), a
//          match about an unknown story, a winner who did not play.

#include <filesystem>
#include <string>

#include "redraft/store/ledger.h"

namespace redraft::evolve {

struct ImportedRun {
  std::string run;
  int stories = 0;  ///< distinct ones
  int matches = 0;
};

/// Imports `folder`. The same folder imported again gives the run that exists.
Result<ImportedRun> ImportAlphaWrite(const std::filesystem::path& folder, store::Ledger& ledger);

}  // namespace redraft::evolve
