#include "redraft/edit/locate.h"

#include <algorithm>

#include "redraft/text/codepoint.h"
#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

constexpr double kSameWords = 0.95;
constexpr std::size_t kFewestFuzzy = 4;
constexpr std::size_t kMostFuzzy = 200;  ///< words of a quotation that is worth an alignment

bool IsMark(std::int32_t c) {
  static constexpr std::int32_t kMarks[] = {
      '.', ',', ';', ':', '!', '?', '"', '\'', ')', 0x2019, 0x201D, 0x2026, 0x2013, 0x2014, 0x00BB};
  return std::ranges::find(kMarks, c) != std::end(kMarks);
}

/// Marks at the end of `text`, behind its last word.
std::size_t MarksAtEnd(std::string_view text) {
  const auto words = text::Words(text);
  if (words.empty()) return 0;
  auto at = static_cast<std::size_t>(words.back().data() + words.back().size() - text.data());
  std::size_t marks = 0;
  while (at < text.size() && IsMark(text::NextCodePoint(text, at))) ++marks;
  return marks;
}

std::vector<std::string> Folded(const std::vector<std::string_view>& words) {
  std::vector<std::string> folded;
  folded.reserve(words.size());
  for (const std::string_view word : words) folded.push_back(text::Normalise(word));
  return folded;
}

}  // namespace

QuotedText::QuotedText(std::string_view text)
    : text_(text), words_(text::Words(text)), folded_(Folded(words_)) {}

std::optional<Located> QuotedText::Find(std::string_view quote, std::size_t from) const {
  quote = text::TrimSpace(quote);
  if (quote.empty()) return std::nullopt;
  std::size_t at = text_.find(quote, from);
  if (at == std::string_view::npos) at = text_.find(quote);
  if (at != std::string_view::npos) return Located{at, at + quote.size(), 1};

  const std::vector<std::string> words = Folded(text::Words(quote));
  if (words.empty()) return std::nullopt;
  std::optional<Located> found = FindWords(words, from);
  if (!found && words.size() >= kFewestFuzzy && words.size() <= kMostFuzzy) {
    found = FindLike(words, from);
  }
  if (!found) return std::nullopt;
  for (std::size_t marks = MarksAtEnd(quote); marks > 0 && found->end < text_.size(); --marks) {
    std::size_t next = found->end;
    if (!IsMark(text::NextCodePoint(text_, next))) break;
    found->end = next;
  }
  return found;
}

std::optional<Located> QuotedText::FindWords(const std::vector<std::string>& quote,
                                             std::size_t from) const {
  std::optional<Located> first;
  for (auto at = folded_.begin();; ++at) {
    at = std::search(at, folded_.end(), quote.begin(), quote.end());
    if (at == folded_.end()) return first;
    const auto index = static_cast<std::size_t>(at - folded_.begin());
    const Located found = Stretch(index, index + quote.size() - 1, kSameWords);
    if (found.start >= from) return found;
    if (!first) first = found;
  }
}

// Sellers 1980: the cheapest alignment of the whole quotation with any stretch of the text, in one
// pass; each cell knows where its stretch began.
std::optional<Located> QuotedText::FindLike(const std::vector<std::string>& quote,
                                            std::size_t from) const {
  struct Cell {
    std::size_t cost = 0, begin = 0;
  };
  const std::size_t most = quote.size() / 4;
  std::vector<Cell> column(quote.size() + 1);
  for (std::size_t i = 0; i <= quote.size(); ++i) column[i] = {i, 0};
  std::optional<Located> best;
  std::size_t best_cost = most + 1;
  for (std::size_t j = 0; j < folded_.size(); ++j) {
    Cell diagonal = column[0];
    column[0] = {0, j + 1};
    for (std::size_t i = 1; i <= quote.size(); ++i) {
      const Cell left = column[i];
      Cell cell{diagonal.cost + (folded_[j] == quote[i - 1] ? 0 : 1), diagonal.begin};
      if (left.cost + 1 < cell.cost) cell = {left.cost + 1, left.begin};
      if (column[i - 1].cost + 1 < cell.cost) cell = {column[i - 1].cost + 1, column[i - 1].begin};
      column[i] = cell;
      diagonal = left;
    }
    const Cell& whole = column.back();
    if (whole.cost > most || whole.begin > j) continue;
    const double likeness =
        0.9 * (1 - static_cast<double>(whole.cost) / static_cast<double>(quote.size()));
    const Located found = Stretch(whole.begin, j, likeness);
    const bool later = best && best->start < from && found.start >= from;
    if (whole.cost < best_cost || (whole.cost == best_cost && later)) {
      best = found;
      best_cost = whole.cost;
    }
  }
  return best;
}

Located QuotedText::Stretch(std::size_t first, std::size_t last, double likeness) const {
  const auto offset = [this](const char* at) {
    return static_cast<std::size_t>(at - text_.data());
  };
  return {offset(words_[first].data()), offset(words_[last].data() + words_[last].size()),
          likeness};
}

}  // namespace redraft::edit
