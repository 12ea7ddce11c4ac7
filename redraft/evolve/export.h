#pragma once

// A run as files for other programs. Every format is a set of named files; UTF-8, "\n", and in
// JSON Lines one object per line.
//
// Formats
//   jsonl       drafts.jsonl, verdicts.jsonl (logged order), ratings.jsonl (best first)
//   csv         the same three as CSV (RFC 4180, with a header line)
//   alphawrite  what the reference writes: initial_stories.json, batchN_stories.json,
//               elo_rankings.json and match_history.json of the last tournament, and
//               match_history_all.json with every match. The reference knows no ties, no
//               probabilities and no missing verdicts: a match goes to the likelier side, ties and
//               missing ones are left out, and all Elo ratings are replayed from what is written.
//   sft         sft.jsonl {"messages"} (TRL, OpenAI, LLaMA-Factory)
//   dpo         dpo.jsonl {"prompt","chosen","rejected","margin"} (TRL, explicit prompt, message
//               lists) and dpo-openai.jsonl {"input","preferred_output","non_preferred_output"}
//
// Training  Prompts are as sent: a text is answered to the request that made its first draft,
// because
//           that is what a model should learn to do at once. Only texts that carry evidence go in:
//           for sft, strength above the mean of all drafts by more than its standard error; for
//           dpo, pairs of one founder, hence of one prompt, whose P(better) is at least 0.9.
//           Margins are differences of strength in logits. At most two texts (sft) or eight pairs
//           (dpo) come from one founder; near duplicates go in once. Provenance is in
//           NAME.provenance.jsonl, line by line, because trainers refuse or misread extra columns.
// Errors    kInvalidArgument for an unknown format (naming the nearest), and when nothing in the
// run
//           qualifies for a training set; kConfig as RenderReport.

#include <string>
#include <vector>

#include "redraft/evolve/run_contents.h"

namespace redraft::evolve {

struct ExportedFile {
  std::string name;
  std::string bytes;
};

/// Names of the formats, as above.
const std::vector<std::string>& ExportFormats();

/// The files of one format. A pure function.
Result<std::vector<ExportedFile>> ExportRun(const RunContents& contents, const std::string& format);

}  // namespace redraft::evolve
