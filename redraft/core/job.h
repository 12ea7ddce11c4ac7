#pragma once

// The job protocol: model work written without I/O. Judging, editing and evolving are jobs; a
// llm::Client carries their requests out, in any order, and hands the replies back.

#include <span>
#include <vector>

#include "redraft/core/request.h"

namespace redraft::core {

/// One unit of model work. Given the replies to its last requests, a job says what to ask next; an
/// empty answer means that it is finished and holds its result.
///
/// Threads  Step is called by one thread at a time, never re-entered.
/// Replies  same length and order as the requests last returned; empty on the first call.
class Job {
 public:
  virtual ~Job() = default;
  virtual std::vector<Request> Step(std::span<const Reply> replies) = 0;
};

}  // namespace redraft::core
