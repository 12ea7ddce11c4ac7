#include "redraft/evolve/import_alphawrite.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/base/version.h"
#include "redraft/evolve/null.h"
#include "redraft/evolve/ratings.h"
#include "redraft/evolve/record.h"
#include "redraft/text/words.h"

namespace redraft::evolve {
namespace {

namespace fs = std::filesystem;

/// One story file: a population, in its order.
struct Batch {
  int generation = 0;
  std::vector<std::string> ids;
  double best = 0.0;  ///< highest rating in the file
};

class Importer {
 public:
  explicit Importer(fs::path folder) : folder_(std::move(folder)) {}

  Status Read() {
    REDRAFT_ASSIGN(const std::vector<fs::path> files, ListFiles(folder_));
    std::map<int, fs::path> stories;
    for (const fs::path& file : files) {
      if (const int generation = GenerationOf(file.string()); generation >= 0) {
        stories[generation] = file;
      }
    }
    if (stories.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  folder_.string() +
                      " holds no initial_stories.json or batchN_stories.json; name the "
                      "output folder of a run of AlphaWrite");
    }
    for (const auto& [generation, file] : stories) {
      REDRAFT_ASSIGN(const Json json, Load(file));
      REDRAFT_RETURN_IF_ERROR(Guard(file, [&] { return AddBatch(generation, json); }));
    }
    if (batches_.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  folder_.string() + ": its story files hold no story");
    }
    if (std::ranges::find(files, fs::path("match_history.json")) != files.end()) {
      REDRAFT_ASSIGN(const Json json, Load("match_history.json"));
      REDRAFT_RETURN_IF_ERROR(Guard("match_history.json", [&] { return AddMatches(json); }));
    }
    ResolveFounders();
    return Ok{};
  }

  Result<ImportedRun> Store(store::Ledger& ledger) const {
    const std::string identity = Sha256Hex("alphawrite\n" + bytes_.Hex());
    const ImportedRun counts{"", static_cast<int>(drafts_.size()),
                             static_cast<int>(verdicts_.size())};
    REDRAFT_ASSIGN(const auto same, ledger.FindByIdentity(identity));
    if (same) return ImportedRun{same->id, counts.stories, counts.matches};

    store::Projections projections{drafts_, verdicts_, {}, {}};
    REDRAFT_ASSIGN(projections.ratings, Ratings());
    Json generations = Json::array();
    for (const Batch& batch : batches_) {
      generations.push_back(Figures(batch));
      projections.events.push_back(generations.back());
      projections.events.back()["event"] = "generation";
    }
    const std::string name = fs::weakly_canonical(folder_).filename().string();
    store::NewRun run{identity, name.empty() ? "alphawrite" : name, Manifest(), ""};
    REDRAFT_ASSIGN(const std::string id, ledger.CreateRun(run));
    REDRAFT_RETURN_IF_ERROR(ledger.ReplaceProjections(id, projections));
    REDRAFT_RETURN_IF_ERROR(ledger.SetResult(id, Done(id, projections.ratings, generations)));
    REDRAFT_RETURN_IF_ERROR(ledger.SetState(id, store::RunState::kFinished));
    return ImportedRun{id, counts.stories, counts.matches};
  }

 private:
  /// 0 for initial_stories.json, N-1 for batchN_stories.json, -1 for any other file.
  static int GenerationOf(const std::string& name) {
    if (name == "initial_stories.json") return 0;
    constexpr std::string_view kFront = "batch", kBack = "_stories.json";
    if (!name.starts_with(kFront) || !name.ends_with(kBack)) return -1;
    const std::string digits =
        name.substr(kFront.size(), name.size() - kFront.size() - kBack.size());
    const bool number = !digits.empty() && digits.size() <= 6 &&
                        digits.find_first_not_of("0123456789") == std::string::npos;
    return number && std::stoi(digits) >= 2 ? std::stoi(digits) - 1 : -1;
  }

  Result<Json> Load(const fs::path& file) {
    REDRAFT_ASSIGN(const std::string bytes, ReadTextFile(folder_ / file));
    bytes_.Update(file.string() + "\n" + Sha256Hex(bytes) + "\n");
    Result<Json> json = ParseJson(bytes);
    if (!json) return Fail(std::move(json).error().Within((folder_ / file).string()));
    return json;
  }

