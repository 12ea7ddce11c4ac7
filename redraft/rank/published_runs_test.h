#pragma once

// Match histories of published AlphaWrite runs, for tests. They lie beside the repository, never in
// it; tests skip when they are absent.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "redraft/base/file.h"
#include "redraft/base/json.h"
#include "redraft/rank/outcome.h"

namespace redraft::rank {

struct PublishedRun {
  std::vector<std::string> ids;
  std::vector<Outcome> outcomes;  ///< a is `story1`; hard verdicts
};

/// The folder of the runs; empty when there is none.
inline std::filesystem::path PublishedRunsFolder() {
  namespace fs = std::filesystem;
  std::vector<fs::path> places = {fs::path(REDRAFT_SOURCE_DIR) / "../shared"};
  if (const char* shared = std::getenv("REDRAFT_SHARED")) places.insert(places.begin(), shared);
  for (const fs::path& place : places) {
    if (fs::exists(place / "data/alphawrite")) return place / "data/alphawrite";
  }
  return {};
}

inline PublishedRun ReadPublishedRun(const std::string& name) {
  const auto text = ReadFile(PublishedRunsFolder() / name / "match_history.json");
  if (!text) {
    ADD_FAILURE() << text.error().message;
    return {};
  }
  const Json history = ParseJson(*text).value();
  PublishedRun run;
  std::map<std::string, int> index;
  const auto item = [&](const std::string& id) {
    const auto [at, added] = index.emplace(id, static_cast<int>(run.ids.size()));
    if (added) run.ids.push_back(id);
    return at->second;
  };
  for (const Json& match : history["matches"]) {
    Outcome outcome;
    outcome.a = item(match["story1_id"]);
    outcome.b = item(match["story2_id"]);
    outcome.p_a = match["winner_id"] == match["story1_id"] ? 1 : 0;
    run.outcomes.push_back(outcome);
  }
  return run;
}

}  // namespace redraft::rank
