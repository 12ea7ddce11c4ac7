#include "redraft/base/parallel.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <thread>
#include <vector>

namespace redraft {
namespace {

TEST(AvailableCores, AreThoseOfTheAffinityMask) {
  unsigned cores = 0;
  std::jthread([&] {
    cpu_set_t mask;
    CPU_ZERO(&mask);
    ASSERT_EQ(::sched_getaffinity(0, sizeof mask, &mask), 0);
    std::size_t core = 0;
    while (!CPU_ISSET(core, &mask)) ++core;
    CPU_ZERO(&mask);
    CPU_SET(core, &mask);
    ASSERT_EQ(::sched_setaffinity(0, sizeof mask, &mask), 0);  // of this thread only
    cores = AvailableCores();
  }).join();
  EXPECT_EQ(cores, 1U);
  EXPECT_GE(AvailableCores(), 1U);
}

TEST(ParallelFor, RunsEachIndexOnce) {
  for (const unsigned threads : {0U, 1U, 3U}) {
    std::vector<int> runs(1000);
    ParallelFor(runs.size(), [&](std::size_t i) { ++runs[i]; }, threads);
    EXPECT_EQ(runs, std::vector<int>(1000, 1)) << threads;
  }
}

}  // namespace
}  // namespace redraft
