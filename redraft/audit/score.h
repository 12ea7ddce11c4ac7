#pragma once

// Scoring: a book, files of generations, and what they show of it.
//
// Threads  workers take turns at the file and match what they took; sums do not depend on the
// order,
//          so the result is the same for any number of threads.
// Memory   index and tallies (about 250 bytes a token of the book for one thread) and one excerpt's
//          generations a thread.

#include <cstdint>
#include <string>
#include <vector>

#include "redraft/audit/indexed_book.h"
#include "redraft/audit/tally.h"
#include "redraft/base/json.h"
#include "redraft/base/result.h"

namespace redraft::audit {

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
