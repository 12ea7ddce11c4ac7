#include "redraft/reward/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <mutex>
#include <unordered_map>
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
constexpr std::uint32_t kVersion = 2;
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

bool AllFinite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

bool Usable(const Norm& norm) {
  return std::isfinite(norm.mean) && std::isfinite(norm.deviation) && norm.deviation > 0;
}

bool Usable(const Experts& experts) {
  return std::has_single_bit(experts.cells.size()) && experts.cells.size() <= kMaxCells &&
         std::isfinite(experts.cell_scale) && Usable(experts.texture) &&
         Usable(experts.sentence_texture) && Usable(experts.order) && Usable(experts.wording) &&
         experts.lexicon.cells().size() == Lexicon::kCells &&
         experts.belonging.size() == kBelongingFeatures + 1 && AllFinite(experts.belonging) &&
         experts.seam.size() == kSeamFeatures + 1 && AllFinite(experts.seam) &&
         experts.substance.size() == kSubstanceFeatures + 1 && AllFinite(experts.substance) &&
         experts.order_weights.cells.size() == std::size_t{1} << kOrderBits &&
         std::isfinite(experts.order_weights.scale) &&
         experts.wording_weights.cells.size() == std::size_t{1} << kWordingBits &&
         std::isfinite(experts.wording_weights.scale);
}

bool Usable(const RewardModelData& data) {
  return !data.name.empty() && Usable(data.experts) &&
         std::all_of(data.heads.begin(), data.heads.end(),
                     [](const Head& head) { return AllFinite(head); }) &&
         AllFinite(data.typical) && std::isfinite(data.bias) &&
         std::all_of(data.references.begin(), data.references.end(), [](const auto& reference) {
           return reference.size() == kQuantiles && AllFinite(reference) &&
                  std::is_sorted(reference.begin(), reference.end());
         });
}

Json ToJson(const Norm& norm) { return {norm.mean, norm.deviation}; }

