#pragma once

// JSON read piece by piece, for files that must never be in memory as a whole.
//
//   JsonStream json(name, source);
//   json.BeginArray();
//   while (json.NextElement()) { json.BeginObject(); while (json.NextKey(key)) … }
//   json.ExpectEnd();
//   if (json.error()) …
//
// Errors   the first one stays: from then on every call returns false. kInvalidArgument with the
// name
//          of the file, the byte and what was expected: broken syntax, a file that ends too early,
//          bytes that are not UTF-8, nesting deeper than 64, strings over 64 MB.
// Strings  escapes are decoded; half a surrogate pair becomes U+FFFD and is counted.
// Cost     about 1 GB a second in strings; one buffer of 256 KB.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/hash.h"
#include "redraft/base/result.h"

namespace redraft::audit {

/// Fills a buffer; 0 bytes mean the end.
using ByteSource = std::function<Result<std::size_t>(char* out, std::size_t room)>;

/// Reads a file, or standard input for "-". Errors: kInvalidArgument when it cannot be opened.
Result<ByteSource> OpenBytes(const std::string& path);

/// Reads bytes that outlive the source.
ByteSource BytesOf(std::string_view bytes);

class JsonStream {
 public:
  static constexpr std::size_t kMaxString = 64ULL << 20;

  /// `name` stands in error messages.
  JsonStream(std::string name, ByteSource source);

  bool BeginArray();
  /// Whether another element follows; behind the last one the array is closed.
  bool NextElement();
  bool BeginObject();
  /// As NextElement; the value of `key` is to be read next.
  bool NextKey(std::string& key);
  /// Appends the characters of a string; null counts as the empty string.
  bool AppendString(std::string& out);
  /// A string, or a number as it is written.
  bool ReadId(std::string& out);
  /// Whether the next value is a string.
  bool AtString() { return Peek() == '"'; }
  bool SkipValue();
  /// Nothing but white space is left.
  bool ExpectEnd();

  const std::optional<Error>& error() const { return error_; }
  std::uint64_t lone_surrogates() const { return lone_surrogates_; }
  /// SHA-256 of all bytes read so far.
  std::string Digest() const { return hash_.Hex(); }
  /// Makes this the error, unless there is one; false.
  bool Fail(const std::string& what);

 private:
  bool Refill();
  int Peek();  ///< the next byte behind white space, or -1
  bool Take(char wanted, const char* what);
  bool Next(char close);
  bool ReadString(std::string& out);
  bool ReadEscape(std::string& out);
  int ReadHex();
  int NextByte();
  bool SkipWord();

  std::string name_;
  ByteSource source_;
  Sha256 hash_;
  std::string buffer_;
  std::size_t at_ = 0, end_ = 0;
  std::uint64_t before_ = 0;  ///< bytes of the file in front of the buffer
  std::vector<char> first_;   ///< for each open array or object: nothing has been read of it
  std::string skipped_;
  std::uint64_t lone_surrogates_ = 0;
  std::optional<Error> error_;
};

}  // namespace redraft::audit
