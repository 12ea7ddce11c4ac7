// redraft audit sample: what a model writes when it is asked for excerpts of a book.

#include <fmt/format.h>

#include <cmath>
#include <cstdio>

#include "redraft/audit/excerpts.h"
#include "redraft/audit/generations.h"
#include "redraft/audit/letters.h"
#include "redraft/audit/rarefaction.h"
#include "redraft/audit/result.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/base/version.h"
#include "redraft/cli/audit_probes.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/ledger_run.h"
#include "redraft/cli/model_options.h"
#include "redraft/llm/http.h"
#include "redraft/llm/prompt.h"

namespace redraft::cli {
namespace {

struct SampleOptions {
  ModelFlags models;
  std::string book, output = "generations.json", db, mode = "summary", profile = "ref";
  std::optional<int> excerpts;
  int generations = static_cast<int>(audit::kFullGenerations);
  int prefix_words = 50, continuation_words = 50;
  double temperature = 1.0;
  std::uint64_t seed = 1;
  bool dry_run = false, json = false;
  bool by_prefix() const { return mode == "prefix"; }
};

/// Everything that decides what will be asked.
struct Plan {
  audit::Book book;
  ModelChoice model;
  std::vector<audit::Probe> all, drawn;
  audit::SampleSettings settings;
  std::uint32_t generations = 0;
};

Status CheckOptions(const SampleOptions& options) {
  const auto least = [](const char* flag, int value) -> Status {
    if (value >= 1) return Ok{};
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{} {}: must be at least 1", flag, value));
  };
  REDRAFT_RETURN_IF_ERROR(least("--excerpts", options.excerpts.value_or(1)));
  REDRAFT_RETURN_IF_ERROR(least("--generations", options.generations));
  REDRAFT_RETURN_IF_ERROR(least("--prefix-words", options.prefix_words));
  REDRAFT_RETURN_IF_ERROR(least("--continuation-words", options.continuation_words));
  if (!(options.temperature >= 0 && options.temperature <= 2)) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--temperature {}: must be from 0 to 2", options.temperature));
  }
  return Ok{};
}

Result<Plan> MakePlan(const SampleOptions& options, const Config& config) {
  REDRAFT_RETURN_IF_ERROR(CheckOptions(options));
  Plan plan;
  REDRAFT_ASSIGN(plan.model, ChooseModel(options.models, config));
  REDRAFT_ASSIGN(plan.book, audit::ReadBook(options.book));
  if (plan.book.excerpts.empty()) plan.book.excerpts = audit::SplitExcerpts(plan.book.text);
  if (options.by_prefix()) {
    REDRAFT_ASSIGN(plan.all, PrefixProbes(plan.book, static_cast<std::size_t>(options.prefix_words),
                                          static_cast<std::size_t>(options.continuation_words)));
  } else {
    REDRAFT_ASSIGN(plan.all, SummaryProbes(plan.book));
  }
  if (plan.all.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                options.by_prefix()
                    ? fmt::format("{}: no excerpt has {} words and {} more to be continued with; "
                                  "lower --prefix-words or --continuation-words",
                                  options.book, options.prefix_words, options.continuation_words)
                    : fmt::format("{}: no excerpt has a summary to be asked for by; make them with "
                                  "audit prepare --llm MODEL, or use --mode prefix",
                                  options.book));
  }
  std::vector<std::uint32_t> indices(plan.all.size());
  for (std::uint32_t i = 0; i < indices.size(); ++i) indices[i] = i;
  const std::size_t count =
      options.excerpts ? static_cast<std::size_t>(*options.excerpts) : plan.all.size();
  for (const std::uint32_t i : audit::DrawExcerpts(indices, count, options.seed)) {
    plan.drawn.push_back(plan.all[i]);
  }
  plan.generations = static_cast<std::uint32_t>(options.generations);
  plan.settings = {RequestModel(plan.model), options.temperature, options.seed};
  return plan;
}

/// How many excerpts and generations are asked for is not part of the run: a larger sample goes on
/// with a smaller one.
Result<Json> Manifest(const Plan& plan, const SampleOptions& options) {
  const char* prompt = options.by_prefix() ? kContinuePrompt : kExcerptPrompt;
  REDRAFT_ASSIGN(const std::string sha256, llm::PromptSha256(prompt));
  Json manifest = {
      {"schema", "redraft.audit.sample/1"}, {"brief", {{"sha256", Sha256Hex(plan.book.text)}}},
      {"writer", plan.settings.model},      {"mode", options.mode},
      {"temperature", options.temperature}, {"seed", options.seed},
      {"prompts", {{prompt, sha256}}}};
  if (options.by_prefix()) {
    manifest["prefix_words"] = options.prefix_words;
    manifest["continuation_words"] = options.continuation_words;
  }
  return manifest;
}

