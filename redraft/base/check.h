#pragma once

// Contract violations: our own mistakes, never the user's. Prints where and aborts.

namespace redraft {
[[noreturn]] void CheckFailed(const char* expression, const char* file, int line);
}  // namespace redraft

#define REDRAFT_CHECK(condition) \
  (static_cast<bool>(condition) ? void(0) : ::redraft::CheckFailed(#condition, __FILE__, __LINE__))
