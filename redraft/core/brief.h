#pragma once

// The writing task: what the user asks for, with the limits that every text must keep.
//
// Format   Markdown with optional TOML-like front matter between two lines "---":
//            words: 90-130        at most N ("words: N"), or between ("words: N-M")
//            form: short story    what kind of text, said to the writer
//            audience: adults     for whom
//            pack: fiction        folder under prompts/packs, or a path to one
//          Everything after it is the task in the user's own words. A file without front matter,
//          such as the reference's prompt.txt, is all task.

#include <string>
#include <string_view>

#include "redraft/base/json.h"

namespace redraft::core {

struct Brief {
  std::string task;   ///< the user's words, without front matter; never empty
  int min_words = 0;  ///< 0: no lower limit
  int max_words = 0;  ///< 0: no upper limit
  std::string form;
  std::string audience;
  std::string pack = "fiction";
  std::string sha256;  ///< of the file's bytes
  bool operator==(const Brief&) const = default;
};

/// Reads a brief. Errors: kInvalidArgument naming the line: unknown front matter key (with the
/// nearest known one), a bad words range, front matter that is never closed, or no task.
Result<Brief> ParseBrief(std::string_view text);

Json ToJson(const Brief& brief);

}  // namespace redraft::core
