#pragma once

// What a judge looks at: weighted criteria, from a pack or from a Markdown file of the user's.
//
// Format   Markdown. A heading or bold line that carries a weight, such as
//            "## Voice (15%)", "### 1. Voice (15 points)", "**Voice** (15):" or "1. Voice — 15 %",
//          or list item "- Voice (15 %): what it means", starts a criterion; the text behind and
//          below it describes it. A file without weights is one criterion of weight 1. The whole
//          text is what the judge is shown.

#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/json.h"

namespace redraft::core {

struct Criterion {
  std::string name;
  double weight = 0.0;  ///< share of the total, in (0, 1]; all weights sum to 1
  std::string description;
};

struct Rubric {
  std::vector<Criterion> criteria;
  std::string text;    ///< as shown to the judge
  std::string sha256;  ///< of `text`
};

/// Reads a rubric. Errors: kInvalidArgument for an empty text.
Result<Rubric> ParseRubric(std::string_view text);

/// Builds the rubric text from criteria (weights are normalised to sum to 1).
Rubric MakeRubric(std::vector<Criterion> criteria);

}  // namespace redraft::core
