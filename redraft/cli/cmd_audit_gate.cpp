// redraft audit similarity | gate: two results beside each other, and a result against limits.

#include <fmt/format.h>

#include <cstdio>

#include "redraft/audit/release_gate.h"
#include "redraft/audit/result_file.h"
#include "redraft/base/clock.h"
#include "redraft/base/file.h"
#include "redraft/cli/args.h"
#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"

namespace redraft::cli {
namespace {

struct GateOptions {
  std::string result, baseline, waivers, junit, scope = "excerpt";
  std::optional<double> max_bmc, max_increase;
  std::optional<int> max_span, max_spans;
  bool json = false;
};

Result<int> RunSimilarity(const std::string& a, const std::string& b, bool json) {
  REDRAFT_ASSIGN(const audit::ResultFile first, audit::ReadResult(a));
  REDRAFT_ASSIGN(const audit::ResultFile second, audit::ReadResult(b));
  REDRAFT_ASSIGN(const Json result, audit::SimilarityJson(first, second));
  if (json) {
    PrintLine(DumpJson(result));
    return 0;
  }
  const auto number = [](const Json& value) {
    return value.is_number() ? fmt::format("{:.3f}", value.get<double>()) : "not known";
  };
  PrintLine("covered by both, of what either covers  " + number(result["jaccard"]));
  PrintLine("the same for independent masks          " + number(result["random"]));
  PrintLine("first model's halves with each other    " + number(result["self_a"]));
  PrintLine("second model's halves with each other   " + number(result["self_b"]));
  return 0;
}

Status TakeCount(const char* option, const std::optional<int>& from,
                 std::optional<std::uint32_t>& to) {
  if (!from) return Ok{};
  if (*from < 0) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} {}: must not be negative", option, *from));
  }
  to = static_cast<std::uint32_t>(*from);
  return Ok{};
}

void PrintVerdict(const audit::Verdict& verdict) {
  for (const audit::Check& check : verdict.checks) {
    std::string line = fmt::format(
        "{} {}: {} (limit {:.6g})", check.passed ? check.waived ? "waived" : "passed" : "FAILED",
        check.name, check.value ? fmt::format("{:.6g}", *check.value) : "not measured",
        check.limit);
    if (check.waived) {
      line += fmt::format("; signed by {}, until {}: {}", check.waived->signer,
                          check.waived->expires, check.waived->reason);
    }
    for (const std::string& note : check.notes) line += "; " + note;
    PrintLine(line);
  }
}

Result<int> RunGate(const GateOptions& options) {
  audit::Limits limits;
  limits.max_bmc = options.max_bmc;
  limits.max_increase = options.max_increase;
  limits.span_in_book = options.scope == "book";
  REDRAFT_RETURN_IF_ERROR(TakeCount("--max-span", options.max_span, limits.max_span));
  REDRAFT_RETURN_IF_ERROR(TakeCount("--max-spans", options.max_spans, limits.max_spans));
  REDRAFT_ASSIGN(const audit::ResultFile result, audit::ReadResult(options.result));
  std::optional<audit::ResultFile> baseline;
  if (!options.baseline.empty()) {
    REDRAFT_ASSIGN(baseline, audit::ReadResult(options.baseline));
  }
  std::vector<audit::Waiver> waivers;
  if (!options.waivers.empty()) {
    REDRAFT_ASSIGN(waivers, audit::ReadWaivers(options.waivers));
  }
  const std::string today = FormatUtc(SystemClock().UnixMillis()).substr(0, 10);
  REDRAFT_ASSIGN(
      const audit::Verdict verdict,
      audit::CheckRelease(result, baseline ? &*baseline : nullptr, limits, waivers, today));
  if (!options.junit.empty()) {
    REDRAFT_RETURN_IF_ERROR(WriteFileAtomic(options.junit, audit::JUnitXml(verdict, result)));
  }
  if (options.json) {
    PrintLine(DumpJson(audit::VerdictJson(verdict, result, today)));
  } else {
    PrintVerdict(verdict);
  }
  return verdict.passed() ? 0 : ExitStatus(ErrorCode::kGateFailed);
}

}  // namespace

void DeclareAuditSimilarity(Args& audit) {
  Args& command = audit.Command("similarity", "how far two models recite the same places");
  struct Options {
    std::string a, b;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  command.Positional("a", options->a, "a result of audit score --json");
  command.Positional("b", options->b, "another of the same book");
  command.Flag("--json", options->json, "one JSON object");
  command.Example("redraft audit similarity base.json tuned.json");
  command.Run([options] { return RunSimilarity(options->a, options->b, options->json); });
}

void DeclareAuditGate(Args& audit) {
  Args& command = audit.Command("gate", "exit 100 when a result exceeds limits");
  auto options = std::make_shared<GateOptions>();
  command.Positional("result", options->result, "a result of audit score --json");
  command.Option("--max-bmc", options->max_bmc, "largest share of the book, 0 to 1");
  command.Option("--max-span", options->max_span, "longest span in words");
  command.Option("--max-spans", options->max_spans, "most distinct spans");
  command.Choice("--span-scope", options->scope, {"excerpt", "book"},
                 "--max-span: the longest span in the prompted excerpt, or anywhere in the book");
  command.Option("--baseline", options->baseline, "the result of the model before tuning");
  command.Option("--max-increase", options->max_increase, "of bmc over the baseline, 0 to 1");
  command.Option("--waivers", options->waivers,
                 "file of {\"waivers\":[{\"check\",\"allow\",\"signer\",\"reason\",\"expires\"}]}");
  command.Option("--junit", options->junit, "also write JUnit XML for a CI server");
  command.Flag("--json", options->json, "one JSON object");
  command.Example("redraft audit gate tuned.json --max-bmc 0.1 --max-span 30 --junit gate.xml");
  command.Run([options] { return RunGate(*options); });
}

}  // namespace redraft::cli
