#pragma once

// What changed between two texts, word by word.
//
// Paper   Myers 1986, "An O(ND) Difference Algorithm and Its Variations", linear-space refinement.

#include <string>
#include <string_view>
#include <vector>

namespace redraft::text {

enum class DiffOp { kEqual, kDelete, kInsert };

struct DiffPiece {
  DiffOp op = DiffOp::kEqual;
  std::string text;
  bool operator==(const DiffPiece&) const = default;
};

/// The shortest edit script between two texts, in runs of white space and of other characters.
/// Joining the pieces that are not kInsert gives `before`, joining those that are not kDelete gives
/// `after`, byte by byte. Neighbours differ in `op`; a deletion comes before the insertion at the
/// same place. Lone white space between two changed words joins the change.
/// Cost  O((n + m) * d) time for d changed words, O(n + m) memory.
std::vector<DiffPiece> WordDiff(std::string_view before, std::string_view after);

}  // namespace redraft::text
