// mock_server: plays an OpenAI-compatible model on 127.0.0.1, for tests and benches. Prints its
// port on standard output and ends when standard input closes.
//
//   mock_server [--words N] [--verdict-words N] [--judge quality|coin] [--gain X] [--delay MS]
//               [--sigma X] [--fault KIND=RATE]...
//
// Replies depend on the request's body alone, so every run sees the same model:
//   X-Redraft-Role judge, check  "WINNER: A" or "B" after a sentence; or the log-probabilities of
//   the
//                                labels when the request asks for them. With `quality`, each draft
//                                id has a hidden normal quality and A wins with probability
//                                sigmoid(gain * (quality of first - quality of second)); with
//                                `coin` the winner is drawn evenly.
//   any other role               a story of about N words (default 90) that ends with a full stop
// Delays are MS, or log-normal with the mean MS and the sigma X, drawn from the body (delay.h).
// Verdicts are preceded by N words of reasons (default 0).
// Faults: 429 (Retry-After: 0), 429-wait (Retry-After: 1), 500, reset, half-body, broken-json,
// stall. Which tries fail depends on body and try number; a body fails at most twice. GET /stats →
// {"received":{role:n},"answered":{role:n},"faults":{kind:n},"connections":n}

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "redraft/base/hash.h"
#include "redraft/base/json.h"
#include "redraft/base/random.h"
#include "tests/mock_server/delay.h"
#include "tests/mock_server/loopback_server.h"

namespace redraft::testing {
namespace {

struct MockOptions {
  int words = 90;
  bool coin = false;
  double gain = 1.0;
  int verdict_words = 0;
  double delay_ms = 0.0, sigma = 0.0;
  std::vector<std::pair<std::string, double>> faults;  // kind, share of tries
};

constexpr int kMostFaultsPerBody = 2;

std::string Story(Rng rng, int words) {
  static const std::vector<std::string> kWho = {
      "the ferryman",    "a retired clerk", "my aunt",         "the beekeeper",  "the night porter",
      "an old surveyor", "her brother",     "the piano tuner", "a lost tourist", "the glazier",
      "the twin",        "our neighbour",   "a tired nurse",   "the lockkeeper", "the baker's son"};
  static const std::vector<std::string> kDid = {
      "carried",  "buried",  "forgot",   "repainted", "counted", "mended", "sold",
      "borrowed", "watched", "followed", "weighed",   "hid",     "opened", "photographed"};
  static const std::vector<std::string> kWhat = {
      "a crate of winter pears", "the brass key",       "three unread letters",
      "a cracked bell",          "the wrong umbrella",  "a jar of river sand",
      "somebody else's coat",    "the last map",        "a wooden leg",
      "the silent radio",        "two borrowed chairs", "a blue ledger"};
  static const std::vector<std::string> kWhere = {
      "behind the chapel",       "under the salt bridge",  "at the edge of the orchard",
      "in the flooded cellar",   "beside the signal box",  "on the ninth stair",
      "near the shuttered mill", "across the frozen dock", "inside the empty theatre"};
  static const std::vector<std::string> kWhen = {
      "before the rain came", "while the town slept",     "after the second bell",
      "when nobody asked",    "as the tide turned",       "long past the last train",
      "in the week of frost", "until the lamps went out", "on the morning of the fair"};
  std::string story;
  int written = 0;
  const auto pick = [&rng](const std::vector<std::string>& from) {
    return from[rng.Below(from.size())];
  };
  while (written < words) {
    std::string sentence = fmt::format("{} {} {} {} {}.", pick(kWho), pick(kDid), pick(kWhat),
                                       pick(kWhere), pick(kWhen));
    sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
    written += static_cast<int>(std::count(sentence.begin(), sentence.end(), ' ')) + 1;
    story += (story.empty() ? "" : " ") + sentence;
  }
  return story;
}

class MockModel {
 public:
  explicit MockModel(MockOptions options) : options_(std::move(options)) {}

  Answer Handle(const Received& request, int connections) {
    if (request.method == "GET") return HttpAnswer(200, DumpJson(Stats(connections)));
    std::string role = request.Header("x-redraft-role");
    if (role.empty()) role = "untagged";
    const std::string fault = CountAndDrawFault(request.body, role);
    Answer answer = fault.empty() ? Reply(request, role) : Fault(fault, Reply(request, role));
    if (options_.delay_ms > 0.0) {
      answer.delay = DrawnDelay(request.body, options_.delay_ms, options_.sigma);
    }
    return answer;
  }

 private:
  Json Stats(int connections) {
    const std::lock_guard lock(mutex_);
    return {{"received", received_},
            {"answered", answered_},
            {"faults", faults_},
            {"connections", connections}};
  }

  /// The fault of this try at `body`; empty: none.
  std::string CountAndDrawFault(const std::string& body, const std::string& role) {
    const std::lock_guard lock(mutex_);
    ++received_[role];
    auto& [tries, failed] = by_body_[StableHash(body)];
    double draw = Rng(StableHash(body)).Fork(fmt::format("fault/{}", ++tries)).Uniform();
    for (const auto& [kind, rate] : options_.faults) {
      draw -= rate;
      if (draw >= 0.0 || failed >= kMostFaultsPerBody) continue;
      ++failed;
      ++faults_[kind];
      return kind;
    }
    ++answered_[role];
    return "";
  }

