#pragma once

// Word n-grams as 64-bit hashes: the common currency of similarity, diversity and loop detection.
//
// Hashes are StableHash of normalised words (words.h), so they are the same on every machine. Two
// different n-grams collide with probability 2^-64 per pair, which is ignored.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace redraft::text {

/// One hash per word, in order; case and typographic apostrophes do not matter.
std::vector<std::uint64_t> WordHashes(std::string_view text);

/// One hash per run of `n` words, in order, repeats kept; empty when there are fewer than n words.
std::vector<std::uint64_t> NGrams(std::span<const std::uint64_t> words, std::size_t n);

/// The distinct n-grams, sorted. A text of fewer than n words is one n-gram: itself; so even short
/// texts can be compared. Only a text without words gives an empty set.
std::vector<std::uint64_t> Shingles(std::string_view text, std::size_t n);

}  // namespace redraft::text
