#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "redraft/evolve/export_formats.h"
#include "redraft/text/similarity.h"

namespace redraft::evolve {
namespace {

constexpr int kTextsPerFounder = 2;
constexpr int kPairsPerFounder = 8;
constexpr double kLeastCertainty = 0.9;

/// The messages that asked for the first draft of a text's family, as sent. A text of unknown
/// descent, or of an import, answers the brief.
Json Prompt(const RunContents& contents, const core::Draft& draft) {
  Json messages = Json::array();
  const auto founder = std::ranges::find(contents.drafts, draft.founder, &core::Draft::id);
  if (founder != contents.drafts.end() && contents.prompts.contains(founder->key)) {
    for (const core::Message& message : contents.prompts.at(founder->key)) {
      messages.push_back({{"role", message.role}, {"content", message.content}});
    }
  } else if (const std::string task = contents.Task(); !task.empty()) {
    messages.push_back({{"role", "user"}, {"content", task}});
  }
  return messages;
}

Json Answer(const core::Draft& draft) { return {{"role", "assistant"}, {"content", draft.text}}; }

Json Provenance(const RunContents& contents, const Findings& findings, int line, const Ranked& r) {
  return {{"line", line},
          {"run", contents.run.id},
          {"draft", r.draft->id},
          {"founder", r.draft->founder},
          {"generation", r.draft->generation},
          {"model", r.draft->model},
          {"judge", findings.judge.id},
          {"bt", r.rating.bt ? Json(*r.rating.bt) : Json(nullptr)},
          {"se", r.rating.se ? Json(*r.rating.se) : Json(nullptr)},
          {"verdicts", r.rating.n}};
}

std::string Founder(const core::Draft& draft) {
  return draft.founder.empty() ? draft.id : draft.founder;
}

/// How to read the files, and the one thing that is easily forgotten.
std::string Readme(const RunContents& contents, const std::string& kind, std::size_t lines) {
  std::string models;
  for (const core::Draft& draft : contents.drafts) {
    if (!draft.model.empty() && models.find(draft.model) == std::string::npos) {
      models += (models.empty() ? "" : ", ") + draft.model;
    }
  }
  const char* trainer = kind == "sft" ? "SFTTrainer(model, train_dataset=data)"
                                      : "DPOTrainer(model, train_dataset=data)";
  return fmt::format(
      "# Training set of Redraft run {0}\n\n"
      "{1} lines in {2}.jsonl; line n of {2}.provenance.jsonl says where line n comes from. All "
      "lines\n"
      "belong to one brief: split training from test by brief, over several runs, never by "
      "line.\n\n"
      "    data = load_dataset(\"json\", data_files=\"{2}.jsonl\", split=\"train\")\n"
      "    {3}  # TRL\n\n"
      "The texts were written by {4}. Its licence says whether they may train another model.\n{5}",
      contents.run.id, lines, kind, trainer,
      models.empty() ? "a model that is not on record" : models,
      contents.Mark().empty() ? "" : "\n**Mark:** " + contents.Mark() + ".\n");
}

Result<std::vector<ExportedFile>> Nothing(const RunContents& contents, const std::string& what) {
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("run {} has {}; more verdicts (--rounds) make ratings surer",
                          contents.run.id, what));
}

/// P(a is better than b) when both strengths are normal.
double Certainty(const store::Rating& a, const store::Rating& b) {
  const double spread = std::hypot(a.se.value_or(0), b.se.value_or(0));
  const double difference = *a.bt - *b.bt;
  if (spread == 0) return difference > 0 ? 1 : 0;
  return 0.5 * std::erfc(-difference / spread / std::numbers::sqrt2);
}

}  // namespace

