#include "redraft/audit/json_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <memory>

#include "redraft/base/file.h"
#include "redraft/text/codepoint.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace redraft::audit {
namespace {

constexpr std::size_t kBuffer = 256 << 10;
constexpr std::size_t kMaxDepth = 64;
constexpr std::int32_t kReplacement = 0xFFFD;

bool IsSpecial(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

/// Bytes before the first quote, backslash or control character; `plain` turns false at the first
/// byte that is not ASCII.
std::size_t PlainLength(const char* bytes, std::size_t size, bool& plain) {
  std::size_t i = 0;
  unsigned high = 0;
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
  const __m128i control = _mm_set1_epi8(0x1F);
  for (; i + 16 <= size; i += 16) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + i));
    const __m128i special =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, backslash)),
                     _mm_cmpeq_epi8(_mm_min_epu8(x, control), x));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(special));
    const auto not_ascii = static_cast<unsigned>(_mm_movemask_epi8(x));
    if (found != 0) {
      const auto before = static_cast<unsigned>(std::countr_zero(found));
      high |= not_ascii & ((1U << before) - 1);
      plain &= high == 0;
      return i + before;
    }
    high |= not_ascii;
  }
#endif
  for (; i < size && !IsSpecial(bytes[i]); ++i)
    high |= static_cast<unsigned char>(bytes[i]) & 0x80U;
  plain &= high == 0;
  return i;
}

struct File {
  int fd = -1;
  bool owned = true;
  File(int descriptor, bool own) : fd(descriptor), owned(own) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (owned && fd >= 0) ::close(fd);
  }
};

}  // namespace

Result<ByteSource> OpenBytes(const std::string& path) {
  const bool standard_input = path == "-";
  const auto file = std::make_shared<File>(
      standard_input ? 0 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC), !standard_input);
  if (file->fd < 0) {
    return redraft::Fail(ErrorCode::kInvalidArgument,
                         fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  }
  return ByteSource([file, path](char* out, std::size_t room) -> Result<std::size_t> {
    for (;;) {
      const ssize_t n = ::read(file->fd, out, room);
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno == EINTR) continue;
      return redraft::Fail(ErrorCode::kInvalidArgument,
                           fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    }
  });
}

ByteSource BytesOf(std::string_view bytes) {
  return [left = bytes](char* out, std::size_t room) mutable -> Result<std::size_t> {
    const std::size_t n = std::min(room, left.size());
    std::memcpy(out, left.data(), n);
    left.remove_prefix(n);
    return n;
  };
}

JsonStream::JsonStream(std::string name, ByteSource source)
    : name_(std::move(name)), source_(std::move(source)), buffer_(kBuffer, '\0') {}

bool JsonStream::Fail(const std::string& what) {
  if (!error_) {
    error_ = Error{ErrorCode::kInvalidArgument,
                   fmt::format("{}, byte {}: {}", name_, before_ + at_, what)};
  }
  return false;
}

bool JsonStream::Refill() {
  if (error_) return false;
  before_ += end_;
  at_ = end_ = 0;
  const Result<std::size_t> read = source_(buffer_.data(), buffer_.size());
  if (!read) {
    error_ = read.error();
    return false;
  }
  end_ = *read;
  hash_.Update(std::string_view(buffer_).substr(0, end_));
  return end_ > 0;
}

int JsonStream::NextByte() {
  if (error_ || (at_ == end_ && !Refill())) return -1;
  return static_cast<unsigned char>(buffer_[at_++]);
}

int JsonStream::Peek() {
  for (;;) {
    if (error_ || (at_ == end_ && !Refill())) return -1;
    const char c = buffer_[at_];
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return static_cast<unsigned char>(c);
    ++at_;
  }
}

bool JsonStream::Take(char wanted, const char* what) {
  const int c = Peek();
  if (c == wanted) {
    ++at_;
    return true;
  }
  return Fail(c < 0 ? fmt::format("the file ends where {} should be; it is cut off", what)
                    : fmt::format("{} should be here", what));
}

bool JsonStream::BeginArray() {
  if (!Take('[', "an array")) return false;
  first_.push_back(1);
  return first_.size() <= kMaxDepth || Fail("arrays and objects are nested too deep");
}

bool JsonStream::BeginObject() {
  if (!Take('{', "an object")) return false;
  first_.push_back(1);
  return first_.size() <= kMaxDepth || Fail("arrays and objects are nested too deep");
}

/// Whether another part follows in the innermost array or object.
bool JsonStream::Next(char close) {
  const int c = Peek();
  if (error_) return false;
  if (c == close) {
    ++at_;
    first_.pop_back();
    return false;
  }
  if (first_.back() != 0) {
    first_.back() = 0;
    return c >= 0 || Fail("the file ends inside an array or object; it is cut off");
  }
  if (c != ',') {
    return Fail(c < 0 ? "the file ends inside an array or object; it is cut off"
                      : fmt::format("a comma or {} should be here", close));
  }
  ++at_;
  return true;
}

bool JsonStream::NextElement() { return Next(']'); }

bool JsonStream::NextKey(std::string& key) {
  if (!Next('}')) return false;
  key.clear();
  return ReadString(key) && Take(':', "a colon");
}

