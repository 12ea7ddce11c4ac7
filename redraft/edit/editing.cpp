#include "redraft/edit/editing.h"

#include <fmt/format.h>

#include <algorithm>

#include "redraft/base/check.h"
#include "redraft/base/parallel.h"
#include "redraft/base/random.h"
#include "redraft/edit/apply.h"
#include "redraft/edit/detect.h"
#include "redraft/edit/merge.h"
#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

/// The surest spans that a section of `words` words may have.
std::vector<core::WeakSpan> Surest(std::vector<core::WeakSpan> spans, int words,
                                   double per_hundred) {
  const auto most = static_cast<std::size_t>(std::max(3.0, words * per_hundred / 100));
  if (spans.size() <= most) return spans;
  std::ranges::stable_sort(spans, std::ranges::greater(), &core::WeakSpan::confidence);
  spans.resize(most);
  std::ranges::sort(spans, {}, &core::WeakSpan::start);
  return spans;
}

core::Edit Shifted(core::Edit edit, std::size_t by) {
  edit.span.start += by;
  edit.span.end += by;
  return edit;
}

}  // namespace

Result<Detector> ParseDetector(const std::string& name) {
  for (const Detector detector : {Detector::kLocal, Detector::kModel, Detector::kBoth}) {
    if (name == ToString(detector)) return detector;
  }
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}' is no detector; use local, llm or both", name));
}

const char* ToString(Detector detector) {
  return detector == Detector::kLocal ? "local" : detector == Detector::kModel ? "llm" : "both";
}

/// One section: ask for spans, then for rewrites or revisions. Offsets are the section's.
class Editing::SectionJob final : public core::Job {
 public:
  SectionJob(std::string_view part, std::size_t at, std::vector<core::WeakSpan> local,
             const EditOptions& options, const core::Scorer& scorer)
      : text(part), start(at), spans(std::move(local)), options_(options), scorer_(scorer) {
    options_.rewrite.seed = Rng(options.rewrite.seed).Fork(fmt::format("section/{}", at)).seed();
    if (options_.detector != Detector::kLocal) {
      detecting = std::make_unique<LlmDetectJob>(
          text, LlmDetectOptions{options_.rewrite.model, options_.only, options_.rewrite.brief,
                                 options_.rewrite.seed});
    } else {
      BeginWork();
    }
  }

  bool asks() const { return detecting || rewriting || revising; }

  std::vector<core::Request> Step(std::span<const core::Reply> replies) override {
    if (detecting && !detected_) {
      auto requests = detecting->Step(replies);
      if (!requests.empty()) return requests;
      detected_ = true;
      spans = Merge(std::move(spans), detecting->found().spans);
      BeginWork();
      replies = {};
    }
    if (rewriting) return rewriting->Step(replies);
    if (revising) return revising->Step(replies);
    return {};
  }

  /// Of this section; none where there was no work.
  std::span<const Revision> revisions() const {
    if (rewriting) return rewriting->revisions();
    if (revising) return revising->revisions();
    return {};
  }
  Arms arms() const { return rewriting ? rewriting->arms() : revising ? revising->arms() : Arms(); }

  std::string_view text;
  std::size_t start;
  std::vector<core::WeakSpan> spans;
  std::unique_ptr<LlmDetectJob> detecting;
  std::unique_ptr<RewriteJob> rewriting;
  std::unique_ptr<ReviseJob> revising;

 private:
  void BeginWork() {
    const int words = text::CountWords(text);
    if (options_.work == Work::kDetect || words == 0) return;
    auto surest = Surest(spans, words, options_.spans_per_hundred_words);
    if (options_.work == Work::kRevise) {
      revising = std::make_unique<ReviseJob>(text, std::move(surest), options_.rewrite, scorer_);
    } else if (!surest.empty()) {
      rewriting = std::make_unique<RewriteJob>(text, surest, options_.rewrite, scorer_);
    }
  }

  EditOptions options_;
  const core::Scorer& scorer_;
  bool detected_ = false;
};

