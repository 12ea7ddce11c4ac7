#include "redraft/audit/excerpts.h"

#include <fmt/format.h>

#include <algorithm>

#include "redraft/base/check.h"
#include "redraft/text/words.h"

namespace redraft::audit {
namespace {

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// A sentence, or a part of one that is too long.
struct Piece {
  std::size_t begin = 0, end = 0;  ///< bytes
  std::size_t words = 0;
  bool ends_paragraph = false;
};

/// Counts the words of a text in the unit that suits its script.
class WordCount {
 public:
  explicit WordCount(std::string_view text)
      : blanks_(static_cast<std::size_t>(text::CountWords(text)) < 3 * CountBlankParted(text)) {}
  std::size_t operator()(std::string_view text) const {
    return blanks_ ? CountBlankParted(text) : static_cast<std::size_t>(text::CountWords(text));
  }

 private:
  bool blanks_;
};

/// The largest beginning of `sentence` with at most `most` words that ends behind a clause, or a
/// word; at least one word.
std::size_t ClauseEnd(std::string_view sentence, std::size_t most, const WordCount& count) {
  std::size_t clause = 0, word = 0;
  for (std::size_t at = 0; at < sentence.size();) {
    std::size_t end = at;
    while (end < sentence.size() && !IsBlank(sentence[end])) ++end;
    // A script without blanks: whole code points, a few at a time.
    if (end - at > 60) {
      end = at + 60;
      while (end < sentence.size() && (sentence[end] & 0xC0) == 0x80) ++end;
    }
    if (word > 0 && count(sentence.substr(0, end)) > most) break;
    word = end;
    const std::string_view read = sentence.substr(0, end);
    const bool mark = read.ends_with(',') || read.ends_with(';') || read.ends_with(':') ||
                      read.ends_with("—") || read.ends_with("–") || read.ends_with("--");
    if (mark) clause = end;
    at = end;
    while (at < sentence.size() && IsBlank(sentence[at])) ++at;
  }
  return clause * 2 > word ? clause : word;
}

std::vector<Piece> Pieces(std::string_view text, std::size_t longest, const WordCount& count) {
  std::vector<Piece> pieces;
  for (const std::string_view paragraph : text::Paragraphs(text)) {
    for (std::string_view sentence : text::Sentences(paragraph)) {
      while (!sentence.empty()) {
        const std::size_t words = count(sentence);
        const std::size_t size =
            words > longest ? ClauseEnd(sentence, longest, count) : sentence.size();
        const auto begin = static_cast<std::size_t>(sentence.data() - text.data());
        pieces.push_back({begin, begin + size,
                          words > longest ? count(sentence.substr(0, size)) : words, false});
        sentence.remove_prefix(size);
        while (!sentence.empty() && IsBlank(sentence.front())) sentence.remove_prefix(1);
      }
    }
    if (!pieces.empty()) pieces.back().ends_paragraph = true;
  }
  return pieces;
}

/// Where excerpts end, as numbers of pieces.
std::vector<std::size_t> Cuts(const std::vector<Piece>& pieces, ExcerptSize size) {
  std::vector<std::size_t> cuts;
  for (std::size_t first = 0; first < pieces.size();) {
    // The first end of a paragraph in range is the place; else the last end of a sentence that
    // fits.
    std::size_t words = 0, cut = first;
    for (std::size_t i = first; i < pieces.size(); ++i) {
      words += pieces[i].words;
      if (words > size.max_words && cut > first) break;
      cut = i + 1;
      if (words >= size.min_words && pieces[i].ends_paragraph) break;
    }
    cuts.push_back(cut);
    first = cut;
  }
  return cuts;
}

std::size_t WordsOf(const std::vector<Piece>& pieces, std::size_t first, std::size_t end) {
  std::size_t words = 0;
  for (std::size_t i = first; i < end; ++i) words += pieces[i].words;
  return words;
}

/// A last excerpt that is too short joins the one before, or shares its words.
void SettleLast(std::vector<std::size_t>& cuts, const std::vector<Piece>& pieces,
                ExcerptSize size) {
  if (cuts.size() < 2) return;
  const std::size_t middle = cuts[cuts.size() - 2];
  const std::size_t first = cuts.size() > 2 ? cuts[cuts.size() - 3] : 0;
  if (WordsOf(pieces, middle, pieces.size()) >= size.min_words) return;
  const std::size_t both = WordsOf(pieces, first, pieces.size());
  if (both <= size.max_words) {
    cuts.erase(cuts.end() - 2);
    return;
  }
  std::size_t best = middle, words = 0;
  std::size_t best_gap = both;
  for (std::size_t i = first; i < pieces.size(); ++i) {
    words += pieces[i].words;
    const std::size_t gap = words * 2 > both ? words * 2 - both : both - words * 2;
    if (words >= size.min_words && both - words >= size.min_words && words <= size.max_words &&
        both - words <= size.max_words && gap < best_gap) {
      best = i + 1;
      best_gap = gap;
    }
  }
  cuts[cuts.size() - 2] = best;
}

}  // namespace

std::size_t CountBlankParted(std::string_view text) {
  std::size_t words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool blank = IsBlank(c);
    words += !blank && !inside;
    inside = !blank;
  }
  return words;
}

std::vector<Excerpt> SplitExcerpts(std::string_view text, ExcerptSize size) {
  REDRAFT_CHECK(size.min_words >= 1 && size.max_words >= size.min_words + 100);
  const std::vector<Piece> pieces = Pieces(text, size.max_words - size.min_words, WordCount(text));
  std::vector<std::size_t> cuts = Cuts(pieces, size);
  SettleLast(cuts, pieces, size);
  std::vector<Excerpt> excerpts;
  std::size_t first = 0;
  for (const std::size_t cut : cuts) {
    Excerpt excerpt;
    excerpt.id = fmt::format("p_id{}", excerpts.size() + 1);
    excerpt.begin = pieces[first].begin;
    excerpt.end = pieces[cut - 1].end;
    excerpts.push_back(std::move(excerpt));
    first = cut;
  }
  return excerpts;
}

}  // namespace redraft::audit
