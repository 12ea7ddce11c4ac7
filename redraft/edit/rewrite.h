#pragma once

// Other words for weak spans: N candidates for each, made to fit, gated, chosen on the whole text.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/core/job.h"
#include "redraft/edit/arms.h"
#include "redraft/edit/objections.h"
#include "redraft/edit/sections.h"

namespace redraft::edit {

struct RewriteOptions {
  std::string model;      ///< Request::model
  bool embedded = false;  ///< the embedded engine keeps lengths by itself
  int candidates = 8;     ///< for each span
  std::string brief;      ///< what the text was written for; may be empty
  std::uint64_t seed = 1;
  std::vector<std::string> names;  ///< of the longer text that this is a part of; empty: it is all
  Prices prices;
};

/// Asks for all candidates at once; for a span of which none can be used once more, with what was
/// wrong.
class RewriteJob final : public core::Job {
 public:
  /// `text` and `scorer` must outlive the job; `spans` are sorted, disjoint and touch nothing that
  /// is protected.
  RewriteJob(std::string_view text, const std::vector<core::WeakSpan>& spans,
             const RewriteOptions& options, const core::Scorer& scorer);
  RewriteJob(const RewriteJob&) = delete;
  RewriteJob& operator=(const RewriteJob&) = delete;
  std::vector<core::Request> Step(std::span<const core::Reply> replies) override;

  /// After the last step: one place for each span, in order, chosen.
  const std::vector<Place>& places() const { return places_; }
  /// As many whole revisions as candidates are asked for, assembled (arms.h).
  const std::vector<Revision>& revisions() const { return revisions_; }
  const Arms& arms() const { return arms_; }
  /// How many replies met which objection.
  const std::map<Objection, int>& objections() const { return objections_; }

 private:
  core::Request RequestFor(std::size_t place) const;
  std::uint64_t SeedOf(int candidate) const;
  void Take(std::size_t place, int number, const core::Reply& reply);
  std::vector<core::Request> Repairs();

  Surroundings around_;
  RewriteOptions options_;
  const core::Scorer& scorer_;
  std::vector<Section> passages_;      ///< of which each place is shown one
  std::vector<std::string> examples_;  ///< answers of the prompt's examples, normalised
  std::vector<Seam> seams_;
  std::vector<Place> places_;
  std::vector<std::vector<Objection>> against_;  ///< by place
  std::map<Objection, int> objections_;
  /// Of each request of this step: the place, and the number of its reply.
  std::vector<std::pair<std::size_t, int>> asked_;
  std::vector<Revision> revisions_;
  Arms arms_;
  bool repaired_ = false;
};

}  // namespace redraft::edit
