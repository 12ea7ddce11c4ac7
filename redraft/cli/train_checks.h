#pragma once

// What would make the figures of `redraft train` untrue: test pairs that were trained on, labels
// the wrong way round. Warnings go to standard error.

#include <string>
#include <vector>

#include "redraft/reward/trainer.h"

namespace redraft::cli {

/// Takes what tests share with the training data out of them and says so; returns how many pairs
/// each test lost. Errors: kInvalidArgument when nothing is left of one.
Result<std::vector<std::size_t>> SeparateTests(const reward::Dataset& training,
                                               std::vector<reward::Dataset>& tests);

/// Takes the texts of these JSON Lines files, {"text"} each, out of the training data and says so.
/// Errors: kInvalidArgument for a bad file or line, or when no pair and no score is left.
Status HoldOutFiles(const std::vector<std::string>& files, reward::Dataset& data);

/// Warns when the built-in model would rather have the rejected texts: a dataset whose labels are
/// all swapped is as consistent as the right one, so that training alone cannot tell.
Status WarnIfSwapped(const reward::Dataset& data, unsigned threads);

/// Warns when an accuracy is below chance by more than chance.
void WarnIfBelowChance(const std::string& set, const reward::Accuracy& accuracy);

}  // namespace redraft::cli
