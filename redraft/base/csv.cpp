#include "redraft/base/csv.h"

#include <csv.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace redraft {
namespace {

class Reader {
 public:
  Reader(std::string_view name, const std::function<Status(const Json&)>& body)
      : name_(name), body_(body) {}

  void Cell(const void* bytes, std::size_t size) {
    cells_.emplace_back(static_cast<const char*>(bytes), size);
  }

  void EndRecord() {
    ++number_;
    const std::vector<std::string> cells = std::exchange(cells_, {});
    if (!status_) return;
    Status done = heading_.empty() ? TakeHeading(cells) : TakeRecord(cells);
    if (!done) status_ = Fail(std::move(done).error().Within(Where(number_)));
  }

  std::string Where(int number) const { return fmt::format("{} record {}", name_, number); }
  int number() const { return number_; }
  const Status& status() const { return status_; }

 private:
  Status TakeHeading(const std::vector<std::string>& cells) {
    for (const std::string& cell : cells) {
      if (cell.empty() || std::ranges::count(cells, cell) > 1) {
        return Fail(ErrorCode::kInvalidArgument,
                    fmt::format("the heading names the column '{}' {}", cell,
                                cell.empty() ? "(empty)" : "twice"));
      }
    }
    heading_ = cells;
    return Ok{};
  }

  Status TakeRecord(const std::vector<std::string>& cells) {
    if (cells.size() != heading_.size()) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} cells instead of {}", cells.size(), heading_.size()));
    }
    Json record = Json::object();
    for (std::size_t i = 0; i < cells.size(); ++i) record[heading_[i]] = cells[i];
    return body_(record);
  }

  std::string name_;
  const std::function<Status(const Json&)>& body_;
  std::vector<std::string> heading_, cells_;
  int number_ = 0;
  Status status_ = Ok{};
};

void OnCell(void* bytes, std::size_t size, void* reader) {
  static_cast<Reader*>(reader)->Cell(bytes, size);
}

void OnRecord(int /*terminator*/, void* reader) { static_cast<Reader*>(reader)->EndRecord(); }

}  // namespace

Status ForEachCsvRecord(std::string_view text, std::string_view name,
                        const std::function<Status(const Json& record)>& body) {
  csv_parser parser;
  if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
    return Fail(ErrorCode::kFailed, "no memory to read CSV");
  const std::unique_ptr<csv_parser, decltype(&csv_free)> freed(&parser, csv_free);
  Reader reader(name, body);
  const bool read =
      csv_parse(&parser, text.data(), text.size(), OnCell, OnRecord, &reader) == text.size() &&
      csv_fini(&parser, OnCell, OnRecord, &reader) == 0;
  if (!reader.status()) return reader.status();
  if (!read) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: a quote stands inside an unquoted cell or is never closed",
                            reader.Where(reader.number() + 1)));
  }
  return Ok{};
}

}  // namespace redraft
