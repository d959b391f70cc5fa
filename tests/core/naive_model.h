#pragma once

// A model of what the balancer knows, which keeps every observation ever made
// and sums over all of them for each number. It shares no code with it.

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "els/balancer.h"

namespace els {

struct Observation {
  double clock;
  double value;
  double weight = 1;  // At that time.
};

inline double WeightedSum(const std::vector<Observation>& observations,
                          double clock, bool of_values) {
  double sum = 0;
  for (const Observation& o : observations) {
    sum += o.weight * std::exp(o.clock - clock) * (of_values ? o.value : 1);
  }
  return sum;
}

inline double Mean(const std::vector<Observation>& observations, double clock,
                   double prior) {
  return (WeightedSum(observations, clock, true) + prior) /
         (WeightedSum(observations, clock, false) + 1);
}

struct ModelBackend {
  std::string id;
  double distance = 1;
  std::vector<Observation> latency = {};
  std::vector<Observation> failure = {};
  std::vector<Observation> success = {};
  std::vector<Observation> picks = {};
  std::vector<double> waiting_since_s = {};
  // Since when, on the success clock, it has only failed; how fast that ages;
  // and until when its observations have aged by it.
  std::optional<double> failing_since = {};
  double pace = 1;
  double aged_until = 0;
  int setbacks = 0;
  // Latencies that the fleet is told of once the backend is back in the set.
  std::vector<double> news = {};
  int outstanding = 0;
  int successes = 0;
};

// With the default options, but no spread of the success memory.
class Model {
 public:
  // The clocks go on at a pick that comes a beat after the one that moved them
  // before, 10 ms, or after so many picks that shares have moved; then the
  // fleet's means are taken.
  void BeforePick(double now_s) {
    const auto n = static_cast<double>(set.size());
    constexpr double kBeat = 0.010 - 1e-9;  // Whatever seconds are rounded to.
    if (now_s - last_beat_s_ >= kBeat || picks_since_beat_ >= beat_after_) {
      const double dt = now_s - last_beat_s_;
      last_beat_s_ = now_s;
      const double step = std::min(dt / 3, picks_since_beat_ / (5 * n));
      Advance(latency_, step, latency_clock_);
      Advance(success_, std::min(dt / 2.8, picks_since_beat_ / (5 * n)),
              success_clock_);
      Advance(cost_, step * 3 / 60, cost_clock_);
      Advance(turn_, step * 3 / 60, turn_clock_);
      picks_since_beat_ = 0;
    }
    TakeNews();
    PlanBeat();
  }

  // The set is another: the fleet takes what it has been told.
  void SetChanged() {
    TakeNews();
    PlanBeat();
  }

  void Pick(ModelBackend& backend, double now_s) {
    backend.picks.push_back({turn_clock_, 1});
    ++picks_since_beat_;
    backend.waiting_since_s.push_back(now_s);
    ++backend.outstanding;
  }

  void Learn(ModelBackend& backend, Outcome outcome, double latency_s) {
    Age(backend);
    const bool ok = outcome == Outcome::kSuccess;
    const bool no_answer =
        outcome == Outcome::kCancelled || outcome == Outcome::kTimeout;
    if (outcome == Outcome::kTimeout) {
      latency_s = std::max(
          latency_s, 7 * FleetMean(fleet_cost_, cost_clock_, /*news=*/false));
    }
    // Beside what was known of the fleet when the last request was sent.
    const bool longer =
        no_answer &&
        latency_s > Latency(backend, FleetMean(fleet_, latency_clock_,
                                               /*news=*/false));
    const bool timeout = outcome == Outcome::kTimeout;
    if (longer && timeout) Doubt(backend.latency);
    // One of nothing is of a clock that lags.
    const bool timed = latency_s > 0;
    if ((ok && timed) || longer)
      backend.latency.push_back({latency_clock_, latency_s});
    if (timeout || outcome == Outcome::kFailure) NoteSetback(backend);
    if (no_answer) return;
    if (!ok) Doubt(backend.success);
    if (!ok && timed) backend.failure.push_back({latency_clock_, latency_s});
    backend.success.push_back({success_clock_, ok ? 1.0 : 0.0});
    if (!ok) return;
    backend.failing_since.reset();
    ++backend.successes;
    if (timed) (InSet(backend) ? news_ : backend.news).push_back(latency_s);
  }

  double Expected(ModelBackend backend, double now_s) const {
    Age(backend);
    const double l = Latency(backend, FleetLatency());
    const double f = Mean(backend.failure, latency_clock_, FleetLatency());
    const double s = std::max(0.13, Mean(backend.success, success_clock_, 1));
    const double c = std::max(f, 7 * FleetMean(fleet_cost_, cost_clock_));
    const auto n = static_cast<double>(set.size());
    const double share = (WeightedSum(backend.picks, turn_clock_, false) + 1) *
                         n / (AllPicks() + n);
    return (l + c * (1 / s - 1)) * Overdue(backend, now_s) *
           (backend.outstanding + 1) * backend.distance *
           (1 + std::clamp(1.5 * (share - 1), -0.2, 0.2));
  }

