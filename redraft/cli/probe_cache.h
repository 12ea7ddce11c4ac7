#pragma once

// What `redraft doctor --endpoint` found, by address and model, in the cache folder.

#include <optional>

#include "redraft/cli/model_options.h"

namespace redraft::cli {

/// Errors: those of writing the file.
Status KeepProbe(const ServerChoice& server, const Json& found);

/// How the server wants to be asked, if it was probed.
std::optional<llm::Dialect> ProbedDialect(const ServerChoice& server);

}  // namespace redraft::cli
