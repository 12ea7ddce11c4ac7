#include "redraft/audit/book.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include "redraft/audit/epub.h"
#include "redraft/audit/plain_text.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/base/json.h"
#include "redraft/text/markdown.h"

namespace redraft::audit {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

/// The first integer in an id: what the reference sorts by.
std::optional<std::uint64_t> NumberIn(std::string_view id) {
  const auto first = id.find_first_of("0123456789");
  if (first == std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t i = first; i < id.size() && id[i] >= '0' && id[i] <= '9'; ++i) {
    const auto digit = static_cast<std::uint64_t>(id[i] - '0');
    if (number > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) return std::nullopt;
    number = number * 10 + digit;
  }
  return number;
}

/// One record of the reference's JSON.
struct Record {
  Excerpt excerpt;
  std::string text;
  std::optional<std::uint64_t> number;
};

/// The text under either key; none when neither is there.
Result<std::optional<std::string>> TextUnder(const Json& object, const char* key,
                                             const char* other) {
  const auto found = object.contains(key) ? object.find(key) : object.find(other);
  if (found == object.end() || found->is_null()) return std::optional<std::string>();
  if (found->is_string()) return std::optional(found->get<std::string>());
  if (found->is_number_integer()) return std::optional(found->dump());
  return Fail(ErrorCode::kInvalidArgument, fmt::format("has no text as its {}", key));
}

Result<Record> ReadRecord(const Json& object, Book& book) {
  if (!object.is_object()) return Fail(ErrorCode::kInvalidArgument, "is not an object");
  const auto text = [&](const char* key) -> Result<std::string> {
    REDRAFT_ASSIGN(const auto value, TextUnder(object, key, key));
    return value.value_or("");
  };
  Record record;
  REDRAFT_ASSIGN(const auto id, TextUnder(object, "excerpt_id", "paragraph_id"));
  if (!id || id->empty()) return Fail(ErrorCode::kInvalidArgument, "has no excerpt_id");
  REDRAFT_ASSIGN(const auto body, TextUnder(object, "excerpt_text", "paragraph_text"));
  if (!body) return Fail(ErrorCode::kInvalidArgument, fmt::format("({}) has no excerpt_text", *id));
  record.excerpt.id = *id;
  record.text = *body;
  record.number = NumberIn(*id);
  REDRAFT_ASSIGN(record.excerpt.summary, text("detail"));
  REDRAFT_ASSIGN(record.excerpt.instruction, text("instruction"));
  REDRAFT_ASSIGN(const std::string title, text("book_name"));
  REDRAFT_ASSIGN(const std::string author, text("author_name"));
  if (book.title.empty()) book.title = title;
  if (book.author.empty()) book.author = author;
  return record;
}

Status CheckIds(const std::vector<Record>& records, const std::string& name) {
  std::set<std::string_view> ids;
  const Record* without = nullptr;
  std::size_t numbered = 0;
  for (const Record& record : records) {
    if (!ids.insert(record.excerpt.id).second) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: the excerpt_id '{}' is there twice; ids must be unique", name,
                              record.excerpt.id));
    }
    if (record.number) {
      ++numbered;
    } else if (without == nullptr) {
      without = &record;
    }
  }
  if (without == nullptr || numbered == 0) return Ok{};
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("{}: the excerpt_id '{}' has no number to sort by, others have; number "
                          "all or none",
                          name, without->excerpt.id));
}

Result<Book> ParseJsonBook(std::string_view text, const std::string& name) {
  Result<Json> json = ParseJson(text);
  if (!json) return Fail(std::move(json).error().Within(name));
  if (!json->is_array()) {
    return Fail(ErrorCode::kInvalidArgument,
                name + R"(: not a list of {"excerpt_id","excerpt_text"})");
  }
  Book book;
  std::vector<Record> records;
  for (const Json& object : *json) {
    Result<Record> record = ReadRecord(object, book);
    if (!record) {
      return Fail(
          ErrorCode::kInvalidArgument,
          fmt::format("{}: record {} {}", name, records.size() + 1, record.error().message));
    }
    records.push_back(std::move(*record));
  }
  REDRAFT_RETURN_IF_ERROR(CheckIds(records, name));
  std::ranges::stable_sort(records, {}, [](const Record& r) { return r.number.value_or(0); });
  for (Record& record : records) {
    if (!book.text.empty()) book.text += "\n\n";
    record.excerpt.begin = book.text.size();
    book.text += record.text;
    record.excerpt.end = book.text.size();
    book.excerpts.push_back(std::move(record.excerpt));
  }
  return book;
}

bool LooksLikeJson(std::string_view text, const std::string& name) {
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return false;
  if (name.ends_with(".json")) return true;
  const auto second = text.find_first_not_of(kBlank, first + 1);
  return text[first] == '[' && second != std::string_view::npos && text[second] == '{';
}

Result<Book> ParseAnyBook(std::string_view bytes, const std::string& name) {
  Book book;
  std::string text;
  if (bytes.starts_with("PK\x03\x04")) {
    REDRAFT_ASSIGN(EpubText epub, ReadEpub(bytes, name));
    book.title = std::move(epub.title);
    book.author = std::move(epub.author);
    text = std::move(epub.text);
  } else {
    REDRAFT_ASSIGN(text, TextOfBytes(std::string(bytes), name));
    if (LooksLikeJson(text, name)) return ParseJsonBook(text, name);
    const bool markdown = name.ends_with(".md") || name.ends_with(".markdown");
    text = markdown ? text::PlainText(text) : NormaliseLines(text);
  }
  const GutenbergText parts = StripGutenberg(text);
  if (book.title.empty()) book.title = parts.title;
  if (book.author.empty()) book.author = parts.author;
  book.text = JoinWrappedLines(parts.text);
  return book;
}

}  // namespace

Result<Book> ParseBook(std::string_view bytes, const std::string& name) {
  REDRAFT_ASSIGN(Book book, ParseAnyBook(bytes, name));
  if (book.text.find_first_not_of(kBlank) == std::string::npos)
    return Fail(ErrorCode::kInvalidArgument, name + " holds no text of a book");
  book.sha256 = Sha256Hex(bytes);
  return book;
}

Result<Book> ReadBook(const std::filesystem::path& path) {
  REDRAFT_ASSIGN(const std::string bytes, ReadFile(path));
  return ParseBook(bytes, path == "-" ? "standard input" : path.string());
}

}  // namespace redraft::audit
