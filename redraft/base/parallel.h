#pragma once

// Fork-join over CPU cores. Never for I/O, never nested.

#include <cstddef>
#include <functional>

namespace redraft {

/// Calls body(i) for every i in [0, count) on up to `threads` threads (0: one per core) and returns
/// when all are done. Which thread runs which index is unspecified: write results to slot i.
void ParallelFor(std::size_t count, const std::function<void(std::size_t)>& body,
                 unsigned threads = 0);

}  // namespace redraft
