#include "redraft/text/diff.h"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

#include "redraft/text/codepoint.h"

namespace redraft::text {
namespace {

std::vector<std::string_view> Tokens(std::string_view text) {
  std::vector<std::string_view> tokens;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin + 1;
    while (end < text.size() && IsSpace(text[end]) == IsSpace(text[begin])) ++end;
    tokens.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return tokens;
}

using Index = std::int64_t;

/// Furthest x reached on each diagonal by paths of the current cost, from one corner of the grid.
class Front {
 public:
  explicit Front(Index most) : zero_(most + 1), x_(static_cast<std::size_t>(2 * most + 3), -1) {
    (*this)[1] = 0;
  }
  Index& operator[](Index diagonal) { return x_[static_cast<std::size_t>(zero_ + diagonal)]; }
  bool Reached(Index diagonal) {
    const Index at = zero_ + diagonal;
    return at >= 0 && at < static_cast<Index>(x_.size()) && (*this)[diagonal] >= 0;
  }
  Index skip_low = 0, skip_high = 0;  ///< diagonals that have left the grid

 private:
  Index zero_;
  std::vector<Index> x_;
};

/// Marks the changed tokens of two sequences, by divide and conquer at the middle of a shortest
/// path.
class Comparison {
 public:
  Comparison(std::vector<std::uint32_t> a, std::vector<std::uint32_t> b)
      : deleted(a.size(), false), inserted(b.size(), false), a_(std::move(a)), b_(std::move(b)) {
    Compare(0, static_cast<Index>(a_.size()), 0, static_cast<Index>(b_.size()));
  }

  std::vector<bool> deleted, inserted;

 private:
  std::uint32_t A(Index i) const { return a_[static_cast<std::size_t>(i)]; }
  std::uint32_t B(Index i) const { return b_[static_cast<std::size_t>(i)]; }

  void Compare(Index a_begin, Index a_end, Index b_begin, Index b_end) {
    while (a_begin < a_end && b_begin < b_end && A(a_begin) == B(b_begin)) ++a_begin, ++b_begin;
    while (a_begin < a_end && b_begin < b_end && A(a_end - 1) == B(b_end - 1)) --a_end, --b_end;
    if (a_begin < a_end && b_begin < b_end) {
      if (const auto middle = Middle(a_begin, a_end - a_begin, b_begin, b_end - b_begin)) {
        Compare(a_begin, a_begin + middle->first, b_begin, b_begin + middle->second);
        Compare(a_begin + middle->first, a_end, b_begin + middle->second, b_end);
        return;
      }
    }
    for (Index i = a_begin; i < a_end; ++i) deleted[static_cast<std::size_t>(i)] = true;
    for (Index i = b_begin; i < b_end; ++i) inserted[static_cast<std::size_t>(i)] = true;
  }

  /// Advances one front by one edit. `equal(x, y)` compares the tokens at a position seen from the
  /// front's corner; `meets(k, x)` says whether the other front has been met there.
  template <class Equal, class Meets>
  static std::optional<Index> Advance(Front& front, Index d, Index n, Index m, const Equal& equal,
                                      const Meets& meets) {
    for (Index k = -d + front.skip_low; k <= d - front.skip_high; k += 2) {
      const bool down = k == -d || (k != d && front[k - 1] < front[k + 1]);
      Index x = down ? front[k + 1] : front[k - 1] + 1;
      while (x < n && x - k < m && equal(x, x - k)) ++x;
      front[k] = x;
      if (x > n) {
        front.skip_high += 2;
      } else if (x - k > m) {
        front.skip_low += 2;
      } else if (meets(k, x)) {
        return k;
      }
    }
    return std::nullopt;
  }

