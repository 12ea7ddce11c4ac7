#include "redraft/audit/generations.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <unordered_set>

#include "redraft/audit/json_stream.h"
#include "redraft/base/json.h"

namespace redraft::audit {
namespace {

namespace fs = std::filesystem;

/// Reads the records one after another, into the same buffers.
class Reader {
 public:
  Reader(JsonStream& json, const GenerationsVisitor& visit, std::size_t max_record_bytes)
      : json_(json), visit_(visit), most_(max_record_bytes) {}

  Status Read() {
    if (json_.Peek() == 0) json_.FailWith("the file is empty; it must hold a list of generations");
    if (json_.Peek() != '[') {
      json_.FailWith(
          R"(not a list of {"excerpt_id","generations":[{"generation_num","generated_text"}]})");
    }
    const bool read = json_.ReadList([this] { return ReadRecord(); }) && json_.ExpectEnd();
    if (visited_) REDRAFT_RETURN_IF_ERROR(std::move(*visited_));
    if (!read) return Fail(json_.error());
    return Ok{};
  }

 private:
  struct Slice {
    std::size_t begin = 0, size = 0;
  };
  struct Place {
    Slice text, finish;
  };

  bool ReadRecord() {
    ++number_;
    record_.excerpt_id.clear();
    for (std::string* text : {&record_.excerpt_text, &record_.instruction, &record_.summary,
                              &record_.book, &record_.author, &record_.model}) {
      text->clear();
    }
    record_.generations.clear();
    record_.storage.clear();
    places_.clear();
    has_generations_ = false;
    const auto member = [this](std::string_view key) { return ReadMember(key); };
    return json_.ReadObject(member) && Finish();
  }

  bool ReadMember(std::string_view key) {
    if (key == "excerpt_id" || key == "paragraph_id") return ReadId();
    if (key == "excerpt_text" || key == "paragraph_text") return ReadText(record_.excerpt_text);
    if (key == "instruction") return ReadText(record_.instruction);
    if (key == "detail") return ReadText(record_.summary);
    if (key == "book_name") return ReadText(record_.book);
    if (key == "author_name") return ReadText(record_.author);
    if (key == "model") return ReadText(record_.model);
    if (key == "generations") {
      has_generations_ = true;
      record_.generations.clear();
      record_.storage.clear();
      places_.clear();
      const auto element = [this] { return ReadGeneration(); };
      return json_.ReadList(element);
    }
    return json_.Skip();
  }

  bool ReadId() {
    record_.excerpt_id.clear();
    if (json_.AcceptNull()) return true;
    if (json_.Peek() == '"') return json_.ReadString(record_.excerpt_id, most_);
    std::int64_t id = 0;
    if (!json_.ReadInteger(id)) return false;
    record_.excerpt_id = std::to_string(id);
    return true;
  }

  bool ReadText(std::string& text) {
    text.clear();
    return json_.AcceptNull() || json_.ReadString(text, most_);
  }

  bool ReadGeneration() {
    Generation generation;
    generation.number = static_cast<std::int64_t>(record_.generations.size());
    Place place;
    const auto member = [&](std::string_view key) {
      if (key == "generated_text") return ReadSlice(place.text);
      if (key == "finish_reason") return ReadSlice(place.finish);
      if (key == "generation_num" && !json_.AcceptNull())
        return json_.ReadInteger(generation.number);
      return key == "generation_num" || json_.Skip();
    };
    if (!json_.ReadObject(member)) return false;
    record_.generations.push_back(generation);
    places_.push_back(place);
    const std::size_t held =
        record_.storage.size() + places_.size() * (sizeof(Place) + sizeof(Generation));
    return held <= most_ || TooLarge();
  }

  bool ReadSlice(Slice& slice) {
    slice = {record_.storage.size(), 0};
    if (json_.AcceptNull()) return true;
    if (!json_.ReadString(record_.storage, most_)) return false;
    slice.size = record_.storage.size() - slice.begin;
    return true;
  }

  bool TooLarge() {
    return json_.FailWith(fmt::format("record {} ({}) is larger than the limit of {} bytes",
                                      number_, record_.excerpt_id, most_));
  }

  /// Checks the record, makes its views, and hands it out.
  bool Finish() {
    if (record_.excerpt_id.empty()) {
      return json_.FailWith(fmt::format("record {} ends here and has no excerpt_id", number_));
    }
    if (!has_generations_) {
      return json_.FailWith(fmt::format("record {} ({}) ends here and has no generations", number_,
                                        record_.excerpt_id));
    }
    if (!ids_.insert(record_.excerpt_id).second) {
      return json_.FailWith(
          fmt::format("record {} ends here and repeats the excerpt_id '{}'; ids must be unique",
                      number_, record_.excerpt_id));
    }
    const auto view = [this](Slice slice) {
      return std::string_view(record_.storage.data() + slice.begin, slice.size);
    };
    for (std::size_t i = 0; i < places_.size(); ++i) {
      record_.generations[i].text = view(places_[i].text);
      record_.generations[i].finish = view(places_[i].finish);
    }
    Status status = visit_(record_);
    if (status) return true;
    visited_ = std::move(status);
    return false;
  }

  JsonStream& json_;
  const GenerationsVisitor& visit_;
  std::size_t most_;
  ExcerptGenerations record_;
  std::vector<Place> places_;
  std::unordered_set<std::string> ids_;
  std::size_t number_ = 0;
  bool has_generations_ = false;
  std::optional<Status> visited_;  ///< the visitor's error
};

struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd > 0) ::close(fd);
  }
};

}  // namespace

Status VisitGenerations(const fs::path& path, const GenerationsVisitor& visit,
                        std::size_t max_record_bytes) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? "standard input" : path.string();
  const auto failed = [&] {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("cannot read {}: {}", name, std::strerror(errno)));
  };
  const Descriptor file{standard_input ? 0 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return failed();
  const auto source = [&](char* buffer, std::size_t size) -> Result<std::size_t> {
    for (;;) {
      const ssize_t n = ::read(file.fd, buffer, size);
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) return failed();
    }
  };
  JsonStream json(source, name);
  return Reader(json, visit, max_record_bytes).Read();
}

Status VisitGenerationsIn(std::string_view bytes, const std::string& name,
                          const GenerationsVisitor& visit, std::size_t max_record_bytes) {
  JsonStream json(bytes, name);
  return Reader(json, visit, max_record_bytes).Read();
}

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
  file->part = path.string() + fmt::format(".{}.part", ::getpid());
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
