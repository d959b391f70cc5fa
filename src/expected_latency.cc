#include "src/expected_latency.h"

#include <algorithm>

namespace els::internal {

double ExpectedLatency(const Terms& terms) {
  double alone_s = terms.latency_s;
  if (terms.success_rate < 1) {
    alone_s += terms.failure_cost_s * (1 / terms.success_rate - 1);
  }
  const auto in_line = static_cast<double>(terms.outstanding + 1);
  return alone_s * in_line * terms.overdue * terms.turn * terms.distance;
}

double Overdue(double mean_age_s, double latency_s, double factor) {
  return std::max(1.0, mean_age_s / (factor * latency_s));
}

double Turn(double share, double slope, double limit) {
  return 1 + std::clamp(slope * (share - 1), -limit, limit);
}

}  // namespace els::internal
