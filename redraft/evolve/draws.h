#pragma once

// Dealing styles, themes and objectives, and choosing parents.

#include <map>
#include <span>
#include <string>
#include <vector>

#include "redraft/base/random.h"
#include "redraft/evolve/options.h"
#include "redraft/evolve/task.h"

namespace redraft::evolve {

/// Style and theme for `count` first drafts. Stratified: both lists are shuffled and paired so that
/// each value, and then each pair, comes up before any comes up again.
std::vector<DraftDraw> DealDrafts(const core::Pack& pack, int count, Draws draws, Rng rng);

/// Objectives for the `count` variants of one parent.
std::vector<std::size_t> DealObjectives(const core::Pack& pack, int count, Draws draws, Rng rng);

/// The first `top` of `ranking` (best first) such that no founder has more than `quota` of them
/// (0: no limit); filled up by rank when the quota leaves places empty.
std::vector<std::string> SelectParents(std::span<const std::string> ranking,
                                       const std::map<std::string, std::string>& founder_of,
                                       int top, int quota);

}  // namespace redraft::evolve
