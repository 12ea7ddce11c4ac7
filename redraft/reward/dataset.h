#pragma once

// Training data of a reward model: pairs of texts of which one is better, and texts with scores.
//
// Format   Pairs: a JSON Lines file with one of
//            {"chosen": T, "rejected": T, "prompt"?, "margin"?: number, "group"?: string or number}
//          per line, T being a string or, as in TRL, a list of messages whose last assistant
//          message is the text; or LAMP's preference rows (`messages` with "Paragraph 1:",
//          "Paragraph 2:" and {"preference": "1|2"}). Or a folder with LAMP's lamp-R.train.jsonl
//          and train-pairs.tsv beside it: edits whose score is at least one point above the
//          draft's.
//          Or answers of a blind study, one rater's about one item per line,
//            {"item","rater","left": S,"right": S,"choice": "left|right|tie|both_bad","gap"?}
//          S being the text or {"id"?,"text"}. The item is the group, the rater the editor; where
//          raters share items the file is cut by items alone, since nothing would be left to train
//          on beside the items of one rater. Answers that contradict each other are all kept.
//          Scores: {"text": string, "score": number, "group"?} per line, or LAMP's score rows.
//          Either may be a CSV file (.csv) whose heading gives the same names.
// Units    `margin` and `score` may have any scale: a margin of 0 is a tie and left out, its size
// is
//          not used; of scores only the order within a group is used.
// Errors   kInvalidArgument with file and line; nothing is skipped silently: ties, "both_bad",
//          identical texts and repeated rows are counted in Source::left_out.

#include <filesystem>
#include <string>
#include <vector>

#include "redraft/base/result.h"

namespace redraft::reward {

/// One comparison: `chosen` is the better text.
struct Pair {
  std::string chosen;
  std::string rejected;
  std::string group;   ///< texts of one origin: never split between training and test; may be empty
  std::string editor;  ///< who judged, where known: cross-validation leaves one out at a time
};

/// One text with an absolute judgement.
struct ScoredText {
  std::string text;
  double score = 0;
  std::string group;  ///< scores are compared within a group only
};

/// Where data came from, for the record in the model file.
struct Source {
  std::string name;    ///< file or folder name without its path
  std::string sha256;  ///< of the bytes read
  std::size_t rows = 0;
  std::size_t left_out = 0;  ///< ties, identical texts, repeated or too similarly scored rows

  friend bool operator==(const Source&, const Source&) = default;
};

struct Dataset {
  std::vector<Pair> pairs;
  std::vector<ScoredText> scores;
  std::vector<Source> sources;
};

/// The name under which a file or folder is put on record: the last part of its path.
std::string SourceName(const std::filesystem::path& path);

/// Adds a pair file, or a LAMP folder, to the data.
Status ReadPairs(const std::filesystem::path& path, Dataset& data);

/// Adds a score file to the data.
Status ReadScores(const std::filesystem::path& path, Dataset& data);

/// What a test set had in common with training data.
struct SharedPairs {
  std::size_t count = 0;
  std::string first;  ///< the group or text that the first of them shares, for messages
};

/// Takes the pairs out of `test` that share a text (case and punctuation aside) or a stated group
/// with `training`: the accuracy on them would be that of a memory.
SharedPairs TakeOutShared(const Dataset& training, Dataset& test);

/// Takes all pairs and scores of `texts` (case and punctuation aside) out of `data`, and those of
/// the groups in which they stand. Returns how many.
std::size_t HoldOut(const std::vector<std::string>& texts, Dataset& data);

}  // namespace redraft::reward
