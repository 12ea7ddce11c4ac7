#pragma once

// One unit of model work and its answer, as plain values: what is asked (Request), what came back
// (Reply), and the key under which the ledger remembers the pair.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/json.h"

namespace redraft::core {

/// Who asks; decides accounting (`calls` in the done event) and the X-Redraft-Role header.
enum class Role { kDraft, kJudge, kVariant, kRepair, kEdit, kCheck, kProbe };
const char* ToString(Role role);
Result<Role> ParseRole(std::string_view name);

enum class RequestKind {
  kChat,           ///< messages in, text out
  kLabels,         ///< messages in, probability of each label as the start of the reply out
  kLogLikelihood,  ///< `text` in, log-probability of each of its tokens out
  kEmbedding,      ///< `text` in, one vector out (mean-pooled last hidden state)
  kScore,          ///< `text` in, one number out (a reward model's)
};
const char* ToString(RequestKind kind);

struct Message {
  std::string role;  ///< "system", "user" or "assistant"
  std::string content;
  /// So many first bytes of `content` stand in many requests of a run: where a server's prompt
  /// cache may end. Not part of the key; 0: unknown.
  std::size_t shared_bytes = 0;
  bool operator==(const Message& other) const {
    return role == other.role && content == other.content;
  }
};

struct Sampling {
  double temperature = 1.0;         ///< >= 0; 0 is greedy
  double top_p = 1.0;               ///< in (0, 1]
  double min_p = 0.0;               ///< in [0, 1): least probability relative to the best token
  int top_k = 0;                    ///< 0: off
  double repetition_penalty = 1.0;  ///< >= 1; divides positive logits of tokens already written
  double dry_multiplier = 0.0;      ///< DRY (p-e-w, 2024): 0 is off; 0.8 is usual
  bool dry_prompt = false;          ///< DRY also acts on runs taken from the messages
  bool operator==(const Sampling&) const = default;
};

/// Bounds on the length of a reply in words, kept by the sampler of the embedded engine: from
/// `target_words` on, sentence ends raise the chance to stop; at `max_words` the reply is cut
/// after its last whole sentence. Endpoints that cannot do this ignore it.
struct LengthControl {
  int min_words = 0;  ///< no end of text before this many words; 0: free
  int target_words = 0;
  int max_words = 0;
  bool operator==(const LengthControl&) const = default;
};

struct Request {
  RequestKind kind = RequestKind::kChat;
  Role role = Role::kDraft;
  std::string model;                ///< what the answer depends on: endpoint model name or GGUF id
  std::vector<Message> messages;    ///< kChat, kLabels
  std::string text;                 ///< kLogLikelihood, kEmbedding, kScore
  std::vector<std::string> labels;  ///< kLabels: e.g. {"A", "B"}
  Sampling sampling;
  int max_tokens = 0;             ///< > 0 for kChat
  std::vector<std::string> stop;  ///< the reply ends before any of these
  std::string grammar;            ///< GBNF; empty: free text
  Json schema;                    ///< JSON schema of the reply; null: free text
  std::optional<LengthControl> length;
  std::uint64_t seed = 0;
  int replicate = 0;  ///< tells apart equal requests that want separate answers

  // Not part of the key:
  std::string first, second;  ///< judge calls: ids of the drafts in the order shown
  std::string key;            ///< RequestKey of the rest, where the client has planned it
};

/// Everything the answer depends on, with fixed key order (hash input, and what the ledger stores).
Json ToJson(const Request& request);

/// Reads ToJson's output back (`first`, `second` are restored by the ledger's own columns).
/// Errors: kInvalidArgument.
Result<Request> RequestFromJson(const Json& json);

/// ToJson's text: what a key is the hash of, and what the ledger stores.
std::string CanonicalJson(const Request& request);

/// SHA-256 (hex) of CanonicalJson: a pure function of the request and its replicate number; the
/// same in every run and resume.
std::string RequestKey(const Request& request);

/// Whether two requests differ in nothing but seed and replicate (and what is not part of the key).
bool SamePrompt(const Request& a, const Request& b);

/// SHA-256 (hex) of the messages or the text alone: names a prompt in logs and records.
std::string PromptHash(const Request& request);

/// What calls consumed. Adds up.
struct Usage {
  std::int64_t tokens_in = 0;
  std::int64_t tokens_out = 0;
  double cost = 0.0;               ///< in the currency of the price table; 0 for embedded models
  std::int64_t tokens_cached = 0;  ///< of tokens_in: read from the server's prompt cache
  std::int64_t tokens_cache_written = 0;  ///< of tokens_in: written to it
  Usage& operator+=(const Usage& other);
};

struct Reply {
  std::string text;              ///< kChat: without stop string; kLabels: the likeliest label
  std::string finish;            ///< "stop", "length", or what the endpoint said
  std::vector<double> probs;     ///< kLabels: one per label, share of all mass (sum = mass <= 1)
  std::vector<double> logprobs;  ///< kLogLikelihood: natural log per token; first token is 0
  std::vector<float> embedding;  ///< kEmbedding
  std::optional<double> score;   ///< kScore
  Usage usage;
  double latency_s = 0.0;
  std::string model;  ///< as the endpoint names it
};

Json ToJson(const Reply& reply);
Result<Reply> ReplyFromJson(const Json& json);

}  // namespace redraft::core
