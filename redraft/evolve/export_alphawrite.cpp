#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "redraft/base/clock.h"
#include "redraft/evolve/export_formats.h"
#include "redraft/rank/elo.h"

namespace redraft::evolve {
namespace {

constexpr double kBase = 1200.0, kPoints = 32.0;

/// How a story stands in one tournament.
struct Standing {
  double elo = kBase;
  int wins = 0, losses = 0;
  int matches() const { return wins + losses; }
};
using Standings = std::map<std::string, Standing>;

/// The run seen as the reference sees one: tournaments one after the other, each from the base.
class Tournaments {
 public:
  explicit Tournaments(const RunContents& contents) : contents_(contents) {
    for (const core::Draft& draft : contents.drafts) {
      if (!draft.gated.empty()) continue;
      by_id_[draft.id] = &draft;
      populations_[draft.generation];
    }
    // A population is the texts that played in it, and its own new texts whether they played or
    // not.
    for (const core::Draft& draft : contents.drafts) {
      if (!draft.gated.empty()) continue;
      for (auto& [generation, ids] : populations_) {
        if (draft.generation == generation ||
            (draft.generation < generation && Played(draft.id, generation))) {
          ids.push_back(draft.id);
        }
      }
    }
    for (const core::Verdict& v : contents.verdicts) {
      if (v.p_a && *v.p_a != 0.5 && by_id_.contains(v.a) && by_id_.contains(v.b)) Play(v);
    }
  }

  std::vector<ExportedFile> Files() const {
    std::vector<ExportedFile> files;
    for (const auto& [generation, ids] : populations_) {
      const std::string name = generation == 0
                                   ? "initial_stories.json"
                                   : fmt::format("batch{}_stories.json", generation + 1);
      files.push_back({name, Stories(generation, ids).dump(2) + "\n"});
    }
    if (populations_.empty())
      files.push_back({"initial_stories.json", Stories(0, {}).dump(2) + "\n"});
    files.push_back({"elo_rankings.json", Leaderboard().dump(2) + "\n"});
    files.push_back({"match_history.json", History(Last()).dump(2) + "\n"});
    Json all = Json::array();
    for (const auto& [generation, matches] : matches_) {
      for (const Json& match : matches) all.push_back(match);
    }
    files.push_back({"match_history_all.json", History(all).dump(2) + "\n"});
    return files;
  }

 private:
  bool Played(const std::string& id, int generation) const {
    return std::ranges::any_of(contents_.verdicts, [&](const core::Verdict& v) {
      return v.generation == generation && (v.a == id || v.b == id);
    });
  }

  void Play(const core::Verdict& v) {
    Standings& standings = standings_[v.generation];
    Standing &a = standings[v.a], &b = standings[v.b];
    const bool a_wins = *v.p_a > 0.5;
    const double a_before = a.elo, b_before = b.elo;
    const double gain = kPoints * ((a_wins ? 1.0 : 0.0) - rank::EloExpectation(a.elo, b.elo));
    a.elo += gain;
    b.elo -= gain;
    ++(a_wins ? a.wins : a.losses);
    ++(a_wins ? b.losses : b.wins);
    Json& matches = matches_[v.generation];
    if (matches.is_null()) matches = Json::array();
    matches.push_back({{"story1_id", v.a},
                       {"story2_id", v.b},
                       {"winner_id", a_wins ? v.a : v.b},
                       {"story1_elo_before", a_before},
                       {"story2_elo_before", b_before},
                       {"story1_elo_after", a.elo},
                       {"story2_elo_after", b.elo},
                       {"reasoning", v.rationale},
                       {"timestamp", Stamp()}});
  }

  /// The files want a time for everything; a run knows when it began.
  std::string Stamp() const { return FormatUtc(contents_.run.created_ms); }

  Standing Of(const std::string& id, int generation) const {
    const auto at = standings_.find(generation);
    if (at == standings_.end() || !at->second.contains(id)) return {};
    return at->second.at(id);
  }

