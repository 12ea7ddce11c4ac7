// A model's reply about a text, spans or rewrites, is any bytes. What is made of it can be carried
// out: places inside the text, disjoint, and edits that apply.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "redraft/base/check.h"
#include "redraft/base/file.h"
#include "redraft/edit/apply.h"
#include "redraft/edit/llm_detect.h"
#include "redraft/edit/revise.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace redraft;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = bytes.find('\0');
  const std::string_view reply = bytes.substr(0, cut);
  const std::string_view text = cut == std::string_view::npos ? "" : bytes.substr(cut + 1);

  const edit::LlmSpans found = edit::ReadSpans(reply, text);
  const edit::Surroundings around(text);
  std::size_t end = 0;
  for (const core::WeakSpan& span : found.spans) {
    REDRAFT_CHECK(span.start >= end && span.end > span.start && span.end <= text.size());
    REDRAFT_CHECK(!edit::Touches(around.is_protected, span.start, span.end));
    REDRAFT_CHECK(span.confidence > 0 && span.confidence <= 1);
    end = span.end;
    const edit::Seam seam(text, span, around.names);
    const core::Edit edit = seam.Fit(reply);
    REDRAFT_CHECK(edit::Apply(text, {edit}).has_value());
    static_cast<void>(edit::Objections(around, seam, edit, reply));
  }
  if (text.size() < 2000 && FirstInvalidUtf8(bytes) == std::string_view::npos) {
    const edit::Revision revision = edit::ReadRevision(around, reply, found.spans, {});
    const auto back = edit::Apply(text, revision.edits);
    REDRAFT_CHECK(back && back->text == revision.text);
  }
  return 0;
}
