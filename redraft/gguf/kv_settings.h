#pragma once

// How the key/value cache is stored and read, and which way is fastest on this CPU. No rule
// predicts it: on a CPU without vector conversions for a type that type is up to three times
// slower.
//
// Exact  With BF16 or Q8_0 and flash attention a token's result does not depend on what it is
// computed
//        together with (batch.h): the same request gives the same bytes alone and in any batch. F16
//        reads long prompts by another path with other rounding (logits differ by up to 1.5), and
//        without flash attention single tokens do: those can be asked for, the probe does not
//        choose them.

#include <filesystem>
#include <memory>
#include <string>

#include "redraft/gguf/model.h"

struct llama_context;

namespace redraft::gguf {

enum class KvType { kF16, kBf16, kQ8_0 };

struct KvSettings {
  KvType type = KvType::kBf16;
  bool flash_attention = true;  ///< needed for kQ8_0
  bool operator==(const KvSettings&) const = default;
};

/// E.g. "bf16, flash attention".
std::string ToString(const KvSettings& settings);

/// What an engine or a probe needs of llama.cpp.
struct ContextShape {
  int sequences = 16;  ///< each in a stream of its own
  int context = 4096;  ///< tokens per sequence
  int batch = 512;     ///< most tokens computed at once
  int outputs = 128;   ///< most rows of logits at once
  int threads = 1;
};

struct FreeContext {
  void operator()(llama_context* context) const;
};
using ContextPtr = std::unique_ptr<llama_context, FreeContext>;

/// Errors: kFailed when there is not enough memory, with the size of the cache.
Result<ContextPtr> MakeContext(const Model& model, const ContextShape& shape,
                               const KvSettings& settings);

/// Of the exact settings those with the least time for a reply of as many new prompt tokens as
/// written tokens, `shape.sequences` at a time at a depth of 256 tokens. Remembered in
/// `cache_folder`/kv.json per CPU, model shape, sequences and threads; not remembered when the
/// folder is empty. Cost    135M 3 s, 1.5B 15 s on two cores; nothing when remembered. Errors
/// kFailed when a probe cannot compute. A cache file that is broken or cannot be written is
///         ignored.
Result<KvSettings> FastestKvSettings(const Model& model, const ContextShape& shape,
                                     const std::filesystem::path& cache_folder);

}  // namespace redraft::gguf
