#pragma once

// Sorting by an integer: the audit's lists of runs are long, and their order is that of a few bits.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace redraft::audit {

/// Stable, ascending by `key` (item to std::uint64_t).
/// Cost  two passes over the items for each byte in which their keys differ, and a second list of
/// them; one pass for a sorted list, or for two sorted lists one behind the other.
template <class T, class Key>
void RadixSort(std::vector<T>& items, const Key& key) {
  constexpr std::size_t kFew = 256;  // below it comparing is faster
  const auto comes_first = [&key](const T& a, const T& b) { return key(a) < key(b); };
  if (items.size() < kFew) {
    std::stable_sort(items.begin(), items.end(), comes_first);
    return;
  }
  std::uint64_t all = ~0ULL, any = 0, before = 0;
  std::size_t drops = 0, last_drop = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::uint64_t k = key(items[i]);
    all &= k;
    any |= k;
    if (k < before) {
      ++drops;
      last_drop = i;
    }
    before = k;
  }
  if (drops == 0) return;
  if (drops == 1) {
    std::inplace_merge(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(last_drop),
                       items.end(), comes_first);
    return;
  }
  std::vector<T> other(items.size());
  for (unsigned shift = 0; shift < 64; shift += 8) {
    if ((((all ^ any) >> shift) & 0xFF) == 0) continue;
    std::array<std::size_t, 256> place{};
    for (const T& item : items) ++place[(key(item) >> shift) & 0xFF];
    std::size_t sum = 0;
    for (std::size_t& at : place) sum += std::exchange(at, sum);
    for (const T& item : items) other[place[(key(item) >> shift) & 0xFF]++] = item;
    items.swap(other);
  }
}

}  // namespace redraft::audit