bool JsonStream::AppendString(std::string& out) {
  if (Peek() == 'n') {
    skipped_.clear();
    if (!SkipWord()) return false;
    return skipped_ == "null" || Fail(fmt::format("{} is no value", skipped_));
  }
  return ReadString(out);
}

bool JsonStream::ReadString(std::string& out) {
  if (!Take('"', "a string")) return false;
  const std::size_t start = out.size();
  bool plain = true;
  for (;;) {
    if (at_ == end_ && !Refill()) return Fail("the file ends inside a string; it is cut off");
    const std::size_t length = PlainLength(buffer_.data() + at_, end_ - at_, plain);
    out.append(buffer_, at_, length);
    at_ += length;
    if (out.size() - start > kMaxString) return Fail("a string is longer than 64 MB");
    if (at_ == end_) continue;
    const char c = buffer_[at_];
    if (c == '"') break;
    if (c != '\\') return Fail("a control character inside a string must be escaped");
    ++at_;
    if (!ReadEscape(out)) return false;
  }
  ++at_;
  if (!plain) {
    const std::size_t bad = FirstInvalidUtf8(std::string_view(out).substr(start));
    if (bad != std::string_view::npos) {
      return Fail("the string that ends here is not UTF-8; convert the file first");
    }
  }
  return true;
}

/// Four hexadecimal digits, or -1 after an error.
int JsonStream::ReadHex() {
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const int c = NextByte();
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) {
      Fail("\\u needs four hexadecimal digits");
      return -1;
    }
    value = 16 * value + digit;
  }
  return value;
}

/// What follows a backslash.
bool JsonStream::ReadEscape(std::string& out) {
  const int c = NextByte();
  switch (c) {
    case '"':
    case '\\':
    case '/':
      out += static_cast<char>(c);
      return true;
    case 'b':
      out += '\b';
      return true;
    case 'f':
      out += '\f';
      return true;
    case 'n':
      out += '\n';
      return true;
    case 'r':
      out += '\r';
      return true;
    case 't':
      out += '\t';
      return true;
    case 'u':
      break;
    default:
      return Fail("an unknown escape in a string");
  }
  std::int32_t value = ReadHex();
  // Half a pair may be followed by another half, and so on.
  while (value >= 0xD800 && value < 0xE000) {
    const bool high = value < 0xDC00;
    if (at_ == end_ && !Refill()) return Fail("the file ends inside a string; it is cut off");
    if (!high || buffer_[at_] != '\\') {
      ++lone_surrogates_;
      text::AppendCodePoint(out, kReplacement);
      return true;
    }
    ++at_;
    const int kind = NextByte();
    if (kind != 'u') {
      ++lone_surrogates_;
      text::AppendCodePoint(out, kReplacement);
      if (kind < 0) return Fail("the file ends inside a string; it is cut off");
      --at_;  // NextByte took it from this buffer
      return ReadEscape(out);
    }
    const std::int32_t low = ReadHex();
    if (low < 0) return false;
    if (low >= 0xDC00 && low < 0xE000) {
      value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
      break;
    }
    ++lone_surrogates_;
    text::AppendCodePoint(out, kReplacement);
    value = low;
  }
  if (value < 0) return false;
  text::AppendCodePoint(out, value);
  return true;
}

/// A number or one of the three names.
bool JsonStream::SkipWord() {
  for (;;) {
    if (at_ == end_ && !Refill()) break;
    const char c = buffer_[at_];
    const bool part = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' ||
                      c == '.' || c == 'E' || c == 'N' || c == 'I';
    if (!part) break;
    if (skipped_.size() == 64) return Fail("a number is longer than 64 characters");
    skipped_ += c;
    ++at_;
  }
  return !error_ && (!skipped_.empty() || Fail("a value should be here"));
}

bool JsonStream::ReadId(std::string& out) {
  out.clear();
  if (Peek() == '"') return ReadString(out);
  skipped_.clear();
  if (!SkipWord()) return false;
  if (skipped_[0] != '-' && (skipped_[0] < '0' || skipped_[0] > '9')) {
    return Fail("an id must be a string or a number");
  }
  out = skipped_;
  return true;
}

bool JsonStream::SkipValue() {
  const int c = Peek();
  if (c == '"') {
    skipped_.clear();
    return ReadString(skipped_);
  }
  if (c == '[') {
    if (!BeginArray()) return false;
    while (NextElement()) {
      if (!SkipValue()) return false;
    }
    return !error_;
  }
  if (c == '{') {
    if (!BeginObject()) return false;
    std::string key;
    while (NextKey(key)) {
      if (!SkipValue()) return false;
    }
    return !error_;
  }
  skipped_.clear();
  if (!SkipWord()) return false;
  const char head = skipped_[0];
  return (head >= '0' && head <= '9') || head == '-' || skipped_ == "true" || skipped_ == "false" ||
         skipped_ == "null" || skipped_ == "NaN" || Fail(fmt::format("{} is no value", skipped_));
}

bool JsonStream::ExpectEnd() {
  if (Peek() >= 0) return Fail("something follows behind the end of the array");
  return !error_;
}

}  // namespace redraft::audit
