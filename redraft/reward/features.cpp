#include "redraft/reward/features.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "redraft/base/hash.h"
#include "redraft/text/codepoint.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF  // a fused multiply-add would round differently (GCC: off by
                              // -std=c++20)
#endif

namespace redraft::reward {
namespace {

constexpr std::int32_t kReplacement = 0xFFFD;
constexpr std::int32_t kEllipsis = 0x2026;

std::int32_t LowerCase(std::int32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if (c >= 0xC0 && c <= 0xDE) return c == 0xD7 ? c : c + 32;  // × lies among the Latin-1 capitals
  if (c == 0x130) return 'i';
  if (c == 0x178) return 0xFF;
  if ((c >= 0x100 && c <= 0x137) || (c >= 0x14A && c <= 0x177)) return c | 1;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return c + (c & 1);
  if (c >= 0x391 && c <= 0x3A9) return c + 32;
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  if (c >= 0x400 && c <= 0x40F) return c + 80;
  return c;
}

}  // namespace

std::int32_t FoldCodePoint(std::int32_t c) {
  if (c < 0x80) {
    if (c == ' ' || (c >= 0x09 && c <= 0x0D)) return ' ';
    return c < 0x20 || c == 0x7F ? kDropped : LowerCase(c);
  }
  if (c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
      c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000) {
    return ' ';
  }
  if (c < 0xA0 || c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
      (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF) {
    return kDropped;
  }
  if ((c >= 0x2018 && c <= 0x201B) || c == 0x2032) return '\'';
  if ((c >= 0x201C && c <= 0x201F) || c == 0x2033) return '"';
  if (c >= 0x2012 && c <= 0x2015) return 0x2014;
  return LowerCase(c);
}

namespace {

/// Counts 64-bit keys, remembering the order of their first occurrence.
class GramCounter {
 public:
  GramCounter() : slots_(std::size_t{1} << 13) {}

  void Add(std::uint64_t hash) {
    const std::size_t slot = Find(hash);
    if (slots_[slot] != 0) {
      ++grams_[slots_[slot] - 1].count;
      return;
    }
    grams_.push_back({hash, 1});
    slots_[slot] = static_cast<std::uint32_t>(grams_.size());
    if (grams_.size() * 2 > slots_.size()) Grow();
  }

  std::vector<Gram> Take() && { return std::move(grams_); }

 private:
  /// The slot that holds `hash`, or the free one where it belongs.
  std::size_t Find(std::uint64_t hash) const {
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != 0 && grams_[slots_[slot] - 1].hash != hash) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slot;
  }

  void Grow() {
    slots_.assign(slots_.size() * 2, 0);
    for (std::size_t i = 0; i < grams_.size(); ++i) {
      slots_[Find(grams_[i].hash)] = static_cast<std::uint32_t>(i + 1);
    }
  }

  std::vector<Gram> grams_;
  std::vector<std::uint32_t> slots_;  ///< 1 + index into grams_, or 0 when free
};

}  // namespace

std::string FoldText(std::string_view input) {
  std::string out;
  out.reserve(input.size() + 2);
  out += ' ';
  for (std::size_t at = 0; at < input.size();) {
    const std::int32_t decoded = text::NextCodePoint(input, at);
    if (decoded == kEllipsis) {
      out += "...";
      continue;
    }
    const std::int32_t c = FoldCodePoint(decoded == text::kBadByte ? kReplacement : decoded);
    if (c == kDropped || (c == ' ' && out.back() == ' ')) continue;
    text::AppendCodePoint(out, c);
  }
  if (out.back() != ' ') out += ' ';
  if (out.size() == 1) out.clear();
  return out;
}

std::vector<Gram> CountGrams(std::string_view text) {
  const std::string folded = FoldText(text);
  GramCounter counter;
  std::vector<std::size_t> bounds;  // where the code points of one padded word begin, and its end
  for (std::size_t start = 0; start + 1 < folded.size();) {
    const std::size_t end = folded.find(' ', start + 1) + 1;
    bounds.clear();
    for (std::size_t i = start; i < end; ++i) {
      if ((static_cast<unsigned char>(folded[i]) & 0xC0U) != 0x80U) bounds.push_back(i);
    }
    bounds.push_back(end);
    for (std::size_t i = 0; i + kShortestGram < bounds.size(); ++i) {
      for (std::size_t n = kShortestGram; n <= kLongestGram && i + n < bounds.size(); ++n) {
        counter.Add(
            StableHash(std::string_view(folded).substr(bounds[i], bounds[i + n] - bounds[i])));
      }
    }
    start = end - 1;
  }
  return std::move(counter).Take();
}

double PortableLog(double x) {
  // ln x = k ln 2 + 2 artanh((m - 1) / (m + 1)) with m in [0.7, 1.42): |z| <= 0.18, so that 13
  // terms of the series reach the last bit.
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);
  if (mantissa < 0.70710678118654752) {
    mantissa *= 2;
    --exponent;
  }
  const double z = (mantissa - 1) / (mantissa + 1);
  const double square = z * z;
  double sum = 0;
  for (int term = 25; term >= 1; term -= 2) sum = sum * square + 1.0 / term;
  constexpr double kLn2 = 0.69314718055994530942;
  return exponent * kLn2 + 2 * z * sum;
}

double TermFrequency(std::uint32_t count) {
  static const auto kTable = [] {
    std::array<double, 256> table{};
    for (std::size_t i = 1; i < table.size(); ++i) {
      table[i] = 1 + PortableLog(static_cast<double>(i));
    }
    return table;
  }();
  return count < kTable.size() ? kTable[count] : 1 + PortableLog(count);
}

}  // namespace redraft::reward
