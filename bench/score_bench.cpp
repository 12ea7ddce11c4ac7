// How many texts of 200 words the built-in reward model scores per second on one thread.
//
//   bench_score [--json F]     F gets {"score": {"texts_per_second", "words_per_second",
//   "load_ms"}}

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/file.h"
#include "redraft/base/json.h"
#include "redraft/base/random.h"
#include "redraft/reward/model.h"
#include "redraft/text/words.h"

namespace {

using redraft::Json;
using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

/// Paragraphs of 200 words, drawn from sentences of our own so that no two are alike.
std::vector<std::string> Paragraphs(std::size_t count) {
  const std::vector<std::string> sentences = {
      "The ferry left at six whether or not anyone was on it.",
      "My sister had painted the kitchen the colour of weak tea, and then gone to Porto.",
      "Nobody on our street owned a ladder long enough, so the cat stayed where it was.",
      "He counted the coins twice, pushed one back across the counter, and asked for stamps.",
      "In the afternoon the wind turned, and we could smell the cannery from the church steps.",
      "\u201CIt isn\u2019t stealing,\u201D she told the dog, \u201Cif it fell off the tree.\u201D",
      "By the second winter we had stopped locking the shed.",
      "The letter had been opened and glued shut again by someone with a steady hand."};
  redraft::Rng rng(1);
  std::vector<std::string> paragraphs(count);
  for (std::string& text : paragraphs) {
    while (redraft::text::CountWords(text) < 200) {
      text += (text.empty() ? "" : " ") + sentences[rng.Below(sentences.size())];
    }
  }
  return paragraphs;
}

}  // namespace

int main(int argc, char** argv) {
  const auto load = Clock::now();
  const auto model = redraft::reward::RewardModel::BuiltIn();
  if (!model) {
    std::fprintf(stderr, "%s\n", model.error().message.c_str());
    return 1;
  }
  const double load_seconds = Seconds(load);
  const auto paragraphs = Paragraphs(500);
  double words = 0;
  for (const auto& text : paragraphs) words += redraft::text::CountWords(text);

  double best = 1e9;  // seconds per pass: the least disturbed of five
  double sum = 0;
  for (int pass = 0; pass < 5; ++pass) {
    const auto start = Clock::now();
    for (const auto& text : paragraphs) sum += model->Score(text);
    best = std::min(best, Seconds(start));
  }
  const double texts = static_cast<double>(paragraphs.size());
  fmt::print(
      "score: {:.0f} texts/s of {:.0f} words on one thread, {:.1f} ms to load (mean {:.3f})\n",
      texts / best, words / texts, 1000 * load_seconds, sum / (5 * texts));
  if (argc == 3 && std::string_view(argv[1]) == "--json") {
    Json figures;
    figures["texts_per_second"] = texts / best;
    figures["words_per_second"] = words / best;
    figures["load_ms"] = 1000 * load_seconds;
    Json out;
    out["score"] = std::move(figures);
    const auto written = redraft::WriteFileAtomic(argv[2], redraft::DumpJson(out) + "\n");
    if (!written) {
      std::fprintf(stderr, "%s\n", written.error().message.c_str());
      return 1;
    }
  }
  return 0;
}
