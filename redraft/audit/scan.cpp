#include "redraft/audit/scan.h"

#include <algorithm>

#include "redraft/audit/matcher.h"
#include "redraft/base/check.h"

namespace redraft::audit {
namespace {

BookTokens TokensOf(Tokeniser& tokeniser, std::string_view text) {
  BookTokens tokens;
  tokens.AppendExcerpt(tokeniser, text);
  return tokens;
}

std::uint32_t Checked(std::uint32_t k) {
  REDRAFT_CHECK(k >= 1 && k <= 64);
  return k;
}

}  // namespace

Scan::Scan(std::string_view text, Profile profile, std::uint32_t k)
    : source_(text),
      tokeniser_(profile),
      text_(TokensOf(tokeniser_, source_)),
      grams_(text_.keys, Checked(k)) {}

ScannedBook Scan::Look(const Book& book, const std::string& name) {
  std::vector<std::uint64_t> keys;
  tokeniser_.AppendKeys(book.text, keys);
  return Look(keys, name, book.sha256);
}

ScannedBook Scan::Look(std::span<const std::uint64_t> book, const std::string& name,
                       const std::string& sha256) const {
  ScannedBook scanned{name, sha256, static_cast<std::uint32_t>(book.size()), Mask(text_.size()),
                      {},   false};
  Matcher matcher(text_, grams_);
  Mask repeated(grams_.size());
  std::vector<Run> runs;
  scanned.guarded = !matcher.Find(book, runs, repeated);
  ForEachRepeated(grams_, repeated,
                  [&](std::uint32_t i) { scanned.covered.Add({i, i + grams_.k()}); });
  std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) {
    return a.length != b.length ? a.length > b.length : a < b;
  });
  Mask listed(text_.size());
  for (const Run& run : runs) {
    scanned.covered.Add(run.range());
    if (listed.Count(run.range()) == run.length) continue;
    listed.Add(run.range());
    scanned.spans.push_back({run.range(), {run.text, run.text + run.length}});
  }
  return scanned;
}

std::string_view Scan::TextOf(Range in_text) const {
  if (in_text.length() == 0) return {};
  const std::uint32_t begin = text_.ranges[in_text.start].begin;
  return std::string_view(source_).substr(begin, text_.ranges[in_text.end - 1].end - begin);
}

}  // namespace redraft::audit
