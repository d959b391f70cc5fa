#pragma once

#include <algorithm>

#include "src/score/moment.h"

namespace els::internal {

// A weight below this counts as 0. So a failure of 18 memories ago costs no
// time to compute any more.
inline constexpr double kNothing = 1e-8;

template <class Weight>
void Fade(Weight& weight, double decay) {
  weight = static_cast<Weight>(weight * decay);
  if (weight < kNothing) weight = 0;
}

// What the recent picks of one backend were like. All sums fade on the turn
// clock. Floats, as room is scarce, and no sum would be of more use with more
// precision.
class Recent {
 public:
  void Fade(double decay) {
    internal::Fade(picks_, decay);
    squares_s2_ = picks_ > 0 ? static_cast<float>(squares_s2_ * decay) : 0;
    if (queue_ > 0) internal::Fade(queue_, decay);
    if (spared_s_ > 0) internal::Fade(spared_s_, decay);
  }

  // Counts a pick, and the picks that the backend counts as having had.
  void Picked() { picks_ += 1; }
  void AtLeast(double picks) {
    picks_ = std::max(picks_, static_cast<float>(picks));
  }
  double picks() const { return picks_; }

  // A pick found this queue.
  void Found(double queue) { queue_ += static_cast<float>(queue); }
  double MeanQueue() const { return queue_ / std::max(1.0F, picks_); }

  // A neutral answer came so much sooner than a success takes in the mean.
  void Spared(double seconds) { spared_s_ += static_cast<float>(seconds); }
  double spared_s() const { return spared_s_; }

  // A latency was `by_s` from the mean.
  void Varied(double by_s, double weight) {
    squares_s2_ += static_cast<float>(by_s * by_s * weight);
  }
  // Returns the variance of the backend's latencies, whose mean is `latency_s`.
  // The fleet's variation counts beside the backend's own as much as the
  // fleet's mean counts beside the latencies.
  double Variance(const Moment& moment, double latency_s) const {
    const double prior = moment.rules->prior_weight;
    return (squares_s2_ + prior * moment.variation * latency_s * latency_s) /
           (picks_ + prior);
  }

 private:
  float picks_ = 0;
  float squares_s2_ = 0;
  float queue_ = 0;
  float spared_s_ = 0;
};

}  // namespace els::internal
