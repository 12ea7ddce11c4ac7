#include "redraft/gguf/model.h"

#include <fmt/format.h>

#include <gguf.h>
#include <llama.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <unordered_map>

#include "redraft/base/hash.h"
#include "redraft/gguf/llama_log.h"
#include "redraft/gguf/template.h"

namespace redraft::gguf {
namespace {

constexpr std::uint64_t kFingerprintBytes = 1 << 20;

constexpr std::string_view kChatMl =
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

tl::unexpected<Error> Unusable(const std::filesystem::path& path, std::string_view why) {
  return Fail(ErrorCode::kConfig, fmt::format("model file {}: {}", path.string(), why));
}

// Finds what llama.cpp would report badly or late: no file, not GGUF, fewer bytes than announced.
Status CheckFile(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    return Unusable(path, "does not exist; fetch it with `redraft models pull`, or check the path");
  }
  if (!std::filesystem::is_regular_file(status)) return Unusable(path, "is not a file");
  const std::uint64_t size = std::filesystem::file_size(path, error);
  char magic[4] = {};
  std::ifstream file(path, std::ios::binary);
  if (!file) return Unusable(path, "cannot be read; check its permissions");
  file.read(magic, sizeof magic);
  if (size < sizeof magic || std::memcmp(magic, "GGUF", sizeof magic) != 0) {
    return Unusable(path, "is not a GGUF file; give a model in GGUF format");
  }

  const LlamaErrors errors;
  const std::unique_ptr<gguf_context, void (*)(gguf_context*)> header(
      gguf_init_from_file(path.c_str(), {/*no_alloc=*/true, /*ctx=*/nullptr}), gguf_free);
  if (!header) {
    return Unusable(
        path, fmt::format("its header is broken or cut off ({}); fetch it again", errors.text()));
  }
  std::uint64_t needed = gguf_get_data_offset(header.get());
  for (std::int64_t i = 0; i < gguf_get_n_tensors(header.get()); ++i) {
    needed = std::max<std::uint64_t>(needed, gguf_get_data_offset(header.get()) +
                                                 gguf_get_tensor_offset(header.get(), i) +
                                                 gguf_get_tensor_size(header.get(), i));
  }
  if (size < needed) {
    return Unusable(
        path, fmt::format("is truncated: it holds {} of at least {} bytes; fetch it again", size,
                          needed));
  }
  return Ok{};
}

std::string Fingerprint(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::uint64_t size = std::filesystem::file_size(path);
  Sha256 digest;
  digest.Update(std::to_string(size) + "\n");
  std::string buffer(std::min(size, kFingerprintBytes), '\0');
  file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  digest.Update(buffer);
  file.seekg(static_cast<std::streamoff>(size - buffer.size()));
  file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  digest.Update(buffer);
  return digest.Hex().substr(0, 12);
}

std::string Metadata(const llama_model* model, const char* key) {
  char buffer[256];
  return llama_model_meta_val_str(model, key, buffer, sizeof buffer) < 0 ? "" : buffer;
}

/// For each token the one with the same piece but for a leading space, or -1.
std::vector<Token> UnspacedTwins(const std::vector<std::string>& pieces) {
  std::unordered_map<std::string_view, Token> by_piece;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    by_piece.emplace(pieces[i], static_cast<Token>(i));
  }
  std::vector<Token> twins(pieces.size(), -1);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].size() < 2 || pieces[i].front() != ' ') continue;
    const auto twin = by_piece.find(std::string_view(pieces[i]).substr(1));
    if (twin != by_piece.end()) twins[i] = twin->second;
  }
  return twins;
}

}  // namespace

struct Model::ChatTemplate {
  Template jinja;
};

void Model::Free::operator()(llama_model* model) const { llama_model_free(model); }
Model::Model() = default;
Model::~Model() = default;

