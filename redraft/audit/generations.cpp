#include "redraft/audit/generations.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "redraft/base/json.h"

namespace redraft::audit {

namespace fs = std::filesystem;

struct GenerationsWriter::File {
  fs::path path, part;
  std::FILE* file = nullptr;
  bool first = true;

  ~File() {
    if (file == nullptr) return;
    std::fclose(file);
    std::error_code ignored;
    fs::remove(part, ignored);
  }
  Error Failed(const char* what) const {
    return {ErrorCode::kFailed,
            fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno))};
  }
  Status Put(std::string_view bytes) const {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size()) return Ok{};
    return Fail(Failed("write"));
  }
};

GenerationsWriter::GenerationsWriter(std::unique_ptr<File> file) : file_(std::move(file)) {}
GenerationsWriter::GenerationsWriter(GenerationsWriter&&) noexcept = default;
GenerationsWriter& GenerationsWriter::operator=(GenerationsWriter&&) noexcept = default;
GenerationsWriter::~GenerationsWriter() = default;

Result<GenerationsWriter> GenerationsWriter::Open(const fs::path& path) {
  auto file = std::make_unique<File>();
  file->path = path;
  // The same name every time, so that what a killed process left is written over.
  file->part = path.string() + ".part";
  std::error_code ignored;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), ignored);
  file->file = std::fopen(file->part.c_str(), "wbe");
  if (file->file == nullptr) return Fail(file->Failed("write"));
  REDRAFT_RETURN_IF_ERROR(file->Put("["));
  return GenerationsWriter(std::move(file));
}

Status GenerationsWriter::Add(const ExcerptGenerations& record) {
  Json generations = Json::array();
  for (const Generation& generation : record.generations) {
    Json object = {{"generation_num", generation.number}, {"generated_text", generation.text}};
    if (!generation.finish.empty()) object["finish_reason"] = generation.finish;
    generations.push_back(std::move(object));
  }
  Json object = Json::object();
  const auto set = [&](const char* key, const std::string& value) {
    if (!value.empty()) object[key] = value;
  };
  set("book_name", record.book);
  set("author_name", record.author);
  set("model", record.model);
  object["excerpt_id"] = record.excerpt_id;
  object["excerpt_text"] = record.excerpt_text;
  set("detail", record.summary);
  object["instruction"] = record.instruction;
  object["generations"] = std::move(generations);
  REDRAFT_RETURN_IF_ERROR(file_->Put(file_->first ? "\n" : ",\n"));
  file_->first = false;
  return file_->Put(DumpJson(object));
}

Status GenerationsWriter::Close() {
  REDRAFT_RETURN_IF_ERROR(file_->Put("\n]\n"));
  if (std::fflush(file_->file) != 0 || ::fsync(::fileno(file_->file)) != 0)
    return Fail(file_->Failed("write"));
  std::fclose(std::exchange(file_->file, nullptr));
  std::error_code error;
  fs::rename(file_->part, file_->path, error);
  if (!error) return Ok{};
  std::error_code ignored;
  fs::remove(file_->part, ignored);
  return Fail(ErrorCode::kFailed,
              fmt::format("cannot replace {}: {}", file_->path.string(), error.message()));
}

}  // namespace redraft::audit
