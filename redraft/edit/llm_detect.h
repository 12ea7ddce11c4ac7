#pragma once

// Weak spans marked by a language model: asked with examples and a JSON schema (prompts/edit/
// detect.md), read strictly where it matters and generously where models are careless.
//
//   {"spans":[{"text":"heart skipped a beat","category":"cliche","reason":"…"}]}

#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/json.h"
#include "redraft/core/edit.h"
#include "redraft/core/job.h"

namespace redraft::edit {

/// Spans that a model named and that are not used.
struct DroppedSpans {
  int malformed = 0;         ///< no text, or something else than strings
  int unknown_category = 0;  ///< not in the taxonomy, or not asked for
  int not_found = 0;         ///< the text does not hold these words
  int too_long = 0;          ///< more words than a span may have
  int is_protected = 0;      ///< touches what an editor must not touch
  int overlapping = 0;       ///< shares bytes with a span that is surer

  int total() const;
  DroppedSpans& operator+=(const DroppedSpans& other);
  friend bool operator==(const DroppedSpans&, const DroppedSpans&) = default;
};
Json ToJson(const DroppedSpans& dropped);

struct LlmSpans {
  std::vector<core::WeakSpan> spans;  ///< sorted, disjoint, none touching a protected part
  DroppedSpans dropped;
  bool readable = false;  ///< the reply held a list of spans, if an empty one
};

/// Most words of a span: twice the longest two sentences that an editor marks.
inline constexpr int kMostSpanWords = 80;

/// Reads a reply about `text`. A list that breaks off is read up to where it does; words around the
/// JSON, code fences and unknown members are ignored. `only` are category ids; empty: all.
/// Confidence is .65 for words that stand in the text as quoted, less for those searched for.
LlmSpans ReadSpans(std::string_view reply, std::string_view text,
                   const std::vector<std::string>& only = {});

/// JSON schema of the reply, for these categories and at most `most` spans.
Json SpansSchema(const std::vector<std::string>& categories, int most);

struct LlmDetectOptions {
  std::string model;              ///< Request::model
  std::vector<std::string> only;  ///< category ids; empty: all
  std::string brief;              ///< what the text was written for; may be empty
  std::uint64_t seed = 1;
};

/// Asks once, and once more when the reply cannot be read.
class LlmDetectJob final : public core::Job {
 public:
  /// `text` must outlive the job.
  LlmDetectJob(std::string_view text, LlmDetectOptions options);
  std::vector<core::Request> Step(std::span<const core::Reply> replies) override;

  /// After the last step.
  const LlmSpans& found() const { return found_; }

 private:
  std::string_view text_;
  LlmDetectOptions options_;
  core::Request request_;
  LlmSpans found_;
};

}  // namespace redraft::edit
