#pragma once

// What a language model sees in a text: how likely it finds every token, and the state in which the
// text leaves it.
//
//   reading.logprobs = reply to LikelihoodRequest(model, text);
//   reading.state = reply to StateRequest(model, text);
//   const LmFeatures features = FeaturesOf(reading.logprobs);
//
// Requests  Both are plain requests, so that the ledger keeps their replies and no text is read
//           twice by the same model.
// Units     Natural logarithms. The first token has no context and is left out.
// Threads   Pure functions.

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/core/request.h"

namespace redraft::reward {

/// One text as a language model reads it.
struct LmReading {
  std::vector<double> logprobs;  ///< of every token; the first is 0
  std::vector<float> state;      ///< mean of the last hidden states
};

enum class LmFeature {
  kMean,         ///< mean log-probability of a token
  kDeviation,    ///< and its standard deviation
  kQuantile05,   ///< the most surprising tokens
  kQuantile25,   //
  kMedian,       //
  kQuantile75,   //
  kObvious,      ///< share of tokens with a probability above one half
  kSurprising,   ///< share of tokens with a probability below 1 in 1,000
  kOpening,      ///< mean of the first fifth
  kEnding,       ///< mean of the last fifth
  kUnevenness,   ///< deviation of the means of runs of sixteen tokens
  kPersistence,  ///< correlation of neighbouring tokens
};
inline constexpr std::size_t kLmFeatures = 12;
using LmFeatures = std::array<double, kLmFeatures>;

/// "mean", …
std::string_view NameOf(LmFeature feature);

/// All features; zeros for fewer than two tokens.
LmFeatures FeaturesOf(std::span<const double> logprobs);

/// Log-likelihood of the whole text.
double TotalOf(std::span<const double> logprobs);

/// How likely `model` finds every token of the text.
core::Request LikelihoodRequest(const std::string& model, std::string_view text);

/// The state in which the text leaves `model`.
core::Request StateRequest(const std::string& model, std::string_view text);

/// Puts the two replies together.
/// Errors: kFailed when one of them holds nothing, or a number that is not finite.
Result<LmReading> ReadingFrom(const core::Reply& likelihood, const core::Reply& state);

}  // namespace redraft::reward
