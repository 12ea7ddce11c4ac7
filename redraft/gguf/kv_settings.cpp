#include "redraft/gguf/kv_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "redraft/base/clock.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/base/json.h"
#include "redraft/base/log.h"
#include "redraft/gguf/batch.h"
#include "redraft/gguf/llama_log.h"

namespace redraft::gguf {
namespace {

constexpr int kProbeDepth = 256;
constexpr int kProbeSteps = 3;

constexpr std::array kCandidates = {KvSettings{KvType::kBf16, true},
                                    KvSettings{KvType::kQ8_0, true}};

const char* Name(KvType type) {
  switch (type) {
    case KvType::kF16:
      return "f16";
    case KvType::kBf16:
      return "bf16";
    case KvType::kQ8_0:
      return "q8_0";
  }
  return "";
}

ggml_type GgmlType(KvType type) {
  switch (type) {
    case KvType::kF16:
      return GGML_TYPE_F16;
    case KvType::kBf16:
      return GGML_TYPE_BF16;
    case KvType::kQ8_0:
      return GGML_TYPE_Q8_0;
  }
  return GGML_TYPE_F16;
}

// The CPU's name and a digest of its features: names alone are often generic.
std::string CpuName() {
  std::ifstream info("/proc/cpuinfo");
  std::string line, name = "unknown CPU", features;
  while (std::getline(info, line) && !line.empty()) {
    const auto value = line.substr(std::min(line.size(), line.find(": ") + 2));
    if (line.starts_with("model name")) name = value;
    if (line.starts_with("flags") || line.starts_with("Features")) features = value;
  }
  return name + " " + Sha256Hex(features).substr(0, 8);
}

// Tokens per second do not depend on which tokens; these are spread over the vocabulary.
Token ProbeToken(const Model& model, int i) { return (i * 7919 + 13) % model.vocab_size(); }

// Seconds per prompt token plus seconds per written token.
Result<double> Probe(const Model& model, ContextShape shape, const KvSettings& settings) {
  shape.context = 2 * kProbeDepth - kRowGroup;
  shape.batch = kProbeDepth;
  REDRAFT_ASSIGN(const ContextPtr context, MakeContext(model, shape, settings));
  llama_memory_t memory = llama_get_memory(context.get());
  Batch batch(std::max(kProbeDepth, shape.sequences));
  const auto timed = [&]() -> Result<double> {
    const auto start = SystemClock().Now();
    if (llama_decode(context.get(), batch.raw()) != 0) {
      return Fail(ErrorCode::kFailed, "probing the cache type: llama.cpp could not compute");
    }
    llama_synchronize(context.get());
    return std::chrono::duration<double>(SystemClock().Now() - start).count();
  };

  for (int i = 0; i < 16; ++i) batch.Add(ProbeToken(model, i), i, 0, i == 15);
  REDRAFT_RETURN_IF_ERROR(timed());  // the first use of weights and threads is not typical
  llama_memory_clear(memory, false);
  batch.Clear();
  for (int i = 0; i < kProbeDepth; ++i) {
    batch.Add(ProbeToken(model, i), i, 0, i == kProbeDepth - 1);
  }
  REDRAFT_ASSIGN(const double prompt, timed());
  for (int s = 1; s < shape.sequences; ++s) llama_memory_seq_cp(memory, 0, s, -1, -1);
  double step = 1e9;
  for (int i = 0; i <= kProbeSteps; ++i) {
    batch.Clear();
    for (int s = 0; s < shape.sequences; ++s) {
      batch.Add(ProbeToken(model, s + i), kProbeDepth + i, s, true);
    }
    REDRAFT_ASSIGN(const double seconds, timed());
    if (i > 0) step = std::min(step, seconds);  // the first one copies the streams
  }
  return prompt / kProbeDepth + step / shape.sequences;
}

std::optional<KvSettings> Remembered(const Json& known, const std::string& key) {
  const auto entry = known.find(key);
  if (entry == known.end() || !entry->is_string()) return std::nullopt;
  for (const KvSettings& candidate : kCandidates) {
    if (ToString(candidate) == entry->get<std::string>()) return candidate;
  }
  return std::nullopt;
}

}  // namespace

std::string ToString(const KvSettings& settings) {
  return fmt::format("{}, {}flash attention", Name(settings.type),
                     settings.flash_attention ? "" : "no ");
}

void FreeContext::operator()(llama_context* context) const { llama_free(context); }

Result<ContextPtr> MakeContext(const Model& model, const ContextShape& shape,
                               const KvSettings& settings) {
  llama_context_params params = llama_context_default_params();
  // Room for what fills groups up: whole groups of streams, and some tokens behind each.
  const int streams = WholeGroups(shape.sequences);
  const int per_stream = (shape.context + kRowGroup + 255) / 256 * 256;
  params.n_ctx = static_cast<std::uint32_t>(per_stream * streams);
  params.n_batch = params.n_ubatch = static_cast<std::uint32_t>(shape.batch);
  params.n_seq_max = static_cast<std::uint32_t>(streams);
  params.n_outputs_max = static_cast<std::uint32_t>(std::max(shape.outputs, kRowGroup * streams));
  params.n_threads = params.n_threads_batch = shape.threads;
  params.type_k = params.type_v = GgmlType(settings.type);
  params.flash_attn_type =
      settings.flash_attention ? LLAMA_FLASH_ATTN_TYPE_ENABLED : LLAMA_FLASH_ATTN_TYPE_DISABLED;
  params.kv_unified = false;
  params.no_perf = true;
  const LlamaErrors errors;
  ContextPtr context(llama_init_from_model(model.handle(), params));
  if (!context) {
    return Fail(ErrorCode::kFailed,
                fmt::format("no room for {} sequences of {} tokens of {} ({}); lower the number of "
                            "sequences or the context",
                            shape.sequences, shape.context, model.id(), errors.text()));
  }
  return context;
}

Result<KvSettings> FastestKvSettings(const Model& model, const ContextShape& shape,
                                     const std::filesystem::path& cache_folder) {
  if (!model.can_share_prefix()) return KvSettings{};  // recurrent: next to no cache to store
  const std::string key = fmt::format("{} | {} | {} sequences, {} threads", CpuName(),
                                      model.shape(), shape.sequences, shape.threads);
  const std::filesystem::path file = cache_folder / "kv.json";
  Json known = Json::object();
  if (!cache_folder.empty() && std::filesystem::exists(file)) {
    if (const auto text = ReadFile(file)) {
      if (auto parsed = ParseJson(*text); parsed && parsed->is_object()) known = std::move(*parsed);
    }
  }
  if (const auto settings = Remembered(known, key)) return *settings;

  KvSettings best;
  double best_seconds = 1e9;
  for (const KvSettings& candidate : kCandidates) {
    REDRAFT_ASSIGN(const double seconds, Probe(model, shape, candidate));
    Log(LogLevel::kInfo, fmt::format("kv probe {}: {}: {:.3f} ms per token in and out", model.id(),
                                     ToString(candidate), 1e3 * seconds));
    if (seconds < best_seconds) {
      best = candidate;
      best_seconds = seconds;
    }
  }
  if (!cache_folder.empty()) {
    known[key] = ToString(best);
    if (const auto written = WriteFileAtomic(file, known.dump(2) + "\n"); !written) {
      Log(LogLevel::kWarn, "kv probe not remembered: " + written.error().message);
    }
  }
  return best;
}

}  // namespace redraft::gguf
