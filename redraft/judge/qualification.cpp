#include "redraft/judge/qualification.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <tuple>

#include "redraft/judge/pair_verdict.h"
#include "redraft/rank/consistency.h"
#include "redraft/stats/calibration.h"
#include "redraft/text/words.h"

namespace redraft::judge {
namespace {

/// Nominal level of each of five looks with 5 % in all (Pocock 1977, table 1).
constexpr double kEarlyConfidence = 1 - 0.0158;
/// Log-odds beyond this are not told apart; keeps their squares finite.
constexpr double kFarthest = 1e6;

double Sign(double value) { return value > 0 ? 1 : value < 0 ? -1 : 0; }

/// 1: the text shown first wins; −1: the other; 0: a tie. None: no verdict.
std::optional<double> HardFirst(const core::Verdict& verdict) {
  if (!verdict.p_a) return std::nullopt;
  return Sign(*verdict.p_a - 0.5);
}

/// What a pair's two verdicts come to, for a.
struct Summed {
  std::optional<double> hard;  ///< −2 … 2; none when an order has no verdict
  std::optional<double> soft;  ///< summed log-odds
};

Summed Sum(const CheckedPair& pair) {
  Summed sum;
  const auto ab = HardFirst(pair.ab), ba = HardFirst(pair.ba);
  if (ab && ba) sum.hard = *ab - *ba;
  if (pair.ab.logit && pair.ba.logit) {
    sum.soft = std::clamp(*pair.ab.logit - *pair.ba.logit, -kFarthest, kFarthest);
  }
  return sum;
}

/// Sums and counts that every pair adds to.
struct Tally {
  int bouts = 0, verdicts = 0, ties = 0, with_logit = 0, hard = 0;
  double first_wins = 0, first_logits = 0;
  int both = 0, same = 0;
  double right = 0, right_both = 0;
  std::vector<double> stated, happened;
  std::vector<std::vector<double>> soft_rows, hard_rows;
  std::vector<bool> soft_better, hard_better;

  void Add(const core::Verdict& verdict) {
    ++bouts;
    const auto first = HardFirst(verdict);
    if (!first) return;
    ++verdicts;
    ties += *first == 0 ? 1 : 0;
    hard += *first != 0 ? 1 : 0;
    first_wins += *first > 0 ? 1 : 0;
    if (verdict.logit) {
      ++with_logit;
      first_logits += std::clamp(*verdict.logit, -kFarthest, kFarthest);
    }
  }

