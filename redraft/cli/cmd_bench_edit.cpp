#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "redraft/cli/bench_arms.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/edit/agreement.h"
#include "redraft/edit/annotated_texts.h"
#include "redraft/edit/detect.h"
#include "redraft/edit/taxonomy.h"
#include "redraft/reward/model.h"

namespace redraft::cli {
namespace {

struct EditFlags {
  std::vector<std::string> traces, reannotations;
  BenchArmsOptions arms;
  std::string only, reward;
  double min_confidence = edit::DetectOptions().min_confidence;
  std::uint64_t seed = 1;
  bool json = false;
};

/// Drafts with what is compared in them.
struct Set {
  std::string name;
  std::vector<edit::Comparison> comparisons;
};

using Drafts = std::map<std::string, std::map<std::string, std::vector<core::WeakSpan>>>;

/// Marks by draft and annotator. Of two annotations of one draft by one person the last counts.
Drafts ByDraft(const edit::AnnotatedTexts& texts) {
  Drafts drafts;
  for (const edit::AnnotatedText& text : texts.texts) {
    auto& spans = drafts[text.text][text.annotator];
    spans.clear();
    for (const core::Edit& edit : text.edits) spans.push_back(edit.span);
  }
  return drafts;
}

Set Detected(std::string name, const Drafts& drafts, const edit::DetectOptions& options,
             const core::Scorer* reward) {
  Set set{std::move(name), {}};
  int number = 0;
  for (const auto& [draft, experts] : drafts) {
    const auto found = edit::Detect(draft, options, reward);
    for (const auto& [expert, marked] : experts) {
      set.comparisons.push_back({draft.size(), number, found, marked});
    }
    ++number;
  }
  return set;
}

/// The comparisons of two sets with different drafts.
Set Together(std::string name, Set first, const Set& second) {
  first.name = std::move(name);
  int texts = 0;
  for (const edit::Comparison& comparison : first.comparisons) {
    texts = std::max(texts, comparison.text + 1);
  }
  for (edit::Comparison comparison : second.comparisons) {
    comparison.text += texts;
    first.comparisons.push_back(std::move(comparison));
  }
  return first;
}

/// Experts against each other: each against each, and each against all others together, on the
/// drafts that all have marked.
std::pair<Set, Set> Experts(const Drafts& drafts) {
  std::size_t most = 0;
  for (const auto& [draft, experts] : drafts) most = std::max(most, experts.size());
  std::pair<Set, Set> sets{{"one expert against another", {}},
                           {"one expert against all others", {}}};
  int number = 0;
  for (const auto& [draft, experts] : drafts) {
    if (most < 2 || experts.size() < most) continue;
    for (const auto& [expert, found] : experts) {
      edit::Comparison others{draft.size(), number, found, {}};
      for (const auto& [other, marked] : experts) {
        if (other == expert) continue;
        sets.first.comparisons.push_back({draft.size(), number, found, marked});
        others.marked.insert(others.marked.end(), marked.begin(), marked.end());
      }
      sets.second.comparisons.push_back(std::move(others));
    }
    ++number;
  }
  return sets;
}

struct Row {
  std::string set, category;  ///< category empty: all
  edit::Agreement any, same;
};

Row MeasureRow(const Set& set, const std::string& category, std::uint64_t seed) {
  const Rng rng = Rng(seed).Fork("bench/edit/" + set.name + "/" + category);
  return {set.name, category, edit::MeasureAgreement(set.comparisons, {category, false}, rng),
          edit::MeasureAgreement(set.comparisons, {category, true}, rng)};
}

Json ToJson(const edit::Agreement& agreement) {
  return {{"comparisons", agreement.comparisons},
          {"precision", agreement.precision},
          {"chance", agreement.chance},
          {"lift", agreement.lift},
          {"lift_95", {agreement.lift_interval.lo, agreement.lift_interval.hi}},
          {"lift_above", agreement.lift_bound},
          {"recall", agreement.recall},
          {"marked_share", agreement.coverage}};
}

void PrintRows(const std::vector<Row>& rows) {
  const auto cells = [](const edit::Agreement& a) {
    if (a.comparisons == 0)
      return fmt::format("{:>6}{:>8}{:>25}{:>8}{:>8}", "-", "-", "-", "-", "-");
    return fmt::format("{:>6.3f}{:>8.3f}  {:>+7.3f} [{:+.3f}, {:+.3f}]{:>+8.3f}{:>7.3f}",
                       a.precision, a.chance, a.lift, a.lift_interval.lo, a.lift_interval.hi,
                       a.lift_bound, a.recall);
  };
  std::string set;
  for (const Row& row : rows) {
    if (row.set != set) {
      set = row.set;
      PrintLine("");
      PrintLine(fmt::format("{}: any mark | a mark of the same category", set));
      PrintLine(fmt::format(
          "  {:<24}{:>6}{:>8}  {:>6}{:>8}  {:<24}{:>7}{:>7}  |{:>6}{:>8}  {:<24}{:>7}{:>7}",
          "category", "spans", "found", "prec", "chance", "lift [95 %]", "above", "recall", "prec",
          "chance", "lift [95 %]", "above", "recall"));
    }
    PrintLine(fmt::format("  {:<24}{:>6}{:>7.1f}%  {}  |{}",
                          row.category.empty() ? "all" : row.category, row.any.spans,
                          100 * row.any.found_coverage, cells(row.any), cells(row.same)));
  }
}

Result<int> BenchEdit(const EditFlags& flags) {
  if (!flags.arms.files.empty()) {
    if (!flags.traces.empty() || !flags.reannotations.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "--revisions is a bench of its own: without --traces and --reannotations");
    }
    BenchArmsOptions arms = flags.arms;
    arms.seed = flags.seed;
    arms.json = flags.json;
    return BenchArms(arms);
  }
  if (flags.traces.empty() && flags.reannotations.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "give --traces or --reannotations, or both; or --revisions");
  }
  edit::DetectOptions options{{}, flags.min_confidence};
  if (!flags.only.empty()) {
    REDRAFT_ASSIGN(options.only, edit::Taxonomy::Builtin().Select(flags.only));
  }
  std::unique_ptr<reward::RewardModel> reward;
  if (!flags.reward.empty()) {
    REDRAFT_ASSIGN(auto model, reward::OpenRewardModel(flags.reward));
    reward = std::make_unique<reward::RewardModel>(std::move(model));
  }
  edit::AnnotatedTexts traces, again;
  for (const auto& file : flags.traces) {
    REDRAFT_RETURN_IF_ERROR(edit::ReadAnnotatedTexts(file, traces));
  }
  for (const auto& file : flags.reannotations) {
    REDRAFT_RETURN_IF_ERROR(edit::ReadAnnotatedTexts(file, again));
  }
  std::vector<std::string> categories = {""};
  for (const auto& category : edit::Taxonomy::Builtin().categories()) {
    categories.push_back(category.id);
  }
  std::vector<Row> rows;
  const auto add = [&](const Set& set, const std::vector<std::string>& parts) {
    if (set.comparisons.empty()) return;
    for (const std::string& part : parts) rows.push_back(MeasureRow(set, part, flags.seed));
  };
  const Drafts drafts = ByDraft(again);
  const Set on_traces = Detected("detector on traces", ByDraft(traces), options, reward.get());
  const Set on_again = Detected("detector on re-annotations", drafts, options, reward.get());
  add(on_traces, categories);
  add(on_again, categories);
  if (!on_traces.comparisons.empty() && !on_again.comparisons.empty()) {
    add(Together("detector on both", on_traces, on_again), categories);
  }
  const auto [single, all] = Experts(drafts);
  add(single, categories);
  add(all, {""});
  if (flags.json) {
    Json list = Json::array();
    for (const Row& row : rows) {
      list.push_back({{"set", row.set},
                      {"category", row.category.empty() ? Json(nullptr) : Json(row.category)},
                      {"spans", row.any.spans},
                      {"found_share", row.any.found_coverage},
                      {"any", ToJson(row.any)},
                      {"same", ToJson(row.same)}});
    }
    PrintLine(DumpJson({{"schema", "redraft.bench.edit/1"},
                        {"reward", reward == nullptr ? Json(nullptr) : Json(reward->id())},
                        {"spans_not_found", traces.not_found + again.not_found},
                        {"rows", list}}));
    return 0;
  }
  PrintLine(fmt::format(
      "Spans against marks of experts, shares of bytes; {} marks whose words are not in the draft "
      "left out",
      traces.not_found + again.not_found));
  PrintRows(rows);
  return 0;
}

}  // namespace

