#pragma once

// Reports over results: books × models in one table, base against tuned as a difference with its
// interval, and one self-contained HTML page (no scripts) with each book coloured by coverage.
//
// Redacted  no word of a book appears: positions, lengths and a strip of where the coverage lies.

#include <map>
#include <string>
#include <vector>

#include "redraft/audit/indexed_book.h"
#include "redraft/audit/release_gate.h"
#include "redraft/audit/result_file.h"

namespace redraft::audit {

struct ReportRow {
  std::string model;
  ResultFile result;
};

struct ReportInput {
  std::vector<ReportRow> rows;
  std::string base;                          ///< model that others are compared with; empty: none
  std::map<std::string, IndexedBook> books;  ///< texts by SHA-256, as far as they are at hand
  std::vector<Waiver> waivers;
  std::string today;  ///< YYYY-MM-DD: which waivers have expired
  bool redact = false;
  std::uint64_t seed = 1;  ///< of the intervals
};

/// {"schema":"redraft.audit.report/1","rows":[…],"differences":[…],"waivers":[…],…}: rows in order
/// of book, then model. Errors: kInvalidArgument when two rows are of one model and book, when no
/// row is of the base, when results that are compared differ in parameters, or a book's text does
/// not fit its result.
Result<Json> ReportJson(const ReportInput& input);

/// The page, of what ReportJson returned for the same input.
std::string ReportHtml(const Json& report, const ReportInput& input);

}  // namespace redraft::audit
