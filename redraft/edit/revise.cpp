#include "redraft/edit/revise.h"

#include <algorithm>

#include "redraft/text/codepoint.h"
#include "redraft/text/diff.h"
#include "redraft/text/gates.h"
#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

constexpr const char* kRevisionReason = "Changed in a revision of the whole text.";

bool IsProtected(const Surroundings& around, std::size_t start, std::size_t end) {
  if (start < end) return Touches(around.is_protected, start, end);
  // An insertion is inside a part when both its neighbours are.
  return start > 0 && Touches(around.is_protected, start - 1, start) &&
         Touches(around.is_protected, start, start + 1);
}

/// Category and reason of the span that a change meets, the longest stretch of it.
void Explain(core::WeakSpan& change, const std::vector<core::WeakSpan>& spans) {
  change.category = kRevisionCategory;
  change.reason = kRevisionReason;
  std::size_t most = 0;
  for (const core::WeakSpan& span : spans) {
    const std::size_t start = std::max(span.start, change.start);
    const std::size_t end = std::min(span.end, change.end);
    if (end <= start || end - start <= most) continue;
    most = end - start;
    change.category = span.category;
    change.reason = span.reason;
    change.confidence = span.confidence;
  }
}

/// How many bytes of `text` hold `count` that are no carriage returns.
std::size_t BytesWithout(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size() && count > 0; ++at) count -= text[at] == '\r' ? 0U : 1U;
  return at;
}

/// The reply as a text that stands where the draft stands: a title that cleaning takes for chatter
/// belongs to the draft, and so does the white space around it.
std::string Aligned(std::string_view draft, const std::string& cleaned) {
  const std::string body = text::CleanDraft(draft);  // has "\n" for line breaks
  std::string plain(draft);
  std::erase(plain, '\r');
  const std::size_t at = plain.find(body);
  if (body.empty() || at == std::string::npos) return cleaned;
  const std::size_t lead = BytesWithout(draft, at);
  const std::size_t tail = BytesWithout(draft.substr(lead), body.size()) + lead;
  return std::string(draft.substr(0, lead)) + cleaned + std::string(draft.substr(tail));
}

std::vector<std::string> LostWords(const Surroundings& around, std::string_view revised) {
  std::vector<std::string> lost;
  const auto stay = MustStay(around, around.text), kept = MustStay(around, revised);
  for (const std::string& word : stay) {
    if (std::ranges::find(kept, word) != kept.end()) continue;
    const bool number = word.find_first_of("0123456789") != std::string::npos;
    const char* reason = ToString(number ? Objection::kLosesNumber : Objection::kLosesName);
    if (std::ranges::find(lost, reason) == lost.end()) lost.emplace_back(reason);
  }
  return lost;
}

}  // namespace

std::vector<core::Edit> EditsBetween(std::string_view before, std::string_view after) {
  std::vector<core::Edit> edits;
  std::size_t at = 0;        // in `before`
  std::string_view between;  // equal text since the last change
  for (const text::DiffPiece& piece : text::WordDiff(before, after)) {
    if (piece.op == text::DiffOp::kEqual) {
      between = before.substr(at, piece.text.size());
      at += piece.text.size();
      continue;
    }
    const bool close = !edits.empty() && text::CountWords(between) <= 1 &&
                       between.find('\n') == std::string_view::npos;
    if (close) {
      edits.back().replacement += between;
    } else {
      edits.push_back({{.start = at, .end = at, .category = "", .reason = ""}, ""});
    }
    between = {};
    if (piece.op == text::DiffOp::kDelete) {
      at += piece.text.size();
    } else {
      edits.back().replacement += piece.text;
    }
    edits.back().span.end = at;
  }
  std::erase_if(edits, [before](const core::Edit& edit) {
    const std::string_view was = before.substr(edit.span.start, edit.span.end - edit.span.start);
    return text::TrimSpace(was) == text::TrimSpace(edit.replacement);
  });
  return edits;
}

Revision ReadRevision(const Surroundings& around, std::string_view reply,
                      const std::vector<core::WeakSpan>& spans, const Prices& prices) {
  text::GateResult gate = text::CheckDraft(reply, {});
  const std::string after = Aligned(around.text, InStyleOf(around.text, gate.text));
  std::vector<core::Edit> edits;
  for (core::Edit& edit : EditsBetween(around.text, after)) {
    if (IsProtected(around, edit.span.start, edit.span.end)) continue;
    Explain(edit.span, spans);
    edits.push_back(std::move(edit));
  }
  Revision revision = Revised(around.text, std::move(edits), prices);
  const auto excused = text::CheckDraft(around.text, {}).reasons;
  std::erase_if(gate.reasons, [&excused](const std::string& reason) {
    return std::ranges::find(excused, reason) != excused.end();
  });
  revision.reasons.insert(revision.reasons.begin(), gate.reasons.begin(), gate.reasons.end());
  for (std::string& reason : LostWords(around, revision.text)) {
    revision.reasons.push_back(std::move(reason));
  }
  return revision;
}

}  // namespace redraft::edit