/// Everything before the digest.
std::string Body(const RewardModelData& data) {
  const Experts& experts = data.experts;
  const std::string metadata = DumpJson({{"name", data.name},
                                         {"features", FeatureFingerprint()},
                                         {"cells", experts.cells.size()},
                                         {"cell_scale", experts.cell_scale},
                                         {"texture", ToJson(experts.texture)},
                                         {"sentence_texture", ToJson(experts.sentence_texture)},
                                         {"order", ToJson(experts.order)},
                                         {"wording", ToJson(experts.wording)},
                                         {"belonging", experts.belonging},
                                         {"seam", experts.seam},
                                         {"substance", experts.substance},
                                         {"order_scale", experts.order_weights.scale},
                                         {"wording_scale", experts.wording_weights.scale},
                                         {"heads", data.heads},
                                         {"typical", data.typical},
                                         {"bias", data.bias},
                                         {"references", data.references},
                                         {"provenance", data.provenance}});
  std::string body(kMagic);
  PutLittleEndian(body, kVersion, 4);
  PutLittleEndian(body, static_cast<std::uint32_t>(metadata.size()), 4);
  body += metadata;
  for (const Cell& cell : experts.cells) {
    PutLittleEndian(body, static_cast<std::uint16_t>(cell.weight), 2);
    PutLittleEndian(body, cell.idf, 2);
  }
  for (const std::uint8_t rarity : experts.lexicon.cells()) body += static_cast<char>(rarity);
  for (const auto* weights : {&experts.order_weights, &experts.wording_weights}) {
    for (const std::int16_t weight : weights->cells) {
      PutLittleEndian(body, static_cast<std::uint16_t>(weight), 2);
    }
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

/// The numbers of an array; NaN where there is something else.
std::vector<double> Numbers(const Json& array) {
  std::vector<double> numbers;
  if (!array.is_array()) return numbers;
  for (const Json& value : array) {
    numbers.push_back(value.is_number() ? value.get<double>() : std::nan(""));
  }
  return numbers;
}

std::vector<double> NumbersAt(const Json& object, const char* key) {
  return Numbers(object.value(key, Json()));
}

Norm NormAt(const Json& object, const char* key) {
  const std::vector<double> numbers = NumbersAt(object, key);
  return numbers.size() == 2 ? Norm{numbers[0], numbers[1]} : Norm{std::nan(""), 1};
}

/// All NaN unless `numbers` has as many entries as there are signals.
Signals SignalsOf(const std::vector<double>& numbers) {
  Signals signals;
  signals.fill(std::nan(""));
  if (numbers.size() == kSignals) std::copy(numbers.begin(), numbers.end(), signals.begin());
  return signals;
}

/// Reads the weights behind the metadata; false when there are too few or too many bytes.
bool ReadWeights(std::string_view bytes, Experts& experts) {
  const std::size_t hashed = (std::size_t{1} << kOrderBits) + (std::size_t{1} << kWordingBits);
  const std::size_t fixed = Lexicon::kCells + 2 * hashed;
  if (bytes.size() < fixed || (bytes.size() - fixed) % kCellBytes != 0) return false;
  experts.cells.resize((bytes.size() - fixed) / kCellBytes);
  std::size_t at = 0;
  const auto next = [&](std::size_t size) {
    const std::uint32_t value = GetLittleEndian(bytes, at, size);
    at += size;
    return value;
  };
  for (Cell& cell : experts.cells) {
    cell.weight = static_cast<std::int16_t>(next(2));
    cell.idf = static_cast<std::uint16_t>(next(2));
  }
  std::vector<std::uint8_t> rarity(Lexicon::kCells);
  for (auto& value : rarity) value = static_cast<std::uint8_t>(next(1));
  experts.lexicon = Lexicon(std::move(rarity));
  experts.order_weights.cells.resize(std::size_t{1} << kOrderBits);
  experts.wording_weights.cells.resize(std::size_t{1} << kWordingBits);
  for (auto* weights : {&experts.order_weights, &experts.wording_weights}) {
    for (auto& weight : weights->cells) weight = static_cast<std::int16_t>(next(2));
  }
  return true;
}

}  // namespace

/// The texts that were measured last: a text in a tournament meets many others.
class RewardModel::Memory {
 public:
  struct Entry {
    Entry(std::string_view source, const Experts& experts)
        : text(source), measured(text, experts) {}
    const std::string text;
    const Measured measured;
  };

  std::shared_ptr<const Entry> Measure(std::string_view text, const Experts& experts) {
    constexpr std::size_t kMost = 256;
    constexpr std::size_t kLongest = std::size_t{1} << 16U;  // bytes; longer ones are not kept
    {
      const std::lock_guard lock(mutex_);
      const auto known = entries_.find(text);
      if (known != entries_.end()) return known->second;
    }
    auto entry = std::make_shared<const Entry>(text, experts);
    if (text.size() > kLongest) return entry;
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= kMost) entries_.clear();
    entries_.emplace(entry->text, entry);
    return entry;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string_view, std::shared_ptr<const Entry>> entries_;  ///< by its own text
};

RewardModel::RewardModel(RewardModelData data) : RewardModel(std::move(data), std::string_view()) {}

RewardModel::RewardModel(RewardModelData data, std::string_view digest)
    : data_(std::move(data)), memory_(std::make_shared<Memory>()) {
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
  Experts& experts = data.experts;
  const Json name = metadata->value("name", Json());
  if (name.is_string()) data.name = name.get<std::string>();
  experts.cell_scale = NumberAt(*metadata, "cell_scale");
  experts.texture = NormAt(*metadata, "texture");
  experts.sentence_texture = NormAt(*metadata, "sentence_texture");
  experts.order = NormAt(*metadata, "order");
  experts.wording = NormAt(*metadata, "wording");
  experts.belonging = NumbersAt(*metadata, "belonging");
  experts.seam = NumbersAt(*metadata, "seam");
  experts.substance = NumbersAt(*metadata, "substance");
  experts.order_weights.scale = NumberAt(*metadata, "order_scale");
  experts.wording_weights.scale = NumberAt(*metadata, "wording_scale");
  const Json heads = metadata->value("heads", Json());
  for (std::size_t i = 0; i < kRelations; ++i) {
    data.heads[i] =
        SignalsOf(heads.is_array() && i < heads.size() ? Numbers(heads[i]) : std::vector<double>());
  }
  data.typical = SignalsOf(NumbersAt(*metadata, "typical"));
  data.bias = NumberAt(*metadata, "bias");
  const Json references = metadata->value("references", Json());
  for (std::size_t i = 0; i < data.references.size(); ++i) {
    if (references.is_array() && i < references.size()) data.references[i] = Numbers(references[i]);
  }
  data.provenance = metadata->value("provenance", Json());
  if (!ReadWeights(body.substr(kHeaderBytes + metadata_size), experts)) {
    return Unusable(origin, "bad number of weights");
  }
  if (!Usable(data)) return Unusable(origin, "a number in it is missing, infinite or out of order");
  return RewardModel(std::move(data), bytes.substr(body.size()));
}

Result<RewardModel> RewardModel::BuiltIn() {
  REDRAFT_ASSIGN(const std::string_view bytes, FindAsset(kBuiltInAsset));
  return Parse(bytes, "built in");
}

double RewardModel::Score(std::string_view text) const {
  const Measured measured(text, data_.experts);
  if (measured.passage.words() == 0) return data_.references[0].front();
  return Weigh(data_.heads[static_cast<std::size_t>(Relation::kUnrelated)], measured.signals) +
         data_.bias;
}

double RewardModel::Compare(std::string_view a, std::string_view b) const {
  const auto left = memory_->Measure(a, data_.experts);
  const auto right = memory_->Measure(b, data_.experts);
  if (left->measured.passage.words() == 0 || right->measured.passage.words() == 0) {
    return Score(a) - Score(b);
  }
  const Contrast contrast = reward::Compare(left->measured, right->measured, data_.experts);
  return Weigh(data_.heads[static_cast<std::size_t>(contrast.relation)], contrast.difference);
}

Explanation RewardModel::Explain(std::string_view text) const {
  Explanation explanation;
  const Passage passage(text);
  const Signals signals = Measure(passage, text, data_.experts);
  const Head& head = data_.heads[static_cast<std::size_t>(Relation::kUnrelated)];
  for (std::size_t i = 0; i < kSignals; ++i) {
    explanation.parts[i] = head[i] * (signals[i] - data_.typical[i]);
  }
  const auto views = ViewSentences(OrderOf(passage), data_.experts);
  for (std::size_t i = 0; i < views.size(); ++i) {
    const std::string_view sentence = passage.sentences()[i].text;
    const auto begin = static_cast<std::size_t>(sentence.data() - text.data());
    explanation.sentences.push_back({begin, begin + sentence.size(), views[i]});
  }
  return explanation;
}

double RewardModel::Percentile(double score, Reference among) const {
  const auto& quantiles = data_.references[static_cast<std::size_t>(among)];
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