Result<std::vector<ExportedFile>> ExportSft(const RunContents& contents, const Findings& findings) {
  std::string lines, provenance;
  std::map<std::string, int> of_founder;
  text::NearDuplicates taken;
  int count = 0;
  for (const Ranked& r : findings.ranking) {
    if (r.rating.n == 0 || !r.rating.bt || *r.rating.bt <= r.rating.se.value_or(0)) continue;
    Json messages = Prompt(contents, *r.draft);
    if (messages.empty() || of_founder[Founder(*r.draft)] == kTextsPerFounder) continue;
    if (taken.Find(r.draft->text)) continue;
    taken.Add(r.draft->id, r.draft->text);
    ++of_founder[Founder(*r.draft)];
    messages.push_back(Answer(*r.draft));
    lines += DumpJson({{"messages", messages}}) + "\n";
    provenance += DumpJson(Provenance(contents, findings, ++count, r)) + "\n";
  }
  if (count == 0) return Nothing(contents, "no text that is surely better than the mean");
  const Json info = {{"redraft_" + contents.run.id,
                      {{"file_name", "sft.jsonl"},
                       {"formatting", "sharegpt"},
                       {"columns", {{"messages", "messages"}}},
                       {"tags",
                        {{"role_tag", "role"},
                         {"content_tag", "content"},
                         {"user_tag", "user"},
                         {"assistant_tag", "assistant"},
                         {"system_tag", "system"}}}}}};
  return std::vector<ExportedFile>{
      {"sft.jsonl", lines},
      {"sft.provenance.jsonl", provenance},
      {"dataset_info.json", info.dump(2) + "\n"},
      {"README.md", Readme(contents, "sft", static_cast<std::size_t>(count))}};
}

Result<std::vector<ExportedFile>> ExportDpo(const RunContents& contents, const Findings& findings) {
  struct Pair {
    const Ranked* chosen;
    const Ranked* rejected;
    double margin, certainty;
  };
  std::map<std::string, std::vector<const Ranked*>> families;
  for (const Ranked& r : findings.ranking) {
    if (r.rating.n > 0 && r.rating.bt && !r.draft->founder.empty()) {
      families[r.draft->founder].push_back(&r);
    }
  }
  std::string trl, openai, provenance;
  int count = 0;
  for (const auto& [founder, family] : families) {
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < family.size(); ++i) {
      for (std::size_t j = 0; j < family.size(); ++j) {
        const double certainty = Certainty(family[i]->rating, family[j]->rating);
        if (i == j || certainty < kLeastCertainty) continue;
        pairs.push_back(
            {family[i], family[j], *family[i]->rating.bt - *family[j]->rating.bt, certainty});
      }
    }
    std::ranges::stable_sort(pairs, std::greater{}, &Pair::margin);
    int taken = 0;
    for (const Pair& pair : pairs) {
      const Json prompt = Prompt(contents, *pair.chosen->draft);
      const bool same = text::TrigramJaccard(pair.chosen->draft->text, pair.rejected->draft->text) >
                        text::kNearDuplicate;
      if (prompt.empty() || same || taken == kPairsPerFounder) continue;
      ++taken;
      const Json chosen = Json::array({Answer(*pair.chosen->draft)});
      const Json rejected = Json::array({Answer(*pair.rejected->draft)});
      trl += DumpJson({{"prompt", prompt},
                       {"chosen", chosen},
                       {"rejected", rejected},
                       {"margin", pair.margin}}) +
             "\n";
      openai +=
          DumpJson(
              {{"input",
                {{"messages", prompt}, {"tools", Json::array()}, {"parallel_tool_calls", true}}},
               {"preferred_output", chosen},
               {"non_preferred_output", rejected}}) +
          "\n";
      Json line = Provenance(contents, findings, ++count, *pair.chosen);
      line["rejected"] = pair.rejected->draft->id;
      line["rejected_bt"] = *pair.rejected->rating.bt;
      line["p_better"] = pair.certainty;
      provenance += DumpJson(line) + "\n";
    }
  }
  if (count == 0) return Nothing(contents, "no two texts of one founder whose order is certain");
  return std::vector<ExportedFile>{
      {"dpo.jsonl", trl},
      {"dpo-openai.jsonl", openai},
      {"dpo.provenance.jsonl", provenance},
      {"README.md", Readme(contents, "dpo", static_cast<std::size_t>(count))}};
}

}  // namespace redraft::evolve
