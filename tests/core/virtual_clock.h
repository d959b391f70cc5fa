#pragma once

#include <chrono>

#include "els/options.h"

// A clock that tests move by hand.
class VirtualClock {
 public:
  els::TimePoint now() const { return now_; }

  els::TimePoint Advance(els::Duration by) { return now_ += by; }

 private:
  // Some day in the life of a machine, not the epoch.
  els::TimePoint now_{std::chrono::hours(1000)};
};
