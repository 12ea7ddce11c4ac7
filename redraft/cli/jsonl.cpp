#include "redraft/cli/jsonl.h"

#include <cstdio>
#include <cstdlib>

#include "redraft/base/file.h"

namespace redraft::cli {
namespace {

Json ErrorLine(const Json& id, std::size_t number, const Error& error) {
  return {{"id", id},
          {"line", number},
          {"error", {{"code", ToString(error.code)}, {"message", error.message}}}};
}

/// Calls `visit` with the number and the object, or why there is none, of each non-blank line.
Status VisitLines(const std::string& path,
                  const std::function<void(std::size_t number, Result<Json> line)>& visit) {
  REDRAFT_ASSIGN(const std::string input, ReadFile(path, 4ULL << 30));
  std::size_t number = 0;
  for (std::size_t start = 0; start < input.size();) {
    std::size_t end = input.find('\n', start);
    if (end == std::string::npos) end = input.size();
    const std::string_view line(input.data() + start, end - start);
    start = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    Result<Json> parsed = ParseJson(line);
    if (parsed && !parsed->is_object()) {
      parsed = Fail(ErrorCode::kInvalidArgument, "the line is not a JSON object");
    }
    visit(number, std::move(parsed));
  }
  return Ok{};
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
  if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size() ||
      std::fputc('\n', stdout) == EOF) {
    std::exit(1);
  }
}

Result<int> ForEachJsonLine(const std::string& path,
                            const std::function<Result<Json>(const Json& line)>& body) {
  int status = 0;
  const auto each = [&](std::size_t number, Result<Json> line) {
    Json id = nullptr;
    Result<Json> result = std::move(line);
    if (result) {
      const Json parsed = std::move(*result);
      id = parsed.value("id", Json(nullptr));
      if (!id.is_null() && !id.is_string() && !id.is_number()) {
        id = nullptr;
        result = Fail(ErrorCode::kInvalidArgument, "\"id\" must be a string or a number");
      } else {
        result = body(parsed);
      }
    }
    if (!result) {
      status = 1;
      PrintLine(DumpJson(ErrorLine(id, number, result.error())));
      return;
    }
    Json out = {{"id", id}};
    for (const auto& [key, value] : result->items()) out[key] = value;
    PrintLine(DumpJson(out));
  };
  REDRAFT_RETURN_IF_ERROR(VisitLines(path, each));
  return status;
}

Result<int> ReadJsonLines(const std::string& path,
                          const std::function<Status(const Json& line)>& body) {
  int status = 0;
  const auto each = [&](std::size_t number, const Result<Json>& line) {
    Status done = Ok{};
    if (line) {
      done = body(*line);
    } else {
      done = Fail(line.error());
    }
    if (done) return;
    status = 1;
    std::fprintf(stderr, "redraft: error: line %zu: %s\n", number, done.error().message.c_str());
  };
  REDRAFT_RETURN_IF_ERROR(VisitLines(path, each));
  return status;
}

}  // namespace redraft::cli
