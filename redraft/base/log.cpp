#include "redraft/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <string>

namespace redraft {
namespace {

std::shared_ptr<spdlog::logger>& Logger() {
  static std::shared_ptr<spdlog::logger> logger;
  return logger;
}

}  // namespace

void Log(LogLevel level, std::string_view message) {
  const auto& logger = Logger();
  if (!logger) return;
  const auto wanted = level == LogLevel::kDebug  ? spdlog::level::debug
                      : level == LogLevel::kInfo ? spdlog::level::info
                                                 : spdlog::level::warn;
  logger->log(wanted, "{}", message);
}

void StartLog(std::string_view level) {
  auto logger = std::make_shared<spdlog::logger>("redraft",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(spdlog::level::from_str(std::string(level)));
  Logger() = std::move(logger);
}

}  // namespace redraft
