#include "redraft/judge/local_judges.h"

#include "redraft/base/random.h"
#include "redraft/text/words.h"

namespace redraft::judge {
namespace {

/// A match that was decided when it was made.
class Decided final : public Match {
 public:
  Decided(const Bout& bout, std::string judge, std::optional<double> p_a,
          std::optional<double> logit)
      : Match(bout, std::move(judge)) {
    verdict_.p_a = p_a;
    verdict_.logit = logit;
  }
  std::vector<core::Request> Step(std::span<const core::Reply>) override { return {}; }
};

class ScorerJudgeImpl final : public Judge {
 public:
  explicit ScorerJudgeImpl(std::shared_ptr<const core::Scorer> scorer)
      : scorer_(std::move(scorer)) {}
  std::string id() const override { return scorer_->id(); }
  std::unique_ptr<Match> Play(Bout bout) const override {
    const double logit = scorer_->Compare(bout.first.text, bout.second.text);
    return std::make_unique<Decided>(bout, id(), core::Probability(logit), logit);
  }

 private:
  std::shared_ptr<const core::Scorer> scorer_;
};

/// Picks a winner by length; `sign` +1 favours the longer text.
class LengthJudge final : public Judge {
 public:
  explicit LengthJudge(int sign) : sign_(sign) {}
  std::string id() const override { return sign_ > 0 ? "rule:longer" : "rule:shorter"; }
  std::unique_ptr<Match> Play(Bout bout) const override {
    const int a = text::CountWords(bout.first.text);
    const int b = text::CountWords(bout.second.text);
    if (a == b) return std::make_unique<Decided>(bout, id(), 0.5, 0.0);
    const double p_a = (a > b) == (sign_ > 0) ? 1.0 : 0.0;
    return std::make_unique<Decided>(bout, id(), p_a, std::nullopt);
  }

 private:
  int sign_;
};

class CoinJudge final : public Judge {
 public:
  std::string id() const override { return "rule:coin"; }
  std::unique_ptr<Match> Play(Bout bout) const override {
    Rng coin =
        Rng(bout.seed)
            .Fork(bout.first.id + "\n" + bout.first.text)
            .Fork(bout.second.id + "\n" + bout.second.text + "\n" + std::to_string(bout.replicate));
    return std::make_unique<Decided>(bout, id(), coin.Uniform() < 0.5 ? 1.0 : 0.0, std::nullopt);
  }
};

}  // namespace

std::unique_ptr<Judge> ScorerJudge(std::shared_ptr<const core::Scorer> scorer) {
  return std::make_unique<ScorerJudgeImpl>(std::move(scorer));
}

Result<std::unique_ptr<Judge>> RuleJudge(const std::string& rule) {
  std::unique_ptr<Judge> judge;
  if (rule == "shorter") judge = std::make_unique<LengthJudge>(-1);
  if (rule == "longer") judge = std::make_unique<LengthJudge>(+1);
  if (rule == "coin") judge = std::make_unique<CoinJudge>();
  if (!judge) {
    return Fail(ErrorCode::kInvalidArgument,
                "unknown rule '" + rule + "'; known are rule:shorter, rule:longer, rule:coin");
  }
  return judge;
}

}  // namespace redraft::judge
