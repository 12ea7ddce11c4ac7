// The readers of marked drafts take any bytes; every edit they hand out has its place in its draft.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "redraft/base/check.h"
#include "redraft/edit/annotated_texts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  redraft::edit::AnnotatedTexts texts;
  const auto traces = redraft::edit::ParseTraces(bytes, "fuzz", texts);
  const auto again = redraft::edit::ParseReannotations(bytes, "fuzz", "W0", texts);
  REDRAFT_CHECK(traces || !traces.error().message.empty());
  REDRAFT_CHECK(again || !again.error().message.empty());
  for (const auto& text : texts.texts) {
    for (const auto& edit : text.edits) {
      REDRAFT_CHECK(edit.span.start < edit.span.end && edit.span.end <= text.text.size());
    }
  }
  return 0;
}