  /// Where the fronts from both corners meet: a point on a shortest path, and not a corner, because
  /// the first and the last tokens differ. Nothing when the sequences share no token.
  std::optional<std::pair<Index, Index>> Middle(Index a0, Index n, Index b0, Index m) const {
    const Index most = (n + m + 1) / 2, delta = n - m;
    Front forward(most), backward(most);
    const bool odd = delta % 2 != 0;
    const auto never = [](Index, Index) { return false; };
    for (Index d = 0; d < most; ++d) {
      const auto ahead = [&](Index x, Index y) { return A(a0 + x) == B(b0 + y); };
      const auto meets_backward = [&](Index k, Index x) {
        return backward.Reached(delta - k) && x + backward[delta - k] >= n;
      };
      const auto behind = [&](Index x, Index y) { return A(a0 + n - 1 - x) == B(b0 + m - 1 - y); };
      const auto meets_forward = [&](Index k, Index x) {
        return forward.Reached(delta - k) && x + forward[delta - k] >= n;
      };
      std::optional<Index> diagonal;
      if (odd) {
        diagonal = Advance(forward, d, n, m, ahead, meets_backward);
        if (!diagonal) Advance(backward, d, n, m, behind, never);
      } else {
        Advance(forward, d, n, m, ahead, never);
        if (const auto k = Advance(backward, d, n, m, behind, meets_forward)) diagonal = delta - *k;
      }
      if (diagonal) return std::pair(forward[*diagonal], forward[*diagonal] - *diagonal);
    }
    return std::nullopt;
  }

  std::vector<std::uint32_t> a_, b_;
};

/// Collects pieces; a change becomes one deletion and one insertion.
class Script {
 public:
  void Delete(std::string_view text) { deleted_ += text; }
  void Insert(std::string_view text) { inserted_ += text; }
  void Equal(std::string_view text) {
    Flush();
    if (!pieces_.empty() && pieces_.back().op == DiffOp::kEqual) {
      pieces_.back().text += text;
    } else {
      pieces_.push_back({DiffOp::kEqual, std::string(text)});
    }
  }
  bool changing() const { return !deleted_.empty() || !inserted_.empty(); }
  std::vector<DiffPiece> Finish() && {
    Flush();
    return std::move(pieces_);
  }

 private:
  void Flush() {
    if (!deleted_.empty()) pieces_.push_back({DiffOp::kDelete, std::move(deleted_)});
    if (!inserted_.empty()) pieces_.push_back({DiffOp::kInsert, std::move(inserted_)});
    deleted_.clear();
    inserted_.clear();
  }
  std::vector<DiffPiece> pieces_;
  std::string deleted_, inserted_;
};

}  // namespace

std::vector<DiffPiece> WordDiff(std::string_view before, std::string_view after) {
  const auto a = Tokens(before), b = Tokens(after);
  std::unordered_map<std::string_view, std::uint32_t> ids;
  const auto number = [&ids](const std::vector<std::string_view>& tokens) {
    std::vector<std::uint32_t> numbers;
    for (const std::string_view token : tokens) {
      numbers.push_back(ids.emplace(token, static_cast<std::uint32_t>(ids.size())).first->second);
    }
    return numbers;
  };
  auto a_ids = number(a);
  const Comparison comparison(std::move(a_ids), number(b));
  Script script;
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    if (i < a.size() && comparison.deleted[i]) {
      script.Delete(a[i++]);
    } else if (j < b.size() && comparison.inserted[j]) {
      script.Insert(b[j++]);
    } else {
      const bool changes_next = (i + 1 < a.size() && comparison.deleted[i + 1]) ||
                                (j + 1 < b.size() && comparison.inserted[j + 1]);
      const bool joins = IsSpace(a[i].front()) && a[i].find('\n') == std::string_view::npos;
      if (joins && changes_next && script.changing()) {
        script.Delete(a[i]);
        script.Insert(b[j]);
      } else {
        script.Equal(a[i]);
      }
      ++i, ++j;
    }
  }
  return std::move(script).Finish();
}

}  // namespace redraft::text
