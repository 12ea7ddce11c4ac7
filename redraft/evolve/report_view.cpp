#include "redraft/evolve/report_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "redraft/base/clock.h"
#include "redraft/evolve/chart.h"
#include "redraft/text/diff.h"
#include "redraft/text/words.h"

namespace redraft::evolve {
namespace {

constexpr int kShown = 20;         ///< rows of the leaderboard that are open from the start
constexpr double kBrakeHint = .1;  ///< trigram overlap at which the default brake acts

std::string OrDash(const std::string& text) { return text.empty() ? "–" : text; }

/// What a draft is called on the page: its id; of the long ids of imports the first eight digits.
std::string Label(const std::string& id) { return id.size() <= 12 ? id : id.substr(0, 8); }

std::string_view WithoutEmphasis(std::string_view line) {
  while (line.size() > 2 && (line.front() == '*' || line.front() == '_') &&
         line.back() == line.front()) {
    line.remove_prefix(1);
    line.remove_suffix(1);
  }
  return line;
}

/// True for a first line that reads as the title of what follows.
bool ReadsAsTitle(std::string_view line) {
  return line.find('\n') == std::string_view::npos && text::CountWords(line) <= 12 &&
         std::string_view(".!?…,;:\"”’'").find(line.back()) == std::string_view::npos;
}

/// A text as paragraphs: {"kind":"p|opening|heading|break","text"}. Line breaks inside stay. The
/// opening is a first paragraph long enough to carry an initial.
Json Paragraphs(const std::string& text) {
  constexpr std::size_t kOpening = 180;  // bytes: three lines beside the initial
  const std::vector<std::string_view> all = text::Paragraphs(text);
  Json paragraphs = Json::array();
  bool begun = false;
  for (std::string_view paragraph : all) {
    const char* kind = "p";
    const std::size_t hashes = paragraph.find_first_not_of('#');
    if (paragraph.find_first_not_of("*-–—#~_=•· \t\n") == std::string_view::npos) {
      kind = "break";
    } else if (hashes > 0 && hashes <= 6 && paragraph[hashes] == ' ' &&
               paragraph.find('\n') == std::string_view::npos) {
      kind = "heading";
      paragraph.remove_prefix(hashes + 1);
    } else if (!begun && paragraphs.empty() && all.size() > 1 &&
               ReadsAsTitle(WithoutEmphasis(paragraph))) {
      kind = "heading";
      paragraph = WithoutEmphasis(paragraph);
    } else {
      if (!begun && paragraph.size() > kOpening) kind = "opening";
      begun = true;
    }
    paragraphs.push_back({{"kind", kind}, {"text", std::string(paragraph)}});
  }
  return paragraphs;
}

std::string Strength(const store::Rating& rating) {
  if (!rating.bt) return "–";
  return rating.se ? fmt::format("{} ± {}", Signed(*rating.bt, 2), Grouped(*rating.se, 2))
                   : Signed(*rating.bt, 2);
}

/// What was asked for: the objective of a variant, or style and theme of a first draft.
std::string Asked(const core::Draft& draft) {
  if (!draft.objective.empty()) return draft.objective;
  if (draft.style.empty()) return draft.theme;
  return draft.theme.empty() ? draft.style : draft.style + " · " + draft.theme;
}

/// One draft, as every list of the page shows it.
Json DraftView(const core::Draft& draft, const Ranked* ranked) {
  const bool played = ranked != nullptr && ranked->rating.n > 0;
  return {{"id", draft.id},
          {"label", Label(draft.id)},
          {"generation", draft.generation},
          {"words", Grouped(draft.words)},
          {"style", draft.style},
          {"theme", draft.theme},
          {"objective", draft.objective},
          {"asked", OrDash(Asked(draft))},
          {"parent", draft.parents.empty() ? "" : draft.parents.front()},
          {"parent_label", draft.parents.empty() ? "" : Label(draft.parents.front())},
          {"model", draft.model},
          {"repairs", draft.repairs},
          {"elo", played ? Grouped(ranked->rating.elo) : "–"},
          {"bt", played ? Strength(ranked->rating) : "–"},
          {"n", played ? Grouped(ranked->rating.n) : "–"},
          {"paragraphs", Paragraphs(draft.text)}};
}

/// The first line of the brief that says something, without Markdown and labels around it.
std::string Title(const RunContents& contents) {
  const std::string task = contents.Task();
  for (std::size_t start = 0; start < task.size();) {
    const std::size_t end = std::min(task.find('\n', start), task.size());
    std::string line = task.substr(start, end - start);
    start = end + 1;
    line.erase(0, line.find_first_not_of("#*_ \t\r"));
    while (!line.empty() &&
           std::string_view("*_ \t\r").find(line.back()) != std::string_view::npos) {
      line.pop_back();
    }
    for (const std::string_view label : {"PROMPT:", "Prompt:", "prompt:"}) {
      if (line.starts_with(label)) line.erase(0, line.find_first_not_of(' ', label.size()));
    }
    if (!line.empty()) return line;
  }
  return contents.run.name.empty() ? "A run without a brief" : contents.run.name;
}

std::string StateInWords(store::RunState state) {
  switch (state) {
    case store::RunState::kFinished:
      return "";
    case store::RunState::kRunning:
      return "This run is not finished; the report shows what there is.";
    case store::RunState::kBudget:
      return "This run stopped at a budget; it can be resumed. The report shows what there is.";
    case store::RunState::kInterrupted:
      return "This run was interrupted; it can be resumed. The report shows what there is.";
    case store::RunState::kFailed:
      return "This run failed; the report shows what there is.";
  }
  return "";
}

/// Ranks and rows by draft id.
std::map<std::string, const Ranked*> ById(const Findings& f) {
  std::map<std::string, const Ranked*> by_id;
  for (const Ranked& r : f.ranking) by_id.emplace(r.rating.id, &r);
  return by_id;
}

Json Leaderboard(const Findings& f) {
  Json rows = Json::array();
  int rank = 0;
  for (const Ranked& r : f.ranking) {
    Json row = DraftView(*r.draft, &r);
    row.erase("paragraphs");
    row["rank"] = ++rank;
    row["winner"] = f.winner && r.draft == f.winner->draft;
    row["more"] = rank > kShown;
    rows.push_back(std::move(row));
  }
  return rows;
}

Json Lineage(const Findings& f, const std::map<std::string, const Ranked*>& by_id) {
  Json steps = Json::array();
  for (std::size_t i = 0; i < f.lineage.size(); ++i) {
    const core::Draft& draft = *f.lineage[i];
    const auto ranked = by_id.find(draft.id);
    Json step = DraftView(draft, ranked == by_id.end() ? nullptr : ranked->second);
    step["diff"] = Json::array();
    step["kept"] = "";
    if (i > 0) {
      std::size_t same = 0, all = 0;
      for (const text::DiffPiece& piece : text::WordDiff(f.lineage[i - 1]->text, draft.text)) {
        const char* op = piece.op == text::DiffOp::kEqual    ? "same"
                         : piece.op == text::DiffOp::kDelete ? "del"
                                                             : "ins";
        const auto words = static_cast<std::size_t>(text::CountWords(piece.text));
        if (piece.op == text::DiffOp::kEqual) same += words;
        if (piece.op != text::DiffOp::kInsert) all += words;
        step["diff"].push_back({{"op", op}, {"text", piece.text}});
      }
      if (all > 0) {
        step["kept"] = Percent(static_cast<double>(same) / static_cast<double>(all));
      }
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

Json Charts(const RunContents& contents, const Findings& f) {
  Json charts = Json::array();
  const auto add = [&](const char* key, const char* title, const char* caption, int digits,
                       std::optional<double> guide = std::nullopt) {
    std::vector<GenerationValue> values;
    for (const Json& g : f.generations) {
      if (g.contains(key) && g[key].is_number()) {
        values.emplace_back(g.value("generation", 0), g[key].get<double>());
      }
    }
    if (values.size() < 2) return;
    Json chart = LineChart(values, digits, guide);
    chart["title"] = title;
    chart["caption"] = caption;
    charts.push_back(std::move(chart));
  };
  add("best", "Best rating", "Elo scale; see above for what it does not prove", 0);
  add("founders", "Founders alive", "first drafts that the population descends from", 0);
  add("distinct2", "Distinct word pairs", "1: no pair of words occurs twice", 2);
  const double brake = contents.Option("brake", kBrakeHint);
  add("trigram_jaccard", "Shared trigrams", "mean over all pairs of texts; lower is more diverse",
      3, brake > 0 ? std::optional(brake) : std::nullopt);
  return charts;
}

Json Swarm(const Findings& f) {
  std::vector<Mark> marks;
  for (const Ranked& r : f.ranking) {
    if (r.rating.n == 0) continue;
    const double score = f.by_elo || !r.rating.bt ? r.rating.elo : *r.rating.bt;
    marks.push_back({.id = r.draft->id,
                     .generation = r.draft->generation,
                     .score = score,
                     .label = fmt::format("{}: {}", Label(r.draft->id),
                                          f.by_elo ? Grouped(r.rating.elo) : Strength(r.rating)),
                     .of_winner = std::ranges::find(f.lineage, r.draft) != f.lineage.end()});
  }
  // The line runs from founder to winner.
  std::ranges::stable_sort(marks, {}, &Mark::generation);
  return SwarmChart(marks, 1);
}

/// What a gate reason means to a reader.
std::string ReasonInWords(const std::string& reason) {
  static const std::map<std::string, std::string> kWords = {
      {"empty", "no text came back"},
      {"refusal", "the model declined to write"},
      {"preface", "talk about the text instead of the text"},
      {"garbage", "not language"},
      {"repetition", "loops"},
      {"too_short", "shorter than the brief asks"},
      {"too_long", "longer than the brief allows"},
      {"unfinished", "breaks off before its end"},
      {"duplicate", "the same as an earlier text"},
      {"near_duplicate", "almost the same as an earlier text"}};
  const auto it = kWords.find(reason);
  return it == kWords.end() ? reason : it->second;
}

Json Gates(const Findings& f) {
  std::vector<std::pair<int, std::string>> counts;
  for (const auto& [reason, count] : f.rejected) counts.emplace_back(-count, reason);
  std::ranges::sort(counts);
  Json reasons = Json::array(), slots = Json::array();
  for (const auto& [count, reason] : counts) {
    reasons.push_back({{"reason", reason},
                       {"count", -count},
                       {"share", fmt::format("{:.1f}", 100.0 * count / counts.front().first)},
                       {"words", ReasonInWords(reason)}});
  }
  for (const core::Draft* draft : f.gated) {
    Json slot = DraftView(*draft, nullptr);
    std::string why;
    for (const std::string& reason : draft->gated)
      why += (why.empty() ? "" : ", ") + ReasonInWords(reason);
    slot["why"] = why;
    slots.push_back(std::move(slot));
  }
  return {{"texts", f.rejected_texts}, {"reasons", reasons}, {"slots", slots}};
}

Json Generations(const RunContents& contents, const std::map<std::string, const Ranked*>& by_id) {
  std::map<int, Json> groups;
  for (const core::Draft& draft : contents.drafts) {
    if (!draft.gated.empty()) continue;
    const auto ranked = by_id.find(draft.id);
    groups[draft.generation].push_back(
        DraftView(draft, ranked == by_id.end() ? nullptr : ranked->second));
  }
  Json generations = Json::array();
  for (auto& [generation, drafts] : groups) {
    generations.push_back(
        {{"title", generation == 0 ? "First drafts" : fmt::format("Generation {}", generation)},
         {"count", drafts.size()},
         {"drafts", std::move(drafts)}});
  }
  return generations;
}

}  // namespace

Json ReportView(const RunContents& contents, const Findings& f) {
  const auto by_id = ById(f);
  const std::string task = contents.Task(), title = Title(contents);
  Json view;
  view["title"] = title;
  view["run"] = contents.run.id;
  view["date"] = FormatUtc(contents.run.created_ms).substr(0, 10);
  view["state"] = StateInWords(contents.run.state);
  view["brief"] = Paragraphs(task == title ? "" : task);
  view["winner"] = f.winner ? DraftView(*f.winner->draft, &*f.winner) : Json(nullptr);
  view["average"] = nullptr;
  if (f.average && !(f.winner && f.average->draft == f.winner->draft)) {
    view["average"] = DraftView(*f.average->draft, &*f.average);
    view["average"]["note"] =
        f.average_rank > 0
            ? fmt::format("rated {} of {} first drafts", f.average_rank, f.average_of)
            : fmt::format("of median length among {}; verdicts on first drafts are not on record",
                          f.average_of);
  }
  view["summary"] = SummaryView(contents, f);
  view["null"] = NullView(contents, f);
  view["swarm"] = Swarm(f);
  view["swarm_scale"] = f.by_elo ? "Elo" : "strength in logits";
  view["charts"] = Charts(contents, f);
  view["leaderboard"] = Leaderboard(f);
  view["shown"] = kShown;
  view["lineage"] = Lineage(f, by_id);
  view["gates"] = Gates(f);
  view["judge"] = JudgeView(f);
  view["generations"] = Generations(contents, by_id);
  view["provenance"] = ProvenanceView(contents);
  view["commands"] = CommandsView(contents);
  return view;
}

}  // namespace redraft::evolve
