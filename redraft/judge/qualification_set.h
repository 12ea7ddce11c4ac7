#pragma once

// The pairs on which a judge is checked when the user brings none: passages of our own against
// damaged twins of the same length (twins.h), light damage against heavy, and, once they are on
// record, passages against what a small model wrote in their place.
//
// Data     data/qualification: passages/FORM.md, rewrites.jsonl; its README says how they were
//          made and what they cannot tell.
// Order    Blocks of 40. Each block holds every kind of damage in every grade once (33) and seven
//          more: pairs of grade 1 against grade 3 that close a triad with their passage, and, once
//          20 rewrites are on record, four of them in the place of as many. The better text is a in
//          20. Forms come in proportion.
// Length   Twins are within 5 % of their passages; rewrites may be a quarter shorter and a tenth
//          longer, half of them either. No rule about words or characters gains anything.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/judge/pair_bench.h"

namespace redraft::judge {

struct QualificationPassage {
  std::string id, form, brief, text;
};

struct QualificationPair {
  std::string id, a, b;
  Label label = Label::kA;
  std::string kind;  ///< of damage, or "rewrite"
  int grade = 0;     ///< of the worse text, 1 is the lightest; 0 for rewrites
  std::string form, brief;
  bool of_twins = false;  ///< the better text is a twin too, of grade 1
};

/// The passages of one file: "## id", "Brief: …", an empty line, the text. What stands before the
/// first "## " is for readers. Errors: kInvalidArgument naming the passage.
Result<std::vector<QualificationPassage>> ParsePassages(std::string_view form,
                                                        std::string_view markdown);

/// All passages, in an order of which every beginning holds the forms in proportion.
/// Errors: as ParsePassages.
Result<std::vector<QualificationPassage>> BuiltInPassages();

/// The pairs, in a fixed order, of which every block of 40 is balanced.
/// Errors: as ParsePassages; kInvalidArgument for the rewrites.
Result<std::vector<QualificationPair>> DefaultPairs();

}  // namespace redraft::judge
