#pragma once

// What a person sees while a run works: one live status line on a terminal, a plain line per stage
// and every ten seconds otherwise. Always on standard error.

#include <chrono>
#include <string>

#include "redraft/base/json.h"
#include "redraft/llm/client.h"

namespace redraft::cli {

class Progress {
 public:
  enum class Style { kAuto, kSilent };
  explicit Progress(Style style);
  ~Progress();  ///< ends the live line

  /// An engine event (evolve/engine.h): stages, rejected texts and figures of a generation.
  void On(const Json& event);
  /// How far the client is; called often.
  void On(const llm::Progress& progress);

 private:
  std::string Line(const llm::Progress& progress) const;
  void WarnOfBudget(const llm::BudgetAccount::Use& use);
  void Print(const std::string& line, bool live);

  bool silent_, terminal_;
  double warned_at_ = 0.0;  ///< share of a limit
  bool open_ = false;       ///< a live line stands without its end
  std::string stage_;
  std::string diversity_;
  int rejected_ = 0;
  std::chrono::steady_clock::time_point stage_start_, last_;
  std::int64_t tokens_at_start_ = -1;
};

}  // namespace redraft::cli
