#pragma once

// Text to tokens, and a token to a 64-bit key.
//
// Paper     arXiv 2603.20957 (the words of bmc@k); the rules are those of NLTK's WordPunctTokenizer
//           with what its evaluation keeps.
// Profiles  ref    A token is a maximal run of word characters (L*, N*, `_`) with at least one
//                  ASCII letter or digit, in lower case. Nothing else: no normalisation of
//                  Unicode, "_word_" is not "word", a text in another script has no tokens.
//           clean  NFKC with case folding; `_` and `*` part words, an apostrophe inside a word is
//                  dropped ("don’t" is "dont"); a token is a run of letters, digits and marks of
//                  any script; in scripts written without spaces each letter is one.
// Keys      A word of up to 8 bytes has a key of its own; of longer words two may share one with
//           probability 2^-64 a pair. Keys are the same on every little-endian machine and in every
//           release that states the same format of its index files.
// Cost      ref: about 1 ns a byte in ASCII; clean: about 40 ns a byte.
// Threads   a Tokeniser is scratch space: one per thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redraft::audit {

enum class Profile { kRef, kClean };

/// "ref" or "clean".
const char* ToString(Profile profile);

/// Bytes of a text, half-open.
struct ByteRange {
  std::uint32_t begin = 0, end = 0;
  bool operator==(const ByteRange&) const = default;
};

class Tokeniser {
 public:
  explicit Tokeniser(Profile profile) : profile_(profile) {}

  /// Appends the keys of the tokens of `text` (UTF-8 of less than 4 GB; a bad byte parts words).
  void AppendKeys(std::string_view text, std::vector<std::uint64_t>& keys);

  /// As AppendKeys, with the bytes of `text` that each token was.
  void AppendTokens(std::string_view text, std::vector<std::uint64_t>& keys,
                    std::vector<ByteRange>& ranges);

  /// The tokens as words, for people and for tests.
  std::vector<std::string> Words(std::string_view text);

 private:
  /// From byte `at` of the lower-cased text on, a byte's place in the source is `shift` further.
  struct Shift {
    std::size_t at = 0;
    std::int64_t by = 0;
  };

  void Prepare(std::size_t bytes);
  void Put(std::string_view bytes, bool word, bool keep);
  void LowerRef(std::string_view text);
  void LowerClean(std::string_view text);
  void FindTokens(std::vector<std::uint64_t>* keys);
  bool Keeps(std::size_t begin, std::size_t end) const;

  Profile profile_;
  std::string lower_;  ///< eight bytes of padding, the lower-cased text, more padding
  std::size_t size_ = 0;
  std::vector<std::uint64_t> word_, keep_;  ///< a bit for each byte of the lower-cased text
  bool doubtful_ = false;  ///< some word characters do not make a token by themselves
  std::vector<Shift> shifts_;
  std::vector<ByteRange> found_;  ///< tokens, in bytes of the lower-cased text
  std::vector<std::uint32_t> edges_;
  std::string scratch_;
};

}  // namespace redraft::audit
