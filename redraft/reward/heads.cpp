#include "redraft/reward/heads.h"

#include <algorithm>
#include <cmath>
#include <vector>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF  // as in features.cpp
#endif

namespace redraft::reward {

double Weigh(const Head& head, const Signals& signals) {
  double sum = 0;
  for (std::size_t i = 0; i < kSignals; ++i) sum += head[i] * signals[i];
  return sum;
}

Head FitHead(std::span<const Lesson> lessons, const Head& prior, double strength) {
  // Cyclic coordinate descent; each step is a Newton step on a bound of the curvature (a quarter),
  // so that the loss never rises.
  Head head = prior;
  std::vector<double> margins;
  for (const Lesson& lesson : lessons) margins.push_back(Weigh(head, lesson.difference));
  for (int sweep = 0; sweep < 500; ++sweep) {
    double moved = 0;
    for (std::size_t k = 0; k < kSignals; ++k) {
      double slope = strength * (head[k] - prior[k]);
      double curvature = strength;
      for (std::size_t i = 0; i < lessons.size(); ++i) {
        const double x = lessons[i].difference[k];
        const double wrong = 1 / (1 + std::exp(margins[i]));
        slope -= lessons[i].weight * wrong * x;
        curvature += lessons[i].weight * std::max(wrong * (1 - wrong), 0.05) * x * x;
      }
      const double next = std::max(0.0, head[k] - slope / curvature);
      const double step = next - head[k];
      if (step == 0) continue;
      head[k] = next;
      for (std::size_t i = 0; i < lessons.size(); ++i)
        margins[i] += step * lessons[i].difference[k];
      moved = std::max(moved, std::abs(step));
    }
    if (moved < 1e-5) break;
  }
  return head;
}

}  // namespace redraft::reward
