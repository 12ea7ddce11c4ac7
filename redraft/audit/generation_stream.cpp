#include "redraft/audit/generation_stream.h"

#include <fmt/format.h>

namespace redraft::audit {
namespace {

constexpr std::size_t kPart = 4ULL << 20;  // texts handed out together
constexpr std::size_t kMost = 1ULL << 30;  // texts kept because their instruction is still to come

}  // namespace

GenerationStream::GenerationStream(std::string name, ByteSource source)
    : json_(std::move(name), std::move(source)) {}

bool GenerationStream::ReadGenerations(GenerationRecord& record) {
  while (json_.NextElement()) {
    if (json_.AtString()) {
      if (!json_.AppendString(record.texts)) return false;
    } else {
      bool found = false;
      if (!json_.BeginObject()) return false;
      while (json_.NextKey(key_)) {
        if (key_ != "generated_text") {
          if (!json_.SkipValue()) return false;
        } else if (found) {
          return json_.Fail(fmt::format("record {}: two \"generated_text\"", record.number));
        } else if (!json_.AppendString(record.texts)) {
          return false;
        } else {
          found = true;
        }
      }
      if (json_.error()) return false;
      if (!found) {
        return json_.Fail(
            fmt::format("record {}: a generation has no \"generated_text\"", record.number));
      }
    }
    record.ends.push_back(record.texts.size());
    if (record.texts.size() >= kPart && has_id_ && has_instruction_) {
      inside_ = true;
      return true;
    }
    if (record.texts.size() > kMost) {
      return json_.Fail(
          fmt::format("record {}: over 1 GB of generations before its id and "
                      "instruction; put these first",
                      record.number));
    }
  }
  inside_ = false;
  return !json_.error();
}

/// Keys up to the end of the record, or to the end of a part of its generations.
bool GenerationStream::ReadKeys(GenerationRecord& record) {
  while (json_.NextKey(key_)) {
    const auto once = [&](bool& seen) {
      if (seen) return json_.Fail(fmt::format("record {}: \"{}\" twice", record.number, key_));
      return seen = true;
    };
    bool read = true;
    if (key_ == "excerpt_id" || key_ == "paragraph_id") {
      read = once(has_id_) && json_.ReadId(record.id);
    } else if (key_ == "excerpt_text" || key_ == "paragraph_text") {
      record.excerpt_text.clear();
      read = json_.AppendString(record.excerpt_text);
    } else if (key_ == "instruction") {
      read = once(has_instruction_) && json_.AppendString(record.instruction);
    } else if (key_ == "generations") {
      read = once(has_generations_) && json_.BeginArray() && ReadGenerations(record);
      if (read && inside_) return true;
    } else {
      read = json_.SkipValue();
    }
    if (!read) return false;
  }
  return !json_.error();
}

bool GenerationStream::ReadRecord(GenerationRecord& record) {
  record.texts.clear();
  record.ends.clear();
  if (inside_) {
    if (!ReadGenerations(record)) return false;
    return inside_ || ReadKeys(record);
  }
  record.id.clear();
  record.excerpt_text.clear();
  record.instruction.clear();
  has_id_ = has_instruction_ = has_generations_ = false;
  if (!json_.BeginObject() || !ReadKeys(record)) return false;
  if (!has_id_) return json_.Fail(fmt::format("record {} has no \"excerpt_id\"", record.number));
  return has_generations_ ||
         json_.Fail(fmt::format("record {} has no \"generations\"; is this a file of generations?",
                                record.number));
}

Result<bool> GenerationStream::Next(GenerationRecord& record) {
  const auto result = [this](bool more) -> Result<bool> {
    if (json_.error()) return Fail(*json_.error());
    return more;
  };
  if (!started_) {
    started_ = true;
    record.number = 0;
    if (!json_.BeginArray()) return result(false);
  }
  if (inside_) {
    record.first += static_cast<std::uint32_t>(record.ends.size());
    return result(ReadRecord(record));
  }
  if (!json_.NextElement()) {
    if (!json_.error()) json_.ExpectEnd();
    return result(false);
  }
  ++record.number;
  record.first = 0;
  return result(ReadRecord(record));
}

}  // namespace redraft::audit
