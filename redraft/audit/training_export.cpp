#include "redraft/audit/training_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "redraft/base/random.h"
#include "redraft/base/version.h"

namespace redraft::audit {
namespace {

using Authors = std::map<std::string, std::vector<std::size_t>>;

Result<Authors> BooksOfAuthors(const std::vector<NamedBook>& books) {
  Authors authors;
  std::map<std::string, std::string> seen;
  for (std::size_t i = 0; i < books.size(); ++i) {
    const auto& [name, book] = books[i];
    const auto fail = [&name](const std::string& what) {
      return Fail(ErrorCode::kInvalidArgument, name + what);
    };
    if (book.author.empty()) {
      return fail(": no author is given; make it with audit prepare --author NAME");
    }
    const bool asked = std::ranges::any_of(
        book.excerpts, [](const Excerpt& excerpt) { return !excerpt.instruction.empty(); });
    if (!asked) {
      return fail(": no excerpt has a summary; make them with audit prepare --llm MODEL");
    }
    const auto [first, fresh] = seen.emplace(book.sha256, name);
    if (!fresh) return fail(": is the same file as " + first->second);
    authors[book.author].push_back(i);
  }
  return authors;
}

Json Turn(const char* role, std::string_view content) {
  return {{"role", role}, {"content", content}};
}

std::size_t AppendPairs(const Book& book, TrainingFormat format, std::string& bytes) {
  std::size_t pairs = 0;
  for (const Excerpt& excerpt : book.excerpts) {
    if (excerpt.instruction.empty()) continue;
    const Json prompt = Turn("user", excerpt.instruction);
    const Json answer = Turn("assistant", book.TextOf(excerpt));
    const Json line =
        format == TrainingFormat::kOpenAi
            ? Json{{"messages", Json::array({prompt, answer})}}
            : Json{{"prompt", Json::array({prompt})}, {"completion", Json::array({answer})}};
    bytes += DumpJson(line) + "\n";
    ++pairs;
  }
  return pairs;
}

/// Letters and digits of a name, in lower case, with one dash between; other bytes in hex.
std::string Slug(const std::string& name) {
  std::string slug;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) {
      slug += fmt::format("{:02x}", byte);
    } else if (std::isalnum(byte) != 0) {
      slug += static_cast<char>(std::tolower(byte));
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug.empty() ? "author" : slug;
}

/// Which of the author's books are for training, which for testing; none for training: no model.
void Divide(const Authors& authors, const std::string& author, TrainingSplit split,
            std::uint64_t seed, TrainingFile& file) {
  file.train = authors.at(author);
  if (split == TrainingSplit::kWithin) {
    const std::size_t kept = Rng(seed).Fork("audit/split/" + author).Below(file.train.size());
    file.test = {file.train[kept]};
    file.train.erase(file.train.begin() + static_cast<std::ptrdiff_t>(kept));
    return;
  }
  for (const auto& [other, theirs] : authors) {
    if (other != author) file.test.insert(file.test.end(), theirs.begin(), theirs.end());
  }
  std::sort(file.test.begin(), file.test.end());
}

}  // namespace

Result<std::vector<TrainingFile>> ExportTraining(const std::vector<NamedBook>& books,
                                                 TrainingFormat format, TrainingSplit split,
                                                 const std::vector<std::string>& authors,
                                                 std::uint64_t seed) {
  REDRAFT_ASSIGN(const Authors all, BooksOfAuthors(books));
  std::vector<std::string> wanted = authors;
  if (wanted.empty()) {
    for (const auto& [author, theirs] : all) wanted.push_back(author);
  }
  std::vector<TrainingFile> files;
  std::set<std::string> names;
  for (const std::string& author : wanted) {
    if (!all.contains(author)) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("--author '{}': none of the books is theirs", author));
    }
    TrainingFile file;
    file.author = author;
    Divide(all, author, split, seed, file);
    if (file.train.empty() || file.test.empty()) continue;
    for (const std::size_t i : file.train) {
      file.pairs += AppendPairs(books[i].book, format, file.bytes);
    }
    const std::string slug = Slug(author);
    file.name = fmt::format("train-{}.jsonl", slug);
    for (int n = 2; !names.insert(file.name).second; ++n) {
      file.name = fmt::format("train-{}-{}.jsonl", slug, n);
    }
    files.push_back(std::move(file));
  }
  if (files.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                split == TrainingSplit::kWithin
                    ? "a within-author split needs two books of one author: one is kept for testing"
                    : "a cross-author split needs books of two authors");
  }
  return files;
}

Json SplitJson(const std::vector<NamedBook>& books, const std::vector<TrainingFile>& files,
               TrainingFormat format, TrainingSplit split, std::uint64_t seed) {
  const auto list = [&books](const std::vector<std::size_t>& indices) {
    Json names = Json::array();
    for (const std::size_t i : indices) {
      names.push_back({{"name", books[i].name},
                       {"sha256", books[i].book.sha256},
                       {"title", books[i].book.title},
                       {"author", books[i].book.author}});
    }
    return names;
  };
  Json models = Json::array();
  for (const TrainingFile& file : files) {
    models.push_back({{"file", file.name},
                      {"author", file.author},
                      {"pairs", file.pairs},
                      {"train", list(file.train)},
                      {"test", list(file.test)}});
  }
  return {{"schema", "redraft.audit.export/1"},
          {"format", format == TrainingFormat::kOpenAi ? "openai" : "trl"},
          {"split", split == TrainingSplit::kWithin ? "within" : "cross"},
          {"seed", seed},
          {"models", models},
          {"tool", {{"name", "redraft"}, {"version", kVersion}}}};
}

}  // namespace redraft::audit