  static Answer Fault(const std::string& kind, const Answer& proper) {
    if (kind == "429")
      return HttpAnswer(429, R"({"error":{"message":"slow down"}})", "Retry-After: 0\r\n");
    if (kind == "429-wait")
      return HttpAnswer(429, R"({"error":{"message":"slow down"}})", "Retry-After: 1\r\n");
    if (kind == "500") return HttpAnswer(500, R"({"error":{"message":"internal"}})");
    if (kind == "reset") return {.then = Answer::Then::kReset};
    if (kind == "stall") return {.then = Answer::Then::kStall};
    if (kind == "half-body") {
      return {.bytes = proper.bytes.substr(0, proper.bytes.size() - 20),
              .then = Answer::Then::kClose};
    }
    return HttpAnswer(200, R"({"choices":[{"message":)");  // broken-json
  }

  Answer Reply(const Received& request, const std::string& role) const {
    const Result<Json> body = ParseJson(request.body);
    if (!body || !body->contains("messages")) {
      return HttpAnswer(400, R"({"error":{"message":"the body is no chat request"}})");
    }
    const Rng rng = Rng(StableHash(request.body)).Fork("reply");
    Json choice = {{"index", 0}, {"finish_reason", "stop"}};
    std::string text;
    if (role == "judge" || role == "check") {
      const double p = FirstWins(request);
      Rng coin = rng.Fork("winner");
      const std::string winner = coin.Uniform() < p ? "A" : "B";
      const std::string reasons =
          options_.verdict_words == 0 ? "" : Story(rng.Fork("reasons"), options_.verdict_words);
      text = reasons + "One text is the better one.\nWINNER: " + winner;
      if (body->value("logprobs", false)) {
        text = winner;
        choice["finish_reason"] = "length";
        const Json top = {{{"token", "A"}, {"logprob", std::log(p)}},
                          {{"token", "B"}, {"logprob", std::log1p(-p)}}};
        choice["logprobs"] = {{"content",
                               {{{"token", winner},
                                 {"logprob", std::log(winner == "A" ? p : 1.0 - p)},
                                 {"top_logprobs", top}}}}};
      }
    } else {
      text = Story(rng, options_.words);
    }
    choice["message"] = {{"role", "assistant"}, {"content", text}};
    return HttpAnswer(200, DumpJson({{"id", "mock"},
                                     {"object", "chat.completion"},
                                     {"model", body->value("model", "mock")},
                                     {"choices", Json::array({choice})},
                                     {"usage",
                                      {{"prompt_tokens", request.body.size() / 4},
                                       {"completion_tokens", text.size() / 4 + 1}}}}));
  }

  double FirstWins(const Received& request) const {
    if (options_.coin) return 0.5;
    const auto quality = [&request](const char* header) {
      return Rng(StableHash(request.Header(header))).Fork("quality").Normal();
    };
    const double lead = quality("x-redraft-first") - quality("x-redraft-second");
    return 1.0 / (1.0 + std::exp(-options_.gain * lead));
  }

  MockOptions options_;
  std::mutex mutex_;  // guards the counts
  std::map<std::string, int> received_, answered_, faults_;
  std::map<std::uint64_t, std::pair<int, int>> by_body_;  // tries, failed ones
};

int Main(const std::vector<std::string>& args) {
  MockOptions options;
  for (std::size_t i = 0; i < args.size(); i += 2) {
    if (i + 1 == args.size()) {
      std::cerr << "mock_server: " << args[i] << " needs a value\n";
      return 2;
    }
    const std::string& value = args[i + 1];
    if (args[i] == "--words") {
      options.words = std::atoi(value.c_str());
    } else if (args[i] == "--judge") {
      options.coin = value == "coin";
    } else if (args[i] == "--gain") {
      options.gain = std::atof(value.c_str());
    } else if (args[i] == "--delay") {
      options.delay_ms = std::atof(value.c_str());
    } else if (args[i] == "--sigma") {
      options.sigma = std::atof(value.c_str());
    } else if (args[i] == "--verdict-words") {
      options.verdict_words = std::atoi(value.c_str());
    } else if (args[i] == "--fault" && value.find('=') != std::string::npos) {
      const std::size_t equals = value.find('=');
      options.faults.emplace_back(value.substr(0, equals), std::atof(value.c_str() + equals + 1));
    } else {
      std::cerr << "mock_server: unknown option " << args[i] << "\n";
      return 2;
    }
  }
  MockModel model(options);
  LoopbackServer* self = nullptr;
  LoopbackServer server(
      [&](const Received& request) { return model.Handle(request, self->connections()); });
  self = &server;
  std::cout << server.port() << std::endl;
  char ignored = 0;
  while (read(STDIN_FILENO, &ignored, 1) > 0) {
  }
  return 0;
}

}  // namespace
}  // namespace redraft::testing

int main(int argc, char** argv) { return redraft::testing::Main({argv + 1, argv + argc}); }