Json EstimateJson(const audit::CallEstimate& estimate, std::size_t excerpts,
                  std::uint32_t generations, const ModelChoice& model) {
  return {{"excerpts", excerpts},
          {"generations", generations},
          {"calls", estimate.calls},
          {"tokens_in", estimate.tokens_in},
          {"tokens_out", estimate.tokens_out},
          {"cost", (static_cast<double>(estimate.tokens_in) * model.prices.in +
                    static_cast<double>(estimate.tokens_out) * model.prices.out) /
                       1e6}};
}

/// This sample, and all excerpts of the book at the paper's number of generations.
Json Estimates(const Plan& plan) {
  const std::size_t full = plan.book.excerpts.size();
  return {{"sample", EstimateJson(audit::EstimateCalls(plan.drawn, plan.generations),
                                  plan.drawn.size(), plan.generations, plan.model)},
          {"full_run", EstimateJson(audit::EstimateCalls(plan.all, audit::kFullGenerations, full),
                                    full, audit::kFullGenerations, plan.model)}};
}

std::string EstimateLine(const char* what, const Json& estimate) {
  return fmt::format(
      "{:<12}{:>6} excerpts x {:>3} = {:>8} calls, about {} tokens in, {} out, cost "
      "{:.4f}",
      what, estimate["excerpts"].get<std::size_t>(), estimate["generations"].get<int>(),
      estimate["calls"].get<std::int64_t>(), estimate["tokens_in"].get<std::int64_t>(),
      estimate["tokens_out"].get<std::int64_t>(), estimate["cost"].get<double>());
}

/// The log-probability of a book's own words behind a prefix.
struct Continuation {
  std::string id;
  audit::Likelihood likelihood;
};

struct Sampled {
  std::string run;
  core::Spent spent;
  std::vector<std::vector<core::Reply>> replies;  ///< by drawn excerpt
  std::vector<Continuation> continuations;        ///< empty: the endpoint gives none
};

std::vector<core::Job*> Pointers(std::vector<audit::AskJob>& jobs) {
  std::vector<core::Job*> pointers;
  for (audit::AskJob& job : jobs) pointers.push_back(&job);
  return pointers;
}

/// For each drawn excerpt, in the order drawn.
std::vector<audit::AskJob> LikelihoodJobs(const Plan& plan, const SampleOptions& options) {
  std::vector<audit::AskJob> jobs;
  for (const audit::Probe& probe : plan.drawn) {
    const audit::PrefixCut cut =
        audit::CutPrefix(plan.book.TextOf(plan.book.excerpts[probe.excerpt]),
                         static_cast<std::size_t>(options.prefix_words),
                         static_cast<std::size_t>(options.continuation_words));
    jobs.emplace_back(audit::LikelihoodRequests(cut, plan.settings.model));
  }
  return jobs;
}

Result<Sampled> Ask(const Plan& plan, const SampleOptions& options, const Config& config) {
  REDRAFT_ASSIGN(const Json manifest, Manifest(plan, options));
  std::vector<audit::AskJob> jobs, likelihoods;
  for (const audit::Probe& probe : plan.drawn) {
    jobs.emplace_back(audit::SampleRequests(probe, plan.generations, plan.settings));
  }
  Sampled sampled;
  const auto ask = [&](core::ReplyLog& log) -> Status {
    REDRAFT_ASSIGN(const llm::ClientOptions client_options,
                   ClientOptionsFor(options.models, plan.model, options.seed));
    llm::Client client(log, client_options);
    REDRAFT_ASSIGN(auto endpoint, OpenEndpoint(plan.model, options.models));
    const bool reads = endpoint->info().loglikelihood;
    client.AddEndpoint(std::move(endpoint));
    if (options.by_prefix() && reads) {
      likelihoods = LikelihoodJobs(plan, options);
      const auto pointers = Pointers(likelihoods);
      REDRAFT_RETURN_IF_ERROR(client.Run(pointers));
    }
    const auto pointers = Pointers(jobs);
    REDRAFT_RETURN_IF_ERROR(RunWithProgress(client, pointers, "sample"));
    REDRAFT_ASSIGN(sampled.spent, log.Total());
    return Ok{};
  };
  const std::string name =
      plan.book.title.empty() ? "audit sample" : "audit sample of " + plan.book.title;
  REDRAFT_ASSIGN(sampled.run, WorkInLedger(LedgerPath(options.db, config), manifest, name, ask));
  for (const audit::AskJob& job : jobs) sampled.replies.push_back(job.replies());
  for (std::size_t i = 0; i < likelihoods.size(); ++i) {
    sampled.continuations.push_back(
        {plan.drawn[i].id, audit::ContinuationLikelihood(likelihoods[i].replies())});
  }
  return sampled;
}

