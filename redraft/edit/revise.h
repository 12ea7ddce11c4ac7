#pragma once

// Revisions of a whole text, each written by the model from beginning to end.

#include <string>
#include <string_view>
#include <vector>

#include "redraft/core/job.h"
#include "redraft/edit/arms.h"
#include "redraft/edit/objections.h"
#include "redraft/edit/rewrite.h"

namespace redraft::edit {

/// Category of a change in a place that no detector marked.
inline constexpr const char* kRevisionCategory = "revision";

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
  const Arms& arms() const { return arms_; }

 private:
  Surroundings around_;
  std::vector<core::WeakSpan> spans_;
  RewriteOptions options_;
  const core::Scorer& scorer_;
  std::vector<Revision> revisions_;
  Arms arms_;
};

}  // namespace redraft::edit
