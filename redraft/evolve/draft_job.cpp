#include "redraft/evolve/draft_job.h"

namespace redraft::evolve {

std::string Repeats(const core::Draft& draft, const text::NearDuplicates& earlier) {
  const auto match = earlier.Find(draft.text);
  if (!match) return "";
  if (match->exact) return "duplicate";
  return draft.operation == "mend" ? "" : "near_duplicate";
}

DraftJob::DraftJob(core::Draft draft, core::Request request, const text::GateLimits& limits,
                   const text::NearDuplicates& earlier, int repairs, MakeRepair make_repair)
    : draft_(std::move(draft)),
      first_(std::move(request)),
      current_(first_),
      limits_(limits),
      earlier_(earlier),
      repairs_left_(repairs),
      make_repair_(std::move(make_repair)) {
  draft_.model = first_.model;
}

std::vector<core::Request> DraftJob::Step(std::span<const core::Reply> replies) {
  if (replies.empty()) {
    // First call, or run again after Reject.
    if (!draft_.gated.empty()) {
      --repairs_left_;
      ++draft_.repairs;
      current_ = make_repair_(first_, draft_.gated, draft_.repairs);
    }
    return {current_};
  }
  text::GateResult result = text::CheckDraft(replies[0].text, limits_);
  draft_.text = std::move(result.text);
  if (result.ok) {
    if (std::string reason = Repeats(draft_, earlier_); !reason.empty()) {
      result.reasons.push_back(std::move(reason));
    }
  }
  draft_.words = result.words;
  draft_.seed = current_.seed;
  draft_.key = core::RequestKey(current_);
  draft_.gated = std::move(result.reasons);
  if (accepted()) return {};
  rejections_.push_back(draft_.gated);
  return repairs_left_ > 0 ? Step({}) : std::vector<core::Request>();
}

bool DraftJob::Reject(const std::string& reason) {
  draft_.gated = {reason};
  rejections_.push_back(draft_.gated);
  return repairs_left_ > 0;
}

}  // namespace redraft::evolve
