// How many prompt tokens does a verdict cost when prompts share what was computed for them?
//
//   bench_judging [--json FILE] [MODEL.gguf]     (default: the first of REDRAFT_BENCH_MODELS)
//
// Sixty texts of 2,985 characters (§6) meet in AlphaWrite's 20 random rounds (600 verdicts). Two
// layouts, in the tokens of the model:
//   reference  as research/alphawrite.md §2.6 and §6 describe it: 5,270 characters that never
//              change, of which 3,500 stand before the texts and 1,770 behind them
//   redraft    the label judge of the fiction pack: everything static first, a cue behind the texts
// and two orders of asking: as planned, and rank::PrefixOrder. A prompt costs what none of the last
// sixteen prompts begins with, which is what sixteen streams can hold. A last row plays the whole
// tournament of `redraft rank` (active pairs) with a simulated model. The engine itself then judges
// a smaller schedule, to see that it computes what was counted.
//
// Figures: tokens a verdict; "share" is tokens computed over all tokens of the reference's layout
// (bar 0.28). The label judge writes one token; the reference's verdicts are 820 to 900 words long.

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "redraft/base/file.h"
#include "redraft/base/json.h"
#include "redraft/base/random.h"
#include "redraft/core/pack.h"
#include "redraft/gguf/engine.h"
#include "redraft/judge/model_judges.h"
#include "redraft/judge/tournament.h"
#include "redraft/rank/pairing.h"

namespace redraft {
namespace {

constexpr int kTexts = 60;
constexpr int kRounds = 20;
constexpr std::size_t kTextCharacters = 2985;
constexpr std::size_t kStreams = 16;
constexpr std::size_t kReferenceBefore = 3500, kReferenceBehind = 1770;  // characters
constexpr const char* kBrief = "Write a story in which somebody waits for news.";

/// Plain sentences of exactly `size` characters in all.
std::string Prose(Rng rng, std::size_t size) {
  static const char* const kVocabulary[] = {
      "the",    "ferryman", "counted", "seven", "cups",  "before", "rain",  "came",  "and",
      "nobody", "at",       "market",  "asked", "why",   "her",    "coat",  "was",   "wet",
      "a",      "clerk",    "from",    "mill",  "sold",  "copper", "wire",  "under", "failing",
      "lamp",   "while",    "town",    "slept", "until", "tide",   "turned"};
  std::string text;
  for (int i = 0; text.size() < size; ++i) {
    text += (i == 0 ? "" : i % 12 == 0 ? ". " : " ");
    text += kVocabulary[rng.Below(std::size(kVocabulary))];
  }
  text.resize(size, '.');
  return text;
}

/// Counts what sixteen streams would compute.
class PrefixCache {
 public:
  void Ask(const std::vector<gguf::Token>& prompt) {
    std::size_t shared = 0;
    for (const auto& stream : streams_) {
      const auto ends = std::mismatch(prompt.begin(), prompt.end(), stream.begin(), stream.end());
      shared = std::max(shared, static_cast<std::size_t>(ends.first - prompt.begin()));
    }
    total += prompt.size();
    computed += prompt.size() - std::min(shared, prompt.size() - 1);
    ++asked;
    streams_.push_back(prompt);
    if (streams_.size() > kStreams) streams_.pop_front();
  }
  double Total() const { return static_cast<double>(total) / static_cast<double>(asked); }
  double Computed() const { return static_cast<double>(computed) / static_cast<double>(asked); }

