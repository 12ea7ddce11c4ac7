#include "redraft/judge/lm_judge.h"

#include <utility>

namespace redraft::judge {
namespace {

class LmMatch final : public Match {
 public:
  LmMatch(Bout bout, std::shared_ptr<const reward::LmReward> model)
      : Match(bout, model->id()), bout_(std::move(bout)), model_(std::move(model)) {}

  std::vector<core::Request> Step(std::span<const core::Reply> replies) override {
    const std::string& a = bout_.first.text;
    const std::string& b = bout_.second.text;
    if (replies.empty()) {
      if (model_->NeedsReadings(a, b)) return Requests();
      Decide(model_->CompareUnread(a, b));
      return {};
    }
    verdict_.calls = static_cast<int>(replies.size());
    const auto first = reward::ReadingFrom(replies[0], replies[1]);
    const auto second = reward::ReadingFrom(replies[2], replies[3]);
    if (!first || !second) return {};
    if (const auto logit = model_->Compare(a, *first, b, *second)) Decide(*logit);
    return {};
  }

 private:
  std::vector<core::Request> Requests() const {
    std::vector<core::Request> requests;
    for (const Contender* contender : {&bout_.first, &bout_.second}) {
      for (core::Request request :
           {reward::LikelihoodRequest(model_->data().reader_id, contender->text),
            reward::StateRequest(model_->data().reader_id, contender->text)}) {
        request.role = bout_.role;
        request.first = contender->id;
        requests.push_back(std::move(request));
      }
    }
    return requests;
  }

  void Decide(double logit) {
    verdict_.logit = logit;
    verdict_.p_a = core::Probability(logit);
  }

  Bout bout_;
  std::shared_ptr<const reward::LmReward> model_;
};

class LmJudgeImpl final : public Judge {
 public:
  explicit LmJudgeImpl(std::shared_ptr<const reward::LmReward> model) : model_(std::move(model)) {}
  std::string id() const override { return model_->id(); }
  std::unique_ptr<Match> Play(Bout bout) const override {
    return std::make_unique<LmMatch>(std::move(bout), model_);
  }

 private:
  std::shared_ptr<const reward::LmReward> model_;
};

}  // namespace

std::unique_ptr<Judge> LmJudge(std::shared_ptr<const reward::LmReward> model) {
  return std::make_unique<LmJudgeImpl>(std::move(model));
}

}  // namespace redraft::judge
