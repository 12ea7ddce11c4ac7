#pragma once

// Where model files are: the folders of this user, and how a name on the command line becomes a file.
//
// Folders  $REDRAFT_MODELS if set is looked at first and never written to; then the cache:
//          $REDRAFT_CACHE/models, or .cache/redraft/models in the home folder.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/gguf/registry.h"

namespace redraft::cli {

/// Where downloads, models and what was probed of the machine are kept: $REDRAFT_CACHE, else
/// ~/.cache/redraft.
std::filesystem::path CacheFolder();

/// The folders that are looked into, in order; the last is the one that `models pull` writes.
std::vector<std::filesystem::path> ModelFolders();

/// The file of a registry model, when one of the folders holds it and it is the right one. The first
/// look at a file reads all of it (a second per GB); later ones only its size and time.
/// Errors: kConfig when it is nowhere, or is another file; says what to run.
Result<std::filesystem::path> FindModelFile(const gguf::ModelEntry& model);

/// What the user called a model: an id of the registry, a path to a GGUF file, or the name of one in
/// the folders.
/// Errors: kNotFound for an id that the registry does not have; kConfig for a file that is not there
/// or is no GGUF, saying `redraft models pull ID`.
Result<std::filesystem::path> ResolveModel(const std::string& id_or_file);

}  // namespace redraft::cli
