#include "redraft/edit/apply.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "redraft/text/codepoint.h"

namespace redraft::edit {
namespace {

/// Whether `at` lies inside a well-formed code point. Bytes that are not UTF-8 may be parted.
bool CutsCodePoint(std::string_view text, std::size_t at) {
  if (at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U) return false;
  for (std::size_t back = 1; back <= 3 && back <= at; ++back) {
    std::size_t next = at - back;
    if (text::NextCodePoint(text, next) != text::kBadByte && next > at) return true;
  }
  return false;
}

std::string Place(const core::Edit& edit) {
  return fmt::format("[{}, {})", edit.span.start, edit.span.end);
}

bool Before(const core::Edit& a, const core::Edit& b) {
  return std::tie(a.span.start, a.span.end) < std::tie(b.span.start, b.span.end);
}

bool Overlap(const core::Edit& earlier, const core::Edit& later) {
  return later.span.start < earlier.span.end ||
         (later.span.start == earlier.span.start && later.span.end == earlier.span.end);
}

}  // namespace

Result<std::vector<core::Edit>> Sorted(std::string_view text, std::vector<core::Edit> edits) {
  for (const core::Edit& edit : edits) {
    if (edit.span.start > edit.span.end || edit.span.end > text.size()) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("the edit of {} is out of range: the text has {} bytes", Place(edit),
                              text.size()));
    }
    if (CutsCodePoint(text, edit.span.start) || CutsCodePoint(text, edit.span.end)) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("the edit of {} begins or ends inside a character", Place(edit)));
    }
  }
  std::stable_sort(edits.begin(), edits.end(), Before);
  for (std::size_t i = 1; i < edits.size(); ++i) {
    if (Overlap(edits[i - 1], edits[i])) {
      return Fail(ErrorCode::kInvalidArgument, fmt::format("the edits of {} and {} overlap",
                                                           Place(edits[i - 1]), Place(edits[i])));
    }
  }
  return edits;
}

Result<Applied> Apply(std::string_view text, std::vector<core::Edit> edits) {
  REDRAFT_ASSIGN(const std::vector<core::Edit> sorted, Sorted(text, std::move(edits)));
  Applied applied;
  std::size_t copied = 0;
  for (const core::Edit& edit : sorted) {
    applied.text.append(text, copied, edit.span.start - copied);
    const std::string_view was = text.substr(edit.span.start, edit.span.end - edit.span.start);
    copied = edit.span.end;
    core::Edit back{edit.span, std::string(was)};
    back.span.start = applied.text.size();
    applied.text += edit.replacement;
    back.span.end = applied.text.size();
    // Neighbours that were deleted come back as one insertion: two at one place would have no
    // order.
    if (!applied.inverse.empty() && applied.inverse.back().span.start == back.span.end) {
      applied.inverse.back().replacement += back.replacement;
    } else {
      applied.inverse.push_back(std::move(back));
    }
  }
  applied.text.append(text, copied, std::string_view::npos);
  // Pieces of broken UTF-8 can meet and become a character, which the way back would have to cut.
  for (const core::Edit& back : applied.inverse) {
    if (CutsCodePoint(applied.text, back.span.start) ||
        CutsCodePoint(applied.text, back.span.end)) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("an edit joins bytes that are not UTF-8 into a character at byte {}",
                              back.span.start));
    }
  }
  return applied;
}

}  // namespace redraft::edit
