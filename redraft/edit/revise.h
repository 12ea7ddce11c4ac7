#pragma once

// Test-time compute over whole revisions: a draft, N revisions of it, the one that a scorer finds
// best with length and edit distance priced.
//
// Paper   Chakrabarty et al., "AI-Slop to AI-Polish?" (arXiv 2504.07532), §5: experts see the first
//         draft, a random candidate and the best one. All three arms are kept, so that what
//         choosing is worth (best against random) can be told from what editing is worth (random
//         against draft).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/core/job.h"
#include "redraft/edit/objections.h"
#include "redraft/edit/price.h"
#include "redraft/edit/rewrite.h"

namespace redraft::edit {

/// Category of a change in a place that no detector marked.
inline constexpr const char* kRevisionCategory = "revision";

/// One revised text.
struct Revision {
  std::string text;               ///< the draft with `edits` carried out
  std::vector<core::Edit> edits;  ///< sorted, disjoint, none in a protected part
  /// Why it must not be chosen: as text/gates.h, unless the draft has the same fault, and
  /// "unchanged", "out_of_bounds" (Prices), "loses_name", "loses_number". Empty: it may be.
  std::vector<std::string> reasons;
  double worth = 0;  ///< see price.h
};

/// What a model handed back for `around.text` as a revision: cleaned of chatter, in the draft's
/// style of quotation marks and line breaks, with protected parts as they were. `spans` lend
/// category and reason to the changes that meet them. `worth` is left 0.
Revision ReadRevision(const Surroundings& around, std::string_view reply,
                      const std::vector<core::WeakSpan>& spans, const Prices& prices);

/// The request for a revision of `around.text`; `spans` are shown to the model as notes. Its seed
/// is that of `options`.
core::Request RevisionRequest(const Surroundings& around, const std::vector<core::WeakSpan>& spans,
                              const RewriteOptions& options);

/// The changes between two texts, word by word; changes with at most one word between them are one.
/// White space alone is no change.
std::vector<core::Edit> EditsBetween(std::string_view before, std::string_view after);

/// Asks for all revisions at once.
class ReviseJob final : public core::Job {
 public:
  /// `text` and `scorer` must outlive the job; `spans` are shown to the model as notes.
  ReviseJob(std::string_view text, std::vector<core::WeakSpan> spans, const RewriteOptions& options,
            const core::Scorer& scorer);
  ReviseJob(const ReviseJob&) = delete;
  ReviseJob& operator=(const ReviseJob&) = delete;
  std::vector<core::Request> Step(std::span<const core::Reply> replies) override;

  /// After the step: one for each candidate asked for.
  const std::vector<Revision>& revisions() const { return revisions_; }
  /// The revision worth most; none where the draft is worth more than all.
  std::optional<std::size_t> best() const { return best_; }
  /// One drawn among those that passed the gates, worth something or not; none if there are none.
  std::optional<std::size_t> random() const { return random_; }

 private:
  Surroundings around_;
  std::vector<core::WeakSpan> spans_;
  RewriteOptions options_;
  const core::Scorer& scorer_;
  std::vector<Revision> revisions_;
  std::optional<std::size_t> best_, random_;
};

}  // namespace redraft::edit
