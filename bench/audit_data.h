#pragma once

// Synthetic books and generations for the audit bench: a vocabulary of made-up words of English
// lengths, a chain of word pairs for what chance repeats, and copied pieces of a book in between.

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include "redraft/base/random.h"

namespace redraft::bench {

/// Excerpts of words; sentences are made when they are written.
using Excerpts = std::vector<std::vector<std::uint32_t>>;

class WordChain {
 public:
  explicit WordChain(std::uint64_t seed) : rng_(seed) {
    const char* const heads[] = {"b", "c", "d", "f", "g",  "h",  "l",  "m",  "n",  "p", "r",
                                 "s", "t", "v", "w", "st", "tr", "ch", "sh", "th", ""};
    const char* const cores[] = {"a", "e", "i", "o", "u", "ea", "ou", "ai"};
    const char* const tails[] = {"", "n", "r", "s", "t", "l", "nd", "st", "d"};
    for (std::size_t i = 0; i < kWords; ++i) {
      std::string word;
      const std::size_t syllables = i < 150 ? 1 : i < 2500 ? 2 : 3;
      for (std::size_t s = 0; s < syllables; ++s) {
        word += heads[rng_.Below(21)];
        word += cores[rng_.Below(8)];
        if (s + 1 == syllables || rng_.Below(3) == 0) word += tails[rng_.Below(9)];
      }
      words_.push_back(word);
      for (auto& next : next_[i]) next = Frequent();
    }
  }

  const std::string& word(std::uint32_t id) const { return words_[id]; }
  std::uint32_t Next(std::uint32_t id) {
    return rng_.Below(2) == 0 ? Frequent() : next_[id][rng_.Below(kNext)];
  }
  Rng& rng() { return rng_; }

 private:
  static constexpr std::size_t kWords = 12000, kNext = 24;

  /// Roughly by Zipf's law: uniform in the logarithm of the rank.
  std::uint32_t Frequent() {
    const double rank = std::pow(static_cast<double>(kWords), rng_.Uniform());
    return static_cast<std::uint32_t>(rank) - 1;
  }

  Rng rng_;
  std::vector<std::string> words_;
  std::array<std::array<std::uint32_t, kNext>, kWords> next_{};
};

inline Excerpts MakeBook(WordChain& chain, std::size_t excerpts, std::size_t words) {
  Excerpts book(excerpts);
  std::uint32_t word = 0;
  for (auto& excerpt : book) {
    const std::size_t length = words * 3 / 4 + chain.rng().Below(words / 2);
    for (std::size_t i = 0; i < length; ++i) excerpt.push_back(word = chain.Next(word));
  }
  return book;
}

/// Appends words as prose that is ready to stand in a JSON string: capitals, commas, full stops,
/// quotation marks; curly ones as escapes, as Python's json writes them.
inline void AppendProse(std::string& out, const WordChain& chain, Rng& rng,
                        const std::vector<std::uint32_t>& words, bool vary) {
  bool capital = true, quoted = false;
  for (const std::uint32_t id : words) {
    const std::size_t at = out.size();
    out += chain.word(id);
    if ((capital || (vary && rng.Below(60) == 0)) && out[at] >= 'a') out[at] -= 32;
    capital = false;
    const std::size_t end = rng.Below(100);
    if (end < 6) {
      out += quoted ? "\\u201d." : ".";
      quoted = false;
      capital = true;
    } else if (end < 13) {
      out += ',';
    } else if (end < 14 && !quoted) {
      out += ", \\u201c";
      quoted = true;
      continue;
    } else if (end < 15) {
      out += " \\u2014 ";
      continue;
    }
    out += capital && rng.Below(8) == 0 ? "\\n\\n" : " ";
  }
}

/// Words of one generation: noise of the chain and pieces of the book, most from its own excerpt.
inline std::vector<std::uint32_t> MakeGeneration(WordChain& chain, Rng& rng, const Excerpts& book,
                                                 std::size_t own, std::size_t length,
                                                 double copied) {
  std::vector<std::uint32_t> words;
  std::uint32_t last = 0;
  while (words.size() < length) {
    const bool copy = rng.Uniform() < copied;
    std::size_t piece = rng.Below(50) == 0 ? 100 + rng.Below(360) : 1 + rng.Below(30);
    if (!copy) piece = 1 + rng.Below(45);
    const auto& from = book[rng.Below(4) != 0 ? own : rng.Below(book.size())];
    std::size_t at = rng.Below(from.size());
    for (; piece > 0 && words.size() < length; --piece) {
      last = copy && at < from.size() ? from[at++] : chain.Next(last);
      words.push_back(last);
    }
  }
  return words;
}

/// Writes book.json and generations.json of the reference's layout; returns the generated words.
inline std::size_t WriteAudit(const std::string& folder, WordChain& chain, const Excerpts& book,
                              std::size_t prompted, std::size_t generations, double copied) {
  Rng rng = Rng(5).Fork("generations");
  std::size_t total = 0;
  std::FILE* books = std::fopen((folder + "/book.json").c_str(), "w");
  std::FILE* file = std::fopen((folder + "/generations.json").c_str(), "w");
  if (books == nullptr || file == nullptr) return 0;
  std::string line;
  for (std::size_t e = 0; e < book.size(); ++e) {
    std::string text;
    Rng style = Rng(6).Fork(std::to_string(e));
    AppendProse(text, chain, style, book[e], false);
    line = fmt::format("{}{{\"excerpt_id\": \"p_id{}\", \"excerpt_text\": \"{}\"}}",
                       e == 0 ? "[" : ",\n", e + 1, text);
    std::fwrite(line.data(), 1, line.size(), books);
    if (e >= prompted) continue;
    std::string instruction;
    const std::vector<std::uint32_t> quote(book[e].begin() + 5, book[e].begin() + 12);
    AppendProse(instruction, chain, style, quote, false);
    line = fmt::format(
        "{}{{\"excerpt_id\": \"p_id{}\", \"excerpt_text\": \"{}\", \"instruction\": "
        "\"Write an excerpt about {}\", \"generations\": [",
        e == 0 ? "[" : ",\n", e + 1, text, instruction);
    for (std::size_t g = 0; g < generations; ++g) {
      const std::size_t length = book[e].size() * 3 / 4 + rng.Below(book[e].size() / 2);
      const auto words = MakeGeneration(chain, rng, book, e, length, copied);
      total += words.size();
      line += fmt::format("{}{{\"generation_num\": {}, \"generated_text\": \"", g == 0 ? "" : ", ",
                          g + 1);
      AppendProse(line, chain, rng, words, true);
      line += "\"}";
    }
    line += "]}";
    std::fwrite(line.data(), 1, line.size(), file);
  }
  std::fputs("]\n", books);
  std::fputs("]\n", file);
  std::fclose(books);
  std::fclose(file);
  return total;
}

}  // namespace redraft::bench
