#include "redraft/llm/rate_limit.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

namespace redraft::llm {
namespace {

constexpr double kLongestRest = 300.0;

std::optional<double> Number(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

std::string_view Value(const LimitHeaders& headers, const std::string& name) {
  const auto it = std::ranges::find(headers, name, &LimitHeaders::value_type::first);
  return it == headers.end() ? std::string_view() : std::string_view(it->second);
}

/// Digits at a fixed place of a time; -1 when there are none.
int Digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

std::optional<double> ParseDuration(std::string_view text) {
  if (const auto seconds = Number(text)) return *seconds < 0 ? std::nullopt : seconds;
  double total = 0.0;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.size(), text.find_first_not_of("0123456789."));
    const auto value = Number(text.substr(0, digits));
    text.remove_prefix(digits);
    if (!value) return {};
    constexpr std::array<std::pair<std::string_view, double>, 5> kUnits = {
        {{"ms", 1e-3}, {"s", 1.0}, {"m", 60.0}, {"h", 3600.0}, {"d", 86400.0}}};
    const auto unit = std::ranges::find_if(
        kUnits, [&](const auto& known) { return text.starts_with(known.first); });
    if (unit == kUnits.end()) return {};
    total += *value * unit->second;
    text.remove_prefix(unit->first.size());
  }
  return total;
}

std::optional<std::int64_t> ParseUtcMillis(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':' || text.back() != 'Z') {
    return {};
  }
  const int y = Digits(text, 0, 4), mo = Digits(text, 5, 2), d = Digits(text, 8, 2);
  const int h = Digits(text, 11, 2), mi = Digits(text, 14, 2), s = Digits(text, 17, 2);
  if (y < 1970 || mo < 0 || d < 0 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 60)
    return {};
  const year_month_day date{year(y), month(static_cast<unsigned>(mo)),
                            day(static_cast<unsigned>(d))};
  if (!date.ok()) return {};
  const auto fraction = text.size() == 20 ? 0.0 : Number(text.substr(19, text.size() - 20));
  if (!fraction || *fraction < 0.0 || *fraction >= 1.0) return {};
  const auto time = sys_days(date) + hours(h) + minutes(mi) + seconds(s);
  return duration_cast<milliseconds>(time.time_since_epoch()).count() +
         static_cast<std::int64_t>(*fraction * 1000);
}

double RestSeconds(const LimitHeaders& headers, std::int64_t now_ms) {
  double rest = 0.0;
  const auto used_up = [&](const std::string& name) {
    const auto remaining = Number(Value(headers, name));
    return remaining && *remaining <= 0.0;
  };
  for (const std::string what : {"requests", "tokens"}) {
    if (!used_up("x-ratelimit-remaining-" + what)) continue;
    rest = std::max(rest, ParseDuration(Value(headers, "x-ratelimit-reset-" + what)).value_or(0.0));
  }
  for (const std::string what : {"requests", "tokens", "input-tokens", "output-tokens"}) {
    const std::string name = "anthropic-ratelimit-" + what;
    if (!used_up(name + "-remaining")) continue;
    const auto renewed = ParseUtcMillis(Value(headers, name + "-reset"));
    if (renewed) rest = std::max(rest, static_cast<double>(*renewed - now_ms) / 1e3);
  }
  if (const auto wait = Number(Value(headers, "retry-after-ms")))
    rest = std::max(rest, *wait / 1e3);
  return std::min(rest, kLongestRest);
}

}  // namespace redraft::llm
