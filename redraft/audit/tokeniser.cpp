#include "redraft/audit/tokeniser.h"

#include <bit>
#include <cstring>

#include "redraft/audit/letters.h"
#include "redraft/base/check.h"
#include "redraft/text/codepoint.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace redraft::audit {
namespace {

constexpr std::size_t kStep = 16;  // bytes classified at once
constexpr std::size_t kFront = 8;  // padding before the text: keys load the 8 bytes before an end
constexpr std::size_t kBehind = 128;  // padding behind it: steps and loads run over the end

/// What a step of bytes is made of; a bit for each byte.
struct Classes {
  std::uint32_t word = 0;   ///< ASCII letter, digit or `_`
  std::uint32_t keep = 0;   ///< ASCII letter or digit
  std::uint32_t other = 0;  ///< not ASCII
};

#ifdef __SSE2__
Classes ClassifyStep(const char* in, char* lower) {
  const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
  const __m128i folded = _mm_or_si128(x, _mm_set1_epi8(0x20));
  const __m128i from_a = _mm_sub_epi8(folded, _mm_set1_epi8('a'));
  const __m128i letter = _mm_cmpeq_epi8(_mm_min_epu8(from_a, _mm_set1_epi8(25)), from_a);
  const __m128i from_0 = _mm_sub_epi8(x, _mm_set1_epi8('0'));
  const __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(from_0, _mm_set1_epi8(9)), from_0);
  const __m128i keep = _mm_or_si128(letter, digit);
  const __m128i word = _mm_or_si128(keep, _mm_cmpeq_epi8(x, _mm_set1_epi8('_')));
  const __m128i result = _mm_or_si128(x, _mm_and_si128(letter, _mm_set1_epi8(0x20)));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(lower), result);
  return {static_cast<std::uint32_t>(_mm_movemask_epi8(word)),
          static_cast<std::uint32_t>(_mm_movemask_epi8(keep)),
          static_cast<std::uint32_t>(_mm_movemask_epi8(x))};
}
#else
Classes ClassifyStep(const char* in, char* lower) {
  Classes classes;
  for (std::size_t i = 0; i < kStep; ++i) {
    const auto byte = static_cast<unsigned char>(in[i]);
    const bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    const bool keep = letter || (byte >= '0' && byte <= '9');
    classes.keep |= static_cast<std::uint32_t>(keep) << i;
    classes.word |= static_cast<std::uint32_t>(keep || byte == '_') << i;
    classes.other |= static_cast<std::uint32_t>(byte >= 0x80) << i;
    lower[i] = static_cast<char>(letter ? byte | 0x20 : byte);
  }
  return classes;
}
#endif

void PutBits(std::vector<std::uint64_t>& bits, std::size_t at, std::uint64_t mask) {
  const std::size_t offset = at & 63;
  bits[at >> 6] |= mask << offset;
  if (offset > 64 - kStep) bits[(at >> 6) + 1] |= mask >> (64 - offset);
}

std::uint64_t Load(const char* bytes) {
  std::uint64_t value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

/// One-to-one on 64 bits (the finaliser of MurmurHash3, without its first shift).
std::uint64_t Mix(std::uint64_t x) {
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 32;
  x *= 0xc4ceb9fe1a85ec53ULL;
  return x ^ (x >> 33);
}

/// The key of a word. The eight bytes before it and behind it must be readable.
std::uint64_t KeyOf(const char* word, std::size_t length) {
  const std::size_t head = length < 8 ? length : 8;
  const std::uint64_t low = Load(word) & (~0ULL >> (64 - 8 * head));
  const std::uint64_t is_long = length > 8 ? ~0ULL : 0;
  const std::uint64_t high = Load(word + length - 8) & is_long;
  std::uint64_t sum =
      low + high * 0x9e3779b97f4a7c15ULL + (length & is_long) * 0xd6e8feb86659fd93ULL;
  if (length > 16) {
    for (std::size_t i = 8; i + 8 < length; i += 8) sum = Mix(sum ^ 0xa5) + Load(word + i);
  }
  return Mix(sum);
}

bool IsApostrophe(std::int32_t c) { return c == '\'' || c == 0x2019 || c == 0x02BC; }

}  // namespace

const char* ToString(Profile profile) { return profile == Profile::kRef ? "ref" : "clean"; }

