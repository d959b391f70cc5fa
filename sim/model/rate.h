#pragma once

// When the requests of an open stream come, as its rate changes.

#include <cstddef>
#include <optional>
#include <vector>

#include "els/random.h"
#include "sim/model/scenario.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// A rate as a function of time: a base, a profile, and random stretches of on
// and off. Moves on only.
class Rate {
 public:
  // `random` is for the stretches.
  Rate(double per_second, const OpenArrivals& arrivals, els::Random random);

  // Goes on until so many requests, or parts of one, have come; empty if they
  // never do before `length` has passed. O(changes of the rate passed).
  std::optional<Time> Advance(double requests);

 private:
  // In which the rate goes in a straight line, from now on.
  struct Stretch {
    double length_ns;
    double from;  // Requests per second.
    double to;
  };
  Stretch Next() const;
  // To the end of the stretch.
  void Pass(const Stretch& stretch);
  void PassPoints();
  void Switch();

  // Constant after construction.
  const double per_second_;
  const double length_ns_;
  const std::vector<ProfilePoint> profile_;
  const std::optional<OnOff> on_off_;

  els::Random random_;
  double now_ns_ = 0;
  std::size_t point_ = 0;  // How many points of the profile are behind.
  bool on_ = true;
  double switch_ns_ = 0;  // When the next stretch of on or off begins.
};

}  // namespace els_sim
