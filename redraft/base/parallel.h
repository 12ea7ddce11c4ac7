#pragma once

// Fork-join over CPU cores. Never for I/O, never nested.

#include <cstddef>
#include <functional>

namespace redraft {

/// Cores that this process may use, at least 1: the machine's, less those that its affinity mask
/// (taskset, cpuset) excludes, and no more than the share of time that its control group allows
/// (cgroup v2 `cpu.max`, as `docker run --cpus` sets it), rounded up. More threads than that
/// would wait for each other.
unsigned AvailableCores();

/// Calls body(i) for every i in [0, count) on up to `threads` threads (0: AvailableCores) and
/// returns when all are done. Which thread runs which index is unspecified: write results to slot
/// i.
void ParallelFor(std::size_t count, const std::function<void(std::size_t)>& body,
                 unsigned threads = 0);

}  // namespace redraft
