#pragma once

// A writer for tests: prose that passes the gates, a pure function of the request's key, with a
// hidden quality so that a judge can know the truth.

#include <string>

#include "redraft/base/hash.h"
#include "redraft/base/random.h"
#include "redraft/core/request.h"

namespace redraft::evolve::testing {

/// `sentences` plain sentences without repeated phrases.
inline std::string Prose(Rng rng, int sentences) {
  static const char* const kWho[] = {
      "the ferryman", "her brother", "a clerk from the mill", "the widow",
      "our teacher",  "the pilot",   "an old gardener",       "the bride",
      "his cousin",   "the baker",   "a sailor on leave",     "the doctor"};
  static const char* const kDid[] = {"counted", "mended",  "carried",  "forgot",
                                     "painted", "sold",    "borrowed", "polished",
                                     "buried",  "guarded", "folded",   "burned"};
  static const char* const kWhat[] = {
      "seven blue cups", "the harbour clock",  "a letter without a name", "the last lantern",
      "two broken oars", "a coat of wet wool", "the orchard ladder",      "some copper wire",
      "the bell rope",   "a map of the marsh", "nine glass beads",        "the kitchen door"};
  static const char* const kWhen[] = {
      "before the rain came",        "while the town slept",     "after the market closed",
      "on the coldest day of March", "as if nobody was looking", "without a word to anyone",
      "until the tide turned",       "when the music stopped",   "for the third time",
      "under a failing lamp",        "between two trains",       "long past midnight"};
  std::string text;
  for (int i = 0; i < sentences; ++i) {
    std::string sentence = std::string(kWho[rng.Below(12)]) + " " + kDid[rng.Below(12)] + " " +
                           kWhat[rng.Below(12)] + " " + kWhen[rng.Below(12)] + ".";
    sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
    text += (text.empty() ? "" : " ") + sentence;
  }
  return text;
}

/// The reply of the fake writer.
inline core::Reply Write(const core::Request& request) {
  core::Reply reply;
  reply.text = Prose(Rng(StableHash(core::RequestKey(request))), 9);
  reply.finish = "stop";
  reply.model = request.model;
  reply.usage = {200, 120, 0};
  return reply;
}

}  // namespace redraft::evolve::testing
