#pragma once

// Scoring: a book, files of generations, and what they show of it.
//
// Threads  workers take turns at the file and match what they took; sums do not depend on the
// order,
//          so the result is the same for any number of threads.
// Memory   index and tallies (about 250 bytes a token of the book for one thread) and one excerpt's
//          generations a thread.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "redraft/audit/book.h"
#include "redraft/audit/index.h"
#include "redraft/audit/tally.h"
#include "redraft/base/json.h"
#include "redraft/base/result.h"

namespace redraft::audit {

/// What a report needs to know of a book, without its text.
struct BookShape {
  std::string name;  ///< of the file, without folders
  std::string sha256;
  std::vector<std::string> ids;       ///< of the excerpts
  std::vector<std::uint32_t> starts;  ///< as BookTokens::starts
  std::uint32_t tokens() const { return starts.back(); }
  bool operator==(const BookShape&) const = default;
};

/// A book ready to be matched.
struct IndexedBook {
  Book book;  ///< empty when it was read from an index file (index_file.h)
  BookShape shape;
  BookTokens tokens;
  std::map<std::string, std::uint32_t> number_of_id;
  std::unique_ptr<GramIndex> grams, trim_grams;  ///< of shortest_k() and of trim tokens

  const GramIndex& trim() const { return trim_grams ? *trim_grams : *grams; }
};

/// Checks parameters. Errors: kInvalidArgument for a k of 0 or over 64, none, or one twice; a trim
/// over 64.
Status CheckParameters(const Parameters& parameters);

/// Splits the book into excerpts, unless it has some, and indexes it. Errors: as CheckParameters;
/// kInvalidArgument for an id that is there twice.
Result<IndexedBook> IndexBook(Book book, const std::string& name, const Parameters& parameters);

/// Indexes the runs of the book's tokens, which are there, for these parameters.
void IndexGrams(IndexedBook& book, const Parameters& parameters);

/// A text whose reproduction is allowed, and why.
struct Exemption {
  std::string text, reason;
};

/// Reads {"exemptions":[{"text","reason"}]}. Errors: kInvalidArgument naming the entry.
Result<std::vector<Exemption>> ReadExemptions(const std::string& path);

/// The tokens of the book that the texts cover in runs of at least k; and for each text how many.
Mask ExemptTokens(const IndexedBook& book, const Parameters& parameters,
                  const std::vector<Exemption>& exemptions, std::vector<std::uint32_t>& found);

struct InputFile {
  std::string name, sha256;
  bool operator==(const InputFile&) const = default;
  auto operator<=>(const InputFile&) const = default;
};

struct Scored {
  Tally tally;
  std::vector<Tally> decoys;      ///< the same generations against books nobody asked about
  std::vector<InputFile> inputs;  ///< the files of generations
};

struct ScoreOptions {
  unsigned threads = 1;  ///< 0: one per core
  Mask exempt;           ///< of the book's size, or empty
};

/// Tallies all generations of the files. Generations of one excerpt in several files are numbered
/// on. Errors: kInvalidArgument naming file, record and value: what GenerationStream refuses, an
/// excerpt that the book lacks or whose text is another, two records of one excerpt in a file. Of
/// several faults the first in the files is reported, whatever the number of threads.
Result<Scored> ScoreGenerations(const IndexedBook& book, const std::vector<IndexedBook>& decoys,
                                const Parameters& parameters, const std::vector<std::string>& files,
                                const ScoreOptions& options);

}  // namespace redraft::audit
