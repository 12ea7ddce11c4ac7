#pragma once

// All that the ledger holds of one run, read at once: what reports and exports are made from.
//
// Manifest  What is read of it, all optional; a figure without its key is shown as not on record.
//             "tool_version"  of the program that started the run
//             "brief"         core::ToJson(Brief)
//             "options"       evolve::ToJson(EvolveOptions)
//             "judge"         id of the judge
//             "models"        [{"role","id","sha256"}]; sha256 may be ""
//             "endpoint"      base URL of the writer; "" for the embedded engine
//             "left_machine"  one sentence: what was sent where
//             "hashes"        {name: sha256} of prompts, pack, rubric and other inputs
//             "command"       the command line that started the run
//             "slots_on_record"  false: the first text of a verdict need not have been shown first
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
  double busy_s = 0.0;  ///< time during which at least one try was under way
  /// Messages of every request for a text, by key. A repair has those of the request it repairs.
  std::map<std::string, std::vector<core::Message>> prompts;

  /// Text of the brief; empty when it is not on record.
  std::string Task() const;
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
