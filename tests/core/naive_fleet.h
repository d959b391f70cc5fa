#pragma once

// What is known of all backends together, by a model that keeps every
// observation ever made and sums over all of them for each number. It shares no
// code with the balancer.

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "els/options.h"

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

inline double SecondsOf(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// A success, as the fleet is told of it.
struct ModelNews {
  double latency_s;  // Per work.
  double weight;     // 1, or the work if that is less.
  double known_s;    // What was the mean of its backend before.
};

// What scores depend on besides their backends.
struct ModelMoment {
  double latency_s = 0;
  double failure_cost_s = 0;
  double fair_part = 1;
  double prior_weight = 1;
  double usual_age = 1;
  double variation = 0;
  double recent_rate = 0;
  // No sample below this is too long to be believed.
  double believed_s = std::numeric_limits<double>::infinity();
  double latency_clock = 0;
  double success_clock = 0;
  double turn_clock = 0;
  double now_s = 0;
};

class ModelFleet {
 public:
  explicit ModelFleet(const Options& options) : options_(options) { Publish(); }

  // The moment at `now_s` as the balancer has it between picks.
  ModelMoment Published(double now_s) const {
    ModelMoment moment = published_;
    moment.now_s = now_s;
    return moment;
  }

  // The moment at `now_s` as if a pick had taken the news.
  ModelMoment Fresh(double now_s, const std::vector<ModelNews>& news) const {
    ModelFleet copy = *this;
    copy.Take(news);
    return copy.Published(now_s);
  }

  // The clocks go on at a pick that comes a beat after the one that moved them
  // before, 10 ms, or after so many picks that shares have moved; then the
  // fleet's means are taken.
  void BeforePick(double now_s, const std::vector<ModelNews>& news) {
    constexpr double kBeat = 0.010 - 1e-9;  // Whatever seconds are rounded to.
    const double dt = now_s - last_beat_s_;
    if (dt >= kBeat || picks_since_beat_ >= beat_after_) {
      last_beat_s_ = now_s;
      if (picks_since_beat_ > 0) MoveClocks(dt);
      picks_since_beat_ = 0;
    }
    Take(news);
  }

  void Picked() {
    picks_.push_back({turn_clock_, 1});
    ++picks_since_beat_;
  }

  // `picks` is the weight of the recent picks of the backends of the new set.
  void SetChanged(std::size_t backends, double picks,
                  const std::vector<ModelNews>& news) {
    backends_ = std::max(1.0, static_cast<double>(backends));
    picks_ = {{turn_clock_, 1, picks}};
    Take(news);
  }

 private:
  // A pick moves the clocks by no more than so much.
  double Limit(double picks_per_memory) const {
    return picks_per_memory > 0
               ? picks_since_beat_ / (picks_per_memory * backends_)
               : std::numeric_limits<double>::infinity();
  }

  void MoveClocks(double dt) {
    const double step = std::min(dt / SecondsOf(options_.latency_memory),
                                 Limit(options_.latency_memory_picks));
    const double cost = step * SecondsOf(options_.latency_memory) /
                        SecondsOf(options_.failure_cost_memory);
    Advance(latency_, step, latency_clock_);
    Advance(success_,
            std::min(dt / SecondsOf(options_.success_memory),
                     Limit(options_.success_memory_picks)),
            success_clock_);
    Advance(cost_, cost, cost_clock_);
    Advance(turn_, dt / SecondsOf(options_.turn_memory), turn_clock_);
    risen_ += cost;
  }

  // What is passed in whole ticks of 1/4096 memory.
  static void Advance(double& passed, double by, double& clock) {
    passed += by;
    clock = std::floor(passed * 4096) / 4096;
  }

  void Take(const std::vector<ModelNews>& news) {
    for (const ModelNews& n : news) {
      latencies_.push_back({latency_clock_, n.latency_s, n.weight});
      costs_.push_back({cost_clock_, n.latency_s, n.weight});
    }
    TakeSquares(news);
    TakeVariation();
    Publish();
  }

  // What comes at once makes the variation no more than 10 by itself: if it
  // would, each latency counts as so much shorter.
  void TakeSquares(const std::vector<ModelNews>& news) {
    double square = 0;
    double product = 0;
    for (const ModelNews& n : news) {
      square += n.weight * n.latency_s * n.latency_s;
      product += n.weight * n.latency_s * n.known_s;
    }
    const double before = WeightedSum(products_, cost_clock_, true);
    if (before == 0) {
      square = product;
    } else if (square > 10 * before) {
      product *= std::sqrt(10 * before / square);
      square = 10 * before;
    }
    squares_.push_back({cost_clock_, square});
    products_.push_back({cost_clock_, product});
  }

  // A rise of the variation is believed slowly, a fall at once.
  void TakeVariation() {
    const double square = WeightedSum(squares_, cost_clock_, true);
    const double product = WeightedSum(products_, cost_clock_, true);
    const double variation =
        square > product ? std::min(1e4, square / product - 1) : 0;
    const double part = variation > variation_ ? std::min(1.0, 3 * risen_) : 1;
    variation_ += part * (variation - variation_);
    risen_ = 0;
  }

  static double Mean(const std::vector<Observation>& latencies, double clock,
                     double otherwise) {
    const double weight = WeightedSum(latencies, clock, false);
    return weight > 0 ? WeightedSum(latencies, clock, true) / weight
                      : otherwise;
  }

  void Publish() {
    const double picks = WeightedSum(picks_, turn_clock_, false);
    const double slope = std::max(1.0, options_.turn_slope);
    beat_after_ = 1 + std::floor(picks * (0.01 / slope));
    const double latency_s =
        Mean(latencies_, latency_clock_, SecondsOf(options_.initial_latency));
    published_.latency_s = latency_s;
    published_.failure_cost_s =
        options_.failure_cost_factor * Mean(costs_, cost_clock_, latency_s);
    published_.fair_part = backends_ / (picks + backends_);
    published_.variation = variation_;
    published_.prior_weight = options_.prior_weight * std::max(1.0, variation_);
    published_.usual_age =
        options_.overdue_factor * std::max(1.0, (1 + variation_) / 2);
    // All picks that there were lie in the part of a memory that was seen, but
    // that counts as a hundredth at the least.
    const double seen = std::max(1 - std::exp(-turn_clock_), 0.01);
    published_.recent_rate = 1 / (SecondsOf(options_.turn_memory) * seen);
    if (!latencies_.empty()) published_.believed_s = 10 * latency_s;
    published_.latency_clock = latency_clock_;
    published_.success_clock = success_clock_;
    published_.turn_clock = turn_clock_;
  }

  Options options_;
  double backends_ = 1;
  double latency_ = 0, latency_clock_ = 0;
  double success_ = 0, success_clock_ = 0;
  double cost_ = 0, cost_clock_ = 0;
  double turn_ = 0, turn_clock_ = 0;
  double last_beat_s_ = 0;  // When the first set was made.
  double picks_since_beat_ = 0;
  double beat_after_ = 1;
  // Latencies on the clock of latencies, and on that of costs; then, on that of
  // costs, their squares, and their products with what was known.
  std::vector<Observation> latencies_, costs_, squares_, products_;
  std::vector<Observation> picks_;
  double variation_ = 0;
  double risen_ = 0;  // Memories of costs since the variation was taken.
  ModelMoment published_;
};

}  // namespace els
