#pragma once

// The job that brings one text into being: ask, clean, gate, and ask again a bounded number of
// times.

#include <functional>
#include <string>
#include <vector>

#include "redraft/core/draft.h"
#include "redraft/core/job.h"
#include "redraft/text/gates.h"
#include "redraft/text/similarity.h"

namespace redraft::evolve {

/// Makes the next request of a slot from its first one, the reasons against the last reply, and the
/// number of the repair (from 1).
using MakeRepair = std::function<core::Request(
    const core::Request& first, const std::vector<std::string>& reasons, int repair)>;

/// The gate reason against a draft that repeats an earlier text: "duplicate" or "near_duplicate";
/// empty: none. Mended drafts may be near their parent, that is what they are for.
std::string Repeats(const core::Draft& draft, const text::NearDuplicates& earlier);

class DraftJob final : public core::Job {
 public:
  /// `draft` carries lineage and draws; the job fills text, words, key, repairs and gated.
  /// `earlier` holds the texts of earlier generations and must outlive the job.
  DraftJob(core::Draft draft, core::Request request, const text::GateLimits& limits,
           const text::NearDuplicates& earlier, int repairs, MakeRepair make_repair);

  std::vector<core::Request> Step(std::span<const core::Reply> replies) override;

  /// Turns an accepted text down because of a text of the same stage. True when a further try is
  /// left: run the job again. Otherwise the draft stays gated.
  bool Reject(const std::string& reason);

  /// Accepts the last text although it was turned down.
  void KeepAnyway() { draft_.gated.clear(); }

  bool accepted() const { return draft_.gated.empty(); }
  const core::Draft& draft() const { return draft_; }
  /// Why each turned-down text failed, in order of the tries.
  const std::vector<std::vector<std::string>>& rejections() const { return rejections_; }

 private:
  core::Draft draft_;
  core::Request first_, current_;
  text::GateLimits limits_;
  const text::NearDuplicates& earlier_;
  int repairs_left_;
  MakeRepair make_repair_;
  std::vector<std::vector<std::string>> rejections_;
};

}  // namespace redraft::evolve
