#pragma once

// One reply while it is being written: sampling, grammar, stop strings, limits.
//
// Threads  one Generation is used by one thread at a time; different ones may step at once.

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "redraft/core/request.h"
#include "redraft/gguf/length_control.h"
#include "redraft/gguf/model.h"
#include "redraft/gguf/sampler.h"

struct llama_sampler;

namespace redraft::gguf {

class Generation {
 public:
  /// Errors: kInvalidArgument naming the value that is out of range, or what is wrong with the
  /// grammar or the schema.
  static Result<Generation> Start(const Model& model, const core::Request& request);
  ~Generation();
  Generation(Generation&&) noexcept;
  Generation& operator=(Generation&&) = delete;

  /// Takes the logits that follow the text so far (and changes them) and draws a token. False when
  /// the reply is complete; otherwise `token()` is to be computed next.
  bool Step(std::span<float> logits);

  Token token() const { return token_; }
  int tokens() const { return tokens_; }
  /// "stop": the model, a stop string or the length controller ended it; "length": a limit did.
  const std::string& finish() const { return finish_; }
  /// The reply without stop string and without an incomplete last character.
  const std::string& text() const { return text_; }

 private:
  struct FreeSampler {
    void operator()(llama_sampler* sampler) const;
  };
  Generation(const Model& model, const core::Request& request);
  Token DrawByGrammar(std::span<float> logits);
  bool Finish(const char* why);
  bool FinishAtLimit();

  const Model& model_;
  TokenSampler sampler_;
  std::unique_ptr<llama_sampler, FreeSampler> grammar_;
  std::optional<LengthController> length_;
  std::vector<std::string> stop_;
  int max_tokens_;
  std::string text_, finish_;
  Token token_ = 0;
  int tokens_ = 0;
  std::vector<Candidate> candidates_;  ///< buffer of DrawByGrammar
};

}  // namespace redraft::gguf
