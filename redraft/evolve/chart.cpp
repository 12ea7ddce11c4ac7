#include "redraft/evolve/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace redraft::evolve {
namespace {

/// Maps [lo, hi] to [from, to]; a scale without extent puts everything in the middle.
struct Scale {
  double lo, hi, from, to;
  double operator()(double value) const {
    return hi > lo ? from + (value - lo) / (hi - lo) * (to - from) : (from + to) / 2;
  }
};

std::string At(double coordinate) { return fmt::format("{:.1f}", coordinate); }

std::string Number(double value, int digits) {
  const std::string text = fmt::format("{:.{}f}", std::abs(value), digits);
  const bool zero = text.find_first_not_of("0.") == std::string::npos;
  return value < 0 && !zero ? "−" + text : text;
}

void Append(std::string& path, double x, double y) {
  path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : " L", x, y);
}

/// A step of 1, 2 or 5 times a power of ten that parts `extent` into three to seven.
double NiceStep(double extent) {
  const double power = std::pow(10.0, std::floor(std::log10(extent / 3.0)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (extent / (factor * power) <= 6.0) return factor * power;
  }
  return 10.0 * power;
}

}  // namespace

Json LineChart(const std::vector<GenerationValue>& values, int digits,
               std::optional<double> guide) {
  Json dots = Json::array();
  if (values.empty()) return nullptr;
  double lo = values.front().second, hi = lo;
  for (const auto& [generation, value] : values) {
    lo = std::min(lo, value);
    hi = std::max(hi, value);
  }
  const bool guided = guide && *guide >= lo - 3 * (hi - lo) && *guide <= hi + 3 * (hi - lo);
  if (guided) {
    lo = std::min(lo, *guide);
    hi = std::max(hi, *guide);
  }
  const Scale x{static_cast<double>(values.front().first), static_cast<double>(values.back().first),
                14, 226};
  const Scale y{lo, hi, 62, 22};
  std::string path;
  for (const auto& [generation, value] : values) {
    Append(path, x(generation), y(value));
    dots.push_back({{"x", At(x(generation))},
                    {"y", At(y(value))},
                    {"generation", std::to_string(generation)},
                    {"label", Number(value, digits)}});
  }
  Json level = nullptr;
  if (guided) level = {{"y", At(y(*guide))}, {"label", Number(*guide, digits)}};
  // A label stands on the side of its point to which the line does not go.
  const auto beside = [&](std::size_t i, std::size_t neighbour) {
    const bool below = values[neighbour].second > values[i].second;
    Json label = dots[i];
    label["label_y"] = At(y(values[i].second) + (below ? 16 : -9));
    return label;
  };
  const std::size_t end = values.size() - 1;
  return {{"path", path},
          {"dots", dots},
          {"first", beside(0, std::min<std::size_t>(1, end))},
          {"last", beside(end, end == 0 ? 0 : end - 1)},
          {"guide", level}};
}

Json SwarmChart(const std::vector<Mark>& marks, int digits) {
  if (marks.empty()) return nullptr;
  double lo = marks.front().score, hi = lo;
  std::map<int, int> columns;  // generation -> column
  for (const Mark& mark : marks) {
    lo = std::min(lo, mark.score);
    hi = std::max(hi, mark.score);
    columns.emplace(mark.generation, 0);
  }
  int number = 0;
  for (auto& [generation, column] : columns) column = number++;
  constexpr double kLeft = 44, kRight = 1072, kTop = 10, kBottom = 344, kDot = 9;
  const double width = (kRight - kLeft) / number;
  const auto middle = [&](int generation) { return kLeft + width * (columns[generation] + 0.5); };
  const Scale y{lo, hi, kBottom - 8, kTop + 8};

  // Dots of one column that would lie on each other move aside, left and right in turn.
  std::map<std::pair<int, long>, int> taken;
  std::vector<const Mark*> order;
  for (const Mark& mark : marks) order.push_back(&mark);
  std::ranges::stable_sort(
      order, [](const Mark* a, const Mark* b) { return a->of_winner > b->of_winner; });
  std::map<const Mark*, double> aside;
  const double room = std::max(1.0, std::floor(width * 0.46 / kDot));
  for (const Mark* mark : order) {
    const int n = taken[{mark->generation, std::lround(y(mark->score) / kDot)}]++;
    const double steps = std::fmod((n + 1) / 2, room) * (n % 2 == 0 ? 1 : -1);
    aside[mark] = steps * kDot;
  }

  Json dots = Json::array(), shown_columns = Json::array(), levels = Json::array();
  std::string path;
  for (const Mark& mark : marks) {
    const double at_x = middle(mark.generation) + aside[&mark], at_y = y(mark.score);
    if (mark.of_winner) Append(path, at_x, at_y);
    dots.push_back({{"x", At(at_x)},
                    {"y", At(at_y)},
                    {"id", mark.id},
                    {"label", mark.label},
                    {"of_winner", mark.of_winner}});
  }
  for (const auto& [generation, column] : columns) {
    shown_columns.push_back(
        {{"x", At(middle(generation))},
         {"label", generation == 0 ? "first drafts" : fmt::format("generation {}", generation)},
         {"short", std::to_string(generation)}});
  }
  if (hi > lo) {
    const double step = NiceStep(hi - lo);
    for (double level = std::ceil(lo / step) * step; level <= hi + step * 1e-9; level += step) {
      levels.push_back({{"y", At(y(level))}, {"label", Number(level, step >= 1 ? 0 : digits)}});
    }
  }
  return {{"dots", dots}, {"path", path}, {"columns", shown_columns}, {"levels", levels}};
}

Json IntervalChart(double value, double lo, double hi, double reference, double scale_lo,
                   double scale_hi) {
  const Scale scale{scale_lo, scale_hi, 6, 314};
  const auto at = [&](double x) { return At(scale(std::clamp(x, scale_lo, scale_hi))); };
  const double reference_x = scale(reference);
  return {{"at", at(value)},
          {"lo", at(lo)},
          {"hi", at(hi)},
          {"reference", at(reference)},
          {"anchor", reference_x < 60    ? "start"
                     : reference_x > 260 ? "end"
                                         : "middle"}};
}

}  // namespace redraft::evolve
