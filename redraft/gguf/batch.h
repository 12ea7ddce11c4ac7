#pragma once

// The tokens of one call of llama_decode. Includes llama.h: for this module's sources only.

#include <llama.h>

#include "redraft/gguf/model.h"

namespace redraft::gguf {

/// ggml computes rows of a batch in groups of four; rows that are left over take another path, with
/// other rounding. Batches that are always filled up to whole groups give every token the same
/// result whatever it is computed together with (measured: bit for bit, with the cache types of
/// kv_settings.h).
inline constexpr int kRowGroup = 4;

/// `count` rounded up to whole groups.
constexpr int WholeGroups(int count) { return (count + kRowGroup - 1) / kRowGroup * kRowGroup; }

class Batch {
 public:
  explicit Batch(int capacity) : raw_(llama_batch_init(capacity, 0, 1)), capacity_(capacity) {
    raw_.n_tokens = 0;
  }
  ~Batch() { llama_batch_free(raw_); }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  void Clear() { raw_.n_tokens = 0; }
  int size() const { return raw_.n_tokens; }
  int room() const { return capacity_ - raw_.n_tokens; }

  /// Returns the token's index, under which its logits are found. Needs room().
  int Add(Token token, int position, int sequence, bool output) {
    const int i = raw_.n_tokens++;
    raw_.token[i] = token;
    raw_.pos[i] = position;
    raw_.n_seq_id[i] = 1;
    raw_.seq_id[i][0] = sequence;
    raw_.logits[i] = output ? 1 : 0;
    return i;
  }

  const llama_batch& raw() const { return raw_; }

 private:
  llama_batch raw_;
  int capacity_;
};

}  // namespace redraft::gguf
