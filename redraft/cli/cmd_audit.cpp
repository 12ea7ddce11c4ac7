// redraft audit: how much of a book a model recites word for word.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "redraft/audit/index_file.h"
#include "redraft/audit/result.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/cli/args.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"

namespace redraft::cli {
namespace {

struct Options {
  std::string book;
  std::vector<std::string> generations, decoys;
  std::string k = "5";
  int trim = 5;
  int span_over = 20;
  std::optional<int> cross_over;
  std::string profile = "ref";
  std::string exempt;
  int threads = 0;
  std::uint64_t seed = 1;
  bool partial = false, json = false;
  std::string output;
};

Result<std::uint32_t> CountOf(const char* option, int value) {
  if (value < 0) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} {}: must not be negative", option, value));
  }
  return static_cast<std::uint32_t>(value);
}

/// "5" or "5,8,13".
Result<std::vector<std::uint32_t>> ParseLengths(const std::string& list) {
  std::vector<std::uint32_t> lengths;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t comma = std::min(list.find(',', at), list.size());
    std::uint32_t length = 0;
    const auto [stop, error] = std::from_chars(list.data() + at, list.data() + comma, length);
    if (error != std::errc() || stop != list.data() + comma || at == comma) {
      return Fail(
          ErrorCode::kInvalidArgument,
          fmt::format("--k {}: must be a number of words, or several parted by commas", list));
    }
    lengths.push_back(length);
    at = comma + 1;
  }
  return lengths;
}

Result<audit::Parameters> ParametersOf(const Options& options) {
  audit::Parameters parameters;
  REDRAFT_ASSIGN(parameters.k, ParseLengths(options.k));
  REDRAFT_ASSIGN(parameters.trim, CountOf("--trim", options.trim));
  REDRAFT_ASSIGN(parameters.span_over, CountOf("--span-over", options.span_over));
  if (options.cross_over) {
    REDRAFT_ASSIGN(parameters.cross_over, CountOf("--cross-over", *options.cross_over));
  }
  parameters.profile = options.profile == "clean" ? audit::Profile::kClean : audit::Profile::kRef;
  REDRAFT_RETURN_IF_ERROR(audit::CheckParameters(parameters));
  return parameters;
}

Result<audit::Audit> ScoreFiles(const Options& options) {
  audit::Audit audit;
  REDRAFT_ASSIGN(audit.parameters, ParametersOf(options));
  audit.seed = options.seed;
  REDRAFT_ASSIGN(const std::uint32_t threads, CountOf("--threads", options.threads));
  if (options.generations.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "name the generations: --generations FILE…");
  }
  REDRAFT_ASSIGN(const audit::IndexedBook book, audit::ReadIndexed(options.book, audit.parameters));
  std::vector<audit::IndexedBook> decoys;
  for (const std::string& path : options.decoys) {
    REDRAFT_ASSIGN(audit::IndexedBook decoy, audit::ReadIndexed(path, audit.parameters));
    audit.decoy_books.push_back(decoy.shape);
    decoys.push_back(std::move(decoy));
  }
  audit::ScoreOptions how;
  how.threads = threads;
  if (!options.exempt.empty()) {
    REDRAFT_ASSIGN(const auto exemptions, audit::ReadExemptions(options.exempt));
    std::vector<std::uint32_t> found;
    how.exempt = audit::ExemptTokens(book, audit.parameters, exemptions, found);
    for (std::size_t i = 0; i < exemptions.size(); ++i) {
      audit.exemptions.push_back({Sha256Hex(exemptions[i].text), exemptions[i].reason, found[i]});
    }
  }
  REDRAFT_ASSIGN(audit::Scored scored,
                 audit::ScoreGenerations(book, decoys, audit.parameters, options.generations, how));
  const auto& counts = scored.tally.excerpts;
  if (std::all_of(counts.begin(), counts.end(), [](const auto& c) { return c.generations == 0; })) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: no generations, so there is nothing to measure; was the sampling "
                            "broken off? (redraft audit sample goes on with it)",
                            fmt::join(options.generations, ", ")));
  }
  audit.book = book.shape;
  audit.inputs = std::move(scored.inputs);
  audit.tally = std::move(scored.tally);
  audit.decoys = std::move(scored.decoys);
  return audit;
}

