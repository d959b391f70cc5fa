#pragma once

#include <chrono>

#include "els/portable_math.h"
#include "els/server_load.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// What a server measures of itself to tell others: means over the last second
// or so, in which the weight of what was falls by a factor of e each second.
class LoadMeter {
 public:
  // Until now since the latest call a part `busy` of the server was in use.
  void Passed(double busy, Time now) {
    const double passed_s = std::chrono::duration<double>(now - at_).count();
    if (passed_s <= 0) return;
    const double decay = els::Exp(-passed_s);
    busy_ = busy * (1 - decay) + busy_ * decay;
    answers_ *= decay;
    failures_ *= decay;
    at_ = now;
  }

  void Answers() { ++answers_; }
  void Fails() { ++failures_; }

  // With what is in the server now.
  els::ServerLoad Load(double in_flight) const {
    return {.in_flight = in_flight,
            .utilization = busy_,
            .requests_per_second = answers_,
            .errors_per_second = failures_};
  }

 private:
  Time at_ = {};
  double busy_ = 0;
  double answers_ = 0;  // Each second, as is the next.
  double failures_ = 0;
};

}  // namespace els_sim
