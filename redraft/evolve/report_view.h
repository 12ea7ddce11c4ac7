#pragma once

// The report as data: every word and number that the page shows, in the order of the page. The
// template only lays it out.

#include <string>
#include <string_view>

#include "redraft/evolve/findings.h"

namespace redraft::evolve {

/// The values of data/report/report.html. Strings are plain text, not yet escaped.
Json ReportView(const RunContents& contents, const Findings& findings);

/// The null of a run in plain words: {"items":[{"name","question","figure","interval","reading",
/// "chart"}],"measured","unknown","curse","unchecked"}; an item without a figure says why, and
/// when none has one, "unknown" does.
Json NullView(const RunContents& contents, const Findings& findings);

/// Parts of the view around the texts: [{"label","value","note"}] what the run took,
/// [{"label","value","reading"}] how the judge behaved, [{"label","value"}] where it all comes
/// from, and [{"label","line"}] command lines to go on with.
Json SummaryView(const RunContents& contents, const Findings& findings);
Json JudgeView(const Findings& findings);
Json ProvenanceView(const RunContents& contents);
Json CommandsView(const RunContents& contents);

/// A number for people: "12,345", "−0.31", "1,412.5".
std::string Grouped(double value, int digits = 0);
/// The same with its sign: "+0.31", "−0.31", "0.00".
std::string Signed(double value, int digits);
/// "62 %".
std::string Percent(double share);

}  // namespace redraft::evolve
