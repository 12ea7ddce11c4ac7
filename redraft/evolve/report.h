#pragma once

// What a person keeps of a run: one HTML file with the winner to read, the way that led to it, and
// every figure with its interval; and the same figures as JSON.
//
// Format   The page is data/report/report.html, a Jinja template over the values of report_view.h,
//          with report.css and report.js put in. It asks for nothing outside itself and works
//          without scripts, on paper, on a phone, in light and dark.
// Safety   Every byte that comes from the run is HTML-escaped where it enters the page, by the
//          renderer and not by the template: no draft can become markup.
// Errors   kConfig when the record of the run is not what this program writes; those of rank.
// Cost     185 drafts of 500 words: about 2 MB, well under a second.

#include <string>

#include "redraft/evolve/run_contents.h"

namespace redraft::evolve {

/// The page.
Result<std::string> RenderReport(const RunContents& contents);

/// {"schema":"redraft.report/1","run","name","state","best","ratings":[{"id","elo","bt","se","n"}],
///  "generations","null","judge","gated","counts"}; ratings are best first.
Result<Json> ReportJson(const RunContents& contents);

}  // namespace redraft::evolve
