#include "redraft/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace redraft {

void ParallelFor(std::size_t count, const std::function<void(std::size_t)>& body,
                 unsigned threads) {
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
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
