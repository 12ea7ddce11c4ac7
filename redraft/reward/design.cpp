#include "redraft/reward/design.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

namespace redraft::reward {
namespace {

constexpr std::size_t kPartnersPerScore = 4;
constexpr std::size_t kMostSingleFolds = 30;
constexpr std::size_t kRandomFolds = 10;

}  // namespace

Design::Design(const Dataset& data, std::uint64_t seed) {
  const Rng rng(seed);
  std::vector<std::string> fold_keys;
  for (const Pair& pair : data.pairs) {
    judged_.push_back({{Intern(pair.chosen), Intern(pair.rejected)}, pair.group});
    fold_keys.push_back(!pair.editor.empty()  ? "editor " + pair.editor
                        : !pair.group.empty() ? "group " + pair.group
                                              : fmt::format("pair {}", fold_keys.size()));
  }
  evaluated_ = judged_.size();
  CompareScores(data.scores, rng.Fork("scores"), fold_keys);
  if (evaluated_ == 0) evaluated_ = judged_.size();
  AssignFolds(fold_keys, rng.Fork("folds"));
}

std::vector<Comparison> Design::TrainingSet(std::size_t fold) const {
  std::set<std::size_t> held_texts;
  std::set<std::string_view> held_groups;
  for (std::size_t i = 0; i < evaluated_; ++i) {
    if (judged_[i].fold != fold) continue;
    held_texts.insert({judged_[i].texts.better, judged_[i].texts.worse});
    if (!judged_[i].group.empty()) held_groups.insert(judged_[i].group);
  }
  std::vector<Comparison> training;
  for (const Judged& item : judged_) {
    if (!held_texts.contains(item.texts.better) && !held_texts.contains(item.texts.worse) &&
        !held_groups.contains(item.group)) {
      training.push_back(item.texts);
    }
  }
  return training;
}

std::vector<std::size_t> Design::Families() const {
  std::vector<std::size_t> parent(texts_.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&](std::size_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  std::map<std::string_view, std::size_t> first_of_group;
  for (const Judged& item : judged_) {
    parent[root(item.texts.worse)] = root(item.texts.better);
    if (item.group.empty()) continue;
    const std::size_t first = first_of_group.emplace(item.group, item.texts.better).first->second;
    parent[root(first)] = root(item.texts.better);
  }
  for (std::size_t i = 0; i < parent.size(); ++i) parent[i] = root(i);
  return parent;
}

std::size_t Design::Intern(std::string_view text) {
  const auto [found, added] = ids_.emplace(text, texts_.size());
  if (added) texts_.push_back(text);
  return found->second;
}

void Design::CompareScores(const std::vector<ScoredText>& scores, Rng rng,
                           std::vector<std::string>& fold_keys) {
  std::map<std::string, std::vector<std::size_t>> groups;
  std::vector<std::size_t> ungrouped;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    scores[i].group.empty() ? ungrouped.push_back(i) : groups[scores[i].group].push_back(i);
  }
  rng.Shuffle(ungrouped);
  for (std::size_t i = 0; i < ungrouped.size(); ++i) {
    groups[fmt::format("scores {}", i % kRandomFolds)].push_back(ungrouped[i]);
  }
  std::set<std::pair<std::size_t, std::size_t>> seen;
  for (const auto& [group, members] : groups) {
    for (const std::size_t i : members) {
      std::vector<std::size_t> others;
      for (const std::size_t j : members) {
        if (scores[j].score != scores[i].score && scores[j].text != scores[i].text) {
          others.push_back(j);
        }
      }
      rng.Shuffle(others);
      others.resize(std::min(others.size(), kPartnersPerScore));
      for (const std::size_t j : others) {
        const auto [better, worse] =
            scores[i].score > scores[j].score ? std::pair(i, j) : std::pair(j, i);
        if (!seen.emplace(better, worse).second) continue;
        judged_.push_back({{Intern(scores[better].text), Intern(scores[worse].text)}, group});
        fold_keys.push_back("group " + group);
      }
    }
  }
}

void Design::AssignFolds(const std::vector<std::string>& keys, Rng rng) {
  std::vector<std::string> distinct(keys.begin(),
                                    keys.begin() + static_cast<std::ptrdiff_t>(evaluated_));
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.size() > kMostSingleFolds) rng.Shuffle(distinct);
  folds_ = distinct.size() > kMostSingleFolds ? kRandomFolds : distinct.size();
  std::map<std::string_view, std::size_t> fold_of;
  for (std::size_t i = 0; i < distinct.size(); ++i) fold_of[distinct[i]] = i % folds_;
  for (std::size_t i = 0; i < evaluated_; ++i) judged_[i].fold = fold_of[keys[i]];
  for (std::size_t i = evaluated_; i < judged_.size(); ++i) judged_[i].fold = folds_;  // none
}

}  // namespace redraft::reward
