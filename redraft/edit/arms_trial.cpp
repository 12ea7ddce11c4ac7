#include "redraft/edit/arms_trial.h"

#include <cmath>

#include "redraft/edit/arms.h"
#include "redraft/stats/bootstrap.h"
#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

constexpr int kReplicates = 2000;

double Prefers(const core::Scorer& referee, const std::string& first, const std::string& second) {
  const double logit = first == second ? 0 : referee.Compare(first, second);
  return logit > 0 ? 1 : logit == 0 ? 0.5 : 0;
}

Preference Summary(const std::vector<double>& preferred, Rng rng) {
  const auto mean = [&preferred](const std::vector<std::size_t>& rows) {
    double sum = 0;
    for (const std::size_t row : rows) sum += preferred[row];
    return sum / static_cast<double>(rows.size());
  };
  std::vector<std::size_t> all(preferred.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return {mean(all), stats::Bootstrap(preferred.size(), mean, kReplicates, std::move(rng))};
}

double LogLengthRatio(const std::string& draft, const std::string& revision) {
  const auto words = [](const std::string& text) {
    return static_cast<double>(std::max(1, text::CountWords(text)));
  };
  return std::log(words(revision) / words(draft));
}

}  // namespace

ArmsReport MeasureArms(const std::vector<Trial>& trials, const core::Scorer& chooser,
                       const core::Scorer& referee, const Prices& prices, const Rng& rng) {
  ArmsReport report;
  std::vector<double> best_draft, best_random, random_draft;
  double best_length = 0, random_length = 0;
  for (const Trial& trial : trials) {
    std::vector<Revision> revisions;
    for (const std::string& text : trial.revisions) {
      revisions.push_back({.text = text, .worth = Worth(chooser, trial.draft, text, prices)});
    }
    const Arms arms = ChooseArms(revisions, rng.Fork("random/" + trial.draft));
    const std::string& best = arms.best ? revisions[*arms.best].text : trial.draft;
    const std::string& random = arms.random ? revisions[*arms.random].text : trial.draft;
    best_draft.push_back(Prefers(referee, best, trial.draft));
    best_random.push_back(Prefers(referee, best, random));
    random_draft.push_back(Prefers(referee, random, trial.draft));
    best_length += LogLengthRatio(trial.draft, best);
    random_length += LogLengthRatio(trial.draft, random);
    report.best_distance += Distance(trial.draft, best);
    report.random_distance += Distance(trial.draft, random);
    report.stayed += arms.best ? 0U : 1U;
  }
  report.drafts = trials.size();
  if (trials.empty()) return report;
  const auto count = static_cast<double>(trials.size());
  report.best_over_draft = Summary(best_draft, rng.Fork("best/draft"));
  report.best_over_random = Summary(best_random, rng.Fork("best/random"));
  report.random_over_draft = Summary(random_draft, rng.Fork("random/draft"));
  report.best_length = std::exp(best_length / count);
  report.random_length = std::exp(random_length / count);
  report.best_distance /= count;
  report.random_distance /= count;
  return report;
}

}  // namespace redraft::edit