Status WriteGenerations(const Plan& plan, const Sampled& sampled, const std::string& path) {
  REDRAFT_ASSIGN(audit::GenerationsWriter writer, audit::GenerationsWriter::Open(path));
  for (std::size_t i = 0; i < plan.drawn.size(); ++i) {
    const audit::Excerpt& excerpt = plan.book.excerpts[plan.drawn[i].excerpt];
    audit::ExcerptGenerations record;
    record.excerpt_id = excerpt.id;
    record.excerpt_text = plan.book.TextOf(excerpt);
    record.instruction = plan.drawn[i].instruction;
    record.book = plan.book.title;
    record.author = plan.book.author;
    record.model = plan.settings.model;
    record.summary = excerpt.summary;
    for (std::size_t g = 0; g < sampled.replies[i].size(); ++g) {
      const core::Reply& reply = sampled.replies[i][g];
      record.generations.push_back({static_cast<std::int64_t>(g + 1), reply.text, reply.finish});
    }
    REDRAFT_RETURN_IF_ERROR(writer.Add(record));
  }
  return writer.Close();
}

/// What the excerpts' own prompts bring about of them, up to a full run's generations.
Result<Json> OwnRecall(const Plan& plan, const SampleOptions& options) {
  audit::Parameters parameters;
  parameters.profile = options.profile == "clean" ? audit::Profile::kClean : audit::Profile::kRef;
  REDRAFT_ASSIGN(const audit::IndexedBook book,
                 audit::IndexBook(plan.book, options.book, parameters));
  REDRAFT_ASSIGN(
      const audit::Scored scored,
      audit::ScoreGenerations(book, {}, parameters, {options.output}, audit::ScoreOptions()));
  Json curve = Json::array();
  for (const audit::RarefactionPoint& point : audit::ExtrapolateOwn(
           scored.tally, book.shape.starts, audit::kFullGenerations, options.seed)) {
    curve.push_back({{"generations", point.generations},
                     {"value", point.value},
                     {"interval", {point.interval.lo, point.interval.hi}},
                     {"extrapolated", point.generations > plan.generations}});
  }
  return curve;
}

Json ContinuationsJson(const Sampled& sampled) {
  Json list = Json::array();
  for (const Continuation& c : sampled.continuations) {
    const double draws = audit::DrawsForHalf(c.likelihood.logprob);
    list.push_back({{"excerpt_id", c.id},
                    {"tokens", c.likelihood.tokens},
                    {"logprob", c.likelihood.logprob},
                    {"draws_for_half", std::isfinite(draws) ? Json(draws) : Json()}});
  }
  return list;
}

void PrintSample(const Json& result) {
  PrintLine(fmt::format("{}: {} excerpts, {} generations each, run {}",
                        result["output"].get<std::string>(), result["excerpts"].size(),
                        result["generations"].get<int>(), result["run"].get<std::string>()));
  PrintLine("own words brought about by an excerpt's own prompt, by generations (95 %):");
  for (const Json& point : result["own_recall"]) {
    PrintLine(fmt::format("{:>6}{:>9.2f} % ({:.2f} to {:.2f}){}", point["generations"].get<int>(),
                          100 * point["value"].get<double>(),
                          100 * point["interval"][0].get<double>(),
                          100 * point["interval"][1].get<double>(),
                          point["extrapolated"] == true ? " extrapolated" : ""));
  }
  for (const Json& c : result["continuations"]) {
    PrintLine(fmt::format("{}: the book's next {} tokens have log-probability {:.1f}; {}",
                          c["excerpt_id"].get<std::string>(), c["tokens"].get<int>(),
                          c["logprob"].get<double>(),
                          c["draws_for_half"].is_null()
                              ? std::string("no number of draws gives them")
                              : fmt::format("{:.3g} draws give them with probability one half",
                                            c["draws_for_half"].get<double>())));
  }
}

