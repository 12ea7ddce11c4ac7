#pragma once

// What a model is asked about excerpts of a book: the prompts of prompts/audit/, and carrying the
// questions out.

#include <span>
#include <string>
#include <vector>

#include "redraft/audit/book.h"
#include "redraft/audit/sampling.h"
#include "redraft/llm/client.h"

namespace redraft::cli {

inline constexpr const char* kSummaryPrompt = "audit/summary";
inline constexpr const char* kExcerptPrompt = "audit/excerpt";
inline constexpr const char* kContinuePrompt = "audit/continue";

/// The text with each run of blank space as one blank, none at its ends: a summary is one paragraph
/// of the instruction.
std::string OneParagraph(std::string_view text);

/// What is asked for an excerpt that has a summary. Errors: the prompt's.
Result<std::string> ExcerptInstruction(const audit::Book& book, const audit::Excerpt& excerpt);

/// What can be asked about the book: by summary, excerpts that have an instruction or a summary; by
/// prefix, those longer than it. Errors: the prompt's.
Result<std::vector<audit::Probe>> SummaryProbes(const audit::Book& book);
Result<std::vector<audit::Probe>> PrefixProbes(const audit::Book& book, std::size_t prefix_words,
                                               std::size_t continuation_words);

/// Client::Run with progress on standard error, called `stage` (progress.h).
Status RunWithProgress(llm::Client& client, std::span<core::Job* const> jobs, const char* stage);

}  // namespace redraft::cli
