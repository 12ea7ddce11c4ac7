#pragma once

// A JSON text read from front to back through a small window: for files that are larger than memory
// should be. The caller says what it expects next; nothing is built that it does not ask for.
//
// Errors   sticky: after the first one every call returns false, and error() says what and where.
// Strings  arrive unescaped as well-formed UTF-8; half a surrogate pair becomes U+FFFD.
// Cost     more than 1 GB of prose a CPU second.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"

namespace redraft::audit {

/// Fills a buffer with the next bytes and returns how many; 0 at the end.
using ByteSource = std::function<Result<std::size_t>(char* buffer, std::size_t size)>;

class JsonStream {
 public:
  /// Reads bytes in memory, which must outlive the stream.
  JsonStream(std::string_view bytes, std::string name);
  /// Reads through a window of 256 KB. `name` stands in messages.
  JsonStream(ByteSource source, std::string name);

  const Error& error() const { return error_; }
  /// Makes the stream fail with `what` at the place it has come to.
  bool FailWith(std::string_view what);

  /// The next byte that is not white space, or 0 at the end; it is not consumed.
  char Peek();
  /// Consumes `c` when it comes next.
  bool Accept(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }
  /// Consumes `c`, or fails.
  bool Expect(char c);
  /// Nothing but white space is left, or fails.
  bool ExpectEnd();

  /// Appends a string, without its quotes. A string larger than `most` bytes fails.
  bool ReadString(std::vector<char>& out, std::size_t most);
  bool ReadString(std::string& out, std::size_t most);
  /// Reads an integer that fits into 64 bits.
  bool ReadInteger(std::int64_t& out);
  /// Consumes `null` when it comes next.
  bool AcceptNull();
  /// Skips one value of any kind, at most 128 levels deep and with texts of at most 64 MB.
  bool Skip();

  /// Calls member(key) for each member of an object; it has to consume the value.
  bool ReadObject(const std::function<bool(std::string_view key)>& member);
  /// Calls element() for each element of a list; it has to consume it.
  bool ReadList(const std::function<bool()>& element);

 private:
  bool Refill();
  bool Literal(std::string_view word);
  bool CutOff(std::string_view where);
  template <class Buffer>
  bool ReadStringInto(Buffer& out, std::size_t most);
  template <class Buffer>
  bool ReadEscape(Buffer& out);
  bool ReadHex4(std::uint32_t& unit);
  bool NextByte(char& c);

  ByteSource source_;  ///< empty: all bytes are in the window
  std::string name_;
  std::vector<char> window_;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  const char* begin_ = nullptr;
  std::uint64_t before_ = 0;  ///< bytes in front of the window
  int depth_ = 0;
  bool failed_ = false;
  Error error_;
};

}  // namespace redraft::audit
