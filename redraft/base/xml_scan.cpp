#include "redraft/base/xml_scan.h"

#include <algorithm>

#include "redraft/base/file.h"
#include "redraft/base/xml.h"

namespace redraft {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kRawStart = "<![CDATA[";
constexpr std::string_view kRawEnd = "]]>";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Behind the next `closing`, or the end.
std::size_t Behind(std::string_view document, std::size_t at, std::string_view closing) {
  const std::size_t found = document.find(closing, at);
  return found == std::string_view::npos ? document.size() : found + closing.size();
}

/// Behind the ">" of the tag at `at`: one between quotes ends nothing.
std::size_t BehindTag(std::string_view document, std::size_t at) {
  char quote = 0;
  for (; at < document.size(); ++at) {
    const char c = document[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return at + 1;
    }
  }
  return at;
}

/// What one of XML's own references stands for; nothing: it is another.
char OwnReference(std::string_view name) {
  return name == "amp"    ? '&'
         : name == "lt"   ? '<'
         : name == "gt"   ? '>'
         : name == "quot" ? '"'
         : name == "apos" ? '\''
                          : '\0';
}

struct Heard final : XmlHandler {
  std::string text;
  void Start(std::string_view, const XmlAttributes&) override {}
  void End(std::string_view) override {}
  void Text(std::string_view piece) override { text += piece; }
};

bool DeclaresUtf8(std::string_view document) {
  if (document.starts_with(kByteOrderMark)) document.remove_prefix(kByteOrderMark.size());
  if (!document.starts_with("<?xml")) return true;
  std::string encoding = XmlAttribute(document.substr(0, Behind(document, 0, "?>")), "encoding");
  for (char& c : encoding) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return encoding.empty() || encoding == "UTF-8" || encoding == "US-ASCII";
}

}  // namespace

std::string_view XmlPiece::local() const { return name.substr(name.find(':') + 1); }

std::string_view XmlPiece::prefix() const {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

bool XmlScanner::Next(XmlPiece& piece) {
  if (at_ >= document_.size()) return false;
  piece = {};
  piece.start = at_;
  const std::string_view rest = document_.substr(at_);
  if (rest.front() != '<') {
    piece.kind = XmlKind::kText;
    piece.end = std::min(document_.find('<', at_), document_.size());
  } else if (rest.starts_with("<!--")) {
    piece.end = Behind(document_, at_ + 4, "-->");
  } else if (rest.starts_with(kRawStart)) {
    piece.kind = XmlKind::kRaw;
    piece.end = Behind(document_, at_ + kRawStart.size(), kRawEnd);
  } else if (rest.starts_with("<?")) {
    piece.end = Behind(document_, at_, "?>");
  } else if (rest.starts_with("<!")) {
    piece.end = Behind(document_, at_, ">");
  } else {
    piece.end = BehindTag(document_, at_);
    const std::string_view tag = document_.substr(at_, piece.end - at_);
    piece.kind = tag.starts_with("</") ? XmlKind::kEnd
                 : tag.ends_with("/>") ? XmlKind::kEmpty
                                       : XmlKind::kStart;
    const std::size_t from = piece.kind == XmlKind::kEnd ? 2 : 1;
    piece.name = tag.substr(std::min(from, tag.size()));
    piece.name = piece.name.substr(0, piece.name.find_first_of(" \t\r\n/>"));
  }
  at_ = piece.end;
  return true;
}

Status CheckScannable(std::string_view document, const std::string& name) {
  Heard heard;
  REDRAFT_RETURN_IF_ERROR(ReadXml(document, name, heard));
  if (!DeclaresUtf8(document) || FirstInvalidUtf8(document) != std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument, name + ": is not in UTF-8");
  }
  XmlScanner scanner(document);
  for (XmlPiece piece; scanner.Next(piece);) {
    if (piece.kind == XmlKind::kOther &&
        document.substr(piece.start, piece.end - piece.start).starts_with("<!DOCTYPE")) {
      return Fail(ErrorCode::kInvalidArgument, name + ": has a DOCTYPE, which is not allowed here");
    }
    if (piece.kind == XmlKind::kStart || piece.kind == XmlKind::kEmpty) break;
  }
  return Ok{};
}

std::string XmlAttribute(std::string_view tag, std::string_view name) {
  std::size_t at = tag.find_first_of(kSpace);
  while (at < tag.size()) {
    at = tag.find_first_not_of(kSpace, at);
    const std::size_t equals = tag.find('=', std::min(at, tag.size()));
    if (equals == std::string_view::npos) break;
    std::string_view key = tag.substr(at, equals - at);
    key = key.substr(0, key.find_first_of(kSpace));
    const std::size_t open = tag.find_first_not_of(kSpace, equals + 1);
    if (open == std::string_view::npos) break;
    const std::size_t close = tag.find(tag[open], open + 1);
    if (close == std::string_view::npos) break;
    if (key == name) return XmlDecoded(tag.substr(open + 1, close - open - 1));
    at = close + 1;
  }
  return {};
}

std::string XmlDecoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t mark = std::min(text.find('&', at), text.size());
    decoded.append(text, at, mark - at);
    if (mark == text.size()) break;
    constexpr std::size_t kLongest = 12;  // "&#x0010FFFF;"
    const std::size_t length = text.substr(mark, kLongest).find(';');
    if (length == std::string_view::npos) {
      decoded += '&';
      at = mark + 1;
      continue;
    }
    const std::string_view reference = text.substr(mark, length + 1);
    if (const char own = OwnReference(reference.substr(1, length - 1)); own != '\0') {
      decoded += own;
    } else {
      Heard heard;
      const Status known = ReadXml("<x>" + std::string(reference) + "</x>", "reference", heard);
      decoded += known ? heard.text : std::string(reference);
    }
    at = mark + length + 1;
  }
  return decoded;
}

std::string XmlEscaped(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\t':
        escaped += "&#9;";
        break;
      case '\n':
        escaped += "&#10;";
        break;
      case '\r':
        escaped += "&#13;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string XmlWithLast(std::string_view document, std::string_view last) {
  XmlPiece root, end;
  XmlScanner scanner(document);
  for (XmlPiece piece; scanner.Next(piece);) {
    const bool opens = piece.kind == XmlKind::kStart || piece.kind == XmlKind::kEmpty;
    if (opens && root.end == 0) root = piece;
    if (piece.kind == XmlKind::kEnd) end = piece;
  }
  std::string with(document.substr(0, end.start));
  if (root.kind != XmlKind::kEmpty) {
    return with.append(last).append(document.substr(end.start));
  }
  with = document.substr(0, root.end - 2);
  with.append(">").append(last).append("</").append(root.name).append(">");
  return with.append(document.substr(root.end));
}

bool IsXmlText(std::string_view text) {
  if (FirstInvalidUtf8(text) != std::string::npos) return false;
  if (text.find("\xEF\xBF\xBE") != std::string_view::npos ||
      text.find("\xEF\xBF\xBF") != std::string_view::npos) {
    return false;
  }
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
  });
}

}  // namespace redraft
