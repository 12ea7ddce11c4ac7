#include <fmt/format.h>

#include <cmath>
#include <cstdio>

#include "redraft/base/file.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/content_writers.h"
#include "redraft/cli/jsonl.h"
#include "redraft/reward/model.h"
#include "redraft/text/gates.h"
#include "redraft/text/words.h"

namespace redraft::cli {
namespace {

struct ContentFlags {
  std::string briefs, model = "reward", output;
  std::vector<std::string> texts, writers;
  WritingOptions writing;
  bool json = false;
};

judge::ContentText Measure(const SourceText& text, const ContentBrief& brief,
                           const reward::RewardModel& model) {
  const bool both = text.condition == judge::Condition::kBoth;
  const std::string wording = both ? brief.short_text + "\n\n" + brief.detailed_text
                              : text.condition == judge::Condition::kShort ? brief.short_text
                                                                           : brief.detailed_text;
  judge::ContentText measured;
  measured.source = text.source;
  measured.brief = brief.id;
  measured.condition = text.condition;
  measured.score = model.Score(text.text);
  measured.percentile = model.Percentile(measured.score);
  measured.words = text::CountWords(text.text);
  measured.flagged = !text::CheckDraft(text.text, {}).ok;
  measured.reuse = judge::MeasureReuse(text.text, wording, brief.reference);
  return measured;
}

/// The texts with their measures, in a form that --texts reads.
std::string TextLines(const std::vector<SourceText>& texts,
                      const std::vector<judge::ContentText>& measured) {
  std::string lines;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const judge::ContentText& m = measured[i];
    lines += DumpJson({{"id", m.brief},
                       {"source", m.source},
                       {"condition", ToString(m.condition)},
                       {"text", texts[i].text},
                       {"score", m.score},
                       {"percentile", m.percentile},
                       {"words", m.words},
                       {"flagged", m.flagged},
                       {"brief_trigrams", m.reuse.brief}}) +
             "\n";
  }
  return lines;
}

std::string Range(const stats::Interval& interval, double factor = 1) {
  if (!std::isfinite(interval.lo)) return "[–]";
  return fmt::format("[{:.2f}, {:.2f}]", factor * interval.lo, factor * interval.hi);
}

std::string PercentOrDash(const std::optional<double>& share) {
  return share ? fmt::format("{:.1f}", 100 * *share) : "–";
}

void PrintCorrelation(const char* what, const judge::ReuseCorrelation& correlation) {
  PrintLine(fmt::format("  {:<44} {:>6} {:>16}  n = {}", what,
                        correlation.rho ? fmt::format("{:+.2f}", *correlation.rho) : "–",
                        Range(correlation.interval), correlation.n));
}

void PrintResult(const judge::ContentResult& result, const std::string& scorer) {
  PrintLine(
      fmt::format("Scores in logits by {}; means with 95 % intervals over briefs; reuse in "
                  "percent",
                  scorer));
  PrintLine(fmt::format("  {:<20} {:<9} {:>4} {:>7} {:>16} {:>6} {:>6} {:>6} {:>7} {:>7} {:>7}",
                        "source", "brief", "n", "mean", "", "sd", "perc.", "words", "of its",
                        "of ref.", "F1 ref."));
  for (const judge::ContentRow& row : result.rows) {
    PrintLine(fmt::format(
        "  {:<20} {:<9} {:>4} {:>7.2f} {:>16} {:>6.2f} {:>6.1f} {:>6.0f} {:>7.1f} {:>7} {:>7}{}",
        row.source, ToString(row.condition), row.texts, row.score.value, Range(row.score.interval),
        row.sd, row.percentile, row.words, 100 * row.reuse.brief,
        PercentOrDash(row.reuse.reference), PercentOrDash(row.reuse.reference_f1),
        row.flagged > 0 ? fmt::format("  {} flagged by the gates", row.flagged) : ""));
  }
  if (!result.contrasts.empty()) {
    PrintLine("\nDetailed less short, paired by brief:");
    PrintLine(fmt::format("  {:<20} {:>6} {:>7} {:>16} {:>8} {:>8} {:>16}", "source", "briefs",
                          "score", "", "words", "reuse", ""));
  }
  for (const judge::ContentContrast& c : result.contrasts) {
    PrintLine(fmt::format("  {:<20} {:>6} {:>+7.2f} {:>16} {:>+8.0f} {:>+8.1f} {:>16}", c.source,
                          c.briefs, c.score.value, Range(c.score.interval), c.words.value,
                          100 * c.reuse.value, Range(c.reuse.interval, 100)));
  }
  PrintLine("\nCorrelation of reuse with score (Spearman):");
  PrintCorrelation("changes from short to detailed", result.changes);
  PrintCorrelation("all texts", result.texts);
}

Json Spending(const core::Spent& spent) {
  return {{"tries", spent.tries},
          {"tokens", {{"in", spent.usage.tokens_in}, {"out", spent.usage.tokens_out}}},
          {"cost", spent.usage.cost}};
}

Result<std::vector<ContentWriter>> Writers(const ContentFlags& flags) {
  REDRAFT_ASSIGN(const Config config, LoadConfig(flags.writing.flags.config));
  std::vector<ContentWriter> writers;
  if (!flags.writing.flags.llm.empty()) {
    ContentWriter writer;
    REDRAFT_ASSIGN(writer.model, ChooseModel(flags.writing.flags, config));
    writer.name = RequestModel(writer.model);
    writers.push_back(std::move(writer));
  }
  for (const std::string& argument : flags.writers) {
    REDRAFT_ASSIGN(ContentWriter writer, ParseWriter(argument, flags.writing.flags, config));
    writers.push_back(std::move(writer));
  }
  return writers;
}

Result<int> BenchContent(const ContentFlags& flags) {
  if (flags.writing.samples < 1 || flags.writing.samples > 100) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("--samples is {}; it must be between 1 and 100", flags.writing.samples));
  }
  if (flags.writing.reply_tokens < 1) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("--reply-tokens is {}; it must be at least 1", flags.writing.reply_tokens));
  }
  REDRAFT_ASSIGN(const auto briefs, ReadContentBriefs(flags.briefs));
  REDRAFT_ASSIGN(const auto writers, Writers(flags));
  std::vector<SourceText> texts;
  for (const std::string& argument : flags.texts)
    REDRAFT_RETURN_IF_ERROR(ReadSourceTexts(argument, briefs, texts));
  if (texts.empty() && writers.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "no source: give written texts with --texts NAME=DIR, or a model that writes them "
                "with --writer NAME=MODEL or --llm");
  }
  REDRAFT_ASSIGN(const auto model, reward::OpenRewardModel(flags.model));
  WritingOptions writing = flags.writing;
  writing.name = flags.briefs;
  REDRAFT_ASSIGN(const Written written, AskWriters(writers, briefs, writing));
  texts.insert(texts.end(), written.texts.begin(), written.texts.end());
  if (written.empty > 0)
    fmt::print(stderr, "redraft: note: {} replies held no text and are left out\n", written.empty);

  std::vector<judge::ContentText> measured;
  for (const SourceText& text : texts) measured.push_back(Measure(text, briefs[text.brief], model));
  if (!flags.output.empty())
    REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(flags.output, TextLines(texts, measured)));
  const auto result =
      judge::SummariseContent(measured, Rng(flags.writing.seed).Fork("bench/content"));
  if (!flags.json) {
    PrintResult(result, model.id());
    return 0;
  }
  Json object = {
      {"schema", "redraft.bench.content/1"}, {"scorer", model.id()}, {"briefs", briefs.size()}};
  object.update(judge::ToJson(result));
  object["no_text"] = written.empty;
  object["spent"] = Spending(written.spent);
  PrintLine(DumpJson(object));
  return 0;
}

}  // namespace

