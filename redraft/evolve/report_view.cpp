#include "redraft/evolve/report_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "redraft/base/clock.h"
#include "redraft/base/version.h"
#include "redraft/evolve/chart.h"
#include "redraft/text/diff.h"
#include "redraft/text/words.h"

namespace redraft::evolve {
namespace {

constexpr int kShown = 20;         ///< rows of the leaderboard that are open from the start
constexpr double kBrakeHint = .1;  ///< trigram overlap at which the default brake acts

std::string OrDash(const std::string& text) { return text.empty() ? "–" : text; }

/// A text as paragraphs: {"kind":"p|heading|break","text"}. Line breaks inside stay.
Json Paragraphs(const std::string& text) {
  Json paragraphs = Json::array();
  for (const std::string_view paragraph : text::Paragraphs(text)) {
    const bool rule = paragraph.find_first_not_of("*-–—#~_=•· \t\n") == std::string_view::npos;
    const std::size_t hashes = paragraph.find_first_not_of('#');
    const bool heading = !rule && hashes > 0 && hashes <= 6 && paragraph[hashes] == ' ' &&
                         paragraph.find('\n') == std::string_view::npos;
    paragraphs.push_back(
        {{"kind", rule ? "break" : heading ? "heading" : "p"},
         {"text", std::string(heading ? paragraph.substr(hashes + 1) : paragraph)}});
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
          {"generation", draft.generation},
          {"words", Grouped(draft.words)},
          {"style", draft.style},
          {"theme", draft.theme},
          {"objective", draft.objective},
          {"asked", OrDash(Asked(draft))},
          {"parent", draft.parents.empty() ? "" : draft.parents.front()},
          {"founder", draft.founder},
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
    while (!line.empty() && std::string_view("*_ \t\r").find(line.back()) != std::string_view::npos) {
      line.pop_back();
    }
    for (const std::string_view label : {"PROMPT:", "Prompt:", "prompt:"}) {
      if (line.starts_with(label)) line.erase(0, line.find_first_not_of(' ', label.size()));
    }
    if (!line.empty()) return line;
  }
  return contents.run.name.empty() ? "A run without a brief" : contents.run.name;
}

std::string Duration(double seconds) {
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 60) return fmt::format("{:.1f} s", seconds);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string StateInWords(store::RunState state) {
  switch (state) {
    case store::RunState::kFinished: return "";
    case store::RunState::kRunning: return "This run is not finished; the report shows what there is.";
    case store::RunState::kBudget:
      return "This run stopped at a budget; it can be resumed. The report shows what there is.";
    case store::RunState::kInterrupted:
      return "This run was interrupted; it can be resumed. The report shows what there is.";
    case store::RunState::kFailed: return "This run failed; the report shows what there is.";
  }
  return "";
}

/// The string at manifest[section][key], or manifest[section] itself without a key; else empty.
std::string Manifest(const RunContents& contents, const char* section, const char* key = nullptr) {
  const Json* at = &contents.run.manifest;
  for (const char* name : {section, key}) {
    if (name == nullptr) break;
    if (!at->is_object() || !at->contains(name)) return "";
    at = &(*at)[name];
  }
  return at->is_string() ? at->get<std::string>() : "";
}

/// The models that wrote and judged, as (role, id).
std::vector<std::pair<std::string, std::string>> Models(const RunContents& contents) {
  std::map<std::string, int> writers;
  for (const core::Draft& draft : contents.drafts) {
    if (!draft.model.empty()) ++writers[draft.model];
  }
  if (const std::string writer = Manifest(contents, "writer", "model"); !writer.empty()) {
    ++writers[writer];
  }
  std::vector<std::pair<std::string, std::string>> models;
  for (const auto& [id, drafts] : writers) models.emplace_back("writer", id);
  if (const std::string judge = Manifest(contents, "judge", "model"); !judge.empty()) {
    models.emplace_back("judge", judge);
  }
  return models;
}

std::string LeftMachine(const RunContents& contents) {
  const Json& manifest = contents.run.manifest;
  if (!manifest.is_object() || !manifest.contains("writer")) return "Not on record.";
  const std::string url = Manifest(contents, "writer", "url");
  std::string left = url.empty() ? "Nothing." : "The brief and the texts, sent to " + url + ".";
  if (Manifest(contents, "judge", "spec").starts_with("exec:")) {
    left += " The judge is a program of the user's; what it sends is its own affair.";
  }
  return left;
}

Json Summary(const RunContents& contents, const Findings& f) {
  const store::Counts& counts = contents.counts;
  Json items = Json::array();
  const auto add = [&items](const char* label, std::string value, std::string note = "") {
    items.push_back({{"label", label}, {"value", std::move(value)}, {"note", std::move(note)}});
  };
  std::string kept_out;
  if (!f.gated.empty()) kept_out = fmt::format("{} more did not pass the gates", f.gated.size());
  add("Drafts", Grouped(static_cast<double>(contents.drafts.size() - f.gated.size())), kept_out);
  int last = 0;
  for (const core::Draft& draft : contents.drafts) last = std::max(last, draft.generation);
  add("Generations", Grouped(last), "after the first drafts");
  add("Verdicts", Grouped(f.judge.verdicts), OrDash(f.judge.id));
  std::int64_t calls = 0;
  std::string roles;
  for (const auto& [role, count] : counts.calls) {
    calls += count;
    if (count > 0) roles += fmt::format("{}{} {}", roles.empty() ? "" : ", ", core::ToString(role), count);
  }
  add("Model calls", Grouped(static_cast<double>(calls)), roles);
  const core::Usage& usage = counts.spent.usage;
  add("Tokens", Grouped(static_cast<double>(usage.tokens_in + usage.tokens_out)),
      fmt::format("{} read, {} written", Grouped(static_cast<double>(usage.tokens_in)),
                  Grouped(static_cast<double>(usage.tokens_out))));
  add("Cost", usage.cost > 0 ? Grouped(usage.cost, 2) : "0", usage.cost > 0 ? "" : "nothing was billed");
  add("Time", contents.busy_s > 0 ? Duration(contents.busy_s) : "–",
      contents.busy_s > 0 ? "with a model at work" : "not on record");
  std::string models;
  for (const auto& [role, id] : Models(contents)) {
    if (models.find(id) == std::string::npos) models += (models.empty() ? "" : ", ") + id;
  }
  add("Models", OrDash(models));
  add("Left the machine", LeftMachine(contents));
  return items;
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
    if (values.empty()) return;
    Json chart = LineChart(values, digits, guide);
    chart["title"] = title;
    chart["caption"] = caption;
    charts.push_back(std::move(chart));
  };
  add("best", "Best rating", "Elo scale; see above for what it does not prove", 0);
  add("founders", "Founders alive", "first drafts that the population descends from", 0);
  add("distinct2", "Distinct word pairs", "1: no pair of words occurs twice", 2);
  const double brake = contents.Option("brake", kBrakeHint);
  add("trigram_jaccard", "Shared trigrams", "mean over all pairs of texts; lower is more diverse", 3,
      brake > 0 ? std::optional(brake) : std::nullopt);
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
                     .label = fmt::format("{}: {}", r.draft->id,
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
    for (const std::string& reason : draft->gated) why += (why.empty() ? "" : ", ") + ReasonInWords(reason);
    slot["why"] = why;
    slots.push_back(std::move(slot));
  }
  return {{"texts", f.rejected_texts}, {"reasons", reasons}, {"slots", slots}};
}

Json JudgeRows(const Findings& f) {
  const JudgeFigures& j = f.judge;
  Json rows = Json::array();
  const auto add = [&rows](const char* label, std::string value, std::string reading) {
    rows.push_back({{"label", label}, {"value", std::move(value)}, {"reading", std::move(reading)}});
  };
  const auto share = [](const Share& s) {
    return fmt::format("{} ({} to {})", Percent(s.value()), Percent(s.lo), Percent(s.hi));
  };
  add("Judge", OrDash(j.id), "");
  add("Verdicts", Grouped(j.verdicts),
      fmt::format("{} without an answer, {} ties", Grouped(j.none), Grouped(j.ties)));
  if (j.first_slot) {
    add("Wins of the text shown first", share(*j.first_slot),
        j.first_slot->lo > 0.5   ? "The judge leans to the first text."
        : j.first_slot->hi < 0.5 ? "The judge leans to the second text."
                                 : "No lean to either side can be told.");
  } else if (j.verdicts > 0) {
    add("Wins of the text shown first", "–", "The order of showing is not on record.");
  }
  if (j.slot) {
    add("Advantage of the first slot",
        fmt::format("{} ± {} logits", Signed(j.slot->value, 2), Grouped(j.slot->se, 2)),
        "Fitted together with the ratings, which are corrected for it.");
  }
  if (j.longer) {
    add("Wins of the longer text", share(*j.longer),
        j.longer->lo > 0.5   ? "The judge, or quality itself, goes with length here."
        : j.longer->hi < 0.5 ? "The judge, or quality itself, goes with brevity here."
                             : "No taste for length can be told.");
  }
  if (j.length) {
    add("A doubling of length",
        fmt::format("{} ± {} logits", Signed(j.length->value, 2), Grouped(j.length->se, 2)),
        "At equal strength; the ratings are not corrected for it.");
  }
  if (j.mean_logit) {
    add("Mean size of a verdict", Grouped(*j.mean_logit, 2) + " logits",
        fmt::format("A typical verdict is {} sure.",
                    Percent(1 / (1 + std::exp(-*j.mean_logit)))));
  }
  return rows;
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

Json Provenance(const RunContents& contents) {
  Json rows = Json::array();
  const auto add = [&rows](std::string label, const std::string& value) {
    if (!value.empty()) rows.push_back({{"label", std::move(label)}, {"value", value}});
  };
  const Json& manifest = contents.run.manifest;
  add("Run", contents.run.id + (contents.run.name.empty() ? "" : " (" + contents.run.name + ")"));
  add("Fork of", contents.run.parent);
  add("Started", FormatUtc(contents.run.created_ms));
  add("State", store::ToString(contents.run.state));
  const auto seed = contents.Option<std::uint64_t>("seed", 0);
  if (manifest.is_object() && manifest.contains("options")) add("Seed", std::to_string(seed));
  add("Identity", contents.run.identity);
  add("Brief", Manifest(contents, "brief", "sha256"));
  add("Document", Manifest(contents, "document"));
  add("Section", Manifest(contents, "section"));
  for (const auto& [role, id] : Models(contents)) add("Model, " + role, id);
  add("Judge", Manifest(contents, "judge", "id"));
  add("Pack " + Manifest(contents, "pack", "name"), Manifest(contents, "pack", "sha256"));
  add("Rubric", Manifest(contents, "rubric", "sha256"));
  if (manifest.is_object() && manifest.contains("prompts") && manifest["prompts"].is_object()) {
    for (const auto& [name, hash] : manifest["prompts"].items()) {
      if (hash.is_string()) add("Prompt " + name, hash);
    }
  }
  if (const std::string tool = Manifest(contents, "tool"); !tool.empty()) {
    add("Made by", "redraft " + tool);
  }
  add("Reported by", std::string("redraft ") + kVersion);
  return rows;
}

Json Commands(const RunContents& contents) {
  const std::string& id = contents.run.id;
  Json commands = Json::array();
  if (contents.run.state != store::RunState::kFinished) {
    commands.push_back({{"label", "Go on"}, {"line", "redraft resume " + id}});
  }
  if (contents.counts.requests > 0) {
    commands.push_back({{"label", "Make it again, byte for byte, without a model"},
                        {"line", "redraft replay " + id}});
  }
  commands.push_back({{"label", "Take the data"}, {"line", "redraft export " + id + " --format jsonl"}});
  return commands;
}

}  // namespace

std::string Grouped(double value, int digits) {
  std::string text = fmt::format("{:.{}f}", std::abs(value), digits);
  const std::size_t point = std::min(text.find('.'), text.size());
  for (std::size_t at = point; at > 3; at -= 3) text.insert(at - 3, ",");
  const bool zero = text.find_first_not_of("0.,") == std::string::npos;
  return value < 0 && !zero ? "−" + text : text;
}

std::string Signed(double value, int digits) {
  const std::string text = Grouped(value, digits);
  const bool zero = text.find_first_not_of("0.") == std::string::npos;
  return value > 0 && !zero ? "+" + text : text;
}

std::string Percent(double share) { return fmt::format("{:.0f} %", 100.0 * share); }

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
  view["summary"] = Summary(contents, f);
  view["null"] = NullView(contents, f);
  view["swarm"] = Swarm(f);
  view["swarm_scale"] = f.by_elo ? "Elo" : "strength in logits";
  view["charts"] = Charts(contents, f);
  view["leaderboard"] = Leaderboard(f);
  view["shown"] = kShown;
  view["lineage"] = Lineage(f, by_id);
  view["gates"] = Gates(f);
  view["judge"] = JudgeRows(f);
  view["generations"] = Generations(contents, by_id);
  view["provenance"] = Provenance(contents);
  view["commands"] = Commands(contents);
  return view;
}

}  // namespace redraft::evolve
