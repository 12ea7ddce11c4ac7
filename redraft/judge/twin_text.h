#pragma once

// A text as sentences and as words that can be changed in place: what damaged twins (twins.h) are
// made with. Nothing that is not changed loses its white space or punctuation.
//
// Sentences are reward::Passage's, whose cuts never move; ICU's do with its version.

#include <string>
#include <string_view>
#include <vector>

namespace redraft::judge {

/// A sentence and the white space before it.
struct Piece {
  std::string gap, text;
};
using Pieces = std::vector<Piece>;

Pieces SentencesOf(std::string_view text);

/// The text again; sentences that were emptied are left out.
std::string Join(const Pieces& pieces);

/// A word as a range of bytes, without the punctuation around it.
struct Token {
  std::size_t begin = 0, end = 0;
  bool opens = false;   ///< first of a sentence or a quotation
  bool closes = false;  ///< punctuation or a line break follows
  std::string lower;    ///< ASCII letters only are folded
};

std::vector<Token> TokensOf(std::string_view text);

/// Bytes [begin, end) become `text`.
struct Edit {
  std::size_t begin = 0, end = 0;
  std::string text;
};

/// The text with all edits made, which must not overlap.
std::string Apply(std::string text, std::vector<Edit> edits);

/// `word` with a capital where `like` has one.
std::string Capitalised(std::string_view like, std::string word);

}  // namespace redraft::judge
