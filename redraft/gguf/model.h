#pragma once

// A language model loaded from a GGUF file: its vocabulary, its chat template, its identity.
//
// Threads  everything const may be called from several threads at once; computing with the model is
//          Engine's business.
// Errors   a file that cannot be a model is kConfig: missing, truncated, not GGUF, of an
//          architecture that this llama.cpp does not know. The library's own words are quoted.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/core/request.h"

struct llama_model;
struct llama_vocab;

namespace redraft::gguf {

using Token = std::int32_t;

class Model {
 public:
  /// Cost  1.5B Q4_K_M: about 2 s, mostly rearranging the weights for the CPU's vector units.
  static Result<std::unique_ptr<Model>> Load(const std::filesystem::path& path);
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  /// "<file name without .gguf>@<12 hex digits>": the digits are of the SHA-256 over the file's
  /// size, its first and its last MiB, so that no start reads a whole gigabyte. They tell models
  /// and fine-tunes apart; they are no protection against a forger.
  const std::string& id() const { return id_; }
  const std::filesystem::path& path() const { return path_; }
  /// Tokens the model was trained to see at once.
  int context_length() const { return context_length_; }
  int vocab_size() const { return static_cast<int>(pieces_.size()); }
  int embedding_size() const { return embedding_size_; }
  std::uint64_t parameters() const;
  /// Everything that decides speed, e.g. "llama 30x576 9/3 heads, vocab 49152, Q4_1".
  const std::string& shape() const { return shape_; }
  /// Jinja text; ChatML when the file brings none.
  const std::string& chat_template() const { return chat_template_; }

  /// Tokens of plain text: markup such as "<|im_end|>" in it stays text. Starts with the
  /// beginning-of-text token if the model wants one.
  std::vector<Token> Tokenize(std::string_view text) const;

  /// The messages in the model's own chat template, ready for the assistant's reply. Markup inside
  /// messages stays text. A template that refuses system messages gets them at the head of the
  /// first user message.
  /// Errors: kInvalidArgument when there is no message or the template refuses them.
  Result<std::vector<Token>> TokenizeChat(std::span<const core::Message> messages) const;

  /// The bytes a token stands for; may be a part of a UTF-8 character; empty for control tokens.
  std::string_view Piece(Token token) const { return pieces_[static_cast<std::size_t>(token)]; }
  /// The token with the same letters and no space before them ("owe" for " owe"); -1 when there is
  /// none or `token` starts with no space.
  Token Unspaced(Token token) const { return unspaced_[static_cast<std::size_t>(token)]; }
  /// Tokens that end a reply.
  std::span<const Token> end_tokens() const { return end_tokens_; }
  bool IsEnd(Token token) const;
  /// Tokens that are markup of the template and never part of a reply.
  std::span<const Token> markup_tokens() const { return markup_tokens_; }
  /// Whether a prompt's computed prefix can be copied and cut (not so for recurrent models).
  bool can_share_prefix() const { return can_share_prefix_; }

  llama_model* handle() const { return model_.get(); }
  const llama_vocab* vocab() const { return vocab_; }

 private:
  struct Free {
    void operator()(llama_model* model) const;
  };
  struct ChatTemplate;
  Model();
  std::vector<Token> TokenizeRaw(std::string_view text, bool add_special, bool parse_markup) const;

  std::unique_ptr<llama_model, Free> model_;
  const llama_vocab* vocab_ = nullptr;
  std::filesystem::path path_;
  std::string id_, shape_, chat_template_;
  std::unique_ptr<ChatTemplate> parsed_template_;
  int context_length_ = 0, embedding_size_ = 0;
  bool can_share_prefix_ = true;
  std::vector<std::string> pieces_;
  std::vector<Token> unspaced_;
  std::vector<std::string> markup_texts_;  ///< spellings of control tokens, sought in messages
  std::vector<Token> end_tokens_, markup_tokens_;
};

}  // namespace redraft::gguf
