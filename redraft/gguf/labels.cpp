#include "redraft/gguf/labels.h"

#include <fmt/format.h>

#include <algorithm>

#include "redraft/gguf/logits.h"

namespace redraft::gguf {
namespace {

std::string_view WithoutLeadingSpace(std::string_view text) {
  return text.substr(std::min(text.size(), text.find_first_not_of(" \n\r\t")));
}

}  // namespace

Result<LabelSet> LabelSet::Make(const Model& model, const std::vector<std::string>& labels) {
  if (labels.size() < 2) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("a choice needs at least two labels, not {}", labels.size()));
  }
  LabelSet set;
  set.tokens_.resize(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::string& label = labels[i];
    if (WithoutLeadingSpace(label).size() != label.size() || label.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("label '{}' is empty or starts with white space", label));
    }
    std::vector<Token>& tokens = set.tokens_[i];
    for (Token token = 0; token < model.vocab_size(); ++token) {
      if (WithoutLeadingSpace(model.Piece(token)) == label) tokens.push_back(token);
    }
    for (const char* lead : {"", " ", "\n"}) {
      for (const Token token : model.Tokenize(lead + label)) {
        const std::string_view start = WithoutLeadingSpace(model.Piece(token));
        if (start.empty()) continue;  // the space itself, or the beginning-of-text token
        if (label.starts_with(start)) tokens.push_back(token);
        break;
      }
    }
    std::sort(tokens.begin(), tokens.end());
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      std::vector<Token> both;
      std::set_intersection(set.tokens_[i].begin(), set.tokens_[i].end(), set.tokens_[j].begin(),
                            set.tokens_[j].end(), std::back_inserter(both));
      if (!both.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("labels '{}' and '{}' begin with the same token '{}'; choose labels "
                        "that differ at once, such as single letters",
                        labels[j], labels[i], model.Piece(both.front())));
      }
    }
  }
  return set;
}

std::vector<double> LabelSet::Probabilities(std::span<const float> logits) const {
  const float max = MaxLogit(logits);
  const double total = SumExp(logits, max);
  std::vector<double> result;
  result.reserve(tokens_.size());
  for (const std::vector<Token>& tokens : tokens_) {
    double sum = 0;
    for (const Token token : tokens) sum += ExpOf(logits[static_cast<std::size_t>(token)] - max);
    result.push_back(sum / total);
  }
  return result;
}

}  // namespace redraft::gguf
