#pragma once

// The gates of a rewrite: why words must not stand in the place of a span. As with whole drafts
// (text/gates.h), what a model was asked for and what it hands back are two things.

#include <string>
#include <string_view>
#include <vector>

#include "redraft/edit/protect.h"
#include "redraft/edit/seam.h"

namespace redraft::edit {

enum class Objection {
  kUnchanged,    ///< the words that stand there already, or nothing usable
  kRefusal,      ///< the model declines
  kChatter,      ///< talk about the words: "Here is …", "Note: …"
  kEcho,         ///< repeats the prompt or the passage around the span
  kTooLong,      ///< more than twice the words of the span (of a short span: more than twelve)
  kLosesName,    ///< a name of the span is gone; in a deletion, gone from the whole text
  kLosesNumber,  ///< a number of the span is gone
  kGarbage,      ///< no language, or markup that the span does not have
  kProtected,    ///< touches what an editor must not touch
};
/// As on record and in JSON: "unchanged", "refusal", …
const char* ToString(Objection objection);
/// What is said to the model that is asked again: one sentence.
const char* Advice(Objection objection);

/// What is known of the text around all spans.
struct Surroundings {
  /// `known` are the names of a longer text that `of` is a part of; empty: `of` is all there is.
  explicit Surroundings(std::string_view of, std::vector<std::string> known = {});

  std::string_view text;
  std::vector<std::string> names;            ///< Names of the whole text
  std::vector<ProtectedRange> is_protected;  ///< ProtectedRanges(text)
};

/// Everything against carrying out `edit`, which `seam` made of a reply.
std::vector<Objection> Objections(const Surroundings& around, const Seam& seam,
                                  const core::Edit& edit, std::string_view reply);

/// Names and numbers of `span` that a rewrite must keep, each once, in order.
std::vector<std::string> MustStay(const Surroundings& around, std::string_view span);

}  // namespace redraft::edit
