#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "redraft/evolve/chart.h"
#include "redraft/evolve/report_view.h"

namespace redraft::evolve {
namespace {

/// An interval of the `null` object of a result.
struct Read {
  double value, lo, hi;
};

std::optional<Read> ReadInterval(const Json& null, const char* key) {
  if (!null.is_object() || !null.contains(key) || !null[key].is_object()) return std::nullopt;
  const Json& json = null[key];
  for (const char* member : {"value", "lo", "hi"}) {
    if (!json.contains(member) || !json[member].is_number()) return std::nullopt;
  }
  return Read{json["value"], json["lo"], json["hi"]};
}

Json Missing(const char* name, const char* question, const char* why) {
  return {{"name", name},   {"question", question}, {"figure", "–"}, {"interval", ""},
          {"reading", why}, {"chart", nullptr},     {"sure", false}};
}

double Probability(double logit) { return 1 / (1 + std::exp(-logit)); }

Json ProgressView(const Json& null, const std::string& unknown) {
  const char* name = "Progress";
  const char* question =
      "How much better is a new variant than the kept texts it is measured against, in verdicts "
      "that "
      "played no part in choosing them?";
  const auto read = ReadInterval(null, "progress");
  if (!read) return Missing(name, question, unknown.c_str());
  const double edge = std::max({1.0, std::ceil(std::abs(read->lo)), std::ceil(std::abs(read->hi))});
  std::string reading =
      fmt::format("A new variant wins {} of its fresh comparisons with kept texts. ",
                  Percent(Probability(read->value)));
  if (read->lo > 0) {
    reading +=
        "The interval lies above zero: by this judge, the variants were better than the texts "
        "they came from. That is evolution, not only selection.";
  } else if (read->hi < 0) {
    reading +=
        "The interval lies below zero: by this judge, the variants were worse than the texts "
        "they came from. What the run gained, it gained by choosing among many.";
  } else {
    reading +=
        "The interval contains zero: these verdicts cannot tell the run from one that only "
        "chose the best of its first drafts.";
  }
  return {{"name", name},
          {"question", question},
          {"figure", Signed(read->value, 2) + " logits per generation"},
          {"interval", fmt::format("{} to {}", Signed(read->lo, 2), Signed(read->hi, 2))},
          {"reading", reading},
          {"sure", read->lo > 0 || read->hi < 0},
          {"chart",
           {{"marks", IntervalChart(read->value, read->lo, read->hi, 0, -edge, edge)},
            {"left", Signed(-edge, 0)},
            {"right", Signed(edge, 0)},
            {"reference", "0: no better"}}}};
}

Json ShareView(const char* name, const char* question, const Read& read, double reference,
               const std::string& reference_label, const std::string& reading, bool sure) {
  return {{"name", name},
          {"question", question},
          {"figure", Percent(read.value)},
          {"interval", fmt::format("{} to {}", Percent(read.lo), Percent(read.hi))},
          {"reading", reading},
          {"sure", sure},
          {"chart",
           {{"marks", IntervalChart(read.value, read.lo, read.hi, reference, 0, 1)},
            {"left", "0 %"},
            {"right", "100 %"},
            {"reference", reference_label}}}};
}

Json VariantShareView(const Json& null, const std::string& unknown) {
  const char* name = "Variants in the final top";
  const char* question = "Of the best texts at the end, how many came out of the last generation?";
  const auto read = ReadInterval(null, "variant_share");
  if (!read || !null["variant_share"].contains("expected")) {
    return Missing(name, question, unknown.c_str());
  }
  const double expected = null["variant_share"]["expected"];
  const bool sure = expected < read->lo || expected > read->hi;
  const std::string reading = fmt::format(
      "If variants were exactly as good as the texts they came from, {} of the top would "
      "be theirs by their number alone. {}",
      Percent(expected),
      expected < read->lo   ? "They hold more of it than that."
      : expected > read->hi ? "They hold less of it than that."
                            : "The interval contains that share.");
  return ShareView(name, question, *read, expected, "by number alone", reading, sure);
}

Json WinRateView(const Json& null, const std::string& unknown) {
  const char* name = "Variants against their own parents";
  const char* question = "How often does a variant beat the very text it was made from?";
  const auto read = ReadInterval(null, "variant_win_rate");
  if (!read) return Missing(name, question, unknown.c_str());
  const bool sure = read->lo > 0.5 || read->hi < 0.5;
  const char* reading = read->lo > 0.5   ? "More often than not: rewriting helped, by this judge."
                        : read->hi < 0.5 ? "Less often than not: rewriting harmed, by this judge."
                                         : "The interval contains 50 %: a toss-up, as far as these "
                                           "verdicts can tell.";
  return ShareView(name, question, *read, 0.5, "50 %: a toss-up", reading, sure);
}

}  // namespace

Json NullView(const RunContents& contents, const Findings& f) {
  std::string unknown =
      "Not measured: no new variant met the texts it came from in a fresh verdict.";
  if (f.null.is_null()) unknown = "Not measured yet: the run is not finished.";
  if (contents.Option("generations", 1) == 0) {
    unknown = "Not measured: the run made no variants; it chose among first drafts.";
  }
  std::string curse;
  const auto best = [](const Json& g) { return g.contains("best") && g["best"].is_number(); };
  if (f.generations.size() >= 2 && best(f.generations.front()) && best(f.generations.back())) {
    curse = fmt::format(
        "The best rating went from {} to {}. That alone proves nothing: the texts that were kept "
        "were "
        "kept because of their ratings, so these are too high, and with a judge that tosses a coin "
        "the "
        "best rating rises too.",
        Grouped(f.generations.front()["best"]), Grouped(f.generations.back()["best"]));
  }
  const Json items = {ProgressView(f.null, unknown), VariantShareView(f.null, unknown),
                      WinRateView(f.null, unknown)};
  const bool measured =
      std::ranges::any_of(items, [](const Json& item) { return !item["chart"].is_null(); });
  return {{"items", items},
          {"measured", measured},
          {"unknown", unknown},
          {"curse", curse},
          {"unchecked", !contents.Mark().empty()}};
}

}  // namespace redraft::evolve