  void AddLabelled(const CheckedPair& pair, const Summed& sum) {
    const bool better_a = pair.label == Label::kA;
    const double sign = better_a ? 1 : -1;
    for (const auto& [verdict, turned] : {std::pair(&pair.ab, 1.0), std::pair(&pair.ba, -1.0)}) {
      right += 0.5 + 0.5 * sign * turned * HardFirst(*verdict).value_or(0.0);
    }
    const double together = sum.soft ? *sum.soft : sum.hard.value_or(0.0);
    right_both += 0.5 + 0.5 * sign * Sign(together);
    const auto row = [&](double value) {
      return std::vector<double>{value, pair.log_len_ratio, Sign(pair.log_len_ratio)};
    };
    if (sum.hard) {
      hard_rows.push_back(row(*sum.hard));
      hard_better.push_back(better_a);
    }
    if (sum.soft) {
      soft_rows.push_back(row(*sum.soft));
      soft_better.push_back(better_a);
    }
    const std::array verdicts_of_pair = {pair.ab, pair.ba};
    if (const auto p_a = Combine(verdicts_of_pair, pair.ab.a).p_a) {
      stated.insert(stated.end(), {*p_a, 1 - *p_a});
      happened.insert(happened.end(), {better_a ? 1.0 : 0.0, better_a ? 0.0 : 1.0});
    }
  }
};

/// Of the triads whose three pairs are decided, those that go round.
std::optional<double> CyclicShare(std::span<const CheckedPair> pairs) {
  std::map<std::string, int> index;
  const auto item = [&](const std::string& text) {
    return index.emplace(text, static_cast<int>(index.size())).first->second;
  };
  std::vector<rank::Outcome> outcomes;
  for (const CheckedPair& pair : pairs) {
    const int a = item(pair.a), b = item(pair.b);
    for (const auto& [verdict, first, second] : {std::tuple(&pair.ab, a, b), {&pair.ba, b, a}}) {
      if (!verdict->p_a || a == b) continue;
      outcomes.push_back({.a = first, .b = second, .p_a = *verdict->p_a, .logit = verdict->logit});
    }
  }
  const auto found = rank::MeasureConsistency(static_cast<int>(index.size()), outcomes);
  if (found.triads == 0) return std::nullopt;
  return static_cast<double>(found.cyclic) / found.triads;
}

std::optional<double> Ratio(double part, double whole) {
  if (whole <= 0) return std::nullopt;
  return part / whole;
}

bool Above(const std::optional<stats::Effect>& effect) { return effect && effect->lo > 0; }
bool Below(const std::optional<stats::Effect>& effect) { return effect && effect->hi < 0; }

void Decide(const Tally& tally, Qualification& found) {
  const auto hard = stats::FirthEffect(tally.hard_rows, tally.hard_better);
  const auto& rows = found.log_odds ? tally.soft_rows : tally.hard_rows;
  const auto& better = found.log_odds ? tally.soft_better : tally.hard_better;
  found.effect = found.log_odds ? stats::FirthEffect(rows, better) : hard;
  const auto strict = stats::FirthEffect(rows, better, kEarlyConfidence);
  found.clear = Above(strict) || Below(strict);
  if (Above(found.effect)) {
    found.decision = Above(hard) ? Decision::kHard : Decision::kSoft;
  } else if (Below(found.effect)) {
    found.decision = Decision::kInverted;
  }
}

CheckedPair Checked(const GoldPair& pair, const core::Verdict& ab, const core::Verdict& ba) {
  CheckedPair checked{pair.a, pair.b, pair.label, 0, ab, ba};
  const int a = text::CountWords(pair.a), b = text::CountWords(pair.b);
  if (a > 0 && b > 0) checked.log_len_ratio = std::log(static_cast<double>(a) / b);
  return checked;
}

std::vector<CheckedPair> PlayBatch(std::span<const GoldPair> pairs, const Judge& judge,
                                   const QualifyOptions& options, const RunMatches& run,
                                   Status& status) {
  std::vector<std::unique_ptr<Match>> matches;
  std::vector<core::Job*> jobs;
  for (const GoldPair& pair : pairs) {
    Bout bout{{pair.id + ".a", pair.a}, {pair.id + ".b", pair.b}, pair.brief};
    bout.seed = options.seed;
    bout.role = options.role;
    for (Bout& order : BoutsOf(bout, Orders::kBoth)) {
      matches.push_back(judge.Play(std::move(order)));
      jobs.push_back(matches.back().get());
    }
  }
  status = run(jobs);
  std::vector<CheckedPair> checked;
  for (std::size_t i = 0; status && i < pairs.size(); ++i) {
    checked.push_back(Checked(pairs[i], matches[2 * i]->verdict(), matches[2 * i + 1]->verdict()));
  }
  return checked;
}

}  // namespace

const char* ToString(Decision decision) {
  switch (decision) {
    case Decision::kHard:
      return "hard";
    case Decision::kSoft:
      return "soft";
    case Decision::kRefuse:
      return "refuse";
    case Decision::kInverted:
      break;
  }
  return "inverted";
}

Qualification Summarise(std::span<const CheckedPair> pairs) {
  Qualification found;
  Tally tally;
  for (const CheckedPair& pair : pairs) {
    ++found.n;
    found.calls += pair.ab.calls + pair.ba.calls;
    tally.Add(pair.ab);
    tally.Add(pair.ba);
    const Summed sum = Sum(pair);
    if (sum.hard) {
      ++tally.both;
      const double ab = *HardFirst(pair.ab), ba = *HardFirst(pair.ba);
      tally.same += ab == -ba ? 1 : 0;
    }
    if (!pair.label || pair.label == Label::kTie) continue;
    ++found.labelled;
    tally.AddLabelled(pair, sum);
  }
  found.parse_rate = Ratio(tally.verdicts, tally.bouts);
  found.tie_rate = Ratio(tally.ties, tally.verdicts);
  found.slot1_rate = Ratio(tally.first_wins, tally.hard);
  found.swap_agreement = Ratio(tally.same, tally.both);
  found.log_odds = tally.verdicts > 0 && tally.with_logit == tally.verdicts;
  if (found.log_odds) {
    found.slot_logit = tally.first_logits / tally.with_logit;
  } else if (tally.hard > 0) {
    found.slot_logit = std::log((tally.first_wins + 0.5) / (tally.hard - tally.first_wins + 0.5));
  }
  found.cyclic_share = CyclicShare(pairs);
  found.accuracy_hard = Ratio(tally.right / 2, found.labelled);
  found.accuracy_symmetric = Ratio(tally.right_both, found.labelled);
  if (!tally.stated.empty()) {
    found.ece = stats::CalibrationError(stats::CalibrationBins(tally.stated, tally.happened));
  }
  Decide(tally, found);
  return found;
}

Result<Qualification> QualifyJudge(std::span<const GoldPair> pairs, const Judge& judge,
                                   const QualifyOptions& options, const RunMatches& run) {
  if (pairs.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "there is no pair to check the judge on");
  }
  pairs = pairs.first(std::min(pairs.size(), static_cast<std::size_t>(options.most)));
  std::vector<CheckedPair> checked;
  for (;;) {
    const auto left = pairs.subspan(checked.size());
    const auto batch = left.first(std::min(left.size(), static_cast<std::size_t>(options.batch)));
    Status status = Ok{};
    auto played = PlayBatch(batch, judge, options, run, status);
    REDRAFT_RETURN_IF_ERROR(std::move(status));
    std::move(played.begin(), played.end(), std::back_inserter(checked));
    Qualification found = Summarise(checked);
    if (found.clear || checked.size() == pairs.size()) return found;
  }
}

