#pragma once

// The generations of a model, read excerpt by excerpt from the reference's JSON: a list of
//
//   {"excerpt_id": "p_id1", "excerpt_text": "…", "instruction": "…",
//    "generations": [{"generation_num": 1, "generated_text": "…"}, …]}
//
// "paragraph_id" and "paragraph_text" are read as well, unknown keys are not looked at, a
// generation may also be a bare string, null is an empty text.
//
// Errors  kInvalidArgument with file, byte and record: no id, no generations, and what JsonStream
//         refuses.
// Cost    memory of one excerpt's generations, at most about 4 MB of text at a time as long as id
// and
//         instruction stand before them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/audit/json_stream.h"

namespace redraft::audit {

/// Generations of one excerpt; a long list comes in several parts.
struct GenerationRecord {
  std::size_t number = 0;  ///< of the record in the file, from 1
  std::string id;
  std::string excerpt_text;       ///< empty when the file has none
  std::string instruction;        ///< empty when the file has none
  std::uint32_t first = 0;        ///< place of the first generation here among those of the record
  std::string texts;              ///< one behind another
  std::vector<std::size_t> ends;  ///< in `texts`, of each generation
  std::string_view text(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return std::string_view(texts).substr(begin, ends[i] - begin);
  }
};

class GenerationStream {
 public:
  GenerationStream(std::string name, ByteSource source);

  /// The next record, or the next part of a long one; false behind the last.
  Result<bool> Next(GenerationRecord& record);

  std::string Digest() const { return json_.Digest(); }
  std::uint64_t lone_surrogates() const { return json_.lone_surrogates(); }

 private:
  bool ReadRecord(GenerationRecord& record);
  bool ReadKeys(GenerationRecord& record);
  bool ReadGenerations(GenerationRecord& record);

  JsonStream json_;
  bool started_ = false;
  bool inside_ = false;  ///< the record's list of generations goes on
  bool has_id_ = false, has_instruction_ = false, has_generations_ = false;
  std::string key_;
};

}  // namespace redraft::audit
