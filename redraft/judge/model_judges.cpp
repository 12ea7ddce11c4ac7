#include "redraft/judge/model_judges.h"

#include <cmath>

#include "redraft/base/hash.h"
#include "redraft/judge/answer_forms.h"
#include "redraft/judge/quotation.h"
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

/// The block of shots, or nothing. Errors: as llm::RenderPrompt.
Result<std::string> ShotBlock(const LlmJudgeOptions& options) {
  if (options.shots.empty()) return std::string();
  Json shots = Json::array();
  for (const Shot& shot : options.shots) {
    const bool reasons = options.form == AnswerForm::kVerdict;
    shots.push_back({{"first", Quote(shot.first)},
                     {"second", Quote(shot.second)},
                     {"brief", Quote(shot.brief)},
                     {"reasons", reasons ? Quote(shot.reasons) : ""},
                     {"answer", ShotAnswer(options.form, shot.first_better)}});
  }
  REDRAFT_ASSIGN(const auto messages,
                 llm::RenderPrompt("judge/shots", {{"noun", options.noun}, {"shots", shots}}));
  return messages.front().content;
}

Result<std::vector<core::Message>> Render(const LlmJudgeOptions& options, const Bout& bout) {
  Json reasons = Json::object();
  for (const std::string& criterion : options.criteria) reasons[criterion] = "…";
  return llm::RenderPrompt(PromptOf(options.form), {{"judge_role", options.judge_role},
                                                    {"noun", options.noun},
                                                    {"rubric", options.rubric},
                                                    {"reasons", DumpJson(reasons)},
                                                    {"brief", Quote(bout.brief)},
                                                    {"first", Quote(bout.first.text)},
                                                    {"second", Quote(bout.second.text)}});
}

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
    auto messages = Render(options_, bout);
    core::Request request = RequestFor(bout, options_.model);
    if (messages) request.messages = std::move(*messages);  // rendered once in LlmJudge already
    if (!shots_.empty()) request.messages.front().content += "\n\n" + shots_;
    return AskIn(options_, bout, id_, std::move(request), repair_);
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

const char* ToString(AnswerForm form) {
  switch (form) {
    case AnswerForm::kLabel:
      return "label";
    case AnswerForm::kLine:
      return "line";
    case AnswerForm::kStructured:
      return "structured";
    case AnswerForm::kVerdict:
      break;
  }
  return "verdict";
}

Result<AnswerForm> ParseAnswerForm(const std::string& name) {
  for (const AnswerForm form :
       {AnswerForm::kLabel, AnswerForm::kLine, AnswerForm::kStructured, AnswerForm::kVerdict}) {
    if (name == ToString(form)) return form;
  }
  return Fail(
      ErrorCode::kInvalidArgument,
      "unknown form '" + name + "'; an LLM judge answers by label, line, structured or verdict");
}

Result<std::unique_ptr<Judge>> LlmJudge(LlmJudgeOptions options) {
  REDRAFT_ASSIGN(const std::string sha, llm::PromptSha256(PromptOf(options.form)));
  REDRAFT_ASSIGN(auto repair, RepairOf(options.form));
  // Rendering once here means that no later bout can fail to render.
  REDRAFT_RETURN_IF_ERROR(Render(options, {}));
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
