// The readers of verdicts take any bytes; what they accept is a probability, and is not accepted
// any more when it was copied out of a quoted text.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "redraft/base/check.h"
#include "redraft/judge/quotation.h"
#include "redraft/judge/structured_verdict.h"
#include "redraft/judge/verdict_parser.h"

namespace {

using redraft::judge::ParsedVerdict;

void Check(const std::optional<ParsedVerdict>& parsed, std::string_view reply) {
  if (!parsed) return;
  REDRAFT_CHECK(parsed->p_a >= 0 && parsed->p_a <= 1);
  REDRAFT_CHECK(parsed->rationale.size() <= 4 * reply.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view reply(reinterpret_cast<const char*>(data), size);
  Check(redraft::judge::ParseVerdict(reply), reply);
  Check(redraft::judge::ParseStructuredVerdict(reply), reply);

  const std::string quoted = redraft::judge::Quote(reply);
  REDRAFT_CHECK(!redraft::judge::ParseVerdict(quoted));
  REDRAFT_CHECK(!redraft::judge::ParseStructuredVerdict(quoted));
  REDRAFT_CHECK(redraft::judge::Quote(quoted) == quoted);
  for (auto at = quoted.find('<'); at != std::string::npos; at = quoted.find('<', at + 1)) {
    REDRAFT_CHECK(at + 1 == quoted.size() || quoted[at + 1] == ' ' || quoted[at + 1] == '\n' ||
                  quoted[at + 1] == '\t');
  }
  return 0;
}
