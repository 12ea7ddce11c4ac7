#include "redraft/base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <thread>
#include <vector>

namespace redraft {

namespace {

/// Cores by the quota of the control group; `all` without one.
unsigned QuotaCores(unsigned all) {
  std::ifstream file("/sys/fs/cgroup/cpu.max");  // "max 100000" or "150000 100000", microseconds
  double quota = 0, period = 0;
  if (!(file >> quota >> period) || quota <= 0 || period <= 0) return all;
  return static_cast<unsigned>(std::min<double>(all, std::ceil(quota / period)));
}

}  // namespace

unsigned AvailableCores() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  const bool known = ::sched_getaffinity(0, sizeof mask, &mask) == 0;
  const unsigned cores =
      known ? static_cast<unsigned>(CPU_COUNT(&mask)) : std::thread::hardware_concurrency();
  return std::max(1U, QuotaCores(std::max(1U, cores)));
}

void ParallelFor(std::size_t count, const std::function<void(std::size_t)>& body,
                 unsigned threads) {
  if (threads == 0) threads = AvailableCores();
  const std::size_t workers = std::min<std::size_t>(threads, count);
  if (workers <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> pool;
  pool.reserve(workers);
  for (std::size_t w = 0; w < workers; ++w) {
    pool.emplace_back([&] {
      for (std::size_t i = next++; i < count; i = next++) body(i);
    });
  }
}

}  // namespace redraft
