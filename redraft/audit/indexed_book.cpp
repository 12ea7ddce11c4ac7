#include "redraft/audit/indexed_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "redraft/audit/excerpts.h"

namespace redraft::audit {
namespace {

constexpr std::uint32_t kLongestGram = 64;

}  // namespace

Status CheckParameters(const Parameters& parameters) {
  if (parameters.k.empty()) return Fail(ErrorCode::kInvalidArgument, "no k was given");
  for (std::size_t i = 0; i < parameters.k.size(); ++i) {
    const std::uint32_t k = parameters.k[i];
    if (k < 1 || k > kLongestGram) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("k = {}: must be from 1 to {}", k, kLongestGram));
    }
    if (std::find(parameters.k.begin(), parameters.k.begin() + static_cast<std::ptrdiff_t>(i), k) !=
        parameters.k.begin() + static_cast<std::ptrdiff_t>(i)) {
      return Fail(ErrorCode::kInvalidArgument, fmt::format("k = {} is given twice", k));
    }
  }
  if (parameters.trim > kLongestGram) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("trim = {}: must be at most {}", parameters.trim, kLongestGram));
  }
  return Ok{};
}

Result<IndexedBook> IndexBook(Book book, const std::string& name, const Parameters& parameters) {
  REDRAFT_RETURN_IF_ERROR(CheckParameters(parameters));
  if (book.excerpts.empty()) book.excerpts = SplitExcerpts(book.text);
  const std::string bare =
      name == "-" ? "standard input" : std::filesystem::path(name).filename().string();
  IndexedBook indexed;
  Tokeniser tokeniser(parameters.profile);
  for (const Excerpt& excerpt : book.excerpts) {
    const auto number = static_cast<std::uint32_t>(indexed.shape.ids.size());
    if (!indexed.number_of_id.emplace(excerpt.id, number).second) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: excerpt \"{}\" is there twice", bare, excerpt.id));
    }
    indexed.shape.ids.push_back(excerpt.id);
    indexed.tokens.AppendExcerpt(tokeniser, book.TextOf(excerpt));
  }
  indexed.shape.name = bare;
  indexed.shape.sha256 = book.sha256;
  indexed.shape.starts = indexed.tokens.starts;
  IndexGrams(indexed, parameters);
  indexed.book = std::move(book);
  return indexed;
}

void IndexGrams(IndexedBook& book, const Parameters& parameters) {
  book.grams = std::make_unique<GramIndex>(book.tokens.keys, parameters.shortest_k());
  if (parameters.trim > 0 && parameters.trim != parameters.shortest_k()) {
    book.trim_grams = std::make_unique<GramIndex>(book.tokens.keys, parameters.trim);
  }
}

}  // namespace redraft::audit
