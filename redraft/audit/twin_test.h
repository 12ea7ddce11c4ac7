#pragma once

// The definitions of the metrics, spelt out slowly on lists of words, for comparison in tests.

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace redraft::audit::twin {

using Words = std::vector<std::string>;
using Span = std::pair<std::size_t, std::size_t>;  // [start, end)

/// One excerpt and what a model answered to its instruction.
struct Record {
  std::size_t excerpt = 0;
  std::string instruction;
  std::vector<std::string> generations;
};

struct Case {
  std::vector<std::string> excerpts;
  std::vector<Record> records;
  std::size_t k = 5, trim = 5, over = 20;
};

/// ASCII only: runs of letters, digits and `_` that are not all `_`, in lower case.
inline Words WordsOf(const std::string& text) {
  Words words;
  std::string word;
  const auto flush = [&] {
    if (word.find_first_not_of('_') != std::string::npos) words.push_back(word);
    word.clear();
  };
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else {
      flush();
    }
  }
  flush();
  return words;
}

/// All diagonals of equal words, at least k long and longer neither way, as spans of `book`.
inline std::vector<Span> Runs(const Words& book, const Words& text, std::size_t k) {
  std::vector<Span> runs;
  for (std::size_t i = 0; i < book.size(); ++i) {
    for (std::size_t j = 0; j < text.size(); ++j) {
      if (i > 0 && j > 0 && book[i - 1] == text[j - 1]) continue;
      std::size_t length = 0;
      while (i + length < book.size() && j + length < text.size() &&
             book[i + length] == text[j + length]) {
        ++length;
      }
      if (length >= k) runs.emplace_back(i, i + length);
    }
  }
  return runs;
}

inline std::size_t Greedy(std::vector<Span> spans, std::size_t n) {
  std::sort(spans.begin(), spans.end(), [](Span a, Span b) {
    const std::size_t la = a.second - a.first, lb = b.second - b.first;
    return la != lb ? la > lb : a.first < b.first;
  });
  std::vector<bool> taken(n);
  std::size_t count = 0;
  for (const auto& [start, end] : spans) {
    bool free = true;
    for (std::size_t i = start; i < end; ++i) free &= !taken[i];
    if (!free) continue;
    for (std::size_t i = start; i < end; ++i) taken[i] = true;
    ++count;
  }
  return count;
}

struct Answer {
  std::vector<bool> mask;
  std::vector<std::map<std::size_t, std::size_t>> hits;  // per record: position -> generations
  std::size_t covered = 0, block = 0, block_start = 0;
  std::size_t span = 0, span_in_book = 0, spans_ref = 0, spans_maximal = 0;
  std::size_t crossing = 0, counted = 0;
  double self = 0;
};

inline double SelfOf(const std::vector<bool>& a, const std::vector<bool>& b) {
  std::size_t both = 0, either = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += a[i] && b[i] ? 1U : 0U;
    either += a[i] || b[i] ? 1U : 0U;
  }
  return either == 0 ? 0 : static_cast<double>(both) / static_cast<double>(either);
}

inline Answer Solve(const Case& c) {
  Words book;
  std::vector<Span> own;
  for (const std::string& text : c.excerpts) {
    const Words words = WordsOf(text);
    own.emplace_back(book.size(), book.size() + words.size());
    book.insert(book.end(), words.begin(), words.end());
  }
  const std::size_t n = book.size();
  Answer answer;
  answer.mask.assign(n, false);
  std::size_t most = 0;
  for (const Record& record : c.records) most = std::max(most, record.generations.size());
  std::vector<bool> early(n), late(n);
  std::set<Span> long_spans, suffixes;
  std::map<Span, std::set<std::size_t>> sources;
  const std::size_t shortest = std::max(c.k, c.over + 1);

  for (const Record& record : c.records) {
    const auto [lo, hi] = own[record.excerpt];
    const Words instruction = WordsOf(record.instruction);
    std::set<Words> grams;
    for (std::size_t j = 0; c.trim > 0 && j + c.trim <= instruction.size(); ++j) {
      const auto at = instruction.begin() + static_cast<std::ptrdiff_t>(j);
      grams.insert(Words(at, at + static_cast<std::ptrdiff_t>(c.trim)));
    }
    std::map<std::size_t, std::size_t> hits;
    for (std::size_t g = 0; g < record.generations.size(); ++g) {
      const Words text = WordsOf(record.generations[g]);
      std::vector<bool> mine(n);
      for (const auto& [start, end] : Runs(book, text, c.k)) {
        sources[{start, end}].insert(record.excerpt);
        answer.span_in_book = std::max(answer.span_in_book, end - start);
        std::vector<bool> left(n);
        for (std::size_t i = start; i < end; ++i) left[i] = true;
        for (std::size_t p = start; c.trim > 0 && p + c.trim <= end; ++p) {
          const auto at = book.begin() + static_cast<std::ptrdiff_t>(p);
          if (!grams.contains(Words(at, at + static_cast<std::ptrdiff_t>(c.trim)))) continue;
          for (std::size_t i = p; i < p + c.trim; ++i) left[i] = false;
        }
        for (std::size_t i = start; i < end;) {
          std::size_t stop = i;
          while (stop < end && left[stop]) ++stop;
          for (std::size_t at = i; stop - i >= c.k && at < stop; ++at) mine[at] = true;
          i = stop + 1;
        }
      }
      for (std::size_t i = 0; i < n; ++i) {
        if (!mine[i]) continue;
        answer.mask[i] = true;
        ++hits[i];
        (g < most / 2 ? early : late)[i] = true;
      }
      // Metrics 3 and 4 compare with the excerpt alone.
      const Words excerpt(book.begin() + static_cast<std::ptrdiff_t>(lo),
                          book.begin() + static_cast<std::ptrdiff_t>(hi));
      for (const auto& [start, end] : Runs(excerpt, text, c.k)) {
        answer.span = std::max(answer.span, end - start);
        if (end - start >= shortest) long_spans.emplace(lo + start, lo + end);
        for (std::size_t i = start; i + shortest <= end; ++i) suffixes.emplace(lo + i, lo + end);
      }
    }
    answer.hits.push_back(std::move(hits));
  }
  for (std::size_t i = 0; i < n;) {
    std::size_t stop = i;
    while (stop < n && answer.mask[stop]) ++stop;
    answer.covered += stop - i;
    if (stop - i > answer.block) {
      answer.block = stop - i;
      answer.block_start = i;
    }
    i = stop + 1;
  }
  answer.spans_ref = Greedy({suffixes.begin(), suffixes.end()}, n);
  answer.spans_maximal = Greedy({long_spans.begin(), long_spans.end()}, n);
  answer.self = SelfOf(early, late);
  for (const auto& [span, from] : sources) {
    const bool contained = std::any_of(sources.begin(), sources.end(), [&span](const auto& other) {
      return other.first != span && other.first.first <= span.first &&
             other.first.second >= span.second;
    });
    if (contained) continue;
    for (std::size_t e = 0; e < own.size(); ++e) {
      if (span.first < own[e].first || span.second > own[e].second) continue;
      ++answer.counted;
      const bool crosses =
          std::any_of(from.begin(), from.end(), [e](std::size_t source) { return source != e; });
      answer.crossing += crosses ? 1U : 0U;
    }
  }
  return answer;
}

}  // namespace redraft::audit::twin
