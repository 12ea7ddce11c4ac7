#include "redraft/cli/probe_cache.h"

#include "redraft/base/file.h"
#include "redraft/base/hash.h"
#include "redraft/cli/model_paths.h"

namespace redraft::cli {
namespace {

std::filesystem::path FileOf(const ServerChoice& server) {
  const std::string key = server.config.url + "\n" + server.config.model;
  return CacheFolder() / "endpoints" / (Sha256Hex(key).substr(0, 16) + ".json");
}

}  // namespace

Status KeepProbe(const ServerChoice& server, const Json& found) {
  const auto file = FileOf(server);
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  return WriteFileAtomic(file, DumpJson(found) + "\n");
}

std::optional<llm::Dialect> ProbedDialect(const ServerChoice& server) {
  const Result<std::string> text = ReadFile(FileOf(server), 1 << 20);
  const Result<Json> json = text ? ParseJson(*text) : Result<Json>(Json());
  if (!text || !json || !json->contains("dialect")) return {};
  return llm::DialectFromJson(json->at("dialect"));
}

}  // namespace redraft::cli
