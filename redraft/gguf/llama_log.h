#pragma once

// llama.cpp's log, kept off the terminal: it goes to the maintainer's log, and its errors can be
// caught to be quoted in ours.

#include <string>

namespace redraft::gguf {

/// Starts llama.cpp once per process and takes over its log.
void StartLlama();

/// While it lives, collects what llama.cpp reports as errors on this thread.
class LlamaErrors {
 public:
  LlamaErrors();
  ~LlamaErrors();
  LlamaErrors(const LlamaErrors&) = delete;
  LlamaErrors& operator=(const LlamaErrors&) = delete;
  /// What was reported, on one line, without function names; empty when nothing was.
  std::string text() const;

 private:
  std::string lines_;
  std::string* outer_;
};

}  // namespace redraft::gguf
