#pragma once

// The writing task of a run: brief, pack, rubric and, for one section of a longer document, the
// rest of it. Turns draws into requests.

#include <optional>
#include <string>

#include "redraft/core/brief.h"
#include "redraft/core/draft.h"
#include "redraft/core/pack.h"
#include "redraft/core/request.h"
#include "redraft/evolve/options.h"

namespace redraft::evolve {

struct Task {
  core::Brief brief;
  core::Pack pack;
  core::Rubric rubric;  ///< the user's, else the pack's
  std::string context;  ///< the rest of the document in section mode; else empty
};

/// What a draft is asked for. Style and theme are indices into the pack's lists.
struct DraftDraw {
  std::size_t style = 0;
  std::size_t theme = 0;
};

/// What a variant is asked for.
struct VariantDraw {
  std::size_t objective = 0;  ///< index into the pack's list
  std::string critique;       ///< an editor's words on the parent; may be empty
};

/// The request for one first draft. Errors: as llm::RenderPrompt.
Result<core::Request> DraftRequest(const Task& task, const EvolveOptions& options,
                                   const DraftDraw& draw, std::uint64_t seed);

/// The request for one variant of `parent`.
Result<core::Request> VariantRequest(const Task& task, const EvolveOptions& options,
                                     const core::Draft& parent, const VariantDraw& draw,
                                     std::uint64_t seed);

/// The request for a variant that mends the weak places of `parent`, found without a model, and
/// keeps everything else.
core::Request MendingRequest(const Task& task, const EvolveOptions& options,
                             const core::Draft& parent, std::uint64_t seed);

/// `request` again, told why its last reply failed the gates (`reasons` as `redraft gate` names
/// them). `attempt` counts from 1 and makes the request and its seed new.
Result<core::Request> RepairRequest(const Task& task, const core::Request& request,
                                    const std::vector<std::string>& reasons, int attempt);

/// "between 90 and 140 words, which is 7 to 10 sentences" (small models cannot count words; long
/// texts go without), "at most 500 words", or empty.
std::string LengthRule(const core::Brief& brief);

}  // namespace redraft::evolve
