#include "redraft/reward/lm_features.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace redraft::reward {
namespace {

double MeanOf(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double DeviationOf(std::span<const double> values) {
  const double mean = MeanOf(values);
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

/// By linear interpolation of ascending values.
double QuantileOf(std::span<const double> sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

/// 0 where one of the two does not vary.
double NeighbourCorrelation(std::span<const double> values) {
  const double mean = MeanOf(values);
  double both = 0, square = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    square += (values[i] - mean) * (values[i] - mean);
    if (i > 0) both += (values[i] - mean) * (values[i - 1] - mean);
  }
  return square > 0 ? both / square : 0;
}

std::vector<double> MeansOfRuns(std::span<const double> values, std::size_t length) {
  std::vector<double> means;
  for (std::size_t begin = 0; begin < values.size(); begin += length) {
    means.push_back(MeanOf(values.subspan(begin, std::min(length, values.size() - begin))));
  }
  return means;
}

core::Request RequestFor(core::RequestKind kind, const std::string& model, std::string_view text) {
  core::Request request;
  request.kind = kind;
  request.role = core::Role::kJudge;
  request.model = model;
  request.text = text;
  return request;
}

}  // namespace

std::string_view NameOf(LmFeature feature) {
  constexpr std::array<std::string_view, kLmFeatures> kNames = {
      "mean",    "deviation",  "quantile_05", "quantile_25", "median",     "quantile_75",
      "obvious", "surprising", "opening",     "ending",      "unevenness", "persistence"};
  return kNames[static_cast<std::size_t>(feature)];
}

LmFeatures FeaturesOf(std::span<const double> logprobs) {
  LmFeatures features{};
  if (logprobs.size() < 2) return features;
  const auto tokens = logprobs.subspan(1);
  std::vector<double> sorted(tokens.begin(), tokens.end());
  std::sort(sorted.begin(), sorted.end());
  const auto share = [&](auto matches) {
    return static_cast<double>(std::count_if(tokens.begin(), tokens.end(), matches)) /
           static_cast<double>(tokens.size());
  };
  const std::size_t fifth = (tokens.size() + 4) / 5;
  const auto set = [&](LmFeature feature, double value) {
    features[static_cast<std::size_t>(feature)] = value;
  };
  set(LmFeature::kMean, MeanOf(tokens));
  set(LmFeature::kDeviation, DeviationOf(tokens));
  set(LmFeature::kQuantile05, QuantileOf(sorted, 0.05));
  set(LmFeature::kQuantile25, QuantileOf(sorted, 0.25));
  set(LmFeature::kMedian, QuantileOf(sorted, 0.5));
  set(LmFeature::kQuantile75, QuantileOf(sorted, 0.75));
  set(LmFeature::kObvious, share([](double p) { return p > std::log(0.5); }));
  set(LmFeature::kSurprising, share([](double p) { return p < std::log(0.001); }));
  set(LmFeature::kOpening, MeanOf(tokens.first(fifth)));
  set(LmFeature::kEnding, MeanOf(tokens.last(fifth)));
  set(LmFeature::kUnevenness, DeviationOf(MeansOfRuns(tokens, 16)));
  set(LmFeature::kPersistence, NeighbourCorrelation(tokens));
  return features;
}

double TotalOf(std::span<const double> logprobs) {
  return std::accumulate(logprobs.begin(), logprobs.end(), 0.0);
}

core::Request LikelihoodRequest(const std::string& model, std::string_view text) {
  return RequestFor(core::RequestKind::kLogLikelihood, model, text);
}

core::Request StateRequest(const std::string& model, std::string_view text) {
  return RequestFor(core::RequestKind::kEmbedding, model, text);
}

Result<LmReading> ReadingFrom(const core::Reply& likelihood, const core::Reply& state) {
  const auto finite = [](double value) { return std::isfinite(value); };
  if (likelihood.logprobs.empty() || state.embedding.empty()) {
    return Fail(ErrorCode::kFailed,
                "the language model's reading of a text is empty: it gave no log-probabilities, or "
                "no hidden state");
  }
  if (!std::all_of(likelihood.logprobs.begin(), likelihood.logprobs.end(), finite) ||
      !std::all_of(state.embedding.begin(), state.embedding.end(), finite)) {
    return Fail(ErrorCode::kFailed,
                "the language model's reading of a text holds a number that is not finite");
  }
  return LmReading{likelihood.logprobs, state.embedding};
}

}  // namespace redraft::reward