  /// Runs `body`; members that are missing or of another type become one error naming the file.
  template <class Body>
  Status Guard(const fs::path& file, const Body& body) {
    try {
      return body();
    } catch (const nlohmann::json::exception& error) {
      return Fail(ErrorCode::kInvalidArgument,
                  (folder_ / file).string() + ": not a file of AlphaWrite: " + error.what());
    }
  }

  static std::string TextOr(const Json& json, const char* key, const std::string& missing) {
    const auto it = json.find(key);
    return it == json.end() || !it->is_string() ? missing : it->get<std::string>();
  }

  Status AddBatch(int generation, const Json& json) {
    Batch batch{.generation = generation};
    if (json.contains("config_used")) config_ = json["config_used"];
    for (const Json& story : json.at("stories")) {
      const std::string id = story.at("story_id");
      batch.ids.push_back(id);
      const char* rating = story.contains("elo") ? "elo" : "rating";
      if (story.contains(rating) && story[rating].is_number()) {
        batch.best = std::max(batch.best, story[rating].get<double>());
      }
      if (known_.contains(id)) continue;
      core::Draft draft;
      draft.id = id;
      draft.generation = generation;
      draft.text = story.at("piece");
      draft.words = text::CountWords(draft.text);
      draft.operation = generation == 0 ? "draft" : "vary";
      draft.model = TextOr(story, "model_used", "");
      const std::string parent = TextOr(story, "parent_story_id", "");
      if (known_.contains(parent)) draft.parents = {parent};
      if (task_.empty()) task_ = TextOr(story, "prompt", "");
      known_[id] = drafts_.size();
      drafts_.push_back(std::move(draft));
    }
    if (!batch.ids.empty()) batches_.push_back(std::move(batch));
    return Ok{};
  }

