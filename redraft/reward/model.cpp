#include "redraft/reward/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "redraft/base/assets.h"
#include "redraft/base/check.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/reward/features.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF  // as in features.cpp
#endif

namespace redraft::reward {
namespace {

constexpr std::string_view kMagic = "RDREWARD";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderBytes = kMagic.size() + 8;
constexpr std::size_t kDigestBytes = 64;
constexpr std::size_t kCellBytes = 4;
constexpr std::size_t kQuantiles = 101;
constexpr std::size_t kMaxCells = std::size_t{1} << 24;
constexpr std::uint64_t kMaxModelBytes = 128ULL << 20;
constexpr std::string_view kBuiltInAsset = "data/reward/default.rdm";

void PutLittleEndian(std::string& out, std::uint32_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}

std::uint32_t GetLittleEndian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return value;
}

bool Usable(const RewardModelData& data) {
  return !data.name.empty() && std::has_single_bit(data.cells.size()) &&
         data.cells.size() <= kMaxCells && std::isfinite(data.weight_scale) &&
         std::isfinite(data.length_slope) && std::isfinite(data.bias) &&
         data.reference.size() == kQuantiles &&
         std::all_of(data.reference.begin(), data.reference.end(),
                     [](double q) { return std::isfinite(q); }) &&
         std::is_sorted(data.reference.begin(), data.reference.end());
}

/// Everything before the digest.
std::string Body(const RewardModelData& data) {
  const std::string metadata = DumpJson({{"name", data.name},
                                         {"features", FeatureFingerprint()},
                                         {"cells", data.cells.size()},
                                         {"weight_scale", data.weight_scale},
                                         {"length_slope", data.length_slope},
                                         {"bias", data.bias},
                                         {"reference", data.reference},
                                         {"provenance", data.provenance}});
  std::string body(kMagic);
  body.reserve(kHeaderBytes + metadata.size() + data.cells.size() * kCellBytes + kDigestBytes);
  PutLittleEndian(body, kVersion, 4);
  PutLittleEndian(body, static_cast<std::uint32_t>(metadata.size()), 4);
  body += metadata;
  for (const auto& cell : data.cells) {
    PutLittleEndian(body, static_cast<std::uint16_t>(cell.weight), 2);
    PutLittleEndian(body, cell.idf, 2);
  }
  return body;
}

tl::unexpected<Error> Unusable(const std::string& origin, std::string_view why) {
  return Fail(ErrorCode::kConfig,
              fmt::format("reward model {}: {}; train one with redraft train reward", origin, why));
}

double NumberAt(const Json& object, const char* key) {
  const auto value = object.find(key);
  return value != object.end() && value->is_number() ? value->get<double>() : std::nan("");
}

}  // namespace

RewardModel::RewardModel(RewardModelData data) : RewardModel(std::move(data), std::string_view()) {}

RewardModel::RewardModel(RewardModelData data, std::string_view digest) : data_(std::move(data)) {
  REDRAFT_CHECK(Usable(data_));
  id_ = fmt::format("reward:{}@{}", data_.name,
                    (digest.empty() ? Sha256Hex(Body(data_)) : std::string(digest)).substr(0, 8));
}

std::string RewardModel::Serialize() const {
  std::string bytes = Body(data_);
  bytes += Sha256Hex(bytes);
  return bytes;
}