std::string Percent(const Json& value) {
  return value.is_number() ? fmt::format("{:.2f} %", 100 * value.get<double>()) : "undefined";
}

void PrintTable(const Json& result) {
  const auto line = [](const std::string& what, const std::string& value) {
    PrintLine(fmt::format("{:<44}{}", what, value));
  };
  const auto place = [](const Json& range) {
    return range["length"] == 0 ? std::string("none")
                                : fmt::format("{} words at {}", range["length"].get<int>(),
                                              range["start"].get<int>());
  };
  const Json& parameters = result["parameters"];
  line("book", fmt::format("{}, {} tokens", result["book"]["name"].get<std::string>(),
                           result["book"]["tokens"].get<int>()));
  line("generations", fmt::format("{} ({} empty, {} refusals)", DumpJson(result["generations"]),
                                  DumpJson(result["empty"]), DumpJson(result["refused"])));
  for (const Json& row : result["by_k"]) {
    line(fmt::format("bmc@{}", DumpJson(row["k"])), Percent(row["value"]));
  }
  line("longest memorized block", place(result["block"]));
  line("longest regurgitated span", place(result["span"]));
  line("  in the whole book", place(result["in_book"]["span"]));
  line(fmt::format("distinct spans over {} words", DumpJson(parameters["span_over"])),
       fmt::format("{} (whole spans only: {})", DumpJson(result["spans"]["ref"]),
                   DumpJson(result["spans"]["maximal"])));
  line(fmt::format("spans of {}+ words from other excerpts' prompts",
                   DumpJson(result["cross"]["min_length"])),
       fmt::format("{} of {}", DumpJson(result["cross"]["crossing"]),
                   DumpJson(result["cross"]["counted"])));
  line("near-verbatim recall", Percent(result["near_verbatim"]["value"]));
  line("without trimming what the prompts hold", Percent(result["untrimmed"]["value"]));
  if (result.contains("decoys")) line("decoy books, mean", Percent(result["decoys"]["mean"]));
}

Result<int> Write(const Json& json, const Options& options) {
  const std::string text = DumpJson(json) + "\n";
  if (!options.output.empty()) {
    REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(options.output, text));
  }
  if (options.json || (options.partial && options.output.empty())) {
    PrintLine(DumpJson(json));
  } else if (!options.partial) {
    PrintTable(json);
  }
  return 0;
}

Result<int> Show(const audit::Audit& audit, const Options& options) {
  REDRAFT_ASSIGN(const std::uint32_t threads, CountOf("--threads", options.threads));
  for (const std::string& warning : audit::Warnings(audit)) {
    std::fprintf(stderr, "redraft: warning: %s\n", warning.c_str());
  }
  return Write(options.partial ? audit::PartialJson(audit) : audit::ResultJson(audit, threads),
               options);
}

Result<int> Merge(const std::vector<std::string>& files, const Options& options) {
  std::optional<audit::Audit> sum;
  for (const std::string& path : files) {
    REDRAFT_ASSIGN(const std::string bytes, ReadFile(path, 4ULL << 30));
    REDRAFT_ASSIGN(audit::Audit shard, audit::ParsePartial(bytes, path));
    if (!sum) {
      sum = std::move(shard);
    } else {
      REDRAFT_RETURN_IF_ERROR(audit::AddAudit(*sum, shard));
    }
  }
  return Show(*sum, options);
}

void DeclareOutput(Args& command, Options& options) {
  command.Flag("--partial", options.partial,
               "write a partial result, to be added to others of the same book by audit merge");
  command.Option("-o,--output", options.output, "also write the JSON to this file");
  command.Flag("--json", options.json, "the whole result as one JSON object instead of a table");
}