Editing::Editing(std::string text, const EditOptions& options, const core::Scorer& scorer)
    : text_(std::move(text)), options_(options), scorer_(scorer) {
  std::vector<core::WeakSpan> local;
  ParallelFor(2, [&](std::size_t task) {
    if (task == 0) {
      score_before_ = scorer.Score(text_);
    } else if (options.detector != Detector::kModel) {
      local = Detect(text_, {.only = options.only}, &scorer);
    }
  });
  options_.rewrite.names = Names(text_);
  auto span = local.begin();
  for (const Section& section : Sections(text_, options.section_words)) {
    std::vector<core::WeakSpan> inside;
    for (; span != local.end() && span->start < section.end; ++span) {
      if (span->end > section.end) continue;
      inside.push_back(*span);
      inside.back().start -= section.start;
      inside.back().end -= section.start;
    }
    const std::string_view part =
        std::string_view(text_).substr(section.start, section.end - section.start);
    sections_.push_back(
        std::make_unique<SectionJob>(part, section.start, std::move(inside), options_, scorer));
  }
}

Editing::~Editing() = default;

std::vector<core::Job*> Editing::jobs() const {
  std::vector<core::Job*> jobs;
  for (const auto& section : sections_) {
    if (section->asks()) jobs.push_back(section.get());
  }
  return jobs;
}

Whole Editing::Together(
    const std::function<std::optional<std::size_t>(const SectionJob&)>& pick) const {
  Whole whole;
  for (const auto& section : sections_) {
    const auto revisions = section->revisions();
    const auto picked = pick(*section);
    if (!picked || *picked >= revisions.size()) {
      whole.text += section->text;
      continue;
    }
    const Revision& revision = revisions[*picked];
    whole.text += revision.text;
    whole.worth += revision.worth;
    for (const core::Edit& edit : revision.edits) {
      whole.edits.push_back(Shifted(edit, section->start));
    }
    for (const std::string& reason : revision.reasons) {
      if (std::ranges::find(whole.reasons, reason) == whole.reasons.end()) {
        whole.reasons.push_back(reason);
      }
    }
  }
  return whole;
}

Edited Editing::result() const {
  Edited edited;
  for (const auto& section : sections_) {
    for (core::WeakSpan span : section->spans) {
      span.start += section->start;
      span.end += section->start;
      edited.spans.push_back(std::move(span));
    }
    if (section->detecting) {
      edited.dropped += section->detecting->found().dropped;
      edited.unreadable += section->detecting->found().readable ? 0 : 1;
    }
    if (section->rewriting) {
      for (Place place : section->rewriting->places()) {
        place.span = Shifted({place.span, ""}, section->start).span;
        for (Candidate& candidate : place.candidates) {
          candidate.edit = Shifted(std::move(candidate.edit), section->start);
        }
        edited.places.push_back(std::move(place));
      }
      for (const auto& [objection, count] : section->rewriting->objections()) {
        edited.turned_down[ToString(objection)] += count;
      }
    }
    if (!section->revising) continue;
    for (const Revision& revision : section->revising->revisions()) {
      for (const std::string& reason : revision.reasons) ++edited.turned_down[reason];
    }
  }
  if (options_.work != Work::kDetect) {
    edited.best = Together([](const SectionJob& section) { return section.arms().best; });
    edited.random = Together([](const SectionJob& section) { return section.arms().random; });
    for (std::size_t k = 0; k < static_cast<std::size_t>(options_.rewrite.candidates); ++k) {
      edited.revisions.push_back(Together([k](const SectionJob&) { return std::optional(k); }));
    }
  }
  edited.edits = options_.work == Work::kRewrite ? Chosen(edited.places) : edited.best.edits;
  const auto applied = Apply(text_, edited.edits);
  REDRAFT_CHECK(applied.has_value());
  edited.text = applied->text;
  edited.score_before = edited.score_after = score_before_;
  if (edited.edits.empty()) return edited;
  edited.score_after = scorer_.Score(edited.text);
  edited.distance = Distance(text_, edited.text);
  return edited;
}

}  // namespace redraft::edit
