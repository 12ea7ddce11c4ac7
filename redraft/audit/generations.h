#pragma once

// Writing what a model wrote for the excerpts of a book; generation_stream.h reads it.
//
// Format  the reference's JSON, UTF-8: a list of {"excerpt_id","excerpt_text","instruction",
//         "generations":[{"generation_num","generated_text"}]}, and beside what it reads itself
//         "book_name", "author_name", "model", "detail" (the summary), and "finish_reason" of a
//         generation.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "redraft/base/result.h"

namespace redraft::audit {

struct Generation {
  std::int64_t number = 0;
  std::string text;
  std::string finish;  ///< "stop", "length", or what the endpoint said; empty: not known
};

/// One record of the file.
struct ExcerptGenerations {
  std::string excerpt_id, excerpt_text, instruction;
  std::string book, author, model, summary;  ///< empty: not given
  std::vector<Generation> generations;
};

/// Writes a file of any size record by record; it appears under its name only when Close succeeds.
/// Bytes that are not UTF-8 become U+FFFD.
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
