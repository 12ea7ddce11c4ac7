#pragma once

// What servers say of the limits of their rate in the headers of every reply.
//
// Format  OpenAI and most others: x-ratelimit-remaining-{requests,tokens} beside
//         x-ratelimit-reset-{requests,tokens} ("12ms", "1s", "6m0s", or seconds).
//         Anthropic:
//         anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{remaining,reset}, the
//         latter a time (RFC 3339). retry-after-ms: milliseconds.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redraft::llm {

using LimitHeaders = std::vector<std::pair<std::string, std::string>>;  // names in lower case

/// Seconds until the last of the used-up limits is renewed; 0: nothing is used up, or nothing said.
/// At most five minutes. `now_ms` is UTC.
double RestSeconds(const LimitHeaders& headers, std::int64_t now_ms);

/// "1h2m3.5s", "12ms", "7" (seconds). None for anything else.
std::optional<double> ParseDuration(std::string_view text);

/// "2026-01-31T12:00:00Z", with or without a fraction, in milliseconds since 1970. None for
/// anything else.
std::optional<std::int64_t> ParseUtcMillis(std::string_view text);

}  // namespace redraft::llm
