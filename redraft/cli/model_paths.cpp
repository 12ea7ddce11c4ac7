#include "redraft/cli/model_paths.h"

#include <fmt/format.h>

#include <cstdlib>

namespace redraft::cli {
namespace {

namespace fs = std::filesystem;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

}  // namespace

fs::path CacheFolder() {
  if (const std::string cache = Environment("REDRAFT_CACHE"); !cache.empty()) return cache;
  const std::string home = Environment("HOME");
  return (home.empty() ? fs::temp_directory_path() : fs::path(home)) / ".cache" / "redraft";
}

std::vector<fs::path> ModelFolders() {
  std::vector<fs::path> folders;
  if (const std::string models = Environment("REDRAFT_MODELS"); !models.empty()) {
    folders.emplace_back(models);
  }
  folders.push_back(CacheFolder() / "models");
  return folders;
}

Result<fs::path> FindModelFile(const gguf::ModelEntry& model) {
  const std::vector<fs::path> folders = ModelFolders();
  std::error_code error;
  for (const fs::path& folder : folders) {
    fs::path path = folder / model.file;
    if (!fs::exists(path, error)) continue;
    REDRAFT_RETURN_IF_ERROR(
        gguf::VerifyModelFile(path, model, gguf::VerifiedMarker(folders.back(), model)));
    return path;
  }
  return Fail(ErrorCode::kConfig, fmt::format("the model {} is not on this machine; run "
                                              "`redraft models pull {}`",
                                              model.id, model.id));
}

Result<fs::path> ResolveModel(const std::string& id_or_file) {
  const fs::path path = id_or_file;
  if (path.extension() != ".gguf") {
    REDRAFT_ASSIGN(const auto registry, gguf::BuiltInRegistry());
    REDRAFT_ASSIGN(const gguf::ModelEntry model, gguf::FindModel(registry, id_or_file));
    return FindModelFile(model);
  }
  std::vector<fs::path> candidates = {path};
  if (!path.has_parent_path()) {
    for (const fs::path& folder : ModelFolders()) candidates.push_back(folder / path);
  }
  std::error_code error;
  for (const fs::path& candidate : candidates) {
    if (!fs::exists(candidate, error)) continue;
    REDRAFT_RETURN_IF_ERROR(gguf::CheckGgufHeader(candidate));
    return candidate;
  }
  return Fail(ErrorCode::kConfig, fmt::format("there is no model file {}; `redraft models list` "
                                              "shows those that can be pulled",
                                              id_or_file));
}

}  // namespace redraft::cli
