#pragma once

// Lists of phrases: which run of words is worn, vague, grand …, and why.
//
// Format  TOML (data/edit/phrases-*.toml):
//           [sets]                       # may stand for one word below
//           poss = "his|her|their"
//           [[list]]
//           category = "cliche"          # an id of the taxonomy
//           reason = "…"                 # for the writer
//           confidence = 0.6
//           phrases = ["hung heavy? in the air", "a pang of _", ", a testament to _ >"]
//         A phrase is a row of
//           word        itself, small letters, plain apostrophe; "whisper*" any word that begins
//                       so, "*ing" that ends so
//           a|b|c       one of them; <poss> one of a set
//           _           any word
//           x?          x or nothing; "_?" a word or nothing
//           ,           the next word follows a comma or a stronger mark
//           ^           (first) the phrase opens a sentence
//           >  >>       (last) the span goes on to the end of the clause, of the sentence
//           $           (last) the phrase ends a clause
//         Without "," all words stand in one clause. The first item is a word, not "_".
// Cost    linear in the text.
// Errors  kInvalidArgument naming file, list and phrase.

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "redraft/base/json.h"
#include "redraft/base/result.h"
#include "redraft/core/edit.h"
#include "redraft/edit/prose.h"

namespace redraft::edit {

class PhraseBook {
 public:
  PhraseBook(PhraseBook&&) = default;
  PhraseBook& operator=(PhraseBook&&) = default;

  /// All embedded lists.
  static const PhraseBook& Builtin();
  static Result<PhraseBook> FromToml(std::string_view toml, std::string_view name);

  /// Adds every place where a phrase stands, what people say left out. Places may overlap.
  void Find(const Prose& prose, std::vector<core::WeakSpan>& found) const;

  std::size_t size() const { return phrases_.size(); }

 private:
  struct Item {
    std::vector<std::string> words;     ///< one of these
    std::vector<std::string> prefixes;  ///< or a word that begins so,
    std::vector<std::string> suffixes;  ///< or ends so; all empty: any word
    bool optional = false;
    bool after_mark = false;  ///< a comma or a stronger mark stands before
    bool Matches(std::string_view word) const;
  };
  enum class Reach : unsigned char { kWords, kClause, kSentence };
  struct Phrase {
    std::vector<Item> items;
    std::size_t list = 0;
    bool opens = false, closes = false;
    Reach reach = Reach::kWords;
  };
  struct List {
    std::string category, reason;
    double confidence = 0;
  };

  PhraseBook() = default;
  Status Add(const Json& lists, std::string_view name);
  Result<Phrase> Parse(std::string_view phrase, const Json& sets) const;
  void Index(std::size_t phrase);
  /// One past the last word of the longest match of items from `item` on at `word`; 0: none.
  static std::size_t Match(const Phrase& phrase, const Prose& prose, std::size_t item,
                           std::size_t word, bool first);
  void Try(std::size_t phrase, const Prose& prose, std::size_t word,
           std::vector<core::WeakSpan>& found) const;

  std::vector<List> lists_;
  std::vector<Phrase> phrases_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_word_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_prefix_;
  static constexpr std::size_t kPrefix = 4;  ///< letters by which prefixes are looked up
};

}  // namespace redraft::edit
