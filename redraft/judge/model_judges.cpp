#include "redraft/judge/model_judges.h"

#include <array>
#include <cmath>

#include "redraft/base/hash.h"
#include "redraft/judge/verdict_parser.h"
#include "redraft/llm/prompt.h"

namespace redraft::judge {
namespace {

void SetLogit(core::Verdict& verdict, double logit) {
  verdict.logit = logit;
  verdict.p_a = core::Probability(logit);
}

core::Request RequestFor(const Bout& bout, const std::string& model) {
  core::Request request;
  request.role = bout.role;
  request.model = model;
  request.replicate = bout.replicate;
  request.first = bout.first.id;
  request.second = bout.second.id;
  return request;
}

constexpr std::array kTextTags = {"</text_a>", "</text_b>", "<text_a>", "<text_b>"};
constexpr std::array kShotTags = {"</example>", "<example>"};
constexpr int kLineTokens = 16;  // of a verdict line

/// A text that contains a closing tag could end its own quotation: break the tag.
std::string Quoted(std::string text, std::span<const char* const> tags = kTextTags) {
  for (const std::string_view tag : tags) {
    for (auto at = text.find(tag); at != std::string::npos; at = text.find(tag, at)) {
      text.insert(at + 1, " ");
    }
  }
  return text;
}

const char* PromptOf(AnswerForm form) {
  switch (form) {
    case AnswerForm::kLabel:
      return "judge/label";
    case AnswerForm::kLine:
      return "judge/line";
    case AnswerForm::kVerdict:
      break;
  }
  return "judge/verdict";
}

/// The block of shots, or nothing. Errors: as llm::RenderPrompt.
Result<std::string> ShotBlock(const LlmJudgeOptions& options) {
  if (options.shots.empty()) return std::string();
  const auto quoted = [](const std::string& text) { return Quoted(Quoted(text), kShotTags); };
  const bool label = options.form == AnswerForm::kLabel;
  Json shots = Json::array();
  for (const Shot& shot : options.shots) {
    const bool reasons = options.form == AnswerForm::kVerdict;
    shots.push_back(
        {{"first", quoted(shot.first)},
         {"second", quoted(shot.second)},
         {"brief", quoted(shot.brief)},
         {"reasons", reasons ? quoted(shot.reasons) : ""},
         {"answer", std::string(label ? "" : "WINNER: ") + (shot.first_better ? "A" : "B")}});
  }
  REDRAFT_ASSIGN(const auto messages,
                 llm::RenderPrompt("judge/shots", {{"noun", options.noun}, {"shots", shots}}));
  return messages.front().content;
}

class LabelMatch final : public Match {
 public:
  LabelMatch(const Bout& bout, std::string judge, core::Request request, double least_mass)
      : Match(bout, std::move(judge)), request_(std::move(request)), least_mass_(least_mass) {}
  std::vector<core::Request> Step(std::span<const core::Reply> replies) override {
    if (replies.empty()) return {request_};
    verdict_.calls = 1;
    const std::vector<double>& probs = replies[0].probs;
    if (probs.size() != 2) return {};
    verdict_.mass = probs[0] + probs[1];
    if (verdict_.mass >= least_mass_ && probs[0] > 0 && probs[1] > 0) {
      SetLogit(verdict_, std::log(probs[0]) - std::log(probs[1]));
    }
    return {};
  }

 private:
  core::Request request_;
  double least_mass_;
};

class VerdictMatch final : public Match {
 public:
  VerdictMatch(const Bout& bout, std::string judge, core::Request request,
               std::vector<core::Message> repair)
      : Match(bout, std::move(judge)), request_(std::move(request)), repair_(std::move(repair)) {}
  std::vector<core::Request> Step(std::span<const core::Reply> replies) override {
    if (replies.empty()) return {request_};
    ++verdict_.calls;
    const auto parsed = ParseVerdict(replies[0].text);
    if (parsed) {
      verdict_.p_a = parsed->p_a;
      if (parsed->p_a == 0.5) verdict_.logit = 0.0;
      if (!parsed->rationale.empty()) verdict_.rationale = parsed->rationale;
      return {};
    }
    if (verdict_.calls > 1) return {};
    verdict_.rationale = replies[0].text;
    core::Request again = request_;
    again.role = request_.role == core::Role::kJudge ? core::Role::kRepair : request_.role;
    again.messages.push_back({"assistant", replies[0].text});
    again.messages.insert(again.messages.end(), repair_.begin(), repair_.end());
    return {again};
  }

 private:
  core::Request request_;
  std::vector<core::Message> repair_;
};

class LlmJudgeImpl final : public Judge {
 public:
  LlmJudgeImpl(LlmJudgeOptions options, std::string id, std::string shots,
               std::vector<core::Message> repair)
      : options_(std::move(options)),
        id_(std::move(id)),
        shots_(std::move(shots)),
        repair_(std::move(repair)) {}
  std::string id() const override { return id_; }