  Json Last() const { return matches_.empty() ? Json::array() : matches_.rbegin()->second; }

  Json Stories(int generation, const std::vector<std::string>& ids) const {
    Json stories = Json::array();
    std::map<std::string, int> variants;  // of each parent so far
    std::vector<std::string> parents;
    for (const std::string& id : ids) {
      const core::Draft& draft = *by_id_.at(id);
      const Standing now = Of(id, generation);
      Json story = {{"story_id", id},
                    {"prompt", contents_.Task()},
                    {"piece", draft.text},
                    {"model_used", draft.model},
                    {"elo", now.elo},
                    {"created_at", Stamp()},
                    {"generation_attempt", draft.repairs + 1},
                    {"matches_played", now.matches()},
                    {"wins", now.wins},
                    {"losses", now.losses}};
      if (draft.generation < generation) {
        const Standing before = Of(id, generation - 1);
        story["generation_type"] = "original_top_performer";
        story["selected_for_next_batch"] = true;
        story["previous_batch_elo"] = before.elo;
        story["previous_batch_wins"] = before.wins;
        story["previous_batch_losses"] = before.losses;
        story["previous_batch_matches"] = before.matches();
        parents.push_back(id);
      } else if (!draft.parents.empty()) {
        const std::string& parent = draft.parents.front();
        const Standing before = Of(parent, generation - 1);
        story["generation_type"] = "variant";
        story["parent_story_id"] = parent;
        story["parent_elo"] = before.elo;
        story["parent_wins"] = before.wins;
        story["parent_losses"] = before.losses;
        story["parent_matches_played"] = before.matches();
        story["variant_index"] = ++variants[parent];
        story["parent_story_index"] = std::ranges::find(parents, parent) - parents.begin() + 1;
      }
      stories.push_back(std::move(story));
    }
    return {{"generated_at", Stamp()},
            {"generation_type", generation == 0 ? "initial" : "next_batch"},
            {"total_stories", stories.size()},
            {"stories", std::move(stories)}};
  }

  Json Leaderboard() const {
    std::vector<std::pair<double, std::string>> order;
    const int generation = standings_.empty()
                               ? (populations_.empty() ? 0 : populations_.rbegin()->first)
                               : standings_.rbegin()->first;
    if (populations_.contains(generation)) {
      for (const std::string& id : populations_.at(generation)) {
        order.emplace_back(-Of(id, generation).elo, id);
      }
    }
    std::ranges::stable_sort(order);
    Json rows = Json::array();
    for (const auto& [elo, id] : order) {
      const Standing s = Of(id, generation);
      const double rate = s.matches() > 0 ? static_cast<double>(s.wins) / s.matches() : 0.0;
      rows.push_back({{"rank", rows.size() + 1},
                      {"story_id", id},
                      {"model_used", by_id_.at(id)->model},
                      {"elo", std::round(s.elo * 100) / 100},
                      {"matches_played", s.matches()},
                      {"wins", s.wins},
                      {"losses", s.losses},
                      {"win_rate", std::round(rate * 1000) / 1000}});
    }
    return {{"tournament_completed_at", Stamp()},
            {"total_matches", Last().size()},
            {"leaderboard", std::move(rows)}};
  }

  Json History(const Json& matches) const {
    return {{"tournament_completed_at", Stamp()},
            {"total_matches", matches.size()},
            {"matches", matches}};
  }

  const RunContents& contents_;
  std::map<std::string, const core::Draft*> by_id_;
  std::map<int, std::vector<std::string>> populations_;  ///< kept parents first
  std::map<int, Standings> standings_;
  std::map<int, Json> matches_;
};

}  // namespace

Result<std::vector<ExportedFile>> ExportAlphaWrite(const RunContents& contents) {
  return Tournaments(contents).Files();
}

}  // namespace redraft::evolve
