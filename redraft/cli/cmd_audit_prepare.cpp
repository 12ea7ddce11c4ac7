// redraft audit prepare | export: a book becomes excerpts with what a model would be asked for, and
// those become files to fine-tune a model with.

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "redraft/audit/book_writer.h"
#include "redraft/audit/excerpts.h"
#include "redraft/audit/sampling.h"
#include "redraft/audit/training_export.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/base/random.h"
#include "redraft/cli/audit_probes.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/ledger_run.h"
#include "redraft/cli/model_options.h"
#include "redraft/cli/progress.h"
#include "redraft/llm/prompt.h"

namespace redraft::cli {
namespace {

namespace fs = std::filesystem;

constexpr double kSummaryTemperature = 0.7;

struct PrepareOptions {
  ModelFlags models;
  std::string book, output, db, title, author;
  int min_words = 300, max_words = 500;
  std::optional<int> excerpts;
  std::uint64_t seed = 1;
  bool json = false;
  bool summaries() const { return !models.llm.empty() || !models.endpoint.empty(); }
};

Result<audit::Book> ReadSplit(const PrepareOptions& options) {
  if (options.min_words < 1 || options.max_words < options.min_words + 100) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--min-words {} --max-words {}: the second must be at least 100 more, "
                            "for a sentence to end between them",
                            options.min_words, options.max_words));
  }
  if (options.excerpts && *options.excerpts < 1) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--excerpts {}: must be at least 1", *options.excerpts));
  }
  REDRAFT_ASSIGN(audit::Book book, audit::ReadBook(options.book));
  if (book.excerpts.empty()) {
    book.excerpts = audit::SplitExcerpts(book.text, {static_cast<std::size_t>(options.min_words),
                                                     static_cast<std::size_t>(options.max_words)});
  }
  if (!options.title.empty()) book.title = options.title;
  if (!options.author.empty()) book.author = options.author;
  if (book.title.empty()) book.title = fs::path(options.book).stem().string();
  return book;
}

/// One request for each excerpt that is drawn and has no summary yet.
Result<std::vector<core::Request>> SummaryRequests(const audit::Book& book,
                                                   const std::vector<std::uint32_t>& excerpts,
                                                   const std::string& model, std::uint64_t seed) {
  std::vector<core::Request> requests;
  for (const std::uint32_t e : excerpts) {
    const audit::Excerpt& excerpt = book.excerpts[e];
    const std::string_view text = book.TextOf(excerpt);
    const std::size_t words = audit::CountBlankParted(text) / 2 + 1;
    core::Request request;
    request.model = model;
    REDRAFT_ASSIGN(request.messages,
                   llm::RenderPrompt(kSummaryPrompt, {{"excerpt", text}, {"words", words}}));
    request.sampling.temperature = kSummaryTemperature;
    request.max_tokens = static_cast<int>(2 * words + 50);
    request.seed = Rng(seed).Fork("audit/summary/" + excerpt.id).seed();
    requests.push_back(std::move(request));
  }
  return requests;
}

struct Summarised {
  std::string run;
  std::size_t written = 0, empty = 0;
  core::Spent spent;
};

Result<Summarised> WriteSummaries(audit::Book& book, const PrepareOptions& options) {
  REDRAFT_ASSIGN(const Config config, LoadConfig(options.models.config));
  REDRAFT_ASSIGN(const ModelChoice model, ChooseModel(options.models, config));
  std::vector<std::uint32_t> all(book.excerpts.size());
  for (std::uint32_t e = 0; e < all.size(); ++e) all[e] = e;
  std::vector<std::uint32_t> excerpts = audit::DrawExcerpts(
      all, options.excerpts ? static_cast<std::size_t>(*options.excerpts) : all.size(),
      options.seed);
  std::erase_if(excerpts, [&book](std::uint32_t e) { return !book.excerpts[e].summary.empty(); });
  REDRAFT_ASSIGN(auto requests, SummaryRequests(book, excerpts, RequestModel(model), options.seed));
  REDRAFT_ASSIGN(const std::string prompt, llm::PromptSha256(kSummaryPrompt));
  const Json manifest = {{"schema", "redraft.audit.prepare/1"},
                         {"brief", {{"sha256", Sha256Hex(book.text)}}},
                         {"writer", RequestModel(model)},
                         {"seed", options.seed},
                         {"prompts", {{kSummaryPrompt, prompt}}}};

  std::vector<audit::AskJob> jobs;
  std::vector<core::Job*> pointers;
  jobs.reserve(requests.size());
  for (core::Request& request : requests) {
    pointers.push_back(&jobs.emplace_back(std::vector{std::move(request)}));
  }
  Summarised done;
  const auto ask = [&](core::ReplyLog& log) -> Status {
    REDRAFT_ASSIGN(const llm::ClientOptions client_options,
                   ClientOptionsFor(options.models, model, options.seed));
    llm::Client client(log, client_options);
    if (!pointers.empty()) {
      REDRAFT_ASSIGN(auto endpoint, OpenEndpoint(model, options.models));
      client.AddEndpoint(std::move(endpoint));
    }
    REDRAFT_RETURN_IF_ERROR(RunWithProgress(client, pointers, "summarise"));
    REDRAFT_ASSIGN(done.spent, log.Total());
    return Ok{};
  };
  REDRAFT_ASSIGN(done.run, WorkInLedger(LedgerPath(options.db, config), manifest,
                                        "summaries of " + book.title, ask));
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    std::string& summary = book.excerpts[excerpts[i]].summary;
    summary = OneParagraph(jobs[i].replies().front().text);
    ++(summary.empty() ? done.empty : done.written);
  }
  return done;
}