Result<int> RunSample(const SampleOptions& options) {
  REDRAFT_ASSIGN(const Config config, LoadConfig(options.models.config));
  REDRAFT_ASSIGN(const Plan plan, MakePlan(options, config));
  const Json estimates = Estimates(plan);
  if (options.dry_run && options.json) {
    PrintLine(DumpJson({{"schema", "redraft.audit.estimate/1"}, {"estimate", estimates}}));
    return 0;
  }
  std::FILE* to = options.dry_run ? stdout : stderr;
  fmt::print(to, "{}\n{}\n", EstimateLine("this sample", estimates["sample"]),
             EstimateLine("full run", estimates["full_run"]));
  if (options.dry_run) return 0;

  REDRAFT_ASSIGN(const Sampled sampled, Ask(plan, options, config));
  REDRAFT_RETURN_IF_ERROR(WriteGenerations(plan, sampled, options.output));
  Json excerpts = Json::array();
  for (const audit::Probe& probe : plan.drawn) excerpts.push_back(probe.id);
  REDRAFT_ASSIGN(Json curve, OwnRecall(plan, options));
  const Json result = {
      {"schema", "redraft.audit.sample/1"},
      {"run", sampled.run},
      {"book", {{"title", plan.book.title}, {"sha256", plan.book.sha256}}},
      {"model", plan.settings.model},
      {"mode", options.mode},
      {"output", options.output},
      {"excerpts", std::move(excerpts)},
      {"generations", plan.generations},
      {"tries", sampled.spent.tries},
      {"tokens", {{"in", sampled.spent.usage.tokens_in}, {"out", sampled.spent.usage.tokens_out}}},
      {"cost", sampled.spent.usage.cost},
      {"estimate", estimates},
      {"own_recall", std::move(curve)},
      {"continuations", ContinuationsJson(sampled)},
      {"parameters",
       {{"temperature", options.temperature},
        {"seed", options.seed},
        {"profile", options.profile},
        {"prefix_words", options.by_prefix() ? Json(options.prefix_words) : Json()},
        {"continuation_words", options.by_prefix() ? Json(options.continuation_words) : Json()}}},
      {"tool", {{"name", "redraft"}, {"version", kVersion}, {"unicode", audit::UnicodeVersion()}}}};
  if (options.json) {
    PrintLine(DumpJson(result));
  } else {
    PrintSample(result);
  }
  fmt::print(stderr, "{}\n",
             plan.model.embedded() ? "nothing left this machine"
                                   : "what was asked went to " + llm::ShownUrl(plan.model.url));
  return 0;
}

}  // namespace

void DeclareAuditSample(Args& audit) {
  Args& command = audit.Command("sample", "ask a model for a book's excerpts, many times over");
  auto options = std::make_shared<SampleOptions>();
  command.Positional("book", options->book, "a book that audit prepare made");
  command.Option("-o,--output", options->output, "write the generations to this file");
  command.Option("--excerpts", options->excerpts,
                 "ask for so many, drawn by --seed (default: all)");
  command.Option("--generations", options->generations, "answers for each");
  command.Choice("--mode", options->mode, {"summary", "prefix"},
                 "ask by what happens in the excerpt, or let the model continue its first words");
  command.Option("--prefix-words", options->prefix_words, "given in prefix mode");
  command.Option("--continuation-words", options->continuation_words,
                 "of which prefix mode takes the log-probability");
  command.Option("--temperature", options->temperature, "sampling temperature");
  command.Choice("--profile", options->profile, {"ref", "clean"}, "what a word is");
  command.Option("--seed", options->seed, "of the draw and of the sampling");
  command.Option("--db", options->db, "ledger file (default ./redraft.db)");
  command.Flag("--dry-run", options->dry_run, "print calls, tokens and cost; send nothing");
  command.Flag("--json", options->json, "one JSON object");
  DeclareWriterFlags(command, options->models);
  command.Example(
      "redraft audit sample book.json --excerpts 8 --generations 8 --llm "
      "smollm2-135m-instruct -o generations.json");
  command.Run([options] { return RunSample(*options); });
}

}  // namespace redraft::cli
