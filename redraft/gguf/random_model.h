#pragma once

// For tests: writes small GGUF models with random weights and the tokenizer of a real one.

#include <filesystem>
#include <string>

#include "redraft/base/result.h"

namespace redraft::gguf {

struct RandomModel {
  std::string architecture = "llama";
  int layers = 2, width = 64, heads = 4, kv_heads = 2, feed_forward = 96, context = 512;
  std::uint64_t seed = 1;
};

/// Writes the model to `path`. Errors: kFailed.
Status WriteRandomModel(const RandomModel& model, const std::filesystem::path& path);

}  // namespace redraft::gguf