Json ToJson(const Qualification& found) {
  const auto number = [](const std::optional<double>& value) {
    return value ? NumberOrNull(*value) : Json(nullptr);
  };
  Json effect = nullptr;
  if (found.effect) {
    effect = {NumberOrNull(found.effect->value), NumberOrNull(found.effect->lo),
              NumberOrNull(found.effect->hi)};
  }
  return {{"n", found.n},
          {"labelled", found.labelled},
          {"swap_agreement", number(found.swap_agreement)},
          {"slot1_rate", number(found.slot1_rate)},
          {"slot_logit", number(found.slot_logit)},
          {"parse_rate", number(found.parse_rate)},
          {"tie_rate", number(found.tie_rate)},
          {"cyclic_share", number(found.cyclic_share)},
          {"accuracy_hard", number(found.accuracy_hard)},
          {"accuracy_symmetric", number(found.accuracy_symmetric)},
          {"ece", number(found.ece)},
          {"log_odds", found.log_odds},
          {"logit_coef_given_length", effect},
          {"calls", found.calls},
          {"decision", ToString(found.decision)},
          {"recommendation", Recommendation(found)}};
}

std::string Recommendation(const Qualification& found) {
  const auto percent = [](const std::optional<double>& rate) {
    return fmt::format("{:.0f} %", 100 * rate.value_or(0.0));
  };
  switch (found.decision) {
    case Decision::kHard:
      return fmt::format("accepted: it is right on {} of {} pairs in both orders together; {}",
                         percent(found.accuracy_symmetric), found.labelled,
                         found.swap_agreement.value_or(0.0) >= 0.8
                             ? "one order per pair is enough"
                             : "its verdict depends on the order, so judge both where it decides");
    case Decision::kSoft:
      return fmt::format(
          "accepted for its log-odds only: they are right on {} of {} pairs when both orders are "
          "summed, its plain verdicts are not informative (the first slot wins {})",
          percent(found.accuracy_symmetric), found.labelled, percent(found.slot1_rate));
    case Decision::kInverted:
      return fmt::format(
          "refused: it prefers the worse text (right on {} of {} pairs); more verdicts would only "
          "make results more wrong, so use another judge",
          percent(found.accuracy_symmetric), found.labelled);
    case Decision::kRefuse:
      break;
  }
  if (found.labelled == 0) {
    return "refused: no pair says which text is better, so nothing can be decided; give labels";
  }
  if (found.parse_rate.value_or(0.0) < 0.5) {
    return fmt::format(
        "refused: only {} of its answers could be read; ask it in another form (--form) or use "
        "another judge",
        percent(found.parse_rate));
  }
  return fmt::format(
      "refused: over {} pairs its verdicts say nothing about quality that length does not say; "
      "use another judge",
      found.labelled);
}

}  // namespace redraft::judge
