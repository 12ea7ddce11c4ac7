#include "redraft/base/json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "redraft/base/file.h"

namespace redraft {
namespace {

/// The library escapes and validates a string byte by byte; requests are mostly one long string,
/// written several times a call. This writes the same bytes, a run of plain ones at a time.
/// Strings that are not UTF-8 and floating-point numbers are left to the library.
class JsonWriter {
 public:
  std::string Write(const Json& value) {
    Append(value);
    return std::move(out_);
  }

 private:
  void Append(const Json& value) {
    switch (value.type()) {
      case Json::value_t::object: {
        char separator = '{';
        for (const auto& [key, member] : value.get_ref<const Json::object_t&>()) {
          out_ += separator;
          AppendString(key);
          out_ += ':';
          Append(member);
          separator = ',';
        }
        out_ += value.empty() ? "{}" : "}";
        return;
      }
      case Json::value_t::array: {
        char separator = '[';
        for (const Json& element : value) {
          out_ += separator;
          Append(element);
          separator = ',';
        }
        out_ += value.empty() ? "[]" : "]";
        return;
      }
      case Json::value_t::string:
        return AppendString(value.get_ref<const std::string&>());
      case Json::value_t::number_integer:
        return AppendInteger(value.get<std::int64_t>());
      case Json::value_t::number_unsigned:
        return AppendInteger(value.get<std::uint64_t>());
      default:
        out_ += AsTheLibraryDoes(value);
    }
  }

  void AppendInteger(auto number) {
    std::array<char, 24> digits;
    out_.append(digits.data(),
                std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
  }

  void AppendString(const std::string& text) {
    if (FirstInvalidUtf8(text) != std::string_view::npos) {
      out_ += AsTheLibraryDoes(text);
      return;
    }
    out_.reserve(out_.size() + text.size() + 2);
    out_ += '"';
    std::size_t begin = 0;  // of the bytes that stand as they are
    while (begin < text.size()) {
      const std::size_t end = NextEscape(text, begin);
      out_.append(text, begin, end - begin);
      if (end < text.size()) AppendEscape(static_cast<unsigned char>(text[end]));
      begin = end + 1;
    }
    out_ += '"';
  }

  /// The first byte from `at` on that must be escaped; the end if there is none. Eight at a time:
  /// in each byte of a word the high bit of `marks` is set where it is below 0x20, a quotation mark
  /// or a backslash (Mycroft's zero-byte test); above the lowest mark there may be false ones.
  static std::size_t NextEscape(const std::string& text, std::size_t at) {
    constexpr std::uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
    const auto zero_bytes = [](std::uint64_t word) { return (word - kOnes) & ~word; };
    std::uint64_t word = 0;
    for (; at + sizeof word <= text.size(); at += sizeof word) {
      std::memcpy(&word, text.data() + at, sizeof word);
      const std::uint64_t marks =
          (((word - kOnes * 0x20) & ~word) | zero_bytes(word ^ kOnes * '"') |
           zero_bytes(word ^ kOnes * '\\')) &
          kHigh;
      if (marks != 0) break;
    }
    while (at < text.size() && !MustBeEscaped(static_cast<unsigned char>(text[at]))) ++at;
    return at;
  }

  static bool MustBeEscaped(unsigned char byte) {
    return byte < 0x20 || byte == '"' || byte == '\\';
  }

  void AppendEscape(unsigned char byte) {
    constexpr std::string_view kNamed = "\"\\\b\f\n\r\t", kNames = "\"\\bfnrt";
    constexpr std::string_view kHex = "0123456789abcdef";
    out_ += '\\';
    if (const auto at = kNamed.find(static_cast<char>(byte)); at != std::string_view::npos) {
      out_ += kNames[at];
    } else {
      out_ += "u00";
      out_ += kHex[byte >> 4U];
      out_ += kHex[byte & 0xFU];
    }
  }

  static std::string AsTheLibraryDoes(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  std::string out_;
};

}  // namespace

Result<Json> ParseJson(std::string_view text) {
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const nlohmann::json::parse_error& error) {
    return Fail(ErrorCode::kInvalidArgument, "not JSON: at byte " + std::to_string(error.byte) +
                                                 " of " + std::to_string(text.size()));
  } catch (const nlohmann::json::exception& error) {
    return Fail(ErrorCode::kInvalidArgument, std::string("not JSON: ") + error.what());
  }
}

std::string DumpJson(const Json& value) { return JsonWriter().Write(value); }

Json NumberOrNull(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

}  // namespace redraft
