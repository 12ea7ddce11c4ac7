#include "redraft/reward/lm_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "redraft/base/assets.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/reward/relation.h"
#include "redraft/text/words.h"

namespace redraft::reward {
namespace {

constexpr const char* kSchema = "redraft.lm-reward/1";
constexpr std::string_view kBuiltInAsset = "data/reward/lm.json";
constexpr std::uintmax_t kMostBytes = 4 << 20;

/// Of texts without a word: unrelated, since there is nothing to read.
Relation RelationOf(std::string_view a, std::string_view b) {
  if (text::CountWords(a) == 0 || text::CountWords(b) == 0) return Relation::kUnrelated;
  return Align(Passage(a), Passage(b)).relation;
}

Error Broken(const std::string& origin, const std::string& what) {
  return {ErrorCode::kConfig,
          fmt::format("{}: {}; train it again with 'redraft train reward --lm'", origin, what)};
}

/// Numbers of `json`; nothing unless all are numbers and, if `count` is not 0, as many as that.
/// JSON has no NaN: a writer that had one leaves null.
std::optional<std::vector<double>> NumbersOf(const Json& json, std::size_t count) {
  if (!json.is_array() || json.empty() || (count != 0 && json.size() != count)) return {};
  std::vector<double> numbers;
  for (const Json& item : json) {
    if (!item.is_number() || !std::isfinite(item.get<double>())) return {};
    numbers.push_back(item.get<double>());
  }
  return numbers;
}

}  // namespace

LmReward::LmReward(LmRewardData data, RewardModel base)
    : data_(std::move(data)), base_(std::move(base)) {
  id_ = "reward:lm@" + Sha256Hex(Serialize()).substr(0, 8);
}

Result<LmReward> LmReward::Make(LmRewardData data, RewardModel base) {
  if (!data.base.empty() && data.base != base.id()) {
    return Fail(ErrorCode::kConfig,
                fmt::format("these weights belong to {}, but the built-in model is {}; train them "
                            "again with 'redraft train reward --lm'",
                            data.base, base.id()));
  }
  return LmReward(std::move(data), std::move(base));
}

Result<LmReward> LmReward::Parse(std::string_view bytes, const std::string& origin) {
  const auto parsed = ParseJson(bytes);
  if (!parsed || !parsed->is_object()) {
    return Fail(Broken(origin, "is truncated, or is no model of 'redraft train reward --lm'"));
  }
  const Json& json = *parsed;
  if (json.value("schema", Json()) != kSchema) {
    return Fail(Broken(origin, fmt::format("is not of the version {}", kSchema)));
  }
  LmRewardData data;
  for (const auto& [name, to] :
       {std::pair{"reader", &data.reader}, {"reader_id", &data.reader_id}, {"base", &data.base}}) {
    const Json value = json.value(name, Json());
    if (!value.is_string()) return Fail(Broken(origin, fmt::format("'{}' is missing", name)));
    *to = value.get<std::string>();
  }
  const auto numbers = [&](const char* name, std::size_t count) -> Result<std::vector<double>> {
    auto found = NumbersOf(json.value(name, Json()), count);
    if (!found) {
      return Fail(Broken(origin, fmt::format("'{}' does not hold {}finite numbers", name,
                                             count ? fmt::format("{} ", count) : "")));
    }
    return *std::move(found);
  };
  REDRAFT_ASSIGN(data.features, numbers("features", kLmFeatures));
  REDRAFT_ASSIGN(data.state, numbers("state", 0));
  REDRAFT_ASSIGN(const auto revised, numbers("revised", data.revised.size()));
  REDRAFT_ASSIGN(const auto reordered, numbers("reordered", data.reordered.size()));
  std::copy(revised.begin(), revised.end(), data.revised.begin());
  std::copy(reordered.begin(), reordered.end(), data.reordered.begin());
  data.provenance = json.value("provenance", Json::object());
  REDRAFT_ASSIGN(RewardModel base, RewardModel::BuiltIn());
  auto model = Make(std::move(data), std::move(base));
  if (!model) return Fail(ErrorCode::kConfig, origin + ": " + model.error().message);
  return model;
}

std::string LmReward::Serialize() const {
  return DumpJson({{"schema", kSchema},
                   {"reader", data_.reader},
                   {"reader_id", data_.reader_id},
                   {"base", data_.base},
                   {"features", data_.features},
                   {"state", data_.state},
                   {"revised", data_.revised},
                   {"reordered", data_.reordered},
                   {"provenance", data_.provenance}}) +
         "\n";
}

bool LmReward::NeedsReadings(std::string_view a, std::string_view b) const {
  if (heads_alone()) return text::CountWords(a) > 0 && text::CountWords(b) > 0;
  const Relation relation = RelationOf(a, b);
  return relation == Relation::kRevised || relation == Relation::kReordered;
}

double LmReward::CompareUnread(std::string_view a, std::string_view b) const {
  return heads_alone() ? 0 : base_.Compare(a, b);
}

Result<double> LmReward::HeadsSay(const LmReading& a, const LmReading& b) const {
  if (a.state.size() != data_.state.size() || b.state.size() != data_.state.size()) {
    return Fail(ErrorCode::kFailed,
                fmt::format("the language model's hidden state has {} and {} dimensions, the "
                            "weights {}: they belong to another model",
                            a.state.size(), b.state.size(), data_.state.size()));
  }
  const LmFeatures fa = FeaturesOf(a.logprobs), fb = FeaturesOf(b.logprobs);
  double features = 0, state = 0;
  for (std::size_t i = 0; i < kLmFeatures; ++i) features += data_.features[i] * (fa[i] - fb[i]);
  for (std::size_t i = 0; i < data_.state.size(); ++i) {
    state += data_.state[i] * (double{a.state[i]} - double{b.state[i]});
  }
  return data_.revised[1] * features + data_.revised[2] * state;
}

Result<double> LmReward::Compare(std::string_view a, const LmReading& a_read, std::string_view b,
                                 const LmReading& b_read) const {
  if (heads_alone()) return HeadsSay(a_read, b_read);
  const double base = base_.Compare(a, b);
  const Relation relation = RelationOf(a, b);
  if (relation == Relation::kReordered) {
    return data_.reordered[0] * base +
           data_.reordered[1] * (TotalOf(a_read.logprobs) - TotalOf(b_read.logprobs));
  }
  if (relation != Relation::kRevised) return base;
  REDRAFT_ASSIGN(const double heads, HeadsSay(a_read, b_read));
  return data_.revised[0] * base + heads;
}

Result<double> LmReward::Score(std::string_view text, const LmReading& read) const {
  const LmReading nothing{{}, std::vector<float>(data_.state.size())};
  REDRAFT_ASSIGN(const double heads, HeadsSay(read, nothing));
  return heads_alone() ? heads : data_.revised[0] * base_.Score(text) + heads;
}

Result<LmReward> OpenLmReward(std::string_view name) {
  constexpr std::string_view kName = "reward:lm";
  const std::string path(name.size() > kName.size() ? name.substr(kName.size() + 1) : "");
  if (path.empty()) {
    REDRAFT_ASSIGN(const std::string_view bytes, FindAsset(kBuiltInAsset));
    return LmReward::Parse(bytes, std::string(kBuiltInAsset));
  }
  auto bytes = ReadTextFile(path, kMostBytes);
  if (!bytes) return Fail(ErrorCode::kInvalidArgument, bytes.error().message);
  return LmReward::Parse(*bytes, path);
}

}  // namespace redraft::reward
