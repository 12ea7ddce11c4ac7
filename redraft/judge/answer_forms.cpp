#include "redraft/judge/answer_forms.h"

#include <cmath>
#include <utility>

#include "redraft/judge/structured_verdict.h"
#include "redraft/judge/verdict_parser.h"
#include "redraft/llm/prompt.h"

namespace redraft::judge {
namespace {

constexpr int kLineTokens = 16;        // of a verdict line
constexpr int kStructuredTokens = 48;  // of winner and confidence in JSON

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
      verdict_.logit = std::log(probs[0]) - std::log(probs[1]);
      verdict_.p_a = core::Probability(*verdict_.logit);
    }
    return {};
  }

 private:
  core::Request request_;
  double least_mass_;
};

/// Reads a reply in words.
using Parser = std::optional<ParsedVerdict> (*)(std::string_view reply);

class WordsMatch final : public Match {
 public:
  /// `again` is sent after an unusable reply, behind that reply and with its own messages last.
  WordsMatch(const Bout& bout, std::string judge, core::Request request, core::Request again,
             Parser parse)
      : Match(bout, std::move(judge)),
        request_(std::move(request)),
        again_(std::move(again)),
        parse_(parse) {}
  std::vector<core::Request> Step(std::span<const core::Reply> replies) override {
    if (replies.empty()) return {request_};
    ++verdict_.calls;
    const auto parsed = parse_(replies[0].text);
    if (parsed) {
      verdict_.p_a = parsed->p_a;
      if (parsed->p_a == 0.5) verdict_.logit = 0.0;
      if (!parsed->rationale.empty()) verdict_.rationale = parsed->rationale;
      return {};
    }
    if (verdict_.calls > 1) return {};
    verdict_.rationale = replies[0].text;
    std::vector<core::Message> messages = request_.messages;
    messages.push_back({"assistant", replies[0].text});
    messages.insert(messages.end(), again_.messages.begin(), again_.messages.end());
    again_.messages = std::move(messages);
    return {again_};
  }

 private:
  core::Request request_;
  core::Request again_;
  Parser parse_;
};

}  // namespace

std::string PromptOf(AnswerForm form) { return std::string("judge/") + ToString(form); }

std::string ShotAnswer(AnswerForm form, bool first_better) {
  const std::string winner = first_better ? "A" : "B";
  switch (form) {
    case AnswerForm::kLabel:
      return winner;
    case AnswerForm::kStructured:
      return DumpJson({{"winner", winner}, {"confidence", 1.0}});
    case AnswerForm::kLine:
    case AnswerForm::kVerdict:
      break;
  }
  return "WINNER: " + winner;
}

Result<std::vector<core::Message>> RepairOf(AnswerForm form) {
  if (form == AnswerForm::kLabel) return std::vector<core::Message>();
  return llm::RenderPrompt(
      form == AnswerForm::kStructured ? "judge/structured-repair" : "judge/repair", Json::object());
}

std::unique_ptr<Match> AskIn(const LlmJudgeOptions& options, const Bout& bout, std::string judge,
                             core::Request request, const std::vector<core::Message>& repair) {
  request.sampling.temperature = 0;
  if (options.form == AnswerForm::kLabel) {
    request.kind = core::RequestKind::kLabels;
    request.labels = {"A", "B"};
    return std::make_unique<LabelMatch>(bout, std::move(judge), std::move(request),
                                        options.least_mass);
  }
  const bool structured = options.form == AnswerForm::kStructured;
  request.max_tokens = options.form == AnswerForm::kLine ? kLineTokens : options.max_tokens;
  if (structured) request.schema = VerdictSchema(options.criteria);
  core::Request again = request;
  again.messages = repair;
  // A check and its repairs count in no other role.
  if (request.role == core::Role::kJudge) again.role = core::Role::kRepair;
  if (structured) {
    again.schema = VerdictSchema({});
    again.max_tokens = kStructuredTokens;
  }
  return std::make_unique<WordsMatch>(bout, std::move(judge), std::move(request), std::move(again),
                                      structured ? ParseStructuredVerdict : ParseVerdict);
}

}  // namespace redraft::judge