void Tokeniser::Prepare(std::size_t bytes) {
  if (lower_.size() < kFront + bytes + kBehind) lower_.resize(kFront + bytes + kBehind);
  const std::size_t blocks = bytes / 64 + 3;
  if (word_.size() < blocks) {
    word_.resize(blocks);
    keep_.resize(blocks);
  }
  std::fill_n(word_.begin(), blocks, 0);
  std::fill_n(keep_.begin(), blocks, 0);
  size_ = 0;
  doubtful_ = false;
  shifts_.clear();
}

/// Appends at most 16 bytes of one code point, which is a word character or not.
void Tokeniser::Put(std::string_view bytes, bool word, bool keep) {
  std::memcpy(lower_.data() + kFront + size_, bytes.data(), bytes.size());
  const std::uint64_t mask = (1ULL << bytes.size()) - 1;
  if (word) PutBits(word_, size_, mask);
  if (keep) PutBits(keep_, size_, mask);
  doubtful_ |= word && !keep;
  size_ += bytes.size();
}

void Tokeniser::LowerRef(std::string_view text) {
  // A code point of two bytes grows to three at most.
  Prepare(text.size() + text.size() / 2 + kStep);
  char tail[2 * kStep] = {};
  std::uint32_t doubtful = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t left = text.size() - at;
    const char* in = text.data() + at;
    if (left < kStep) {
      std::memset(tail, 0, sizeof tail);
      std::memcpy(tail, in, left);
      in = tail;
    }
    const Classes classes = ClassifyStep(in, lower_.data() + kFront + size_);
    std::size_t plain = kStep;  // bytes of ASCII at the beginning of the step
    if (classes.other != 0) plain = static_cast<std::size_t>(std::countr_zero(classes.other));
    if (plain > left) plain = left;
    const std::uint32_t mask = (1U << plain) - 1;
    PutBits(word_, size_, classes.word & mask);
    PutBits(keep_, size_, classes.keep & mask);
    doubtful |= (classes.word ^ classes.keep) & mask;
    size_ += plain;
    at += plain;
    if (plain == kStep || at >= text.size()) continue;
    const std::size_t start = at;
    const std::int32_t c = text::NextCodePoint(text, at);
    const std::string_view source = text.substr(start, at - start);
    // General punctuation, by far the most frequent: neither word nor case.
    const bool punctuation = c >= 0x2000 && c < 0x2070;
    if (c < 0 || punctuation || !IsWordCharacter(c)) {
      Put(source, false, false);
      continue;
    }
    scratch_.clear();
    AppendLower(scratch_, c, text, start);
    Put(scratch_, true, false);
    if (scratch_.size() != source.size()) {
      shifts_.push_back({size_, static_cast<std::int64_t>(at) - static_cast<std::int64_t>(size_)});
    }
  }
  doubtful_ |= doubtful != 0;
}

void Tokeniser::LowerClean(std::string_view text) {
  // NFKC grows a code point by up to 18 code points; what is put is bounded piece by piece.
  Prepare(text.size() + text.size() / 2 + 64);
  std::fill(word_.begin(), word_.end(), 0);
  std::fill(keep_.begin(), keep_.end(), 0);
  NormalPiece piece;
  NormalPiece next;
  bool open = false;  // a token stands without a separator behind it
  const auto mark = [this](std::size_t source) {
    const auto by = static_cast<std::int64_t>(source) - static_cast<std::int64_t>(size_);
    if (!shifts_.empty() && shifts_.back().at == size_) shifts_.pop_back();
    if ((shifts_.empty() ? 0 : shifts_.back().by) != by) shifts_.push_back({size_, by});
  };
  const auto part = [&] {
    if (open) Put(" ", false, false);
    open = false;
  };
  const auto reserve = [this](std::size_t bytes) {
    if (kFront + size_ + bytes + kBehind > lower_.size()) lower_.resize(2 * lower_.size() + bytes);
    word_.resize(std::max(word_.size(), lower_.size() / 64 + 3));
    keep_.resize(word_.size());
  };
  for (std::size_t at = 0; at < text.size(); at = piece.end) {
    NextNormalPiece(text, at, piece);
    reserve(6 * piece.code_points.size() + 8);
    if (piece.code_points.size() == 1 && IsApostrophe(piece.code_points[0])) {
      if (open && piece.end < text.size()) {
        NextNormalPiece(text, piece.end, next);
        if (!next.code_points.empty() && IsLetterOrMark(next.code_points[0])) continue;
      }
      part();
      continue;
    }
    for (const std::int32_t c : piece.code_points) {
      if (!IsLetterOrMark(c)) {
        part();
        continue;
      }
      const bool alone = IsUnspacedLetter(c);
      if (alone) part();
      mark(piece.begin);
      scratch_.clear();
      text::AppendCodePoint(scratch_, c);
      Put(scratch_, true, true);
      mark(piece.end);
      open = true;
      if (alone) part();
    }
  }
}

