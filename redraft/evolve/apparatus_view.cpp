#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "redraft/base/clock.h"
#include "redraft/base/version.h"
#include "redraft/evolve/report_view.h"

namespace redraft::evolve {
namespace {

std::string OrDash(const std::string& text) { return text.empty() ? "–" : text; }

std::string Duration(double seconds) {
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 60) return fmt::format("{:.1f} s", seconds);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
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

Json SummaryView(const RunContents& contents, const Findings& f) {
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
    if (count > 0)
      roles += fmt::format("{}{} {}", roles.empty() ? "" : ", ", core::ToString(role), count);
  }
  add("Model calls", Grouped(static_cast<double>(calls)), roles);
  const core::Usage& usage = counts.spent.usage;
  add("Tokens", Grouped(static_cast<double>(usage.tokens_in + usage.tokens_out)),
      fmt::format("{} read, {} written", Grouped(static_cast<double>(usage.tokens_in)),
                  Grouped(static_cast<double>(usage.tokens_out))));
  std::string bills;
  for (const auto& [role, consumed] : counts.spent.by_role) {
    if (consumed.usage.cost <= 0) continue;
    bills += fmt::format("{}{} {}", bills.empty() ? "" : ", ", core::ToString(role),
                         Grouped(consumed.usage.cost, 2));
  }
  add("Cost", usage.cost > 0 ? Grouped(usage.cost, 2) : "0",
      usage.cost > 0 ? bills : "nothing was billed");
  const double busy_s = counts.spent.busy_s;
  add("Time", busy_s > 0 ? Duration(busy_s) : "–",
      busy_s > 0 ? "with a model at work" : "not on record");
  std::string models;
  for (const auto& [role, id] : Models(contents)) {
    if (models.find(id) == std::string::npos) models += (models.empty() ? "" : ", ") + id;
  }
  add("Models", OrDash(models));
  add("Left the machine", LeftMachine(contents));
  return items;
}

Json JudgeView(const Findings& f) {
  const JudgeFigures& j = f.judge;
  Json rows = Json::array();
  const auto add = [&rows](const char* label, std::string value, std::string reading) {
    rows.push_back(
        {{"label", label}, {"value", std::move(value)}, {"reading", std::move(reading)}});
  };
  const auto share = [](const Share& s) {
    return fmt::format("{} ({} to {})", Percent(s.value()), Percent(s.lo), Percent(s.hi));
  };
  add("Judge", OrDash(j.id), "");
  add("Verdicts", Grouped(j.verdicts),
      fmt::format("{} without an answer, {} ties", Grouped(j.none), Grouped(j.ties)));
  const bool shown = j.slots_on_record;
  if (j.first_slot) {
    add(shown ? "Wins of the text shown first" : "Wins of the text listed first",
        share(*j.first_slot),
        !shown                   ? "The order of showing is not on record; it may be this one."
        : j.first_slot->lo > 0.5 ? "The judge leans to the first text."
        : j.first_slot->hi < 0.5 ? "The judge leans to the second text."
                                 : "No lean to either side can be told.");
  }
  if (j.slot) {
    add(shown ? "Advantage of the first slot" : "Advantage of being listed first",
        fmt::format("{} ± {} logits", Signed(j.slot->value, 2), Grouped(j.slot->se, 2)),
        shown ? "Fitted together with the ratings, which are corrected for it."
              : "At equal strength; the ratings are not corrected for it.");
  }
  const rank::Consistency& c = j.consistency;
  const auto agreement = [&](const char* label, const rank::Agreement& a, const char* reading) {
    if (a.pairs == 0) return;
    add(label,
        fmt::format("{} ({} of {})", Percent(static_cast<double>(a.same) / a.pairs),
                    Grouped(a.same), Grouped(a.pairs)),
        reading);
  };
  if (shown) {
    agreement("The same pair again, same order", c.same_order, "What is missing here is noise.");
    agreement("The same pair again, swapped", c.swapped_order,
              "A judge that looked at the texts alone would say the same.");
  } else {
    agreement("The same pair again", c.repeats, "In whichever order it was shown.");
  }
  if (c.triads > 0) {
    add("Triads that go round",
        fmt::format("{} ({} of {})", Percent(static_cast<double>(c.cyclic) / c.triads),
                    Grouped(c.cyclic), Grouped(c.triads)),
        "A coin makes 25 % of them.");
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
        fmt::format("A typical verdict is {} sure.", Percent(1 / (1 + std::exp(-*j.mean_logit)))));
  }
  return rows;
}

Json ProvenanceView(const RunContents& contents) {
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

Json CommandsView(const RunContents& contents) {
  const std::string& id = contents.run.id;
  Json commands = Json::array();
  if (contents.run.state != store::RunState::kFinished) {
    commands.push_back({{"label", "Go on"}, {"line", "redraft resume " + id}});
  }
  if (contents.counts.requests > 0) {
    commands.push_back({{"label", "Make it again, byte for byte, without a model"},
                        {"line", "redraft replay " + id}});
  }
  commands.push_back(
      {{"label", "Take the data"}, {"line", "redraft export " + id + " --format jsonl"}});
  return commands;
}

}  // namespace redraft::evolve