  double Overdue(const ModelBackend& backend, double now_s) const {
    double age = 0;
    for (const double since : backend.waiting_since_s) age += now_s - since;
    if (age > 0) age /= static_cast<double>(backend.waiting_since_s.size());
    return std::max(1.0, age / (1.5 * Latency(backend, FleetLatency())));
  }

  // Whether the first-contact bound keeps it out of the choice.
  bool Bounded(const ModelBackend& backend, double now_s) const {
    return backend.successes < 30 && Overdue(backend, now_s) == 1 &&
           backend.outstanding >= (1 << backend.successes);
  }

  std::vector<ModelBackend*> set;

 private:
  // An outage ages what is known of a backend instead of its clocks.
  void Age(ModelBackend& backend) const {
    if (!backend.failing_since.has_value()) return;
    const auto left = [&](double clock) {
      return std::pow(1 + 0.2 * backend.pace * (clock - *backend.failing_since),
                      -1 / 0.2);
    };
    const double decay = left(success_clock_) / left(backend.aged_until);
    const auto age = [&](std::vector<Observation>& observations, double clock) {
      for (Observation& o : observations) {
        o = {.clock = clock, .value = o.value, .weight = o.weight * decay};
      }
    };
    age(backend.latency, latency_clock_);
    age(backend.success, success_clock_);
    backend.aged_until = success_clock_;
  }

  // Of observations: their weights as they are now.
  static void Weigh(std::vector<Observation>& observations, double clock) {
    for (Observation& o : observations) {
      o.weight *= std::exp(o.clock - clock);
      o.clock = clock;
    }
  }

  // Of what has succeeded.
  static void Doubt(std::vector<Observation>& observations) {
    for (Observation& o : observations) {
      if (o.value != 0) o.weight *= 0.6;
    }
  }

  void NoteSetback(ModelBackend& backend) const {
    ++backend.setbacks;
    const double part =
        (backend.successes + 1.0) / (backend.successes + backend.setbacks + 1);
    backend.pace = std::clamp(std::floor(256 * part), 64.0, 255.0) / 256;
    if (backend.failing_since.has_value()) return;
    backend.failing_since = backend.aged_until = success_clock_;
    Weigh(backend.latency, latency_clock_);
    Weigh(backend.success, success_clock_);
  }

  void PlanBeat() { beat_after_ = 1 + std::floor(AllPicks() * (0.01 / 1.5)); }

  bool InSet(const ModelBackend& backend) const {
    return std::find(set.begin(), set.end(), &backend) != set.end();
  }

  // Of those in the set, too: nothing else has told the fleet since they are.
  std::vector<double> AllNews() const {
    std::vector<double> all = news_;
    for (const ModelBackend* backend : set) {
      all.insert(all.end(), backend->news.begin(), backend->news.end());
    }
    return all;
  }

  void TakeNews() {
    for (const double latency_s : AllNews()) {
      fleet_.push_back({latency_clock_, latency_s});
      fleet_cost_.push_back({cost_clock_, latency_s});
    }
    news_.clear();
    for (ModelBackend* backend : set) backend->news.clear();
  }

  // Of what has been taken, and perhaps of what will be next.
  double FleetMean(const std::vector<Observation>& taken, double clock,
                   bool news = true) const {
    double sum_s = WeightedSum(taken, clock, true);
    double weight = WeightedSum(taken, clock, false);
    if (news) {
      for (const double latency_s : AllNews()) {
        sum_s += latency_s;
        ++weight;
      }
    }
    return weight > 0 ? sum_s / weight : 0.050;
  }
  double AllPicks() const {
    double sum = 0;
    for (const ModelBackend* backend : set) {
      sum += WeightedSum(backend->picks, turn_clock_, false);
    }
    return sum;
  }
  double FleetLatency() const { return FleetMean(fleet_, latency_clock_); }

  double Latency(ModelBackend backend, double fleet) const {
    Age(backend);
    const double mean = Mean(backend.latency, latency_clock_, fleet);
    return backend.successes > 0 ? mean : std::max(mean, 1.15 * fleet);
  }

  // What is passed in whole ticks of 1/4096 memory.
  static void Advance(double& passed, double by, double& clock) {
    passed += by;
    clock = std::floor(passed * 4096) / 4096;
  }

  double latency_ = 0;
  double success_ = 0;
  double cost_ = 0;
  double turn_ = 0;
  double latency_clock_ = 0;
  double success_clock_ = 0;
  double cost_clock_ = 0;
  double turn_clock_ = 0;
  double last_beat_s_ = 0;  // When the first set was made.
  double picks_since_beat_ = 0;
  double beat_after_ = 1;
  std::vector<Observation> fleet_, fleet_cost_;
  std::vector<double>
      news_;  // Latencies that the fleet takes at the next pick.
};

}  // namespace els
