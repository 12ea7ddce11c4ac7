#pragma once

// The maintainer's log (spdlog), off until the CLI gives it a sink. Never the user's output, and
// never a key or a full prompt: refer to prompts by hash.

#include <string_view>

namespace redraft {

enum class LogLevel { kDebug, kInfo, kWarn };

/// Records one line; `message` is already formatted.
void Log(LogLevel level, std::string_view message);

/// Starts logging to standard error at the given level ("debug", "info", "warn", "off").
void StartLog(std::string_view level);

}  // namespace redraft