 private:
  std::deque<std::vector<gguf::Token>> streams_;
  std::size_t total = 0, computed = 0, asked = 0;
};

std::vector<judge::Contender> Texts(int count) {
  std::vector<judge::Contender> texts;
  for (int i = 0; i < count; ++i) {
    texts.push_back(
        {fmt::format("t{}", i), Prose(Rng(7).Fork(fmt::format("text/{}", i)), kTextCharacters)});
  }
  return texts;
}

std::unique_ptr<judge::Judge> LabelJudge(const std::string& model) {
  const core::Pack pack = *core::LoadPack("fiction");
  judge::LlmJudgeOptions options;
  options.model = model;
  options.form = judge::AnswerForm::kLabel;
  options.judge_role = pack.judge_role;
  options.noun = pack.noun;
  options.rubric = pack.rubric.text;
  return *judge::LlmJudge(std::move(options));
}

using Prompts = std::function<std::vector<core::Message>(const judge::Contender& first,
                                                         const judge::Contender& second)>;

Prompts Redraft(const judge::Judge& judge) {
  return [&judge](const judge::Contender& first, const judge::Contender& second) {
    return judge.Play({first, second, kBrief})->Step({})[0].messages;
  };
}

Prompts Reference() {
  const std::string statics = Prose(Rng(11), kReferenceBefore + kReferenceBehind);
  const std::string before = statics.substr(0, kReferenceBefore);
  const std::string behind = statics.substr(kReferenceBefore, kReferenceBehind);
  return [before, behind](const judge::Contender& first, const judge::Contender& second) {
    return std::vector<core::Message>{{"user", before + "\n\nModel 1:\n" + first.text +
                                                   "\n\nModel 2:\n" + second.text + "\n\n" +
                                                   behind}};
  };
}

/// The pairs' prompts in tokens.
std::vector<std::vector<gguf::Token>> TokensOf(const gguf::Model& model, const Prompts& prompts,
                                               const std::vector<judge::Contender>& texts,
                                               const std::vector<rank::Pair>& pairs) {
  std::vector<std::vector<gguf::Token>> tokens;
  for (const rank::Pair& pair : pairs) {
    tokens.push_back(*model.TokenizeChat(prompts(texts[static_cast<std::size_t>(pair.first)],
                                                 texts[static_cast<std::size_t>(pair.second)])));
  }
  return tokens;
}

PrefixCache Count(const std::vector<std::vector<gguf::Token>>& prompts) {
  PrefixCache cache;
  for (const auto& prompt : prompts) cache.Ask(prompt);
  return cache;
}

PrefixCache CountInPrefixOrder(const std::vector<std::vector<gguf::Token>>& prompts,
                               const std::vector<rank::Pair>& pairs) {
  PrefixCache cache;
  for (const std::size_t i : rank::PrefixOrder(pairs)) cache.Ask(prompts[i]);
  return cache;
}

/// The tournament of `redraft rank`, with a model that likes texts of high number a little.
PrefixCache CountTournament(const gguf::Model& model, const judge::Judge& judge,
                            const std::vector<judge::Contender>& texts) {
  PrefixCache cache;
  Rng rng(3);
  judge::TournamentOptions options;
  options.brief = kBrief;
  const auto played =
      judge::PlayTournament(texts, judge, options, [&](std::span<core::Job* const> jobs) -> Status {
        for (core::Job* job : jobs) {
          const core::Request request = job->Step({})[0];
          cache.Ask(*model.TokenizeChat(request.messages));
          const double gap =
              std::atof(request.first.c_str() + 1) - std::atof(request.second.c_str() + 1);
          const double p = core::Probability(gap / 20 + 1.7 * rng.Normal());
          core::Reply reply;
          reply.probs = {p, 1 - p};
          job->Step(std::span(&reply, 1));
        }
        return Ok{};
      });
  if (!played) {
    fmt::print(stderr, "{}\n", played.error().message);
    std::exit(1);
  }
  return cache;
}

/// Tokens a verdict that the engine computes for the pairs.
double Measure(gguf::Engine& engine, const judge::Judge& judge,
               const std::vector<judge::Contender>& texts, const std::vector<rank::Pair>& pairs) {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t answered = 0;
  for (const std::size_t i : rank::PrefixOrder(pairs)) {
    auto match = judge.Play({texts[static_cast<std::size_t>(pairs[i].first)],
                             texts[static_cast<std::size_t>(pairs[i].second)], kBrief});
    engine.Submit(match->Step({})[0], [&](const Result<core::Reply>& reply) {
      if (!reply) fmt::print(stderr, "{}\n", reply.error().message);
      const std::lock_guard lock(mutex);
      ++answered;
      changed.notify_one();
    });
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return answered == pairs.size(); });
  return static_cast<double>(engine.stats().computed_tokens) / static_cast<double>(pairs.size());
}

int Run(const std::string& path, const std::string& json_path) {
  auto loaded = gguf::Model::Load(path);
  if (!loaded) {
    fmt::print(stderr, "{}\n", loaded.error().message);
    return 1;
  }
  const std::shared_ptr<const gguf::Model> model = std::move(*loaded);
  const auto judge = LabelJudge(model->id());
  const auto texts = Texts(kTexts);
  const auto pairs = rank::RandomRounds(kTexts, kRounds, Rng(5));
  Json figures;
  double reference = 0;
  const auto row = [&](const std::string& name, const PrefixCache& cache) {
    if (reference == 0) reference = cache.Total();
    fmt::print("{:<48}{:>9.0f}{:>10.0f}{:>9.3f}\n", name, cache.Total(), cache.Computed(),
               cache.Computed() / reference);
    std::fflush(stdout);
    figures["share " + name] = cache.Computed() / reference;
  };
  fmt::print("{}, tokens a verdict\n{:<48}{:>9}{:>10}{:>9}\n", model->id(), "", "prompt",
             "computed", "share");
  row("reference, as planned", Count(TokensOf(*model, Reference(), texts, pairs)));
  const auto prompts = TokensOf(*model, Redraft(*judge), texts, pairs);
  row("redraft, as planned", Count(prompts));
  row("redraft, prefix order", CountInPrefixOrder(prompts, pairs));
  row("redraft rank, prefix order", CountTournament(*model, *judge, texts));

  const auto few = Texts(8);
  const auto small = rank::RandomRounds(8, 4, Rng(5));
  const PrefixCache counted =
      CountInPrefixOrder(TokensOf(*model, Redraft(*judge), few, small), small);
  auto engine = gguf::Engine::Start(model, {});
  if (!engine) {
    fmt::print(stderr, "{}\n", engine.error().message);
    return 1;
  }
  const double measured = Measure(**engine, *judge, few, small);
  fmt::print("8 texts, 4 rounds, prefix order: counted {:.0f}, computed by the engine {:.0f}\n",
             counted.Computed(), measured);
  figures["engine over counted"] = measured / counted.Computed();
  if (json_path.empty()) return 0;
  const auto written = WriteFileAtomic(json_path, DumpJson({{"judging", figures}}) + "\n");
  if (!written) fmt::print(stderr, "{}\n", written.error().message);
  return written ? 0 : 1;
}

}  // namespace
}  // namespace redraft

int main(int argc, char** argv) {
  std::string path, json;
  if (const char* models = std::getenv("REDRAFT_BENCH_MODELS")) path = models;
  path = path.substr(0, path.find(':'));
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0 && i + 1 < argc) {
      json = argv[++i];
    } else {
      path = argv[i];
    }
  }
  if (path.empty()) {
    fmt::print(stderr, "bench_judging: name a model, or set REDRAFT_BENCH_MODELS\n");
    return 2;
  }
  return redraft::Run(path, json);
}
