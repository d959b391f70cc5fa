#pragma once

#include "els/portable_math.h"
#include "src/decay_clock.h"

namespace els::internal {

// A mean under forward exponential decay (Cormode, Shkapenyuk, Srivastava and
// Xu, ICDE 2009): an observation made at t_i weighs e^(t_i - L) against a
// landmark L, and the sums of weights and of weighted values are never aged.
// Time is a DecayClock's, the same one in all calls. A value; not thread-safe;
// every call is O(1), and without an exponential but for the first after the
// clock's landmark has moved.
class DecayedMean {
 public:
  // Observations at one instant count in full, each.
  void Add(double value, const Growth& now) {
    if (landmark_ != now.landmark) {
      const double decay = Exp(landmark_ - now.landmark);
      sum_ *= decay;
      weight_ *= decay;
      landmark_ = now.landmark;
    }
    sum_ += now.factor * value;
    weight_ += now.factor;
  }

  // Whether nothing has been observed yet.
  bool empty() const { return weight_ == 0; }

  // Whether every observation was 1, if all were 1 or 0.
  bool all_ones() const { return sum_ == weight_; }

  // How much has been observed, in units of which an observation made now
  // counts now.factor, and an older one e times less for each memory since.
  double ScaledWeight(const Growth& now) const {
    return weight_ * Rebased(now);
  }

  // The mean of the observations and of `prior_weight` more of value `prior`,
  // so that it drifts to the prior while nothing is observed.
  // REQUIRES: prior_weight > 0.
  double Mean(const Growth& now, double prior, double prior_weight) const {
    const double decay = Rebased(now);
    const double k = prior_weight * now.factor;
    return (sum_ * decay + k * prior) / (weight_ * decay + k);
  }

  // The mean of the observations alone. It does not change with time.
  // REQUIRES: !empty().
  double Mean() const { return sum_ / weight_; }

 private:
  // What turns the sums' landmark into that of `now`.
  double Rebased(const Growth& now) const {
    return landmark_ == now.landmark ? 1 : Exp(landmark_ - now.landmark);
  }

  double landmark_ = 0;
  double sum_ = 0;
  double weight_ = 0;
};

}  // namespace els::internal
