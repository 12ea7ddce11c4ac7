#pragma once

// Draws the next token of one reply.
//
// Order    repetition penalty and DRY change logits; then top-k, top-p and min-p choose which
// tokens
//          stay, by the model's own probabilities; then the temperature shapes what stays; then one
//          uniform number draws. (Truncating before the temperature is llama.cpp's order: a high
//          temperature does not let the tail in.)
// Exact    top-k keeps the k most likely tokens, top-p the smallest set of most likely tokens with
// at
//          least that mass of the whole vocabulary (after top-k: of what top-k kept), min-p those
//          with at least that share of the best token's probability. The best token always stays.
// Penalty  repetition: logits of tokens that the reply holds are divided (multiplied when
// negative),
//          once per distinct token. DRY (p-e-w, llama.cpp's values): a token that would extend a
//          repeated run of n >= 2 tokens of the reply loses multiplier * 1.75^(n-2); newlines, ":",
//          quotes and "*" break runs. The prompt is not counted (an edit has to quote it) unless it
//          is given to Remember, which keeps a variant from handing its parent back.
// Seed     one uniform number per drawn token, from a stream of the request's seed: what else is in
//          the batch does not matter.
// Cost     greedy 5 us, top-k 40 about 10 us, no truncation about 40 us per 50,000 tokens.
// Threads  one sampler per reply; different samplers may run at once.

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "redraft/base/random.h"
#include "redraft/core/request.h"
#include "redraft/gguf/logits.h"

namespace redraft::gguf {

class TokenSampler {
 public:
  /// What DRY must know of the vocabulary.
  struct Spelling {
    std::function<bool(std::int32_t)> breaks_run;  ///< whether a token ends the runs DRY looks for
    /// The token without its leading space, or -1: it is penalised alike, or words would be glued
    /// together to escape.
    std::function<std::int32_t(std::int32_t)> unspaced;
  };

  TokenSampler(const core::Sampling& sampling, std::uint64_t seed, Spelling spelling);

  /// The next token. Changes `logits` (penalties); a token at -infinity is never drawn while any
  /// other is left.
  std::int32_t Draw(std::span<float> logits);

  /// As Draw, from a given choice of candidates (a grammar's), which is emptied.
  std::int32_t DrawFrom(std::vector<Candidate>* candidates);

  /// Changes the logits of tokens that would repeat the reply.
  void Penalise(std::span<float> logits);

  /// Counts `tokens` as text whose runs DRY keeps from being repeated, without their being a part
  /// of the reply; runs of it are penalised from 6 tokens on, not from 2. Before the first Accept.
  void Remember(std::span<const std::int32_t> tokens);

  /// A uniform number in [0, 1) of the same stream.
  double Uniform() { return rng_.Uniform(); }

  /// Records that `token` became a part of the reply.
  void Accept(std::int32_t token);

  bool greedy() const { return sampling_.temperature <= 0.0; }

 private:
  void PenaliseRuns(std::span<float> logits);
  std::int32_t DrawKept(double total_mass);

  core::Sampling sampling_;
  Rng rng_;
  Spelling spelling_;
  std::vector<std::int32_t> runs_;      ///< what DRY looks at: remembered text, then the reply
  int remembered_ = 0;                  ///< tokens of runs_ that were remembered
  std::vector<std::int32_t> distinct_;  ///< tokens of the reply, each once
  std::unordered_map<std::int32_t, int> counts_;
  std::vector<Candidate> kept_;  ///< buffer of Draw
  std::vector<int> repeated_;    ///< buffer of PenaliseRuns
};

}  // namespace redraft::gguf
