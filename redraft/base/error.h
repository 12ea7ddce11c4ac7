#pragma once

// What went wrong, said so that the caller knows what to do and the user can repair it.

#include <string>
#include <utility>

namespace redraft {

/// The code says what the caller should do; the message says what failed, with which value.
enum class ErrorCode {
  kInvalidArgument,  ///< the call or the user's value is wrong: usage, exit 2
  kNotFound,         ///< a named thing does not exist
  kConfig,           ///< redraft.toml, a model file or a ledger is unusable: exit 3
  kUnavailable,      ///< an endpoint cannot be reached or keeps failing: retried, then exit 4
  kRateLimited,      ///< an endpoint asks us to slow down: retried
  kUnauthenticated,  ///< an endpoint refuses the key: never retried, exit 4
  kRefused,          ///< an endpoint refuses this request for good: never retried, exit 4
  kMalformedReply,   ///< a reply cannot be used; asking again may help
  kBudgetExhausted,  ///< a limit the user set is reached: exit 5, resumable
  kCancelled,        ///< the user interrupted: exit 6, resumable
  kGateFailed,       ///< a check that the user asked for was not passed: exit 100
  kFailed,           ///< anything else that went wrong in the world: exit 1
};

/// Short stable name of a code, e.g. "invalid_argument"; used in JSON error objects.
const char* ToString(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kFailed;
  std::string message;         ///< one line; names the value and what to do
  double retry_after_s = 0.0;  ///< kRateLimited, kUnavailable: the wait that an endpoint asked for

  /// Returns the same error with `context + ": "` in front of the message.
  Error Within(const std::string& context) && {
    message = context + ": " + message;
    return std::move(*this);
  }
};

}  // namespace redraft