bool Tokeniser::Keeps(std::size_t begin, std::size_t end) const {
  for (std::size_t i = begin; i < end;) {
    const std::size_t stop = std::min(end, (i | 63) + 1);
    const std::uint64_t bits = keep_[i >> 6] >> (i & 63);
    const std::size_t width = stop - i;
    if ((bits & (width == 64 ? ~0ULL : (1ULL << width) - 1)) != 0) return true;
    i = stop;
  }
  return false;
}

/// Finds the runs of word bits; appends their keys, and leaves their bytes in found_ when asked.
void Tokeniser::FindTokens(std::vector<std::uint64_t>* keys) {
  const std::size_t blocks = size_ / 64 + 1;
  if (edges_.size() < size_ + 66) edges_.resize(size_ + 66);
  std::uint32_t* edge = edges_.data();
  std::uint64_t carry = 0;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::uint64_t bits = word_[block];
    std::uint64_t changes = bits ^ ((bits << 1) | carry);
    carry = bits >> 63;
    const auto base = static_cast<std::uint32_t>(64 * block);
    while (changes != 0) {
      *edge++ = base + static_cast<std::uint32_t>(std::countr_zero(changes));
      changes &= changes - 1;
    }
  }
  if (carry != 0) *edge++ = static_cast<std::uint32_t>(64 * blocks);
  const auto edges = static_cast<std::size_t>(edge - edges_.data());
  const char* lower = lower_.data() + kFront;
  if (keys != nullptr) {
    const std::size_t had = keys->size();
    keys->resize(had + edges / 2);
    std::uint64_t* out = keys->data() + had;
    for (std::size_t i = 0; i + 1 < edges; i += 2) {
      const std::uint32_t begin = edges_[i], end = edges_[i + 1];
      if (doubtful_ && !Keeps(begin, end)) continue;
      *out++ = KeyOf(lower + begin, end - begin);
    }
    keys->resize(static_cast<std::size_t>(out - keys->data()));
    return;
  }
  found_.clear();
  for (std::size_t i = 0; i + 1 < edges; i += 2) {
    if (!doubtful_ || Keeps(edges_[i], edges_[i + 1])) found_.push_back({edges_[i], edges_[i + 1]});
  }
}

void Tokeniser::AppendKeys(std::string_view text, std::vector<std::uint64_t>& keys) {
  REDRAFT_CHECK(text.size() < (1ULL << 31));
  profile_ == Profile::kRef ? LowerRef(text) : LowerClean(text);
  FindTokens(&keys);
}

void Tokeniser::AppendTokens(std::string_view text, std::vector<std::uint64_t>& keys,
                             std::vector<ByteRange>& ranges) {
  AppendKeys(text, keys);
  FindTokens(nullptr);
  std::size_t shift = 0;
  std::int64_t by = 0;
  const auto source = [&](std::uint32_t at) {
    for (; shift < shifts_.size() && shifts_[shift].at <= at; ++shift) by = shifts_[shift].by;
    return static_cast<std::uint32_t>(at + by);
  };
  for (const ByteRange& token : found_) {
    const std::uint32_t begin = source(token.begin);
    ranges.push_back({begin, source(token.end)});
  }
}

std::vector<std::string> Tokeniser::Words(std::string_view text) {
  std::vector<std::uint64_t> keys;
  AppendKeys(text, keys);
  FindTokens(nullptr);
  std::vector<std::string> words;
  for (const ByteRange& token : found_) {
    words.push_back(lower_.substr(kFront + token.begin, token.end - token.begin));
  }
  return words;
}

}  // namespace redraft::audit
