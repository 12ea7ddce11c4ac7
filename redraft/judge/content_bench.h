#pragma once

// What content is worth to a scorer of style: texts for the same briefs, once asked for shortly and
// once in detail, from several sources (the content-detail experiment of the WQRM paper).
//
//   const ContentResult result = SummariseContent(texts, Rng(1));
//
// Paper    Chakrabarty, Laban, Wu 2025 (arXiv 2504.07532). There detail raised every model's score,
//          and the texts also took over more of the brief's own words. Both are reported here, and
//          how the one goes with the other.
// Reuse    The share of a text's distinct word trigrams that occur in its brief; against a human
//          reference text where there is one, the same share and ROUGE-1 F.
// Interval 95 %. Of a mean: bootstrap over briefs, since texts for one brief are alike. Of a
//          contrast: Student's t over the briefs' differences. Of a correlation: bootstrap over
//          briefs. (−∞, ∞) below two briefs, and in JSON null.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/json.h"
#include "redraft/base/random.h"
#include "redraft/stats/intervals.h"

namespace redraft::judge {

enum class Condition {
  kShort,
  kDetailed,
  kBoth,  ///< a text that was not written for one wording of the brief: most human texts
};
const char* ToString(Condition condition);
/// "short", "detailed" or "both". Errors: kInvalidArgument.
Result<Condition> ParseCondition(std::string_view name);

struct Reuse {
  double brief = 0;  ///< trigrams shared with the brief, in [0, 1]
  std::optional<double> reference, reference_f1;
};
/// `reference` may be empty: none.
Reuse MeasureReuse(std::string_view text, std::string_view brief, std::string_view reference);

struct ContentText {
  std::string source;
  std::string brief;  ///< id
  Condition condition = Condition::kShort;
  double score = 0;       ///< logits
  double percentile = 0;  ///< of the scorer's reference texts
  int words = 0;
  bool flagged = false;  ///< the gates would turn it down
  Reuse reuse;
};

struct Estimate {
  double value = 0;
  stats::Interval interval;
};

/// All texts of one source in one condition.
struct ContentRow {
  std::string source;
  Condition condition = Condition::kShort;
  int texts = 0, briefs = 0, flagged = 0;
  Estimate score;
  double sd = 0;
  double percentile = 0, words = 0;  ///< means
  Reuse reuse;                       ///< means; of the references, over texts that have one
};

/// Detailed less short, over the briefs for which a source has both.
struct ContentContrast {
  std::string source;
  int briefs = 0;
  Estimate score, words, reuse;
};

/// Spearman's correlation of reuse with score.
struct ReuseCorrelation {
  int n = 0;
  std::optional<double> rho;  ///< none below three, and when one never varies
  stats::Interval interval;
};

struct ContentResult {
  std::vector<ContentRow> rows;            ///< sources by first appearance; short, detailed, both
  std::vector<ContentContrast> contrasts;  ///< of sources that have both conditions
  ReuseCorrelation texts;                  ///< over all texts
  ReuseCorrelation changes;  ///< over contrasts by source and brief: free of what differs otherwise
};
ContentResult SummariseContent(const std::vector<ContentText>& texts, const Rng& rng);

/// {"sources":[…],"contrasts":[…],"reuse_and_score":{"texts","changes"}}
Json ToJson(const ContentResult& result);

}  // namespace redraft::judge
