#pragma once

#include "els/portable_math.h"

namespace els::internal {

// A mean under forward exponential decay (Cormode, Shkapenyuk, Srivastava and
// Xu, ICDE 2009): an observation made at t_i weighs e^(t_i - L) against a
// landmark L, and the sums of weights and of weighted values are never aged.
// Times are pure numbers, in units of the memory (the paper's 1/alpha), from a
// clock that never steps back. A value; not thread-safe; every call is O(1).
class DecayedMean {
 public:
  // Observations at one instant count in full, each.
  void Add(double value, double at) {
    if (at - landmark_ > kFarthest) MoveLandmark(at);
    const double weight = Exp(at - landmark_);
    sum_ += weight * value;
    weight_ += weight;
  }

  // Whether nothing has been observed yet.
  bool empty() const { return weight_ == 0; }

  // How much has been observed: each observation counts 1 when it is made and
  // e times less with every unit of time since.
  double Weight(double at) const { return weight_ * Exp(landmark_ - at); }

  // The mean of the observations and of `prior_weight` more of value `prior`,
  // so that it drifts to the prior while nothing is observed.
  // REQUIRES: prior_weight > 0.
  double Mean(double at, double prior, double prior_weight) const {
    const double decay = Exp(landmark_ - at);
    return (sum_ * decay + prior_weight * prior) /
           (weight_ * decay + prior_weight);
  }

  // The mean of the observations alone. It does not change with time.
  // REQUIRES: !empty().
  double Mean() const { return sum_ / weight_; }

 private:
  // e^64 is 6e27: far from the largest double, 1.8e308, and an observation made
  // that long ago weighs nothing beside a new one.
  static constexpr double kFarthest = 64;

  void MoveLandmark(double at) {
    const double decay = Exp(landmark_ - at);
    sum_ *= decay;
    weight_ *= decay;
    landmark_ = at;
  }

  double landmark_ = 0;
  double sum_ = 0;
  double weight_ = 0;
};

}  // namespace els::internal
