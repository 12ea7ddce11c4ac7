#pragma once

// Generations of a model: what it wrote for each excerpt of a book. Files of any size are read as a
// stream: one excerpt is in memory at a time.
//
// Format  the reference's JSON, UTF-8: a list of {"excerpt_id","excerpt_text","instruction",
//         "generations":[{"generation_num","generated_text"}]}; also read, and written by us:
//         "book_name", "author_name", "word_count", "detail" (the summary), "model", and
//         "finish_reason" of a generation. paragraph_id and paragraph_text are read too. An id may be
//         a string or a number; a text that is null is empty; other keys are ignored.
// Cost    one pass over the bytes, more than 0.5 GB a CPU second; memory: one record and 256 KB.
//
// Example:
//   REDRAFT_RETURN_IF_ERROR(VisitGenerations("g.json", [&](ExcerptGenerations& record) -> Status {
//     for (const Generation& g : record.generations) words += CountWords(g.text);
//     return Ok{};
//   }));

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"

namespace redraft::audit {

struct Generation {
  std::int64_t number = 0;  ///< "generation_num"; its place in the list where that is missing
  std::string_view text;
  std::string_view finish;  ///< "stop", "length", or what the endpoint said; empty: not known
};

/// Everything one record holds. Moving it keeps its views valid; copying is not possible.
struct ExcerptGenerations {
  std::string excerpt_id;
  std::string excerpt_text;
  std::string instruction;
  std::string summary, book, author, model;  ///< empty: not given
  std::vector<Generation> generations;

  std::vector<char> storage;  ///< what the views of a record that was read point into

  ExcerptGenerations() = default;
  ExcerptGenerations(ExcerptGenerations&&) noexcept = default;
  ExcerptGenerations& operator=(ExcerptGenerations&&) noexcept = default;
};

/// A record larger than this is refused: one excerpt with 100 generations has about 0.3 MB.
inline constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 30;

/// Takes one record; may move it away. An error ends the visit and is its result.
using GenerationsVisitor = std::function<Status(ExcerptGenerations&)>;

/// Calls `visit` for every record in the order of the file; "-" is standard input.
/// Errors: kInvalidArgument naming the file, and the byte or the record (from 1): missing, empty, not
/// such a list, cut off, not UTF-8, a record without id or generations, an id that is there twice, a
/// record over kMaxRecordBytes. Records before the fault have been visited by then.
Status VisitGenerations(const std::filesystem::path& path, const GenerationsVisitor& visit,
                        std::size_t max_record_bytes = kMaxRecordBytes);

/// As VisitGenerations, from bytes in memory; `name` stands in messages.
Status VisitGenerationsIn(std::string_view json, const std::string& name,
                          const GenerationsVisitor& visit,
                          std::size_t max_record_bytes = kMaxRecordBytes);

/// Writes such a file record by record; it appears under its name only when Close succeeds.
/// Lone bytes that are not UTF-8 become U+FFFD.
class GenerationsWriter {
 public:
  /// Errors: kFailed with the system's reason.
  static Result<GenerationsWriter> Open(const std::filesystem::path& path);
  GenerationsWriter(GenerationsWriter&& other) noexcept;
  GenerationsWriter& operator=(GenerationsWriter&& other) noexcept;
  ~GenerationsWriter();  ///< without Close: removes what was written

  Status Add(const ExcerptGenerations& record);
  Status Close();

 private:
  struct File;
  explicit GenerationsWriter(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

}  // namespace redraft::audit
