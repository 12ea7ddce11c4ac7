// Any bytes can be looked through: spans are sorted, disjoint, on whole characters, clear of what
// is protected, and can be cut out and put back.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "redraft/base/check.h"
#include "redraft/edit/apply.h"
#include "redraft/edit/detect.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto ranges = redraft::edit::ProtectedRanges(text);
  std::size_t end = 0;
  for (const auto& range : ranges) {
    REDRAFT_CHECK(end <= range.start && range.start < range.end && range.end <= size);
    end = range.end;
  }
  std::vector<redraft::core::Edit> edits;
  for (const auto& span : redraft::edit::Detect(text, {})) {
    REDRAFT_CHECK(!redraft::edit::Touches(ranges, span.start, span.end));
    edits.push_back({span, "x"});
  }
  REDRAFT_CHECK(redraft::edit::Sorted(text, edits));
  const auto applied = redraft::edit::Apply(text, edits);
  REDRAFT_CHECK(applied);
  const auto back = redraft::edit::Apply(applied->text, applied->inverse);
  REDRAFT_CHECK(back && back->text == text);
  redraft::edit::Names(text);
  return 0;
}
