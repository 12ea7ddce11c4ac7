#include "redraft/audit/radix_sort.h"

#include <gtest/gtest.h>

#include "redraft/base/random.h"

namespace redraft::audit {
namespace {

struct Item {
  std::uint64_t key = 0;
  std::size_t place = 0;  ///< in the list before sorting
  bool operator==(const Item&) const = default;
};

TEST(RadixSort, SortsAsAStableSortByKeyDoes) {
  Rng rng(7);
  const std::uint64_t masks[] = {0, 0xFF, 0x3FF00, 0xF0000000000000FF, ~0ULL};
  for (const std::size_t size : {0UL, 1UL, 255UL, 256UL, 3000UL}) {
    for (const std::uint64_t mask : masks) {
      std::vector<Item> items(size);
      for (std::size_t i = 0; i < size; ++i) {
        items[i] = {(rng.Below(1ULL << 32) << 32 | rng.Below(1ULL << 32)) & mask, i};
      }
      const auto less = [](const Item& a, const Item& b) { return a.key < b.key; };
      auto expected = items;
      std::stable_sort(expected.begin(), expected.end(), less);
      RadixSort(items, [](const Item& item) { return item.key; });
      EXPECT_EQ(items, expected) << size << " items, keys of " << mask;
      // Two sorted lists one behind the other are merged, with the first one's items in front.
      std::vector<Item> halves = expected;
      const auto middle = halves.begin() + static_cast<std::ptrdiff_t>(size / 3);
      std::rotate(halves.begin(), middle, halves.end());
      for (std::size_t i = 0; i < size; ++i) halves[i].place = i;
      expected = halves;
      std::stable_sort(expected.begin(), expected.end(), less);
      RadixSort(halves, [](const Item& item) { return item.key; });
      EXPECT_EQ(halves, expected);
    }
  }
}

}  // namespace
}  // namespace redraft::audit
