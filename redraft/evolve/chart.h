#pragma once

// The geometry of the report's pictures, as data for its template: where each mark goes and what it
// says. Coordinates are strings with one decimal in a viewBox of the stated size.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "redraft/base/json.h"

namespace redraft::evolve {

/// A value of one generation.
using GenerationValue = std::pair<int, double>;

/// A small line over generations, 240 × 96:
/// {"path","dots":[{"x","y","generation","label"}],"first":{…,"label_y"},"last":{…,"label_y"},
///  "guide":{"y","label"}|null}.
/// `guide` is a level drawn as a dashed line when it lies near the values.
Json LineChart(const std::vector<GenerationValue>& values, int digits,
               std::optional<double> guide = std::nullopt);

/// One text in the picture of all texts.
struct Mark {
  std::string id;
  int generation = 0;
  double score = 0.0;
  std::string label;
  bool of_winner = false;  ///< belongs to the winner's line of descent
};

/// Every text by generation (columns, dots of near scores side by side) and score, 1080 × 376:
/// {"dots":[{"x","y","id","label","of_winner"}],"path","columns":[{"x","label","short"}],
///  "levels":[{"y","label"}]}. `path` joins the marks of the winner in the order given.
Json SwarmChart(const std::vector<Mark>& marks, int digits);

/// An interval on a scale, 320 wide: {"lo","hi","at","reference"}, the x of each, cut at the edges,
/// and {"anchor"}, how the text of the reference is to be set: "start", "middle" or "end".
Json IntervalChart(double value, double lo, double hi, double reference, double scale_lo,
                   double scale_hi);

}  // namespace redraft::evolve
