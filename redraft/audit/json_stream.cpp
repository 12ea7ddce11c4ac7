#include "redraft/audit/json_stream.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <limits>

#include "redraft/base/file.h"

namespace redraft::audit {
namespace {

constexpr std::size_t kWindow = 256 << 10;
constexpr int kMaxDepth = 128;
constexpr std::size_t kMaxKey = 1 << 16;
constexpr std::size_t kMaxSkipped = 64 << 20;

constexpr std::uint64_t Repeat(unsigned char byte) { return 0x0101010101010101ULL * byte; }

/// The highest bit of each byte that is less than `limit` (at most 128); exact up to the first one.
constexpr std::uint64_t BytesBelow(std::uint64_t word, unsigned char limit) {
  return (word - Repeat(limit)) & ~word & Repeat(0x80);
}

/// The first byte from `at` on that may not stand in a string as it is: a quote, a backslash, a
/// control character; `end` when there is none. `high` becomes true when a byte in front of it is not
/// ASCII (it may also be one shortly behind).
const char* FindSpecial(const char* at, const char* end, bool& high) {
  std::uint64_t seen = 0;
  while (end - at >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    seen |= word;
    const std::uint64_t special = BytesBelow(word ^ Repeat('"'), 1) |
                                  BytesBelow(word ^ Repeat('\\'), 1) | BytesBelow(word, 0x20);
    if (special != 0) {
      high |= (seen & Repeat(0x80)) != 0;
      static_assert(std::endian::native == std::endian::little);
      return at + std::countr_zero(special) / 8;
    }
    at += 8;
  }
  for (; at != end; ++at) {
    const auto c = static_cast<unsigned char>(*at);
    if (c == '"' || c == '\\' || c < 0x20) break;
    seen |= c;
  }
  high |= (seen & Repeat(0x80)) != 0;
  return at;
}

template <class Buffer>
void AppendCodePoint(Buffer& out, std::uint32_t c) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

bool IsJsonSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

JsonStream::JsonStream(std::string_view bytes, std::string name)
    : name_(std::move(name)),
      at_(bytes.data()),
      end_(bytes.data() + bytes.size()),
      begin_(bytes.data()) {
  if (bytes.starts_with("\xEF\xBB\xBF")) at_ += 3;
}

JsonStream::JsonStream(ByteSource source, std::string name)
    : source_(std::move(source)), name_(std::move(name)), window_(kWindow) {
  at_ = begin_ = end_ = window_.data();
  if (Refill() && std::string_view(at_, static_cast<std::size_t>(end_ - at_))
                      .starts_with("\xEF\xBB\xBF")) {
    at_ += 3;
  }
}

bool JsonStream::FailWith(std::string_view what) {
  if (failed_) return false;
  failed_ = true;
  error_ = {ErrorCode::kInvalidArgument,
            fmt::format("{}: byte {}: {}", name_,
                        before_ + static_cast<std::uint64_t>(at_ - begin_), what)};
  at_ = end_;
  return false;
}

bool JsonStream::CutOff(std::string_view where) {
  return FailWith(fmt::format("the file is cut off {}", where));
}

bool JsonStream::Refill() {
  if (failed_ || !source_) return false;
  before_ += static_cast<std::uint64_t>(end_ - begin_);
  at_ = end_ = begin_;
  // A source may give less than the window holds, as pipes do.
  const Result<std::size_t> got = source_(window_.data(), window_.size());
  if (!got) {
    failed_ = true;
    error_ = got.error();
    return false;
  }
  end_ = begin_ + *got;
  return *got > 0;
}

char JsonStream::Peek() {
  for (;;) {
    while (at_ != end_ && IsJsonSpace(*at_)) ++at_;
    if (at_ != end_) return *at_;
    if (!Refill()) return 0;
  }
}

bool JsonStream::NextByte(char& c) {
  if (at_ == end_ && !Refill()) return false;
  c = *at_++;
  return true;
}

bool JsonStream::Expect(char c) {
  if (Accept(c)) return true;
  if (Peek() == 0 && at_ == end_) return CutOff(fmt::format("where '{}' should come", c));
  return FailWith(fmt::format("not the JSON that is expected: '{}' should come here", c));
}

bool JsonStream::ExpectEnd() {
  Peek();
  return at_ == end_ ? !failed_ : FailWith("something follows the end of the JSON");
}

bool JsonStream::ReadHex4(std::uint32_t& unit) {
  unit = 0;
  for (int i = 0; i < 4; ++i) {
    char c = 0;
    if (!NextByte(c)) return CutOff("inside a string");
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return FailWith("\\u must be followed by four hexadecimal digits");
    unit = unit << 4 | static_cast<std::uint32_t>(digit);
  }
  return true;
}

template <class Buffer>
bool JsonStream::ReadEscape(Buffer& out) {
  char c = 0;
  if (!NextByte(c)) return CutOff("inside a string");
  switch (c) {
    case 'n': out.push_back('\n'); return true;
    case '"':
    case '\\':
    case '/': out.push_back(c); return true;
    case 't': out.push_back('\t'); return true;
    case 'r': out.push_back('\r'); return true;
    case 'b': out.push_back('\b'); return true;
    case 'f': out.push_back('\f'); return true;
    case 'u': break;
    default: return FailWith("a backslash is followed by a letter that JSON does not know");
  }
  std::uint32_t unit = 0;
  if (!ReadHex4(unit)) return false;
  // A high surrogate may have its low half behind it; whatever comes instead stands for itself.
  while (unit >= 0xD800 && unit < 0xDC00) {
    char slash = 0, u = 0;
    if (at_ == end_ && !Refill()) return CutOff("inside a string");
    if (*at_ != '\\') break;
    NextByte(slash);
    if (at_ == end_ && !Refill()) return CutOff("inside a string");
    if (*at_ != 'u') {
      AppendCodePoint(out, 0xFFFD);
      return ReadEscape(out);
    }
    NextByte(u);
    std::uint32_t low = 0;
    if (!ReadHex4(low)) return false;
    if (low >= 0xDC00 && low < 0xE000) {
      AppendCodePoint(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
      return true;
    }
    AppendCodePoint(out, 0xFFFD);
    unit = low;
  }
  AppendCodePoint(out, unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : unit);
  return true;
}

template <class Buffer>
bool JsonStream::ReadStringInto(Buffer& out, std::size_t most) {
  if (Peek() != '"') {
    if (at_ == end_) return CutOff("where a text should come");
    return FailWith("not the JSON that is expected: a text should come here");
  }
  ++at_;
  const std::size_t start = out.size();
  bool high = false;
  for (;;) {
    const char* stop = FindSpecial(at_, end_, high);
    if (out.size() - start + static_cast<std::size_t>(stop - at_) > most) {
      return FailWith(fmt::format("a text is larger than the limit of {} bytes", most));
    }
    out.insert(out.end(), at_, stop);
    at_ = stop;
    if (at_ == end_) {
      if (!Refill()) return CutOff("inside a text");
      continue;
    }
    const char c = *at_++;
    if (c == '"') break;
    if (c != '\\') {
      --at_;
      return FailWith(fmt::format("control character {} inside a text", static_cast<int>(c)));
    }
    if (!ReadEscape(out)) return false;
  }
  if (high) {
    const std::string_view text(out.data() + start, out.size() - start);
    if (const auto bad = FirstInvalidUtf8(text); bad != std::string_view::npos) {
      return FailWith(fmt::format("the text that ends here is not UTF-8 (its byte {})", bad));
    }
  }
  return true;
}

bool JsonStream::ReadString(std::vector<char>& out, std::size_t most) {
  return ReadStringInto(out, most);
}
bool JsonStream::ReadString(std::string& out, std::size_t most) {
  return ReadStringInto(out, most);
}

bool JsonStream::ReadInteger(std::int64_t& out) {
  const bool negative = Accept('-');
  if (at_ == end_ && !Refill()) return CutOff("where a number should come");
  if (*at_ < '0' || *at_ > '9') {
    return FailWith("not the JSON that is expected: a whole number should come here");
  }
  std::int64_t value = 0;
  for (;;) {
    if (at_ == end_ && !Refill()) break;
    if (*at_ < '0' || *at_ > '9') break;
    const int digit = *at_ - '0';
    if (value > (std::numeric_limits<std::int64_t>::max() - digit) / 10) {
      return FailWith("a number is too large");
    }
    value = value * 10 + digit;
    ++at_;
  }
  if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E')) {
    return FailWith("not the JSON that is expected: a whole number should come here");
  }
  out = negative ? -value : value;
  return !failed_;
}

bool JsonStream::Literal(std::string_view word) {
  for (const char wanted : word) {
    char c = 0;
    if (!NextByte(c)) return CutOff("inside a word");
    if (c != wanted) return FailWith("a word that JSON does not know");
  }
  return true;
}

bool JsonStream::AcceptNull() { return Peek() == 'n' && Literal("null"); }

bool JsonStream::ReadObject(const std::function<bool(std::string_view key)>& member) {
  if (!Expect('{')) return false;
  if (++depth_ > kMaxDepth) return FailWith("the JSON is nested more than 128 levels deep");
  std::string key;
  if (!Accept('}')) {
    do {
      key.clear();
      if (!ReadString(key, kMaxKey) || !Expect(':') || !member(key)) return false;
    } while (Accept(','));
    if (!Expect('}')) return false;
  }
  --depth_;
  return true;
}

bool JsonStream::ReadList(const std::function<bool()>& element) {
  if (!Expect('[')) return false;
  if (++depth_ > kMaxDepth) return FailWith("the JSON is nested more than 128 levels deep");
  if (!Accept(']')) {
    do {
      if (!element()) return false;
    } while (Accept(','));
    if (!Expect(']')) return false;
  }
  --depth_;
  return true;
}

bool JsonStream::Skip() {
  switch (Peek()) {
    case 0: return at_ == end_ ? CutOff("where a value should come") : FailWith("a NUL byte");
    case '{': return ReadObject([this](std::string_view) { return Skip(); });
    case '[': return ReadList([this] { return Skip(); });
    case '"': {
      std::string ignored;
      return ReadString(ignored, kMaxSkipped);
    }
    case 't': return Literal("true");
    case 'f': return Literal("false");
    case 'n': return Literal("null");
    default: break;
  }
  // A number: its exact form does not matter, its end does.
  std::size_t digits = 0;
  for (;; ++at_) {
    if (at_ == end_ && !Refill()) break;
    if (*at_ >= '0' && *at_ <= '9') ++digits;
    else if (*at_ != '-' && *at_ != '+' && *at_ != '.' && *at_ != 'e' && *at_ != 'E') break;
  }
  if (digits > 0) return !failed_;
  return at_ == end_ ? CutOff("where a value should come")
                     : FailWith("not JSON: a value should come here");
}

}  // namespace redraft::audit
