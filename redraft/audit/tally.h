#pragma once

// What a set of generations has shown of a book: everything the metrics need, and nothing of the
// texts. Tallies of different generations add up in any order and grouping to the same tally, which
// is why threads and shards give the same result.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "redraft/audit/index.h"
#include "redraft/audit/mask.h"
#include "redraft/audit/matcher.h"
#include "redraft/audit/near_verbatim.h"

namespace redraft::audit {

/// The parameters of an audit; recorded in every result.
struct Parameters {
  std::vector<std::uint32_t> k = {5};  ///< shortest runs; the first is that of all other metrics
  std::uint32_t trim = 5;              ///< words shared with the instruction; 0: no trimming
  std::uint32_t span_over = 20;        ///< distinct spans are longer than this
  std::optional<std::uint32_t> cross_over;  ///< count crossing spans longer than this
  Profile profile = Profile::kRef;
  std::uint32_t shortest_k() const;
  std::uint32_t shortest_span() const { return std::max(k.front(), span_over + 1); }
  std::uint32_t shortest_cross() const {
    return cross_over ? std::max(k.front(), *cross_over + 1) : k.front();
  }
  bool operator==(const Parameters&) const = default;
};

/// A run, and the excerpt whose prompt brought it about.
struct SourcedRange {
  Range range;
  std::uint32_t source = 0;
  auto operator<=>(const SourcedRange&) const = default;
};

/// `count` generations of `source` cover `range`.
struct HitRange {
  std::uint32_t source = 0;
  Range range;
  std::uint32_t count = 0;
  auto operator<=>(const HitRange&) const = default;
};

/// Longest and distinct spans of one scope: runs cut to the prompted excerpt, or whole.
struct SpanTally {
  Range longest;  ///< of equal ones the first; empty when there is none
  std::uint32_t longest_source = 0;
  std::vector<std::uint32_t>
      start_of_end;          ///< smallest start of a span that ends there, or UINT32_MAX
  std::vector<Range> spans;  ///< the distinct spans that are long enough
  void See(Range range, std::uint32_t source);
  void Add(const SpanTally& other);
  bool operator==(const SpanTally&) const = default;
};

/// Counts for one excerpt.
struct ExcerptTally {
  std::uint32_t generations = 0, empty = 0, refused = 0;
  bool operator==(const ExcerptTally&) const = default;
};

struct Tally {
  Tally() = default;
  Tally(const Parameters& parameters, std::uint32_t tokens, std::uint32_t excerpts);

  std::vector<Mask> covered;               ///< for each k, in the order of Parameters
  Mask untrimmed;                          ///< runs of the first k before trimming
  Mask near;                               ///< near-verbatim (near_verbatim.h)
  Mask exempted;                           ///< of the exempt tokens those that were reproduced
  std::vector<std::uint32_t> first, last;  ///< for each position the lowest and highest number of a
                                           ///< generation that covers it; UINT32_MAX and 0: none
  SpanTally in_excerpt, in_book;
  Range longest_piece;                 ///< longest single run after trimming
  std::vector<SourcedRange> crossing;  ///< runs not contained in another, with their sources
  std::vector<HitRange> hits;
  std::vector<ExcerptTally> excerpts;
  std::uint64_t tokens = 0;           ///< generated
  std::uint64_t guarded = 0;          ///< generations for which the matcher's guard acted
  std::uint64_t lone_surrogates = 0;  ///< in the files
  std::uint64_t mixed = 0;            ///< excerpts whose generations come from several tallies

  void Add(const Tally& other);
  /// Sorts what is a set, so that equal tallies are equal byte for byte.
  void Settle();
  bool operator==(const Tally&) const = default;

 private:
  std::size_t settled_ = 0;
  friend class Collector;
};

/// Adds generations to a tally, one excerpt after another.
class Collector {
 public:
  /// `grams` is of the shortest k; `trim_grams` of `trim` (unused when that is 0).
  /// All outlive the collector. Runs are cut around the `exempt` tokens, as if they were no part of
  /// the book (of the book's size, or empty).
  Collector(const BookTokens& book, const GramIndex& grams, const GramIndex& trim_grams,
            const Parameters& parameters, const Mask& exempt = Mask());

  /// The generations that follow answer this excerpt's instruction, the tokens of which are given.
  void Begin(std::uint32_t excerpt, std::span<const std::uint64_t> instruction);
  /// `number` is the generation's place among those of its excerpt.
  void AddGeneration(std::span<const std::uint64_t> tokens, std::uint32_t number);
  /// Ends the excerpt.
  void End();

  Tally& tally() { return tally_; }

 private:
  void SeeRun(const Run& run, std::uint32_t number);
  void SeeRange(Range range, std::uint32_t number);
  void SeePiece(Range piece, std::uint32_t number);
  void CountHits();
  void SpreadRepeated();

  const BookTokens& book_;
  const GramIndex& grams_;
  const GramIndex& trim_grams_;
  const Parameters& parameters_;
  const std::vector<Range> exempt_;
  Matcher matcher_;
  Tally tally_;
  std::uint32_t excerpt_ = 0;
  Range own_;                            ///< tokens of the excerpt
  std::vector<std::uint32_t> prompted_;  ///< positions of m-grams that the instruction holds
  std::vector<Run> runs_;
  std::vector<Run> parts_;     ///< of runs_, between exempt tokens
  std::vector<Range> pieces_;  ///< of the generation at hand, for the first k
  // Of the excerpt at hand, by position; the masks say where the lists are not 0.
  std::vector<std::int32_t> change_;  ///< of the number of generations that cover
  Mask changed_;
  std::vector<std::uint32_t> end_of_start_;  ///< end of the longest run that starts there
  Mask begun_;
  NearVerbatim near_verbatim_;
  Mask repeated_;  ///< k-grams the guard noted, of the excerpt at hand
  bool any_repeated_ = false;
};

}  // namespace redraft::audit