  Status AddMatches(const Json& json) {
    std::set<std::string> players;
    for (const Json& match : json.at("matches")) {
      core::Verdict verdict;
      verdict.a = match.at("story1_id");
      verdict.b = match.at("story2_id");
      const std::string winner = match.at("winner_id");
      for (const std::string& id : {verdict.a, verdict.b}) {
        if (!known_.contains(id)) {
          return Fail(
              ErrorCode::kInvalidArgument,
              fmt::format("{}: match {} names story '{}', which no story file holds",
                          (folder_ / "match_history.json").string(), verdicts_.size() + 1, id));
        }
        players.insert(id);
      }
      if (winner != verdict.a && winner != verdict.b) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("{}: the winner of match {}, '{}', did not play in it",
                        (folder_ / "match_history.json").string(), verdicts_.size() + 1, winner));
      }
      verdict.p_a = winner == verdict.a ? 1.0 : 0.0;
      verdict.judge = "alphawrite";
      verdict.rationale = TextOr(match, "reasoning", "");
      verdict.calls = 1;
      verdicts_.push_back(std::move(verdict));
    }
    const auto holds_all = [&](const Batch& batch) {
      const std::set<std::string> ids(batch.ids.begin(), batch.ids.end());
      return std::ranges::includes(ids, players);
    };
    for (const Batch& batch : batches_) {
      if (holds_all(batch)) judged_ = &batch - batches_.data();
    }
    for (core::Verdict& verdict : verdicts_) {
      verdict.generation = batches_[static_cast<std::size_t>(judged_)].generation;
    }
    return Ok{};
  }

  void ResolveFounders() {
    // Parents come before their variants, so that one pass is enough.
    for (core::Draft& draft : drafts_) {
      if (draft.generation == 0) {
        draft.founder = draft.id;
      } else if (!draft.parents.empty()) {
        draft.founder = drafts_[known_.at(draft.parents.front())].founder;
      }
    }
  }

  /// Drafts of the batch that the tournament on record judged; of the last batch without one.
  std::vector<core::Draft> Judged() const {
    const Batch& batch =
        verdicts_.empty() ? batches_.back() : batches_[static_cast<std::size_t>(judged_)];
    std::vector<core::Draft> judged;
    for (const std::string& id : batch.ids) judged.push_back(drafts_[known_.at(id)]);
    return judged;
  }

  Result<std::vector<store::Rating>> Ratings() const {
    REDRAFT_ASSIGN(RatedDrafts rated, RateDrafts(Judged(), verdicts_, {.slots = false}));
    std::ranges::stable_sort(rated.ratings, std::greater{}, &store::Rating::elo);
    return std::move(rated.ratings);
  }

  Json Figures(const Batch& batch) const {
    std::vector<std::string> texts;
    std::set<std::string> founders;
    bool known = true;
    for (const std::string& id : batch.ids) {
      const core::Draft& draft = drafts_[known_.at(id)];
      texts.push_back(draft.text);
      known &= !draft.founder.empty();
      founders.insert(draft.founder);
    }
    GenerationFigures figures;
    figures.generation = batch.generation;
    figures.drafts = static_cast<int>(batch.ids.size());
    figures.founders = static_cast<int>(founders.size());
    figures.diversity = text::Measure(texts);
    figures.best = batch.best;
    Json json = ToJson(figures);
    if (!known) json["founders"] = nullptr;
    return json;
  }

  Json Manifest() const {
    const auto number = [this](const char* key) {
      return config_.is_object() && config_.contains(key) ? config_[key] : Json(nullptr);
    };
    Json brief = nullptr;
    if (!task_.empty()) brief = {{"task", task_}, {"sha256", Sha256Hex(task_)}};
    return {{"schema", "redraft.import.alphawrite/1"},
            {"tool", kVersion},
            {"source", fs::weakly_canonical(folder_).filename().string()},
            {"brief", brief},
            {"options",
             {{"preset", "alphawrite"},
              {"initial", batches_.front().ids.size()},
              {"top", number("top_stories_to_select")},
              {"variants", number("variants_per_story")},
              {"generations", batches_.back().generation},
              {"ranking", "elo"},
              {"brake", 0}}},
            {"slots_on_record", false}};
  }

  Json Done(const std::string& run, const std::vector<store::Rating>& ratings,
            const Json& generations) const {
    const core::Draft& best = drafts_[known_.at(ratings.front().id)];
    std::vector<std::string> ids;
    for (const store::Rating& rating : ratings) ids.push_back(rating.id);
    const std::size_t top = std::min<std::size_t>(
        ids.size(), config_.is_object() ? config_.value("top_stories_to_select", 5U) : 5U);
    // Without recorded parents a text of the last batch may be a variant or not: no share then.
    const bool lineage = std::ranges::any_of(verdicts_, [&](const core::Verdict& v) {
      return !drafts_[known_.at(v.a)].parents.empty() || !drafts_[known_.at(v.b)].parents.empty();
    });
    RunNull null;
    if (lineage) {
      null = MeasureNull(drafts_, verdicts_, std::span(ids).first(top), ids,
                         batches_[static_cast<std::size_t>(judged_)].generation, 1);
    }
    return {{"event", "done"},
            {"schema", "redraft.evolve/1"},
            {"run", run},
            {"best",
             {{"draft", best.id},
              {"sha256", Sha256Hex(best.text)},
              {"text", best.text},
              {"rating", ratings.front().elo}}},
            {"calls", {{"draft", 0}, {"judge", 0}, {"variant", 0}, {"repair", 0}}},
            {"tries", 0},
            {"tokens", {{"in", 0}, {"out", 0}}},
            {"cost", 0.0},
            {"generations", generations},
            {"null", ToJson(null)}};
  }

  const fs::path folder_;
  Sha256 bytes_;  ///< of everything that was read
  std::vector<Batch> batches_;
  std::vector<core::Draft> drafts_;
  std::map<std::string, std::size_t> known_;  ///< index of each story
  std::vector<core::Verdict> verdicts_;
  std::ptrdiff_t judged_ = 0;  ///< index of the batch that the verdicts are on
  std::string task_;
  Json config_;  ///< "config_used" of the last batch file that has it
};

}  // namespace

Result<ImportedRun> ImportAlphaWrite(const fs::path& folder, store::Ledger& ledger) {
  Importer importer(folder);
  REDRAFT_RETURN_IF_ERROR(importer.Read());
  return importer.Store(ledger);
}

}  // namespace redraft::evolve
