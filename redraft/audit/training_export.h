#pragma once

// Files to fine-tune a model with: for each excerpt what it would be asked for, and the excerpt.
//
// Formats  JSON Lines. OpenAI: {"messages":[{"role":"user",…},{"role":"assistant",…}]}. TRL, the
//          conversational prompt-completion form: {"prompt":[{…}],"completion":[{…}]}.
// Splits   of arXiv 2603.20957, one model for each author. Within: all of the author's books but
// one,
//          which is drawn and kept for testing. Cross: all of the author's books; tested on all
//          other authors'.

#include <cstdint>
#include <string>
#include <vector>

#include "redraft/audit/book.h"
#include "redraft/base/json.h"

namespace redraft::audit {

enum class TrainingFormat { kOpenAi, kTrl };
enum class TrainingSplit { kWithin, kCross };

/// A prepared book and the name of its file.
struct NamedBook {
  std::string name;
  Book book;
};

struct TrainingFile {
  std::string name;  ///< "train-<author>.jsonl"
  std::string bytes;
  std::string author;
  std::vector<std::size_t> train, test;  ///< indices of the books
  std::size_t pairs = 0;
};

/// One file for each author, or for `authors` alone when it is not empty. An author with a single
/// book has no within-author model and none whose books are the only ones a cross-author model.
/// Errors: kInvalidArgument naming the book: without author, without instructions, there twice; an
/// author of `authors` who wrote none; nothing to export.
Result<std::vector<TrainingFile>> ExportTraining(const std::vector<NamedBook>& books,
                                                 TrainingFormat format, TrainingSplit split,
                                                 const std::vector<std::string>& authors,
                                                 std::uint64_t seed);

/// {"schema":"redraft.audit.export/1",…}: which books are for training and which for testing.
Json SplitJson(const std::vector<NamedBook>& books, const std::vector<TrainingFile>& files,
               TrainingFormat format, TrainingSplit split, std::uint64_t seed);

}  // namespace redraft::audit