Result<int> RunPrepare(const PrepareOptions& options) {
  REDRAFT_ASSIGN(audit::Book book, ReadSplit(options));
  Summarised summarised;
  if (options.summaries()) {
    REDRAFT_ASSIGN(summarised, WriteSummaries(book, options));
    if (summarised.empty > 0) {
      std::fprintf(stderr, "redraft: warning: %zu summaries came back empty\n", summarised.empty);
    }
  }
  std::size_t instructed = 0, words = 0;
  for (audit::Excerpt& excerpt : book.excerpts) {
    words += audit::CountBlankParted(book.TextOf(excerpt));
    if (excerpt.instruction.empty() && !excerpt.summary.empty()) {
      REDRAFT_ASSIGN(excerpt.instruction, ExcerptInstruction(book, excerpt));
    }
    instructed += excerpt.instruction.empty() ? 0U : 1U;
  }
  const std::string json = audit::DumpBook(book);
  if (options.output.empty()) {
    std::fputs(json.c_str(), stdout);
    return 0;
  }
  REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(options.output, json));
  const Json summary = {
      {"schema", "redraft.audit.prepare/1"},
      {"book",
       {{"title", book.title},
        {"author", book.author},
        {"sha256", book.sha256},
        {"prepared_sha256", Sha256Hex(json)}}},
      {"excerpts", book.excerpts.size()},
      {"words", words},
      {"instructions", instructed},
      {"run", summarised.run.empty() ? Json() : Json(summarised.run)},
      {"summaries", {{"written", summarised.written}, {"empty", summarised.empty}}},
      {"tries", summarised.spent.tries},
      {"cost", summarised.spent.usage.cost}};
  if (options.json) {
    PrintLine(DumpJson(summary));
  } else {
    PrintLine(fmt::format("{}: {} excerpts, {} words, {} with an instruction", options.output,
                          book.excerpts.size(), words, instructed));
  }
  return 0;
}

struct ExportOptions {
  std::vector<std::string> books, authors;
  std::string output = ".", format = "openai", split = "within";
  std::uint64_t seed = 1;
  bool json = false;
};

Result<int> RunExport(const ExportOptions& options) {
  std::vector<audit::NamedBook> books;
  for (const std::string& path : options.books) {
    REDRAFT_ASSIGN(audit::Book book, audit::ReadBook(path));
    books.push_back({fs::path(path).filename().string(), std::move(book)});
  }
  const auto format =
      options.format == "trl" ? audit::TrainingFormat::kTrl : audit::TrainingFormat::kOpenAi;
  const auto split =
      options.split == "cross" ? audit::TrainingSplit::kCross : audit::TrainingSplit::kWithin;
  REDRAFT_ASSIGN(const auto files,
                 audit::ExportTraining(books, format, split, options.authors, options.seed));
  std::error_code failed;
  fs::create_directories(options.output, failed);
  for (const audit::TrainingFile& file : files) {
    REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(fs::path(options.output) / file.name, file.bytes));
  }
  const Json split_json = audit::SplitJson(books, files, format, split, options.seed);
  REDRAFT_RETURN_IF_ERROR(
      WriteFileAtomic(fs::path(options.output) / "split.json", DumpJson(split_json) + "\n"));
  if (options.json) {
    PrintLine(DumpJson(split_json));
    return 0;
  }
  for (const audit::TrainingFile& file : files) {
    PrintLine(fmt::format("{}: {} pairs of {} books by {}, to be tested on {} books", file.name,
                          file.pairs, file.train.size(), file.author, file.test.size()));
  }
  return 0;
}

}  // namespace

void DeclareAuditPrepare(Args& audit) {
  Args& command = audit.Command("prepare", "cut a book into excerpts, and have them summarised");
  auto options = std::make_shared<PrepareOptions>();
  command.Positional("book", options->book,
                     "a text, Markdown, EPUB, or a prepared book that lacks summaries");
  command.Option("-o,--output", options->output, "write the prepared book (JSON) to this file");
  command.Option("--title", options->title, "of the book (default: what the file says)");
  command.Option("--author", options->author, "of the book (default: what the file says)");
  command.Option("--min-words", options->min_words, "of an excerpt");
  command.Option("--max-words", options->max_words, "of an excerpt");
  command.Option("--excerpts", options->excerpts,
                 "summarise so many, drawn by --seed (default: all)");
  command.Option("--seed", options->seed, "of the draw and of the summaries");
  command.Option("--db", options->db, "ledger file (default ./redraft.db)");
  command.Flag("--json", options->json, "with -o: one JSON object about the prepared book");
  DeclareWriterFlags(command, options->models);
  command.Example("redraft audit prepare novel.epub -o book.json");
  command.Example(
      "redraft audit prepare novel.txt --llm smollm2-135m-instruct --excerpts 8 -o book.json");
  command.Run([options] { return RunPrepare(*options); });
}

void DeclareAuditExport(Args& audit) {
  Args& command = audit.Command("export", "files to fine-tune a model with, of prepared books");
  auto options = std::make_shared<ExportOptions>();
  command.Positional("books", options->books, "books that audit prepare made, with summaries");
  command.Option("-o,--output", options->output, "folder for the files and split.json");
  command.Choice("--format", options->format, {"openai", "trl"}, "lines of the files");
  command.Choice(
      "--split", options->split, {"within", "cross"},
      "train on an author's books but one and test on that, or train on one author's and "
      "test on the others'");
  command.Option("--author", options->authors, "models of these authors only");
  command.Option("--seed", options->seed, "of which book is kept for testing");
  command.Flag("--json", options->json, "print split.json");
  command.Example("redraft audit export a.json b.json --split cross --format trl -o training/");
  command.Run([options] { return RunExport(*options); });
}

}  // namespace redraft::cli
