#include "redraft/base/error.h"

namespace redraft {

const char* ToString(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "invalid_argument";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kConfig:
      return "config";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kRateLimited:
      return "rate_limited";
    case ErrorCode::kUnauthenticated:
      return "unauthenticated";
    case ErrorCode::kRefused:
      return "refused";
    case ErrorCode::kMalformedReply:
      return "malformed_reply";
    case ErrorCode::kBudgetExhausted:
      return "budget_exhausted";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kGateFailed:
      return "gate_failed";
    case ErrorCode::kFailed:
      return "failed";
  }
  return "failed";
}

}  // namespace redraft
