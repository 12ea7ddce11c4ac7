#pragma once

// What `redraft bench content` reads: briefs in two wordings, and texts that were written for them.
//
// Briefs   a folder with ID.short.md, ID.detailed.md and, where a human text exists that the
// detailed
//          brief was made from, ID.reference.md (or .txt); or JSON Lines of
//          {"id","short","detailed","reference"?}.
// Texts    NAME=FOLDER: files named after the brief: ID.short.md, ID.detailed.md, or ID.md for a
// text
//          that was not written for one wording; more than one as ID.short.1.md, ID.short.2.md. The
//          wording may also be a folder: short/ID.md. Or NAME=FILE.jsonl of
//          {"id","condition"?: "short|detailed|both","text","source"?}. Without NAME= the lines'
//          "source" names it, or the folder.
// Errors   kInvalidArgument naming file and line: nothing is skipped but hidden files.

#include <string>
#include <vector>

#include "redraft/judge/content_bench.h"

namespace redraft::cli {

struct ContentBrief {
  std::string id, short_text, detailed_text;
  std::string reference;  ///< empty: none
};

Result<std::vector<ContentBrief>> ReadContentBriefs(const std::string& path);

/// One text of a source.
struct SourceText {
  std::string source;
  std::size_t brief = 0;  ///< index into the briefs
  judge::Condition condition = judge::Condition::kShort;
  std::string text;
};

/// Adds the texts of one --texts argument.
Status ReadSourceTexts(const std::string& argument, const std::vector<ContentBrief>& briefs,
                       std::vector<SourceText>& texts);

}  // namespace redraft::cli
