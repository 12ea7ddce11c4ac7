#pragma once

// Drafts in which professional editors marked what is weak, and what they wrote instead.
//
// Format  Traces: JSON Lines, one conversation per line ("messages"): the user's message ends with
//         the draft, the assistant's names "Span 1: `…` (Category: `…`)" and "Span 1: `…` -> `…`".
//         Re-annotations: a JSON array of {"preedit", "fine_grained_edits":
//         [{"categorization", "originalText", "editedText"}]}; the annotator is the last part of
//         the file's name ("reannotation-W12.json": "W12").
//         Spans are given by their words. One that stands in the draft several times is taken to
//         be the first place not yet marked.
// Paper   Chakrabarty, Laban and Wu, "Can AI writing be salvaged?" (CHI 2025).
// Errors  kInvalidArgument naming the file and the line or item.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/core/edit.h"

namespace redraft::edit {

/// One annotator's edits of one draft.
struct AnnotatedText {
  std::string text;
  std::string annotator;          ///< empty where it is not known
  std::vector<core::Edit> edits;  ///< sorted by start; may overlap; categories are ids of the
                                  ///< taxonomy, empty for a kind that it does not have
};

struct AnnotatedTexts {
  std::vector<AnnotatedText> texts;
  std::size_t not_found = 0;  ///< spans whose words do not stand in the draft: left out
  std::size_t ambiguous = 0;  ///< spans whose words stand there more than once
};

/// Adds the content of a file of either kind, told by its form.
Status ReadAnnotatedTexts(const std::filesystem::path& path, AnnotatedTexts& texts);

/// The same from bytes. `name` stands in errors.
Status ParseTraces(std::string_view jsonl, const std::string& name, AnnotatedTexts& texts);
Status ParseReannotations(std::string_view json, const std::string& name,
                          const std::string& annotator, AnnotatedTexts& texts);

}  // namespace redraft::edit
