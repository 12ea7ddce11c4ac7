#include "redraft/gguf/random_model.h"

#include <ggml.h>
#include <gguf.h>

#include <cmath>

#include "redraft/base/random.h"

namespace redraft::gguf {

Status WriteRandomModel(const RandomModel& m, const std::filesystem::path& path) {
  const std::string vocab = REDRAFT_LLAMA_DIR "/share/ggml-vocab-llama-spm.gguf";
  gguf_context* tokenizer = gguf_init_from_file(vocab.c_str(), {true, nullptr});
  if (tokenizer == nullptr) return Fail(ErrorCode::kFailed, "no tokenizer at " + vocab);
  gguf_context* file = gguf_init_empty();
  gguf_set_kv(file, tokenizer);
  const auto words = static_cast<std::int64_t>(
      gguf_get_arr_n(tokenizer, gguf_find_key(tokenizer, "tokenizer.ggml.tokens")));
  gguf_free(tokenizer);

  gguf_set_val_str(file, "general.architecture", m.architecture.c_str());
  const auto set = [&](const char* key, int value) {
    gguf_set_val_u32(file, (m.architecture + "." + key).c_str(), static_cast<std::uint32_t>(value));
  };
  set("block_count", m.layers);
  set("context_length", m.context);
  set("embedding_length", m.width);
  set("feed_forward_length", m.feed_forward);
  set("attention.head_count", m.heads);
  set("attention.head_count_kv", m.kv_heads);
  set("rope.dimension_count", m.width / m.heads);
  set("vocab_size", static_cast<int>(words));
  gguf_set_val_f32(file, (m.architecture + ".attention.layer_norm_rms_epsilon").c_str(), 1e-5F);

  const std::int64_t width = m.width, kv = m.width / m.heads * m.kv_heads, ff = m.feed_forward;
  ggml_context* tensors = ggml_init({static_cast<std::size_t>(64) << 20, nullptr, false});
  Rng rng(m.seed);
  const auto add = [&](const std::string& name, std::int64_t in, std::int64_t out) {
    ggml_tensor* tensor = out == 0 ? ggml_new_tensor_1d(tensors, GGML_TYPE_F32, in)
                                   : ggml_new_tensor_2d(tensors, GGML_TYPE_F32, in, out);
    ggml_set_name(tensor, name.c_str());
    auto* data = static_cast<float*>(tensor->data);
    const double scale = 1.0 / std::sqrt(static_cast<double>(in));
    for (std::int64_t i = 0; i < ggml_nelements(tensor); ++i) {
      data[i] = out == 0 ? 1.0F : static_cast<float>(scale * (2 * rng.Uniform() - 1));
    }
    gguf_add_tensor(file, tensor);
  };
  add("token_embd.weight", width, words);
  add("output_norm.weight", width, 0);
  for (int layer = 0; layer < m.layers; ++layer) {
    const std::string block = "blk." + std::to_string(layer) + ".";
    add(block + "attn_norm.weight", width, 0);
    add(block + "attn_q.weight", width, width);
    add(block + "attn_k.weight", width, kv);
    add(block + "attn_v.weight", width, kv);
    add(block + "attn_output.weight", width, width);
    add(block + "ffn_norm.weight", width, 0);
    add(block + "ffn_gate.weight", width, ff);
    add(block + "ffn_up.weight", width, ff);
    add(block + "ffn_down.weight", ff, width);
  }
  const bool written = gguf_write_to_file(file, path.c_str(), false);
  ggml_free(tensors);
  gguf_free(file);
  if (!written) return Fail(ErrorCode::kFailed, "cannot write " + path.string());
  return Ok{};
}

}  // namespace redraft::gguf