Result<RewardModel> RewardModel::Parse(std::string_view bytes, const std::string& origin) {
  if (!bytes.starts_with(kMagic)) return Unusable(origin, "not a Redraft reward model");
  if (bytes.size() < kHeaderBytes + kDigestBytes) return Unusable(origin, "the file is truncated");
  if (const auto version = GetLittleEndian(bytes, kMagic.size(), 4); version != kVersion) {
    return Unusable(
        origin, fmt::format("format version {}, this program reads version {}", version, kVersion));
  }
  const std::string_view body = bytes.substr(0, bytes.size() - kDigestBytes);
  if (bytes.substr(body.size()) != Sha256Hex(body)) {
    return Unusable(origin, "the file is truncated or damaged (its checksum does not match)");
  }
  const std::size_t metadata_size = GetLittleEndian(bytes, kMagic.size() + 4, 4);
  if (metadata_size > body.size() - kHeaderBytes) return Unusable(origin, "bad metadata size");
  Result<Json> metadata = ParseJson(body.substr(kHeaderBytes, metadata_size));
  if (!metadata || !metadata->is_object()) return Unusable(origin, "unreadable metadata");
  if (metadata->value("features", Json()) != FeatureFingerprint()) {
    return Unusable(origin, "made for other text features than this program computes");
  }

  RewardModelData data;
  const Json name = metadata->value("name", Json());
  if (name.is_string()) data.name = name.get<std::string>();
  data.weight_scale = NumberAt(*metadata, "weight_scale");
  data.length_slope = NumberAt(*metadata, "length_slope");
  data.bias = NumberAt(*metadata, "bias");
  if (const Json reference = metadata->value("reference", Json()); reference.is_array()) {
    for (const Json& quantile : reference) {
      data.reference.push_back(quantile.is_number() ? quantile.get<double>() : std::nan(""));
    }
  }
  data.provenance = metadata->value("provenance", Json());
  const std::string_view cells = body.substr(kHeaderBytes + metadata_size);
  if (cells.size() % kCellBytes != 0 || cells.size() / kCellBytes > kMaxCells) {
    return Unusable(origin, "bad number of weights");
  }
  data.cells.resize(cells.size() / kCellBytes);
  for (std::size_t i = 0; i < data.cells.size(); ++i) {
    data.cells[i].weight = static_cast<std::int16_t>(GetLittleEndian(cells, i * kCellBytes, 2));
    data.cells[i].idf = static_cast<std::uint16_t>(GetLittleEndian(cells, i * kCellBytes + 2, 2));
  }
  if (!Usable(data)) return Unusable(origin, "a number in it is missing, infinite or out of order");
  return RewardModel(std::move(data), bytes.substr(body.size()));
}

Result<RewardModel> RewardModel::BuiltIn() {
  REDRAFT_ASSIGN(const std::string_view bytes, FindAsset(kBuiltInAsset));
  return Parse(bytes, "built in");
}

double RewardModel::Score(std::string_view text) const {
  const std::size_t mask = data_.cells.size() - 1;
  double dot = 0;
  double square = 0;
  const std::vector<Gram> grams = CountGrams(text);
  for (const Gram& gram : grams) {
    const auto& cell = data_.cells[gram.hash & mask];
    const double value = TermFrequency(gram.count) * cell.idf;
    square += value * value;
    const double term = value * cell.weight;
    dot += gram.negative() ? -term : term;
  }
  if (square == 0) return data_.reference.front();
  const double drift = data_.length_slope * PortableLog(static_cast<double>(grams.size()));
  return data_.weight_scale * (dot / std::sqrt(square)) - drift + data_.bias;
}

double RewardModel::Percentile(double score) const {
  const auto& quantiles = data_.reference;
  const auto above = std::upper_bound(quantiles.begin(), quantiles.end(), score);
  if (above == quantiles.begin()) return 0;
  if (above == quantiles.end()) return 100;
  const double low = *(above - 1);  // <= score < *above, so that the difference is positive
  return static_cast<double>(above - quantiles.begin() - 1) + (score - low) / (*above - low);
}

Result<RewardModel> OpenRewardModel(const std::string& name) {
  constexpr std::string_view kPrefix = "reward:";
  if (name.empty() || name == "reward") return RewardModel::BuiltIn();
  const std::string path = name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name;
  REDRAFT_ASSIGN(const std::string bytes, ReadFile(path, kMaxModelBytes));
  return RewardModel::Parse(bytes, path);
}

}  // namespace redraft::reward