void DeclareAuditScore(Args& audit) {
  Args& command = audit.Command("score", "measure what generations recite of a book");
  auto options = std::make_shared<Options>();
  command.Option("--book", options->book,
                 "a text, Markdown, EPUB, the reference's JSON, or an index file");
  command.Option("--generations", options->generations,
                 "files of generations in the reference's JSON layout");
  command.Option("--k", options->k,
                 "shortest run of words that counts; several, as in 5,8,13: the first is that of "
                 "all other figures");
  command.Option("--trim", options->trim,
                 "runs of so many words that the instruction holds too do not count; 0: all count");
  command.Option("--span-over", options->span_over, "count distinct spans longer than this");
  command.Option("--cross-over", options->cross_over,
                 "count spans from other excerpts' prompts when longer than this");
  command.Choice("--profile", options->profile, {"ref", "clean"},
                 "what a word is: the paper's evaluation, or all scripts and no typography");
  command.Option("--decoy", options->decoys,
                 "books the model was not asked about: what chance gives");
  command.Option("--exempt", options->exempt,
                 "file of licensed quotations that do not count: {\"exemptions\":[{\"text\","
                 "\"reason\"}]}");
  command.Option("--threads", options->threads, "0: one per core");
  command.Option("--seed", options->seed, "of the intervals");
  DeclareOutput(command, *options);
  command.Example("redraft audit score --book book.json --generations tuned.json --json");
  command.Run([options]() -> Result<int> {
    if (options->book.empty()) {
      return Fail(ErrorCode::kInvalidArgument, "name the book: --book FILE");
    }
    REDRAFT_ASSIGN(const audit::Audit scored, ScoreFiles(*options));
    return Show(scored, *options);
  });
}

struct IndexOptions {
  std::string book, output, profile = "ref";
};

Result<int> RunIndex(const IndexOptions& options) {
  if (options.output.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "name the index file to write: -o FILE");
  }
  audit::Parameters parameters;
  parameters.profile = options.profile == "clean" ? audit::Profile::kClean : audit::Profile::kRef;
  REDRAFT_ASSIGN(const audit::IndexedBook book, audit::ReadIndexed(options.book, parameters));
  REDRAFT_RETURN_IF_ERROR(
      WriteFileAtomic(options.output, audit::DumpIndex(book, parameters.profile)));
  PrintLine(fmt::format("{}: {} excerpts, {} tokens", options.output, book.shape.ids.size(),
                        book.shape.tokens()));
  return 0;
}

void DeclareAuditIndex(Args& audit) {
  Args& command = audit.Command("index", "write a book as an index file, without its text");
  auto options = std::make_shared<IndexOptions>();
  command.Positional("book", options->book, "a book of any format that audit score takes");
  command.Option("-o,--output", options->output, "the index file");
  command.Choice("--profile", options->profile, {"ref", "clean"}, "what a word is");
  command.Example("redraft audit index novel.epub -o novel.idx");
  command.Run([options] { return RunIndex(*options); });
}

void DeclareAuditMerge(Args& audit) {
  Args& command = audit.Command("merge", "add partial results of one book");
  auto options = std::make_shared<Options>();
  auto files = std::make_shared<std::vector<std::string>>();
  command.Positional("files", *files, "partial results, written by audit score --partial");
  DeclareOutput(command, *options);
  command.Example("redraft audit merge shard1.json shard2.json --json");
  command.Run([files, options]() -> Result<int> { return Merge(*files, *options); });
}

}  // namespace

void DeclareAudit(Args& root) {
  Args& audit = root.Command("audit", "measure verbatim recall of books by a model");
  DeclareAuditPrepare(audit);
  DeclareAuditExport(audit);
  DeclareAuditSample(audit);
  DeclareAuditScore(audit);
  DeclareAuditMerge(audit);
  DeclareAuditIndex(audit);
  DeclareAuditSimilarity(audit);
  DeclareAuditGate(audit);
  DeclareAuditReport(audit);
  DeclareAuditScan(audit);
}

}  // namespace redraft::cli
