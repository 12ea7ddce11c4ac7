#pragma once

// Result<T>: a value or an Error. Nothing in the library throws across a module border.
//
// Example:
//   Result<std::string> text = ReadFile("brief.md");
//   if (!text) return Fail(text.error());
//   REDRAFT_ASSIGN(auto brief, ParseBrief(*text));   // returns the error to our caller

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "redraft/base/error.h"

namespace redraft {

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

/// The value of a Result that carries none.
struct Ok {};
using Status = Result<Ok>;

/// Makes a failed Result of any type.
inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}
inline tl::unexpected<Error> Fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace redraft

#define REDRAFT_CONCAT_(a, b) a##b
#define REDRAFT_CONCAT(a, b) REDRAFT_CONCAT_(a, b)

/// Returns the error of `expr` (a Status or Result) to the caller.
#define REDRAFT_RETURN_IF_ERROR(expr)                     \
  do {                                                    \
    if (auto status_ = (expr); !status_) {                \
      return ::redraft::Fail(std::move(status_).error()); \
    }                                                     \
  } while (false)

/// Declares or assigns `target` from a Result, returning its error to the caller. Several
/// statements: never after a brace-less `if`.
#define REDRAFT_ASSIGN(target, expr)                                              \
  auto REDRAFT_CONCAT(result_, __LINE__) = (expr);                                \
  if (!REDRAFT_CONCAT(result_, __LINE__)) {                                       \
    return ::redraft::Fail(std::move(REDRAFT_CONCAT(result_, __LINE__)).error()); \
  }                                                                               \
  target = std::move(*REDRAFT_CONCAT(result_, __LINE__))