  std::unique_ptr<Match> Play(Bout bout) const override {
    auto messages =
        llm::RenderPrompt(PromptOf(options_.form), {{"judge_role", options_.judge_role},
                                                    {"noun", options_.noun},
                                                    {"rubric", options_.rubric},
                                                    {"brief", bout.brief},
                                                    {"first", Quoted(bout.first.text)},
                                                    {"second", Quoted(bout.second.text)}});
    core::Request request = RequestFor(bout, options_.model);
    if (messages) request.messages = std::move(*messages);  // rendered once in LlmJudge already
    if (!shots_.empty()) request.messages.front().content += "\n\n" + shots_;
    request.sampling.temperature = 0;
    if (options_.form == AnswerForm::kLabel) {
      request.kind = core::RequestKind::kLabels;
      request.labels = {"A", "B"};
      return std::make_unique<LabelMatch>(bout, id_, std::move(request), options_.least_mass);
    }
    request.max_tokens = options_.form == AnswerForm::kLine ? kLineTokens : options_.max_tokens;
    return std::make_unique<VerdictMatch>(bout, id_, std::move(request), repair_);
  }

 private:
  LlmJudgeOptions options_;
  std::string id_;
  std::string shots_;
  std::vector<core::Message> repair_;
};

class ExecMatch final : public Match {
 public:
  ExecMatch(const Bout& bout, std::string judge, core::Request request)
      : Match(bout, std::move(judge)), request_(std::move(request)) {}
  std::vector<core::Request> Step(std::span<const core::Reply> replies) override {
    if (replies.empty()) return {request_};
    verdict_.calls = 1;
    // The endpoint has checked the line.
    const Result<Json> line = ParseJson(replies[0].text);
    if (line && line->contains("logit") && (*line)["logit"].is_number()) {
      SetLogit(verdict_, (*line)["logit"].get<double>());
    }
    return {};
  }

 private:
  core::Request request_;
};

class ExecJudgeImpl final : public Judge {
 public:
  explicit ExecJudgeImpl(std::string command) : id_("exec:" + std::move(command)) {}
  std::string id() const override { return id_; }
  std::unique_ptr<Match> Play(Bout bout) const override {
    core::Request request = RequestFor(bout, id_);
    request.text = DumpJson({{"first", {{"id", bout.first.id}, {"text", bout.first.text}}},
                             {"second", {{"id", bout.second.id}, {"text", bout.second.text}}}});
    request.max_tokens = 1;
    return std::make_unique<ExecMatch>(bout, id_, std::move(request));
  }

 private:
  std::string id_;
};

class ScoresMatch final : public Match {
 public:
  ScoresMatch(const Bout& bout, const std::string& judge) : Match(bout, judge) {
    for (const Contender* contender : {&bout.first, &bout.second}) {
      core::Request& request = requests_.emplace_back();
      request.kind = core::RequestKind::kScore;
      request.role = bout.role;
      request.model = judge;
      request.text = contender->text;
      request.first = contender->id;
    }
  }
  std::vector<core::Request> Step(std::span<const core::Reply> replies) override {
    if (replies.empty()) return requests_;
    verdict_.calls = 2;
    if (replies[0].score && replies[1].score)
      SetLogit(verdict_, *replies[0].score - *replies[1].score);
    return {};
  }

 private:
  std::vector<core::Request> requests_;
};

class RewardServerJudgeImpl final : public Judge {
 public:
  explicit RewardServerJudgeImpl(std::string model) : id_(std::move(model)) {}
  std::string id() const override { return id_; }
  std::unique_ptr<Match> Play(Bout bout) const override {
    return std::make_unique<ScoresMatch>(bout, id_);
  }

 private:
  std::string id_;
};

}  // namespace

Result<AnswerForm> ParseAnswerForm(const std::string& name) {
  if (name == "label") return AnswerForm::kLabel;
  if (name == "line") return AnswerForm::kLine;
  if (name == "verdict") return AnswerForm::kVerdict;
  return Fail(ErrorCode::kInvalidArgument,
              "unknown form '" + name + "'; an LLM judge answers by label, line or verdict");
}

Result<std::unique_ptr<Judge>> LlmJudge(LlmJudgeOptions options) {
  const std::string prompt = PromptOf(options.form);
  REDRAFT_ASSIGN(const std::string sha, llm::PromptSha256(prompt));
  REDRAFT_ASSIGN(auto repair, llm::RenderPrompt("judge/repair", Json::object()));
  // Rendering once here means that no later bout can fail to render.
  const Json sample = {{"judge_role", options.judge_role},
                       {"noun", options.noun},
                       {"rubric", options.rubric},
                       {"brief", ""},
                       {"first", ""},
                       {"second", ""}};
  REDRAFT_ASSIGN(const auto checked, llm::RenderPrompt(prompt, sample));
  REDRAFT_ASSIGN(std::string shots, ShotBlock(options));
  const std::string framing =
      Sha256Hex(sha + options.judge_role + options.noun + options.rubric + shots);
  const std::string id = "llm:" + options.model + "@" + framing.substr(0, 8);
  return std::unique_ptr<Judge>(
      std::make_unique<LlmJudgeImpl>(std::move(options), id, std::move(shots), std::move(repair)));
}

std::unique_ptr<Judge> RewardServerJudge(std::string model) {
  return std::make_unique<RewardServerJudgeImpl>(std::move(model));
}

std::unique_ptr<Judge> ExecJudge(std::string command) {
  return std::make_unique<ExecJudgeImpl>(std::move(command));
}

}  // namespace redraft::judge
