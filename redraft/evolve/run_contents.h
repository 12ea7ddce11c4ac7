#pragma once

// All that the ledger holds of one run, read at once: what reports and exports are made from.
//
// Manifest  Of a run of `redraft evolve` as cli/run_setup.h writes it: "tool", "document",
// "section",
//           "brief", "options", "pack", "rubric", "judge", "writer", "prompts". Of an import as
//           import_alphawrite.h writes it; its "slots_on_record" is false: the first text of a
//           verdict need not have been shown first. What is missing is shown as not on record.
// Result    The `done` event of CONTRACT.md; null while a run is unfinished.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/core/draft.h"
#include "redraft/core/request.h"
#include "redraft/core/verdict.h"
#include "redraft/store/ledger.h"

namespace redraft::evolve {

struct RunContents {
  store::Run run;
  std::vector<core::Draft> drafts;      ///< in creation order; gated ones included
  std::vector<core::Verdict> verdicts;  ///< in logged order
  std::vector<store::Rating> ratings;   ///< as stored; empty while a run is unfinished
  std::vector<Json> events;
  store::Counts counts;
  /// Messages of every request for a text, by key. A repair has those of the request it repairs.
  std::map<std::string, std::vector<core::Message>> prompts;

  /// Text of the brief; empty when it is not on record.
  std::string Task() const;
  /// What every output says of a judge that was accepted unchecked; empty for any other.
  std::string Mark() const;
  /// The member `key` of the manifest's object `section`, or `missing`.
  template <class T>
  T Option(const char* key, T missing) const {
    const auto options = run.manifest.find("options");
    return options == run.manifest.end() || !options->is_object() ? missing
                                                                  : options->value(key, missing);
  }
};

/// Reads a run. Cost: decodes every request of the run once. Errors: those of the ledger.
Result<RunContents> ReadRun(store::Ledger& ledger, std::string_view run);

}  // namespace redraft::evolve
