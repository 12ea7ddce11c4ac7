// How long it takes to look through a megabyte of prose for weak spans, without a model, on one
// thread.
//
//   bench_edit [--json F]     F gets {"edit": {"mb_per_second", "first_ms", "spans_per_mb",
//   "reward_mb_per_second"}}

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/file.h"
#include "redraft/base/json.h"
#include "redraft/base/random.h"
#include "redraft/edit/detect.h"
#include "redraft/reward/model.h"

namespace {

using redraft::Json;
using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

/// A manuscript of paragraphs drawn from sentences of our own, plain and ornate, with speech.
std::string Manuscript(std::size_t bytes) {
  const std::vector<std::string> sentences = {
      "The ferry left at six whether or not anyone was on it.",
      "Her heart pounded as the silence stretched between them, heavy with unspoken words.",
      "Nobody on our street owned a ladder long enough, so the cat stayed where it was.",
      "He counted the coins twice, pushed one back across the counter, and asked for stamps.",
      "The city was a tapestry of light and shadow, each window a whispered secret, each street a "
      "thread woven into the fabric of the night.",
      "\u201CIt isn\u2019t stealing,\u201D she told the dog, \u201Cif it fell off the tree.\u201D",
      "By the second winter we had stopped locking the shed.",
      "In that moment, she realized that love was not about holding on, but about letting go.",
      "The letter had been opened and glued shut again by someone with a steady hand.",
      "He seemed to hesitate, his fingers drumming on the table as if searching for something."};
  redraft::Rng rng(1);
  std::string text;
  while (text.size() < bytes) {
    for (std::size_t i = 0, count = 3 + rng.Below(6); i < count; ++i) {
      text += sentences[rng.Below(sentences.size())] + " ";
    }
    text += "\n\n";
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string text = Manuscript(1'000'000);
  const double megabytes = static_cast<double>(text.size()) / 1e6;
  const auto start = Clock::now();
  std::size_t spans = redraft::edit::Detect(text, {}).size();
  const double first = Seconds(start);  // reads the lists, too
  double best = 1e9;                    // the least disturbed of five
  for (int pass = 0; pass < 5; ++pass) {
    const auto begin = Clock::now();
    spans = redraft::edit::Detect(text, {}).size();
    best = std::min(best, Seconds(begin));
  }
  const auto model = redraft::reward::RewardModel::BuiltIn();
  if (!model) {
    std::fprintf(stderr, "%s\n", model.error().message.c_str());
    return 1;
  }
  const auto with_reward = Clock::now();
  const std::size_t more = redraft::edit::Detect(text, {}, &*model).size();
  const double rewarded = Seconds(with_reward);
  fmt::print(
      "edit: {:.2f} MB/s on one thread, {:.0f} ms the first time ({} spans in {:.2f} MB); with the "
      "reward's loss {:.2f} MB/s ({} spans)\n",
      megabytes / best, 1000 * first, spans, megabytes, megabytes / rewarded, more);
  if (argc == 3 && std::string_view(argv[1]) == "--json") {
    Json figures;
    figures["mb_per_second"] = megabytes / best;
    figures["first_ms"] = 1000 * first;
    figures["spans_per_mb"] = static_cast<double>(spans) / megabytes;
    figures["reward_mb_per_second"] = megabytes / rewarded;
    Json out;
    out["edit"] = std::move(figures);
    const auto written = redraft::WriteFileAtomic(argv[2], redraft::DumpJson(out) + "\n");
    if (!written) {
      std::fprintf(stderr, "%s\n", written.error().message.c_str());
      return 1;
    }
  }
  return 0;
}
