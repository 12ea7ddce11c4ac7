#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>

#include "redraft/cli/commands.h"
#include "redraft/cli/jsonl.h"
#include "redraft/cli/model_paths.h"
#include "redraft/llm/model_pull.h"

namespace redraft::cli {
namespace {

namespace fs = std::filesystem;

/// The public model hub; HF_ENDPOINT names a mirror, as for the hub's own tools.
constexpr const char* kPublicHub = "https://huggingface.co";

std::string Hub() {
  const char* mirror = std::getenv("HF_ENDPOINT");
  std::string hub = mirror == nullptr ? kPublicHub : mirror;
  while (hub.ends_with('/')) hub.pop_back();
  return hub;
}

/// How far a download is, on standard error: a moving line on a terminal, else a line each tenth.
class ProgressLine {
 public:
  bool operator()(std::uint64_t done, std::uint64_t total) {
    const int percent = total == 0 ? 0 : static_cast<int>(done * 100 / total);
    const bool moving = ::isatty(STDERR_FILENO) == 1;
    if (percent / (moving ? 1 : 10) == shown_) return true;
    shown_ = percent / (moving ? 1 : 10);
    std::fprintf(stderr, "%s  %3d %%  %llu of %llu MB%s", moving ? "\r" : "", percent,
                 static_cast<unsigned long long>(done / 1'000'000),
                 static_cast<unsigned long long>(total / 1'000'000),
                 moving && done != total ? "" : "\n");
    return true;
  }

 private:
  int shown_ = -1;
};

llm::PullOptions MakePullOptions() {
  llm::PullOptions options;
  options.folder = ModelFolders().back();
  options.hub = Hub();
  options.say = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  options.progress = ProgressLine();
  return options;
}

Result<int> Pull(const std::string& what) {
  REDRAFT_ASSIGN(const auto registry, gguf::BuiltInRegistry());
  const auto model = gguf::FindModel(registry, what);
  const bool file = fs::path(what.substr(0, what.find_first_of("?#"))).extension() == ".gguf";
  if (!model && !file) return Fail(model.error());
  Result<fs::path> path = model ? FindModelFile(*model) : llm::PullFile(what, MakePullOptions());
  if (model && !path) path = llm::PullModel(*model, MakePullOptions());
  if (!path) return Fail(path.error());
  PrintLine(path->string());
  return 0;
}

/// GGUF files in the folders that no registry model owns.
std::vector<fs::path> OtherFiles(const std::vector<gguf::ModelEntry>& registry) {
  std::set<std::string> owned;
  for (const auto& model : registry) owned.insert(model.file);
  std::set<fs::path> files;
  std::error_code error;
  for (const fs::path& folder : ModelFolders()) {
    for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator();
         it.increment(error)) {
      const fs::path& path = it->path();
      if (path.extension() == ".gguf" && !owned.contains(path.filename())) files.insert(path);
    }
  }
  return {files.begin(), files.end()};
}

Result<int> List(bool json) {
  REDRAFT_ASSIGN(const auto registry, gguf::BuiltInRegistry());
  Json models = Json::array();
  for (const gguf::ModelEntry& model : registry) {
    const auto path = FindModelFile(model);
    models.push_back({{"id", model.id},
                      {"title", model.title},
                      {"file", model.file},
                      {"bytes", model.bytes},
                      {"sha256", model.sha256},
                      {"licence", model.licence},
                      {"context", model.context},
                      {"path", path ? Json(path->string()) : Json(nullptr)}});
  }
  for (const fs::path& path : OtherFiles(registry)) {
    std::error_code error;
    models.push_back({{"id", nullptr},
                      {"file", path.filename().string()},
                      {"bytes", fs::file_size(path, error)},
                      {"path", path.string()}});
  }
  if (json) {
    PrintLine(DumpJson({{"schema", "redraft.models/1"},
                        {"folder", ModelFolders().back().string()},
                        {"models", models}}));
    return 0;
  }
  for (const Json& model : models) {
    const bool here = model["path"].is_string();
    PrintLine(fmt::format(
        "{:<28} {:>5} MB  {:<10}  {}",
        model["id"].is_string() ? model["id"].get<std::string>() : model["file"].get<std::string>(),
        model["bytes"].get<std::uint64_t>() / 1'000'000, model.value("licence", ""),
        here ? model["path"].get<std::string>() : "not here"));
  }
  return 0;
}

}  // namespace

void DeclareModels(Args& root) {
  Args& models = root.Command("models", "list, fetch and locate embedded models");
  models.Example("redraft models list");
  models.Example("redraft models pull smollm2-135m-instruct");

  Args& list = models.Command("list", "the models Redraft knows, and where they are");
  auto json = std::make_shared<bool>(false);
  list.Flag("--json", *json, "one JSON object");
  list.Example("redraft models list --json");
  list.Run([json] { return List(*json); });

  Args& pull =
      models.Command("pull", "fetch a model and print its path; nothing is done if it is here");
  auto what = std::make_shared<std::string>();
  pull.Positional("model", *what, "an id of `models list`, or the URL or path of any .gguf file");
  pull.Example("redraft models pull qwen2.5-coder-1.5b-instruct");
  pull.Run([what] { return Pull(*what); });

  Args& path = models.Command("path", "print the path of a model that is here");
  auto id = std::make_shared<std::string>();
  path.Positional("model", *id, "an id of `models list`, or a .gguf file");
  path.Example("redraft models path smollm2-135m-instruct");
  path.Run([id]() -> Result<int> {
    REDRAFT_ASSIGN(const fs::path found, ResolveModel(*id));
    PrintLine(found.string());
    return 0;
  });
}

}  // namespace redraft::cli