void DeclareBenchContent(Args& bench) {
  Args& args = bench.Command("content", "what a detailed brief is worth to a scorer, by source");
  const auto flags = std::make_shared<ContentFlags>();
  args.Positional(
      "briefs", flags->briefs,
      R"(folder with ID.short.md and ID.detailed.md (and ID.reference.md), or JSON Lines )"
      R"(of {"id","short","detailed","reference"?})");
  args.Option("--texts", flags->texts,
              R"(written texts, NAME=DIR with files ID.short.md, ID.detailed.md or ID.md (written )"
              R"(for no wording), or NAME=FILE.jsonl of {"id","condition"?,"text"}; repeatable)");
  args.Option("--writer", flags->writers,
              "a model that writes now: NAME=MODEL, or NAME=MODEL@ENDPOINT; repeatable");
  args.Option("--model", flags->model, "the scorer: reward, or a file made by train reward");
  args.Option("--samples", flags->writing.samples,
              "texts that a writer writes per brief and wording");
  args.Option("--temperature", flags->writing.temperature, "sampling temperature of the writers");
  args.Option("--reply-tokens", flags->writing.reply_tokens, "tokens that a reply may have");
  args.Option("--seed", flags->writing.seed, "seed of writers and intervals");
  args.Option("--db", flags->writing.db,
              "keep the writers' replies in this ledger, and ask only for "
              "those that it does not hold");
  args.Option("-o,--output", flags->output, "write all texts with their scores as JSON Lines");
  args.Flag("--json", flags->json, "print one JSON object");
  DeclareWriterFlags(args, flags->writing.flags);
  args.Example("redraft bench content examples/content --llm qwen2.5-coder-1.5b-instruct");
  args.Example(
      "redraft bench content examples/content --texts people=essays/ --writer "
      "local=my-model@http://127.0.0.1:8080/v1 --db content.db --json");
  args.Run([flags] { return BenchContent(*flags); });
}

}  // namespace redraft::cli
