#pragma once

// One section of a Markdown document: found by its heading, evolved alone, put back. All bytes
// outside the section's body stay as they are.

#include <string>
#include <string_view>

#include "redraft/base/result.h"

namespace redraft::evolve {

struct Section {
  std::string heading;  ///< its text
  std::string before;   ///< everything up to and including the heading
  std::string body;     ///< up to the next heading of the same or a higher level
  std::string after;    ///< everything else
};

/// Finds the section whose heading says `heading` (Markdown markup, case and outer blanks do not
/// count). Errors: kInvalidArgument when there is none (listing the headings) or several.
Result<Section> FindSection(std::string_view document, std::string_view heading);

/// The document with `text` as the section's body; the blank lines around the old body stay.
std::string ReplaceBody(const Section& section, std::string_view text);

}  // namespace redraft::evolve
