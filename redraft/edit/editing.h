#pragma once

// A text edited from beginning to end: weak spans found, rewritten, chosen; or whole revisions
// compared. Long manuscripts go section by section, each a job of its own, so that what is answered
// stays answered when the work is interrupted.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redraft/core/job.h"
#include "redraft/core/scorer.h"
#include "redraft/edit/llm_detect.h"
#include "redraft/edit/revise.h"
#include "redraft/edit/rewrite.h"
#include "redraft/edit/sections.h"

namespace redraft::edit {

/// Who looks for weak spans.
enum class Detector {
  kLocal,  ///< detect.h: no model
  kModel,  ///< llm_detect.h
  kBoth,   ///< merged (merge.h)
};
/// Errors: kInvalidArgument; the names are local, llm and both.
Result<Detector> ParseDetector(const std::string& name);
const char* ToString(Detector detector);

enum class Work {
  kDetect,   ///< spans alone
  kRewrite,  ///< the spans one by one
  kRevise,   ///< whole revisions
};

struct EditOptions {
  Work work = Work::kRewrite;
  Detector detector = Detector::kBoth;
  std::vector<std::string> only;  ///< category ids; empty: all
  RewriteOptions rewrite;
  /// Most words of a section: what small models can still copy, and a scorer tell apart.
  int section_words = 900;
  /// Most spans rewritten in a hundred words; the surest stay. Professional editors change about
  /// three (LAMP).
  double spans_per_hundred_words = 5;
};

/// A whole text: of each section one revision, or the section as it was.
struct Whole {
  std::string text;
  std::vector<core::Edit> edits;     ///< sorted, disjoint
  std::vector<std::string> reasons;  ///< of its sections' revisions (arms.h), each once
  double worth = 0;                  ///< sum over sections; the draft's is 0
};

/// What was found in a text and what became of it.
struct Edited {
  std::string text;                   ///< the input with `edits` carried out
  std::vector<core::Edit> edits;      ///< sorted, disjoint
  std::vector<core::WeakSpan> spans;  ///< that were found, sorted, disjoint
  std::vector<Place> places;          ///< of Work::kRewrite: by span, with all candidates
  /// Arms of whole revisions (arms.h), section by section; of kRevise `best` is `text`, of kRewrite
  /// `text` may have of each place what another revision has.
  Whole best, random;
  std::vector<Whole> revisions;  ///< the k-th has each section's k-th
  double score_before = 0, score_after = 0;
  double distance = 0;  ///< price.h
  DroppedSpans dropped;
  std::map<std::string, int> turned_down;  ///< replies by reason
  int unreadable = 0;  ///< sections whose spans a model could not say in a readable form
};

/// The work on one text. Jobs point into the object, so it does not move.
class Editing {
 public:
  /// `scorer` must outlive it.
  Editing(std::string text, const EditOptions& options, const core::Scorer& scorer);
  ~Editing();
  Editing(const Editing&) = delete;
  Editing& operator=(const Editing&) = delete;

  /// One for each section that has to ask something; drive them to their end, in any order.
  std::vector<core::Job*> jobs() const;
  /// When all jobs are done.
  Edited result() const;

 private:
  class SectionJob;
  /// The text of which each section gives the revision that `pick` says.
  Whole Together(const std::function<std::optional<std::size_t>(const SectionJob&)>& pick) const;

  std::string text_;
  EditOptions options_;
  const core::Scorer& scorer_;
  double score_before_ = 0;
  std::vector<std::unique_ptr<SectionJob>> sections_;
};

}  // namespace redraft::edit
