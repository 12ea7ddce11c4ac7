#include "redraft/judge/compound_judges.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "redraft/base/check.h"
#include "redraft/judge/pair_verdict.h"

namespace redraft::judge {
namespace {

/// Matches that are played side by side.
class Round {
 public:
  void Add(std::unique_ptr<Match> match) { matches_.push_back(std::move(match)); }

  /// As Job::Step: all matches' requests, one match after the other.
  std::vector<core::Request> Step(std::span<const core::Reply> replies) {
    const bool first = asked_.empty();
    if (first) asked_.resize(matches_.size());
    std::vector<core::Request> requests;
    for (std::size_t i = 0; i < matches_.size(); ++i) {
      if (!first && asked_[i] == 0) continue;
      const auto more = matches_[i]->Step(replies.first(asked_[i]));
      replies = replies.subspan(asked_[i]);
      asked_[i] = more.size();
      requests.insert(requests.end(), more.begin(), more.end());
    }
    return requests;
  }

  std::vector<core::Verdict> verdicts() const {
    std::vector<core::Verdict> verdicts;
    for (const auto& match : matches_) verdicts.push_back(match->verdict());
    return verdicts;
  }

 private:
  std::vector<std::unique_ptr<Match>> matches_;
  std::vector<std::size_t> asked_;  ///< requests of each match that wait for replies
};

/// Fills in what several verdicts on a pair say together; false when none of them says anything.
bool Fold(std::span<const core::Verdict> verdicts, core::Verdict& into) {
  const PairVerdict together = Combine(verdicts, into.a);
  into.calls += together.calls;
  if (!together.p_a) return false;
  into.p_a = together.p_a;
  into.logit.reset();
  into.mass = 1;
  bool soft = true;
  for (const core::Verdict& verdict : verdicts) {
    if (!verdict.p_a) continue;
    soft = soft && verdict.logit;
    into.mass = std::min(into.mass, verdict.mass);
  }
  if (soft) into.logit = together.logit;
  return true;
}

class PanelMatch final : public Match {
 public:
  PanelMatch(const Bout& bout, std::string judge,
             std::span<const std::shared_ptr<const Judge>> members)
      : Match(bout, std::move(judge)) {
    for (const auto& member : members) round_.Add(member->Play(bout));
  }
  std::vector<core::Request> Step(std::span<const core::Reply> replies) override {
    auto requests = round_.Step(replies);
    if (!requests.empty()) return requests;
    const auto verdicts = round_.verdicts();
    Fold(verdicts, verdict_);
    for (const core::Verdict& verdict : verdicts) {
      if (verdict.rationale.empty()) continue;
      if (!verdict_.rationale.empty()) verdict_.rationale += "\n\n";
      verdict_.rationale += verdict.rationale;
    }
    return {};
  }

 private:
  Round round_;
};

class PanelJudgeImpl final : public Judge {
 public:
  explicit PanelJudgeImpl(std::vector<std::shared_ptr<const Judge>> members)
      : members_(std::move(members)), id_("panel:") {
    for (const auto& member : members_) id_ += (id_.ends_with(':') ? "" : "+") + member->id();
  }
  std::string id() const override { return id_; }
  std::unique_ptr<Match> Play(Bout bout) const override {
    return std::make_unique<PanelMatch>(bout, id_, members_);
  }

 private:
  std::vector<std::shared_ptr<const Judge>> members_;
  std::string id_;
};

Round BothOrders(const Judge& judge, const Bout& bout) {
  Round round;
  for (Bout& order : BoutsOf(bout, Orders::kBoth)) round.Add(judge.Play(std::move(order)));
  return round;
}

class CascadeMatch final : public Match {
 public:
  CascadeMatch(const Bout& bout, std::string judge, const Judge& cheap,
               std::shared_ptr<const Judge> decider, double undecided)
      : Match(bout, std::move(judge)),
        bout_(bout),
        decider_(std::move(decider)),
        undecided_(undecided),
        round_(BothOrders(cheap, bout)) {}

  std::vector<core::Request> Step(std::span<const core::Reply> replies) override {
    auto requests = round_.Step(replies);
    if (!requests.empty()) return requests;
    const auto verdicts = round_.verdicts();
    const bool said = Fold(verdicts, verdict_);
    // The words of the order shown; in the other one the letters are exchanged.
    if (said && !verdicts.front().rationale.empty()) {
      verdict_.rationale = verdicts.front().rationale;
    }
    if (deciding_ || Decided()) return {};
    deciding_ = true;
    round_ = BothOrders(*decider_, bout_);
    return Step({});
  }

 private:
  bool Decided() const {
    if (bout_.decisive) return !*bout_.decisive;
    if (!verdict_.p_a) return false;
    if (verdict_.logit) return std::abs(*verdict_.logit) >= undecided_;
    return std::abs(*verdict_.p_a - 0.5) >= core::Probability(undecided_) - 0.5;
  }

  Bout bout_;
  std::shared_ptr<const Judge> decider_;
  double undecided_;
  Round round_;
  bool deciding_ = false;
};

class CascadeJudgeImpl final : public Judge {
 public:
  CascadeJudgeImpl(std::shared_ptr<const Judge> cheap, std::shared_ptr<const Judge> decider,
                   double undecided)
      : cheap_(std::move(cheap)), decider_(std::move(decider)), undecided_(undecided) {}
  std::string id() const override { return "cascade:" + cheap_->id() + "+" + decider_->id(); }
  std::unique_ptr<Match> Play(Bout bout) const override {
    return std::make_unique<CascadeMatch>(bout, id(), *cheap_, decider_, undecided_);
  }

 private:
  std::shared_ptr<const Judge> cheap_, decider_;
  double undecided_;
};

}  // namespace

std::unique_ptr<Judge> PanelJudge(std::vector<std::shared_ptr<const Judge>> members) {
  REDRAFT_CHECK(members.size() >= 2);
  return std::make_unique<PanelJudgeImpl>(std::move(members));
}

std::unique_ptr<Judge> CascadeJudge(std::shared_ptr<const Judge> cheap,
                                    std::shared_ptr<const Judge> decider, double undecided) {
  return std::make_unique<CascadeJudgeImpl>(std::move(cheap), std::move(decider), undecided);
}

}  // namespace redraft::judge
