#include "redraft/cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace redraft::cli {
namespace {

using Seconds = std::chrono::duration<double>;

std::string Short(std::int64_t count) {
  if (count < 10'000) return std::to_string(count);
  if (count < 10'000'000) return fmt::format("{:.1f}k", static_cast<double>(count) / 1e3);
  return fmt::format("{:.1f}M", static_cast<double>(count) / 1e6);
}

std::string Duration(double seconds) {
  const auto whole = std::lround(seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
  return fmt::format("{}:{:02} h", whole / 3600, whole / 60 % 60);
}

/// " (draft 0.0100, judge 0.0200)"; empty when one role has it all.
std::string CostByRole(const llm::Progress& progress) {
  std::string roles;
  int paid = 0;
  for (const auto& [role, consumed] : progress.spent.by_role) {
    if (consumed.usage.cost <= 0) continue;
    roles += fmt::format("{}{} {:.4f}", ++paid == 1 ? " (" : ", ", core::ToString(role),
                         consumed.usage.cost);
  }
  return paid > 1 ? roles + ")" : "";
}

std::size_t TerminalWidth() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 100;
}

}  // namespace

Progress::Progress(Style style)
    : silent_(style == Style::kSilent), terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (open_) std::fputs("\r\033[K", stderr);
}

void Progress::Print(const std::string& line, bool live) {
  if (silent_) return;
  if (!live) {
    std::fprintf(stderr, "%s%s\n", open_ ? "\r\033[K" : "", line.c_str());
    open_ = false;
  } else {
    std::fprintf(stderr, "\r\033[K%s", line.substr(0, TerminalWidth() - 1).c_str());
    open_ = true;
  }
  std::fflush(stderr);
}

void Progress::On(const Json& event) {
  const std::string kind = event.value("event", "");
  if (kind == "rejected") ++rejected_;
  if (kind == "stage") {
    const std::string stage = event.at("stage");
    const int generation = event.at("generation");
    const char* what = stage == "draft"       ? "first drafts"
                       : stage == "vary"      ? "variants"
                       : stage == "check"     ? "checking the judge"
                       : stage == "summarise" ? "summaries"
                       : stage == "sample"    ? "excerpts"
                       : stage == "edit"      ? "editing"
                                              : "judging";
    stage_ = generation == 0 ? what : fmt::format("generation {}: {}", generation, what);
    stage_start_ = last_ = std::chrono::steady_clock::now();
    tokens_at_start_ = -1;
    if (!terminal_) Print(fmt::format("{}: {} to do", stage_, event.at("jobs").get<int>()), false);
  }
  if (kind == "brake") {
    Print(fmt::format("diversity brake: {} fresh drafts go in ({})", event.at("fresh").get<int>(),
                      event.at("why").get<std::string>()),
          false);
  }
  if (kind == "generation") {
    diversity_ = fmt::format("distinct-2 {:.2f}, {} founders", event.at("distinct2").get<double>(),
                             event.at("founders").get<int>());
    Print(fmt::format("generation {}: {} texts, {} founders, best {:.0f}, distinct-2 {:.2f}, "
                      "{} turned down by the gates, {} left out",
                      event.at("generation").get<int>(), event.at("drafts").get<int>(),
                      event.at("founders").get<int>(), event.at("best").get<double>(),
                      event.at("distinct2").get<double>(), event.at("rejected").get<int>(),
                      event.at("gated").get<int>()),
          false);
  }
}

std::string Progress::Line(const llm::Progress& progress) const {
  const double seconds = Seconds(std::chrono::steady_clock::now() - stage_start_).count();
  const auto& usage = progress.spent.usage;
  std::string line = fmt::format("{} {}/{}", stage_, progress.jobs_done, progress.jobs_total);
  if (progress.in_flight > 0) line += fmt::format(" · {} in flight", progress.in_flight);
  line += fmt::format(" · {} tokens", Short(usage.tokens_in + usage.tokens_out));
  if (usage.cost > 0) line += fmt::format(" · cost {:.4f}{}", usage.cost, CostByRole(progress));
  if (tokens_at_start_ >= 0 && seconds > 1) {
    line += fmt::format(" · {:.0f} tok/s",
                        static_cast<double>(usage.tokens_out - tokens_at_start_) / seconds);
  }
  if (progress.jobs_done > 0 && progress.jobs_done < progress.jobs_total) {
    const double left = seconds * static_cast<double>(progress.jobs_total - progress.jobs_done) /
                        static_cast<double>(progress.jobs_done);
    line += " · about " + Duration(left) + " left";
  }
  if (!diversity_.empty()) line += " · " + diversity_;
  return line;
}

void Progress::WarnOfBudget(const llm::BudgetAccount::Use& use) {
  double crossed = 0.0;
  for (const double share : {0.5, 0.8}) {
    if (use.share >= share) crossed = share;
  }
  if (crossed <= warned_at_) return;
  warned_at_ = crossed;
  const std::string warning = fmt::format("redraft: warning: {:.0f} % of the limit on {} is used",
                                          100 * use.share, use.limit);
  if (silent_) {
    std::fprintf(stderr, "%s\n", warning.c_str());
  } else {
    Print(warning, false);
  }
}

void Progress::On(const llm::Progress& progress) {
  WarnOfBudget(progress.budget);
  const auto now = std::chrono::steady_clock::now();
  if (tokens_at_start_ < 0) tokens_at_start_ = progress.spent.usage.tokens_out;
  const auto pause = terminal_ ? std::chrono::milliseconds(150) : std::chrono::seconds(10);
  if (now - last_ < pause) return;
  last_ = now;
  Print(Line(progress), terminal_);
}

}  // namespace redraft::cli