void DeclareBenchEdit(Args& bench) {
  Args& args =
      bench.Command("edit",
                    "weak spans found without a model, against marks of experts; best of N "
                    "revisions against a random one and the draft");
  const auto flags = std::make_shared<EditFlags>();
  args.Option("--traces", flags->traces, "edit traces: JSON Lines of conversations");
  args.Option("--reannotations", flags->reannotations,
              "files in which several experts marked the same drafts");
  args.Option("--only", flags->only, "categories, comma-separated (default all)");
  args.Option("--min-confidence", flags->min_confidence, "leave out spans below it");
  args.Option("--reward", flags->reward,
              "use the loss of reward per sentence, too: reward, or a model file");
  args.Option("--revisions", flags->arms.files,
              "output of 'edit --jsonl --revisions': best of N, a random one and the draft");
  args.Option("--chooser", flags->arms.chooser,
              "with --revisions: reward, reward:FILE, reward:lm or reward:lm:FILE chooses");
  args.Option("--referee", flags->arms.referee,
              "with --revisions: … and another one compares; then the other way round");
  args.Option("--distance-price", flags->arms.prices.distance,
              "with --revisions: logits that a text with no word left must be better");
  args.Option("--length-price", flags->arms.prices.length,
              "with --revisions: logits per unit of |ln(words after / words before)|");
  args.Option("--seed", flags->seed, "seed of the intervals and of the random revision");
  args.Flag("--json", flags->json, "print the result as JSON");
  args.Example("redraft bench edit --traces edit-traces.jsonl --json");
  args.Example(
      "redraft bench edit --revisions edited.jsonl --chooser reward --referee "
      "reward:lm:heads.json");
  args.Run([flags] { return BenchEdit(*flags); });
}

}  // namespace redraft::cli
