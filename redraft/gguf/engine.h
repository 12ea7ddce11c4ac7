#pragma once

// Computes requests with one embedded model: one thread, up to 16 sequences at once, every shared
// prompt prefix once.
//
// Batching  Sequences join and leave the batch whenever they like. Prompts are computed before the
//           replies go on (up to 512 tokens at a time), so that replies are always written by as
//           many sequences as there are.
// Prefixes  Each sequence has a cache stream of its own (decoding reads only its own tokens). A
// request
//           takes over the longest prefix that any stream holds, finished replies included: in
//           place or by copying the stream. A request whose prompt shares more with one that is
//           just being computed than with anything that is computed waits for it.
// Kinds     chat: template, sampling, stop strings, grammar, length control (generation.h).
//           labels: first-token probabilities (labels.h); `text` is the likeliest label.
//           log-likelihood: natural log per token of `text` as the model cuts it; the first is 0.
//           embedding: mean over the tokens of `text` of the last hidden state. Both of one text,
//           asked for in succession, cost one computation.
// Same text The same request gives the same bytes whatever else is in the batch, whatever was
// computed
//           before, and with any number of threads, on the same CPU model with the same cache
//           settings (kv_settings.h). Groups of four rows are filled up to that end (batch.h).
// Threads   Submit, Cancel and stats may be called from any thread. Callbacks run on the engine
// thread:
//           keep them short; they may call Submit and Cancel, never destroy the engine.
// Cost      memory: the model plus 2 * layers * kv width * context * sequences cache entries (1.5B,
// 16
//           sequences of 4,096 tokens: 1.9 GB in F16, 1.0 GB in Q8_0).

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "redraft/core/request.h"
#include "redraft/gguf/kv_settings.h"
#include "redraft/gguf/model.h"

namespace redraft::gguf {

struct EngineOptions {
  int sequences = 16;  ///< 1 to 64
  int context =
      4096;  ///< tokens per sequence, prompt and reply; at most what the model was trained on
  int threads = 0;                     ///< 0: AvailableCores
  std::filesystem::path cache_folder;  ///< where the KV probe's result is kept; empty: nowhere
  std::optional<KvSettings> kv;        ///< set: no probe
};

/// What an engine did since it was started.
struct EngineStats {
  std::int64_t requests = 0;         ///< answered, errors included
  std::int64_t prompt_tokens = 0;    ///< asked for
  std::int64_t computed_tokens = 0;  ///< of those, computed; the rest was taken over from streams
  std::int64_t reply_tokens = 0;     ///< written
  std::int64_t steps = 0;            ///< batches computed for replies
};

class Engine {
 public:
  using Done = std::function<void(Result<core::Reply>)>;

  /// Errors: kInvalidArgument for options out of range; kFailed when memory is short.
  static Result<std::unique_ptr<Engine>> Start(std::shared_ptr<const Model> model,
                                               const EngineOptions& options);
  /// Answers what is left with kCancelled and waits for the engine thread.
  ~Engine();

  /// Queues a request; `done` is called exactly once.
  /// Errors (through `done`): kInvalidArgument for values out of range, a bad grammar, or a context
  /// too small (naming prompt, reply and context tokens; nothing has been computed then);
  /// kCancelled; kFailed when llama.cpp cannot compute.
  void Submit(core::Request request, Done done);

  /// Answers everything that was submitted so far with kCancelled, also in the middle of a
  /// computation. The engine stays usable.
  void Cancel();

  EngineStats stats() const;
  const Model& model() const;
  /// Tokens per sequence, prompt and reply together.
  int context() const;
  const KvSettings& kv() const;

 private:
  class Worker;
  explicit Engine(std::unique_ptr<Worker> worker);
  std::unique_ptr<Worker> worker_;
};

}  // namespace redraft::gguf
