#pragma once

// What is known of hosted models by their name: data/endpoints/providers.toml.

#include <optional>
#include <string>

#include "redraft/llm/dialect.h"
#include "redraft/llm/endpoint.h"
#include "redraft/llm/wire_format.h"

namespace redraft::llm {

/// A provider's model; without a known model, only what holds for all of the provider's.
struct KnownModel {
  std::string provider;
  Wire wire = Wire::kOpenAi;
  std::string key_variable;
  Prices prices;          ///< zero: unknown
  std::string priced_at;  ///< date of the prices; empty: unknown
  std::string currency;
  int context = 0;  ///< tokens; 0: unknown
  Dialect dialect;
};

/// By the host of the URL and the longest known beginning of the model's name. None: another host.
std::optional<KnownModel> FindKnownModel(const std::string& url, const std::string& model);

}  // namespace redraft::llm
