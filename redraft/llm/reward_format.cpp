#include "redraft/llm/reward_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "redraft/llm/reply_members.h"

namespace redraft::llm {
namespace {

constexpr double kLeastProbability = 1e-12;

/// The result for the one text that was sent.
const Json& FirstResult(const Json& json) {
  const Json* data = Member(json, "data");
  const Json& list = data != nullptr ? *data : json;
  return list.is_array() && !list.empty() ? list.front() : json;
}

/// A number, or a list of one; of a list of lists the last.
Result<double> OneNumber(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (json.is_array() && !json.empty() && json.back().is_array()) return OneNumber(json.back());
  if (json.is_array() && json.size() == 1) return OneNumber(json.front());
  if (json.is_array() && !json.empty()) {
    return Fail(ErrorCode::kRefused,
                fmt::format("it answered with {} numbers, not with one score: is its model a "
                            "reward model?",
                            json.size()));
  }
  return Fail(ErrorCode::kMalformedReply, "the reply holds no score");
}

Result<double> LogOdds(const Json& probs) {
  std::vector<double> p;
  for (const Json& value : probs) {
    if (!value.is_number()) return Fail(ErrorCode::kMalformedReply, "\"probs\" must be numbers");
    p.push_back(std::clamp(value.get<double>(), kLeastProbability, 1 - kLeastProbability));
  }
  if (p.size() == 1) return std::log(p[0] / (1 - p[0]));
  if (p.size() == 2) return std::log(p[1] / p[0]);
  return Fail(ErrorCode::kRefused,
              fmt::format("it answered with {} classes; a score needs one or two", p.size()));
}

Result<double> ScoreIn(const Json& result) {
  if (const Json* probs = Member(result, "probs"); probs != nullptr && probs->is_array())
    return LogOdds(*probs);
  for (const char* name : {"score", "embedding", "data"}) {
    if (const Json* value = Member(result, name)) return OneNumber(*value);
  }
  return Fail(ErrorCode::kMalformedReply, "the reply holds no score");
}

}  // namespace

std::string ScoreBody(std::string_view url, const std::string& model, const std::string& text) {
  const bool input =
      url.ends_with("/classify") || url.ends_with("/pooling") || url.ends_with("/embeddings");
  Json body = Json::object();
  if (!model.empty()) body["model"] = model;
  body[input ? "input" : "text"] = text;
  return DumpJson(body);
}

Result<core::Reply> ParseScore(const core::Request& request, std::string_view body) {
  REDRAFT_ASSIGN(const Json json, ReplyJson(body));
  core::Reply reply;
  reply.finish = "stop";
  REDRAFT_ASSIGN(reply.score, ScoreIn(FirstResult(json)));
  const Json* model = Member(json, "model");
  if (model != nullptr && model->is_string()) reply.model = model->get<std::string>();
  reply.usage.tokens_in =
      TokenCount(Member(json, "usage"), "prompt_tokens", EstimateTokens(request.text.size()));
  return reply;
}

std::unique_ptr<WireFormat> RewardFormat(std::string url, std::string model) {
  class Format final : public WireFormat {
   public:
    Format(std::string url, std::string model) : url_(std::move(url)), model_(std::move(model)) {}
    bool Answers(core::RequestKind kind) const override {
      return kind == core::RequestKind::kScore;
    }
    std::string Url(core::RequestKind) const override { return url_; }
    std::string ModelsUrl() const override { return ""; }
    std::vector<std::string> Headers(const std::string& key) const override {
      if (key.empty()) return {};
      return {"Authorization: Bearer " + key};
    }
    std::string Body(const core::Request& request, const Dialect&, int) const override {
      return ScoreBody(url_, model_, request.text);
    }
    Result<core::Reply> Parse(const core::Request& request, std::string_view body) const override {
      return ParseScore(request, body);
    }

   private:
    std::string url_, model_;
  };
  return std::make_unique<Format>(std::move(url), std::move(model));
}

}  // namespace redraft::llm
