#pragma once

// The checks that every text passes before anybody judges it. A judge, a reward model above all,
// cannot be trusted with texts that are not texts; and a limit that the user set is a limit.
//
// CheckDraft first cleans: it strips what a chat model puts around a text (prefaces, titles, notes,
// fences, template residue). Then it says every reason why what is left must not be judged, in the
// words of `redraft gate`:
//
//   empty        nothing left
//   refusal      the model declines instead of writing
//   preface      talk about the text that cannot be told from the text, so could not be stripped
//   garbage      not language: mixed scripts, glued or mashed words, markup, code, word lists
//   repetition   loops: repeated clauses, sentences, paragraphs
//   too_short    fewer than min_words
//   too_long     more than max_words
//   unfinished   the last line of prose does not end like a sentence, or a blank such as "[Your
//                Name]" is not filled in
//
// `duplicate` and `near_duplicate` need the earlier texts: see similarity.h.
//
// Ending     . ! ? … and their full-width kin end a text, also behind closing quotes, brackets and
//            Markdown emphasis; so does an ellipsis (a trailing-off is a choice). A comma, colon,
//            dash or bare word does not. A last line that is a list item, a table row, a link or a
//            closing code fence needs no full stop; nor does verse: a text of at least four lines
//            most of which are short and end without a full stop.
// Languages  The garbage signals that rest on English function words count only when the text is
//            otherwise recognisably English; whole texts in another language or script pass.
// Evidence   measured rates on published data are asserted in published_data_test.cpp.

#include <string>
#include <string_view>
#include <vector>

#include "redraft/core/brief.h"
#include "redraft/text/similarity.h"

namespace redraft::text {

struct GateLimits {
  int min_words = 0;                       ///< 0: no lower limit
  int max_words = 0;                       ///< 0: no upper limit
  double near_duplicate = kNearDuplicate;  ///< for the caller's NearDuplicates
  std::string noun = "text";  ///< what one text is called ("story"); helps to tell prefaces
};

/// The limits a brief sets, for texts called `noun`.
GateLimits LimitsOf(const core::Brief& brief, std::string noun);

struct GateResult {
  bool ok = false;                   ///< no reasons
  std::vector<std::string> reasons;  ///< in the order of the list above
  std::string text;                  ///< cleaned
  int words = 0;                     ///< of the cleaned text
};

/// The text without what is not part of it: prefaces ("Here is …:", "Sure! …"), a title (first line
/// as heading, bold, quoted, or "Title: …"), notes behind it ("(Word count: 130)", "I hope …"),
/// rules "---" at either end, quotes or code fences around the whole, chat-template residue.
/// What it strips it strips in whole lines or sentences at either end; the rest keeps its bytes. A
/// text that is one title or one preface is left alone.
std::string CleanDraft(std::string_view raw, std::string_view noun = "text");

/// Cleans `raw` and judges what is left. A pure function.
/// Cost  linear; a story of 1,000 words in about two milliseconds.
GateResult CheckDraft(std::string_view raw, const GateLimits& limits);

}  // namespace redraft::text
