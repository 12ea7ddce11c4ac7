#pragma once

// What a server can do, found by asking: for `redraft doctor --endpoint`, and in short before a
// run.

#include <string>
#include <vector>

#include "redraft/llm/server_endpoint.h"

namespace redraft::llm {

struct ListedModel {
  std::string id;
  int context = 0;  ///< tokens; 0: not said
};

/// Reads a list of models: {"data":[{"id", …}]} of every format, with the length of the context
/// under one of the names that servers use. What is no such list is empty.
std::vector<ListedModel> ParseModels(std::string_view body);

/// One ability: whether it is there, and else what the server said.
struct Ability {
  bool works = false;
  std::string error;
};

struct Abilities {
  std::vector<ListedModel> models;
  Ability chat, choices, labels, schema, loglikelihood, embeddings;
  Dialect dialect;    ///< learned on the way
  std::string model;  ///< as the server names the one that answered
};

/// Asks for everything once, with requests of at most 64 tokens and the role probe. Blocks.
Abilities Probe(ServerEndpoint& endpoint);

/// Says what is wrong before anything is paid. Costs one look at the list of models; only where
/// that leaves a doubt (the model is not listed, the key is refused there, or log-probabilities are
/// needed) also a request of one token. Blocks.
/// Errors: kUnauthenticated; kRefused for a model that the server does not have, naming those it
/// has, and when `labels` are needed and it returns no log-probabilities; kConfig when `tokens` are
/// needed and the listed context is smaller. A server that cannot be reached is no error here: the
/// client asks it again.
Status Preflight(ServerEndpoint& endpoint, bool labels, int tokens);

}  // namespace redraft::llm
