#pragma once

// The pairs on which a judge is checked when the user brings none: passages of our own against
// damaged twins of the same length.

#include <string>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/judge/pair_bench.h"

namespace redraft::judge {

struct QualificationPair {
  std::string id, a, b;
  Label label = Label::kA;
  std::string kind;  ///< of damage
  int grade = 0;     ///< 1 is the lightest
  std::string form, brief;
};

/// In a fixed order, of which every beginning is balanced over kinds, grades and forms.
/// Errors: kFailed while this version has none.
Result<std::vector<QualificationPair>> DefaultPairs();

}  // namespace redraft::judge
