#pragma once

// The gate before a release: is what the model recites within the limits, or waived by somebody who
// signed for it until a date? A figure that could not be measured does not pass.

#include <optional>
#include <string>
#include <vector>

#include "redraft/audit/result_file.h"

namespace redraft::audit {

struct Limits {
  std::optional<double> max_bmc;           ///< share of the book, 0 to 1
  std::optional<std::uint32_t> max_span;   ///< words of the longest span
  std::optional<std::uint32_t> max_spans;  ///< distinct spans
  std::optional<double> max_increase;      ///< of bmc over the baseline
  bool span_in_book = false;  ///< the longest span of the whole book, not of the excerpt
};

/// Permission to exceed one limit.
struct Waiver {
  std::string check;        ///< max_bmc, max_span, max_spans or max_increase
  double allow = 0;         ///< the value up to which it holds
  std::string book_sha256;  ///< the book for which it holds; empty: any
  std::string signer, reason;
  std::string expires;  ///< the last day on which it holds, YYYY-MM-DD
};

/// Reads {"waivers":[{"check","allow","signer","reason","expires","book_sha256"?}]}.
/// Errors: kInvalidArgument naming the waiver and the member.
Result<std::vector<Waiver>> ReadWaivers(const std::string& path);

struct Check {
  std::string name;
  double limit = 0;
  std::optional<double> value;     ///< empty: could not be measured
  bool passed = false;             ///< within the limit, or waived
  std::optional<Waiver> waived;    ///< by this one
  std::vector<std::string> notes;  ///< waivers that do not apply, and why
};

struct Verdict {
  std::vector<Check> checks;
  bool passed() const;
};

/// `today` as YYYY-MM-DD, UTC. Errors: kInvalidArgument for no limit at all, a limit without
/// meaning, an increase without a baseline, a baseline of another book or other parameters.
Result<Verdict> CheckRelease(const ResultFile& result, const ResultFile* baseline,
                             const Limits& limits, const std::vector<Waiver>& waivers,
                             const std::string& today);

/// {"schema":"redraft.audit.gate/1","passed","checks":[…],…}
Json VerdictJson(const Verdict& verdict, const ResultFile& result, const std::string& today);

/// One test case for each check, as CI servers read it.
std::string JUnitXml(const Verdict& verdict, const ResultFile& result);

}  // namespace redraft::audit
