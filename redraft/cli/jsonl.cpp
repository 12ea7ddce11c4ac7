#include "redraft/cli/jsonl.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "redraft/base/file.h"
#include "redraft/base/printable.h"

namespace redraft::cli {
namespace {

Json ErrorLine(const Json& id, std::size_t number, const Error& error) {
  return {{"id", id},
          {"line", number},
          {"error", {{"code", ToString(error.code)}, {"message", error.message}}}};
}

}  // namespace

Result<std::string> TextMember(const Json& line, const char* key) {
  const auto it = line.find(key);
  if (it == line.end()) {
    return Fail(ErrorCode::kInvalidArgument, std::string("the line has no \"") + key + "\"");
  }
  if (!it->is_string()) {
    return Fail(ErrorCode::kInvalidArgument, std::string("\"") + key + "\" must be a string");
  }
  return it->get<std::string>();
}

void PrintLine(const std::string& line) {
  static const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  PrintColoured(terminal ? Printable(line, true) : line);
}

void PrintColoured(const std::string& line) {
  if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size() ||
      std::fputc('\n', stdout) == EOF) {
    std::exit(1);
  }
}

Result<std::vector<JsonLine>> ReadJsonLines(const std::string& path) {
  REDRAFT_ASSIGN(const std::string input, ReadFile(path, 4ULL << 30));
  std::vector<JsonLine> lines;
  std::size_t number = 0;
  for (std::size_t start = 0; start < input.size();) {
    const std::size_t end = std::min(input.find('\n', start), input.size());
    const std::string_view text(input.data() + start, end - start);
    start = end + 1;
    ++number;
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    JsonLine line{number, nullptr, ParseJson(text)};
    if (line.value && !line.value->is_object()) {
      line.value = Fail(ErrorCode::kInvalidArgument, "the line is not a JSON object");
    } else if (line.value && line.value->contains("id")) {
      const Json& id = (*line.value)["id"];
      if (id.is_string() || id.is_number()) {
        line.id = id;
      } else if (!id.is_null()) {
        line.value = Fail(ErrorCode::kInvalidArgument, "\"id\" must be a string or a number");
      }
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

bool PrintResult(const JsonLine& line, const Result<Json>& result) {
  if (!result) {
    PrintLine(DumpJson(ErrorLine(line.id, line.number, result.error())));
    return false;
  }
  Json out = {{"id", line.id}};
  for (const auto& [key, value] : result->items()) out[key] = value;
  PrintLine(DumpJson(out));
  return true;
}

Result<int> ForEachJsonLine(const std::string& path,
                            const std::function<Result<Json>(const Json& line)>& body) {
  REDRAFT_ASSIGN(const auto lines, ReadJsonLines(path));
  int status = 0;
  for (const JsonLine& line : lines) {
    if (!PrintResult(line, line.value ? body(*line.value) : line.value)) status = 1;
  }
  return status;
}

Result<int> VisitJsonLines(const std::string& path,
                           const std::function<Status(const Json& line)>& body) {
  REDRAFT_ASSIGN(const auto lines, ReadJsonLines(path));
  int status = 0;
  for (const JsonLine& line : lines) {
    const Status done = line.value ? body(*line.value) : Status(Fail(line.value.error()));
    if (done) continue;
    status = 1;
    std::fprintf(stderr, "redraft: error: line %zu: %s\n", line.number,
                 done.error().message.c_str());
  }
  return status;
}

}  // namespace redraft::cli
