#include "redraft/gguf/generation.h"

#include <fmt/format.h>
#include <json-schema-to-grammar.h>
#include <llama.h>

#include <algorithm>
#include <limits>

#include "redraft/base/file.h"

namespace redraft::gguf {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();
// With a grammar the most likely tokens are tried first; the whole vocabulary only when none fits.
constexpr std::size_t kGrammarCandidates = 256;

tl::unexpected<Error> OutOfRange(const char* name, double value, const char* range) {
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("{} is {}; it must be {}", name, value, range));
}

Status CheckSampling(const core::Sampling& s) {
  if (!(s.temperature >= 0)) return OutOfRange("temperature", s.temperature, "at least 0");
  if (!(s.top_p > 0 && s.top_p <= 1)) return OutOfRange("top_p", s.top_p, "in (0, 1]");
  if (!(s.min_p >= 0 && s.min_p < 1)) return OutOfRange("min_p", s.min_p, "in [0, 1)");
  if (s.top_k < 0) return OutOfRange("top_k", s.top_k, "at least 0");
  if (!(s.repetition_penalty >= 1)) {
    return OutOfRange("repetition_penalty", s.repetition_penalty, "at least 1");
  }
  if (!(s.dry_multiplier >= 0)) {
    return OutOfRange("dry_multiplier", s.dry_multiplier, "at least 0");
  }
  return Ok{};
}

// A negative word count, or bounds that exclude each other, is a mistake worth hearing about.
Status CheckLength(const core::LengthControl& length) {
  if (length.min_words < 0 || length.target_words < 0 || length.max_words < 0 ||
      (length.max_words > 0 &&
       std::max(length.min_words, length.target_words) > length.max_words)) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("length limits {} / {} / {} words (least / target / most) contradict "
                            "each other",
                            length.min_words, length.target_words, length.max_words));
  }
  return Ok{};
}

Result<std::string> GrammarOf(const core::Request& request) {
  if (request.schema.is_null()) return request.grammar;
  if (!request.grammar.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "a request has a grammar or a schema, not both");
  }
  try {
    return json_schema_to_grammar(common_json::parse(DumpJson(request.schema)));
  } catch (const std::exception& e) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("JSON schema: {}", e.what()));
  }
}

bool BreaksRun(std::string_view piece) {
  return piece.find_first_of("\n:\"*") != std::string_view::npos;
}

}  // namespace

void Generation::FreeSampler::operator()(llama_sampler* sampler) const {
  llama_sampler_free(sampler);
}

Generation::Generation(const Model& model, const core::Request& request)
    : model_(model),
      sampler_(request.sampling, request.seed,
               {.breaks_run = [&model](Token token) { return BreaksRun(model.Piece(token)); },
                .unspaced = [&model](Token token) { return model.Unspaced(token); }}),
      stop_(request.stop),
      max_tokens_(request.max_tokens) {
  if (request.length) length_.emplace(*request.length);
  if (request.sampling.dry_prompt) {
    for (const core::Message& message : request.messages) {
      sampler_.Remember(model.Tokenize(message.content));
    }
  }
  std::erase(stop_, std::string());
}
Generation::~Generation() = default;
Generation::Generation(Generation&&) noexcept = default;

Result<Generation> Generation::Start(const Model& model, const core::Request& request) {
  REDRAFT_RETURN_IF_ERROR(CheckSampling(request.sampling));
  if (request.length) REDRAFT_RETURN_IF_ERROR(CheckLength(*request.length));
  if (request.max_tokens <= 0) return OutOfRange("max_tokens", request.max_tokens, "at least 1");
  REDRAFT_ASSIGN(const std::string grammar, GrammarOf(request));
  Generation generation(model, request);
  if (!grammar.empty()) {
    generation.grammar_.reset(llama_sampler_init_grammar(model.vocab(), grammar.c_str(), "root"));
    if (!generation.grammar_) {
      return Fail(ErrorCode::kInvalidArgument,
                  "the grammar is no GBNF with a rule 'root': " + grammar.substr(0, 60));
    }
  }
  return generation;
}

bool Generation::Step(std::span<float> logits) {
  for (const Token token : model_.markup_tokens()) logits[static_cast<std::size_t>(token)] = kNever;
  if (length_ && !length_->MayEnd()) {
    for (const Token token : model_.end_tokens()) logits[static_cast<std::size_t>(token)] = kNever;
  }
  if (length_ && !grammar_) {
    const double chance = length_->EndChance();
    if (chance > 0 && (sampler_.greedy() ? chance >= 0.5 : sampler_.Uniform() < chance)) {
      return Finish("stop");
    }
  }
  token_ = grammar_ ? DrawByGrammar(logits) : sampler_.Draw(logits);
  if (model_.IsEnd(token_)) return Finish("stop");

  sampler_.Accept(token_);
  if (grammar_) llama_sampler_accept(grammar_.get(), token_);
  ++tokens_;
  const std::string_view piece = model_.Piece(token_);
  text_ += piece;
  for (const std::string& stop : stop_) {
    const std::size_t seen = piece.size() + stop.size();
    if (const auto at = text_.find(stop, text_.size() - std::min(text_.size(), seen));
        at != std::string::npos) {
      text_.resize(at);
      return Finish("stop");
    }
  }
  if (length_) {
    length_->Append(piece);
    if (length_->Over()) return FinishAtLimit();
  }
  if (tokens_ >= max_tokens_) return FinishAtLimit();
  return true;
}

Token Generation::DrawByGrammar(std::span<float> logits) {
  sampler_.Penalise(logits);
  std::vector<llama_token_data> data;
  for (const std::size_t count : {std::min(kGrammarCandidates, logits.size()), logits.size()}) {
    CollectTop(logits, count, &candidates_);
    data.clear();
    for (const Candidate& c : candidates_) {
      if (c.logit > kNever) data.push_back({c.token, c.logit, 0.0F});
    }
    llama_token_data_array array = {data.data(), data.size(), -1, false};
    llama_sampler_apply(grammar_.get(), &array);
    candidates_.clear();
    for (std::size_t i = 0; i < array.size; ++i) {
      if (data[i].logit > kNever) candidates_.push_back({data[i].id, data[i].logit});
    }
    if (!candidates_.empty()) return sampler_.DrawFrom(&candidates_);
  }
  return model_.end_tokens().empty() ? 0 : model_.end_tokens().front();  // nothing can follow
}

bool Generation::Finish(const char* why) {
  finish_ = why;
  // A character that was cut by a limit is no character. Inside, a model that draws freely may put
  // pieces of characters together that make none.
  const std::size_t bad = FirstInvalidUtf8(text_);
  if (bad == std::string::npos) return false;
  if (text_.size() - bad < 4) text_.resize(bad);
  text_ = ReplaceInvalidUtf8(text_);
  return false;
}

bool Generation::FinishAtLimit() {
  if (!length_) return Finish("length");
  const LengthController::Cut cut = length_->CutHere(text_);
  text_.resize(std::min(text_.size(), cut.bytes));
  return Finish(cut.whole_sentences ? "stop" : "length");
}

}  // namespace redraft::gguf