Result<std::unique_ptr<Model>> Model::Load(const std::filesystem::path& path) {
  StartLlama();
  REDRAFT_RETURN_IF_ERROR(CheckFile(path));
  std::unique_ptr<Model> model(new Model);
  {
    const LlamaErrors errors;
    model->model_.reset(llama_model_load_from_file(path.c_str(), llama_model_default_params()));
    if (!model->model_) return Unusable(path, "llama.cpp cannot load it: " + errors.text());
  }
  llama_model* handle = model->model_.get();
  if (!llama_model_has_decoder(handle) || llama_model_has_encoder(handle)) {
    return Unusable(path, "is not a text-generating (decoder-only) model");
  }
  model->path_ = path;
  model->id_ = path.stem().string() + "@" + Fingerprint(path);
  model->vocab_ = llama_model_get_vocab(handle);
  model->context_length_ = llama_model_n_ctx_train(handle);
  model->embedding_size_ = llama_model_n_embd(handle);
  model->can_share_prefix_ = !llama_model_is_recurrent(handle) && !llama_model_is_hybrid(handle);
  model->shape_ =
      fmt::format("{} {}x{} {}/{} heads, vocab {}, {}", Metadata(handle, "general.architecture"),
                  llama_model_n_layer(handle), model->embedding_size_, llama_model_n_head(handle),
                  llama_model_n_head_kv(handle), llama_vocab_n_tokens(model->vocab_),
                  llama_ftype_name(llama_model_ftype(handle)));

  const int vocab_size = llama_vocab_n_tokens(model->vocab_);
  if (vocab_size <= 0) return Unusable(path, "has no vocabulary");
  model->pieces_.resize(static_cast<std::size_t>(vocab_size));
  for (Token token = 0; token < vocab_size; ++token) {
    char buffer[512];
    const int length = llama_token_to_piece(model->vocab_, token, buffer, sizeof buffer, 0, false);
    if (length > 0) {
      model->pieces_[static_cast<std::size_t>(token)].assign(buffer,
                                                             static_cast<std::size_t>(length));
    }
    if (llama_vocab_is_eog(model->vocab_, token)) {
      model->end_tokens_.push_back(token);
    } else if (llama_vocab_is_control(model->vocab_, token)) {
      model->markup_tokens_.push_back(token);
    } else {
      continue;
    }
    model->markup_texts_.emplace_back(llama_vocab_get_text(model->vocab_, token));
  }
  model->unspaced_ = UnspacedTwins(model->pieces_);

  const char* own_template = llama_model_chat_template(handle, nullptr);
  model->chat_template_ = own_template != nullptr ? own_template : std::string(kChatMl);
  auto parsed = Template::Parse(model->chat_template_, Undefined::kEmpty);
  if (!parsed) return Unusable(path, "its chat template: " + parsed.error().message);
  model->parsed_template_ = std::make_unique<ChatTemplate>(ChatTemplate{std::move(*parsed)});
  return model;
}

std::uint64_t Model::parameters() const { return llama_model_n_params(model_.get()); }

bool Model::IsEnd(Token token) const {
  return std::find(end_tokens_.begin(), end_tokens_.end(), token) != end_tokens_.end();
}

std::vector<Token> Model::TokenizeRaw(std::string_view text, bool add_special,
                                      bool parse_markup) const {
  std::vector<Token> tokens(text.size() + 2);
  const int count =
      llama_tokenize(vocab_, text.data(), static_cast<std::int32_t>(text.size()), tokens.data(),
                     static_cast<std::int32_t>(tokens.size()), add_special, parse_markup);
  if (count < 0) {  // more tokens than bytes: vocabularies with several tokens per byte
    tokens.resize(static_cast<std::size_t>(-count));
    llama_tokenize(vocab_, text.data(), static_cast<std::int32_t>(text.size()), tokens.data(),
                   -count, add_special, parse_markup);
  } else {
    tokens.resize(static_cast<std::size_t>(count));
  }
  return tokens;
}

std::vector<Token> Model::Tokenize(std::string_view text) const {
  return TokenizeRaw(text, /*add_special=*/true, /*parse_markup=*/false);
}

Result<std::vector<Token>> Model::TokenizeChat(std::span<const core::Message> messages) const {
  if (messages.empty())
    return Fail(ErrorCode::kInvalidArgument, "a chat needs at least one message");
  const auto text_of = [this](Token token) {
    return token < 0 ? std::string() : std::string(llama_vocab_get_text(vocab_, token));
  };
  const std::string bos = text_of(llama_vocab_bos(vocab_));
  const Json markup = {{"bos_token", bos}, {"eos_token", text_of(llama_vocab_eos(vocab_))}};
  const auto render = [&](std::span<const core::Message> given) {
    Json values = {
        {"messages", Json::array()}, {"add_generation_prompt", true}, {"enable_thinking", false}};
    for (const core::Message& message : given) {
      values["messages"].push_back({{"role", message.role}, {"content", message.content}});
    }
    return parsed_template_->jinja.Render(values, markup);
  };

  auto parts = render(messages);
  if (!parts && messages.size() > 1 && messages[0].role == "system") {
    std::vector<core::Message> merged(messages.begin() + 1, messages.end());
    merged[0].content = messages[0].content + "\n\n" + merged[0].content;
    parts = render(merged);
  }
  if (!parts) return Fail(std::move(parts).error().Within("chat template of " + id_));

  const auto holds_markup = [&](const TextPart& part) {
    const auto in_part = [&](const std::string& text) { return part.text.find(text) != text.npos; };
    return part.from_values && std::any_of(markup_texts_.begin(), markup_texts_.end(), in_part);
  };
  const bool adds_bos = llama_vocab_get_add_bos(vocab_);
  if (adds_bos && !parts->empty() && !bos.empty() && parts->front().text.starts_with(bos)) {
    parts->front().text.erase(0, bos.size());
  }
  // One call for the whole prompt, because tokens may span parts; part by part only when a message
  // holds markup that must not act.
  const bool careful = std::any_of(parts->begin(), parts->end(), holds_markup);
  std::string whole;
  for (const TextPart& part : *parts) whole += part.text;
  if (!careful) return TokenizeRaw(whole, adds_bos, /*parse_markup=*/true);

  std::vector<Token> tokens;
  bool first = true;
  for (const TextPart& part : *parts) {
    const auto more = TokenizeRaw(part.text, first && adds_bos, !holds_markup(part));
    tokens.insert(tokens.end(), more.begin(), more.end());
    first = false;
  }
  return tokens;
}

}  // namespace redraft::gguf
