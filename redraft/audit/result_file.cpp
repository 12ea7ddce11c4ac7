#include "redraft/audit/result_file.h"

#include <fmt/format.h>

#include <filesystem>

#include "redraft/audit/result.h"
#include "redraft/base/file.h"
#include "redraft/base/hash.h"

namespace redraft::audit {
namespace {

constexpr std::uint64_t kMaxResult = 1ULL << 30;
constexpr const char* kSchema = "redraft.audit.score/1";

/// Looks up "a.b"; null when there is no such member.
const Json* Look(const Json& json, std::string_view path) {
  const Json* at = &json;
  while (!path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string key(path.substr(0, dot));
    if (!at->is_object() || !at->contains(key)) return nullptr;
    at = &(*at)[key];
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return at;
}

Status Lacks(const std::string& name, const std::string& what) {
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("{}: {}; give a result of redraft audit score --json", name, what));
}

}  // namespace

Result<ResultFile> ParseResult(std::string_view bytes, const std::string& name) {
  Result<Json> json = ParseJson(bytes);
  if (!json) return Fail(std::move(json).error().Within(name));
  ResultFile result;
  result.name = std::filesystem::path(name).filename().string();
  result.sha256 = Sha256Hex(bytes);
  result.json = std::move(*json);
  const Json* schema = Look(result.json, "schema");
  if (schema == nullptr || *schema != kSchema) {
    REDRAFT_RETURN_IF_ERROR(Lacks(name, fmt::format("its schema is not {}", kSchema)));
  }
  std::uint32_t tokens = 0, generations = 0, ignored = 0;
  for (const auto& [path, target] :
       {std::pair("book.tokens", &tokens), std::pair("generations", &generations),
        std::pair("span.length", &result.span), std::pair("spans.ref", &result.spans),
        std::pair("empty", &ignored), std::pair("block.length", &ignored),
        std::pair("cross.crossing", &ignored), std::pair("cross.counted", &ignored)}) {
    const Json* value = Look(result.json, path);
    if (value == nullptr || !value->is_number_unsigned() ||
        value->get<std::uint64_t>() > 0xFFFFFFF0ULL) {
      REDRAFT_RETURN_IF_ERROR(Lacks(name, fmt::format("\"{}\" is missing or no count", path)));
    }
    *target = value->get<std::uint32_t>();
  }
  result.generations = generations;
  for (const auto& [path, target] :
       {std::pair("book.name", &result.book_name), std::pair("book.sha256", &result.book_sha256)}) {
    const Json* value = Look(result.json, path);
    if (value == nullptr || !value->is_string()) {
      REDRAFT_RETURN_IF_ERROR(Lacks(name, fmt::format("\"{}\" is missing or no text", path)));
    }
    *target = value->get<std::string>();
  }
  const Json* in_book = Look(result.json, "in_book.span.length");
  if (in_book != nullptr && in_book->is_number_unsigned()) {
    result.span_in_book = in_book->get<std::uint32_t>();
  }
  const Json* guarded = Look(result.json, "guarded");
  result.guarded = guarded != nullptr && *guarded != 0;
  const Json* value = Look(result.json, "bmc.value");
  if (value == nullptr || !(value->is_null() || value->is_number())) {
    REDRAFT_RETURN_IF_ERROR(Lacks(name, "\"bmc.value\" is missing or no number"));
  }
  if (value->is_number()) result.bmc = value->get<double>();
  const Json* mask = Look(result.json, "mask");
  if (mask == nullptr) REDRAFT_RETURN_IF_ERROR(Lacks(name, "\"mask\" is missing"));
  Result<std::vector<Range>> runs = ParseRanges(*mask, tokens, "mask");
  if (!runs) return Fail(std::move(runs).error().Within(name));
  result.mask = Mask::FromRuns(tokens, *runs);
  return result;
}

Result<ResultFile> ReadResult(const std::string& path) {
  REDRAFT_ASSIGN(const std::string bytes, ReadFile(path, kMaxResult));
  return ParseResult(bytes, path);
}

Status CheckComparable(const ResultFile& a, const ResultFile& b) {
  const auto differ = [&](const std::string& what, const std::string& x, const std::string& y) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} and {} cannot be compared: {} is {} in one and {} in the other",
                            a.name, b.name, what, x, y));
  };
  if (a.book_sha256 != b.book_sha256 || a.mask.size() != b.mask.size()) {
    return differ("the book", fmt::format("{} ({})", a.book_name, a.book_sha256.substr(0, 12)),
                  fmt::format("{} ({})", b.book_name, b.book_sha256.substr(0, 12)));
  }
  for (const char* key : {"parameters.k", "parameters.trim", "parameters.profile"}) {
    const Json* x = Look(a.json, key);
    const Json* y = Look(b.json, key);
    const Json first = x == nullptr ? Json() : *x, second = y == nullptr ? Json() : *y;
    // Of several k the first is that of the mask.
    const Json& one = first.is_array() && !first.empty() ? first[0] : first;
    const Json& other = second.is_array() && !second.empty() ? second[0] : second;
    if (one != other) return differ(key, DumpJson(one), DumpJson(other));
  }
  return Ok{};
}

Result<Json> SimilarityJson(const ResultFile& a, const ResultFile& b) {
  REDRAFT_RETURN_IF_ERROR(CheckComparable(a, b));
  const auto self = [](const ResultFile& file) {
    const Json* value = Look(file.json, "self_agreement");
    return value == nullptr ? Json(nullptr) : *value;
  };
  return Json{{"schema", "redraft.audit.similarity/1"},
              {"jaccard", Jaccard(a.mask, b.mask)},
              {"random", RandomJaccard(a.mask, b.mask)},
              {"self_a", self(a)},
              {"self_b", self(b)},
              {"a", {{"name", a.name}, {"sha256", a.sha256}}},
              {"b", {{"name", b.name}, {"sha256", b.sha256}}}};
}

}  // namespace redraft::audit
