#pragma once

// What is known of one backend, by a model that keeps every observation ever
// made. It shares no code with the balancer.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "els/balancer.h"
#include "tests/core/naive_fleet.h"

namespace els {

class ModelBackend {
 public:
  explicit ModelBackend(std::string its_id) : id(std::move(its_id)) {}

  // A request that is outstanding. Its number names it.
  struct Sent {
    double start_s;
    double work;
    bool answered = false;
  };

  const std::string id;
  double distance = 1;
  double weight = 1;
  double per_weight = 1;  // The mean weight of its set by its own.
  std::uint32_t max_outstanding = 0;
  std::map<int, Sent> requests;
  // Successes that the fleet is told of once the backend is back in the set.
  std::vector<ModelNews> news = {};

  // It counts as having had this part of its fair share of the recent picks.
  void Forgive(const ModelMoment& m, double part) {
    const double fair = part * (1 / m.fair_part - 1) / per_weight;
    const double picks = RecentPicks(m);
    if (picks < fair) picks_.push_back({m.turn_clock, 1, fair - picks});
  }

  void Pick(int number, double work, const ModelMoment& m) {
    picks_.push_back({m.turn_clock, 1});
    requests[number] = {m.now_s, work};
  }

  // The request has its answer. Gives what the fleet is to be told.
  std::optional<ModelNews> Answer(int number, Outcome outcome,
                                  const ModelMoment& m,
                                  const Options& options) {
    Age(m, options);
    Sent& request = requests.at(number);
    request.answered = true;
    const double latency_s = m.now_s - request.start_s;
    const double work = request.work;
    switch (outcome) {
      case Outcome::kSuccess:
        return Succeed(latency_s, work, m, options);
      case Outcome::kFailure:
        answered_at_s_ = m.now_s;
        NoteSetback(m);
        if (latency_s > 0) failure_.push_back({m.latency_clock, latency_s});
        Fail(m, options);
        break;
      case Outcome::kTimeout:
        NoteSetback(m);
        NoAnswer(std::max(latency_s, m.failure_cost_s), work,
                 options.trust_after_failure, m, options);
        break;
      case Outcome::kCancelled:
        NoAnswer(latency_s, work, 1, m, options);
        break;
      case Outcome::kNeutral: {
        answered_at_s_ = m.now_s;
        ++contacts_;
        const double usual_s = work * Latency(m, options);
        spared_.push_back(
            {m.turn_clock, std::max(0.0, usual_s - std::max(0.0, latency_s))});
        break;
      }
    }
    return std::nullopt;
  }

  // An answer that began well has ended badly.
  void Cut(const ModelMoment& m, const Options& options) {
    Age(m, options);
    NoteSetback(m);
    const double succeeded = WeightedSum(success_, m.success_clock, true);
    success_.push_back({m.success_clock, 1, -std::min(1.0, succeeded)});
    Fail(m, options);
  }

  // It has asked for no requests for so long.
  void RetryAfter(double wait_s, const ModelMoment& m) {
    not_before_s_ = m.now_s + std::min(wait_s, 60.0);
  }

  // Its server has told of so many requests in flight, in the answer to one
  // that is counted still: of all, or of others.
  void Report(double in_flight, bool of_all, const ModelMoment& m,
              const Options& options) {
    Age(m, options);
    const double ours = of_all ? static_cast<double>(requests.size()) : 0;
    const double crowd = 2 + std::max(0.0, in_flight - ours);
    const double known =
        std::max(1.0, WeightedSum(latency_, m.latency_clock, false));
    usual_crowd_ += usual_crowd_ == 0 ? crowd : (crowd - usual_crowd_) / known;
    reported_ = {m.latency_clock,
                 std::clamp(crowd / usual_crowd_, 0.25, 4.0) - 1};
  }

  double RecentPicks(const ModelMoment& m) const {
    return WeightedSum(picks_, m.turn_clock, false);
  }

  // What is known of it at the moment, as a snapshot has it.
  struct Known {
    double latency_s;
    double deviation_s;
    double success_rate;
    double work = 0;
    double answered_work = 0;
    double spared;
    double queue;
    double overdue;
    double share;
    double turn;
    double crowding;
    double expected_s;
    bool held_back;
  };
  Known At(const ModelMoment& m, const Options& options) const {
    ModelBackend aged = *this;
    aged.Age(m, options);
    return aged.Aged(m, options);
  }

  bool Full() const {
    return max_outstanding != 0 && requests.size() >= max_outstanding;
  }

 private:
  std::optional<ModelNews> Succeed(double latency_s, double work,
                                   const ModelMoment& m,
                                   const Options& options) {
    answered_at_s_ = m.now_s;
    ++successes_;
    ++contacts_;
    if (failing_since_.has_value()) Forgive(m, 0.75);
    failing_since_.reset();
    success_.push_back({m.success_clock, 1});
    if (latency_s <= 0) return std::nullopt;  // Of a clock that lags.
    const ModelNews told = {latency_s / work, std::min(1.0, work),
                            Latency(m, options)};
    const double counted_s =
        std::min(told.latency_s, std::max(10 * told.known_s, m.believed_s));
    latency_.push_back({m.latency_clock, counted_s, told.weight});
    if (successes_ > 1) {
      const double by_s = counted_s - told.known_s;
      squares_.push_back({m.turn_clock, by_s * by_s, told.weight});
    }
    return told;
  }

  void Fail(const ModelMoment& m, const Options& options) {
    Doubt(success_, options.trust_after_failure);
    success_.push_back({m.success_clock, 0});
  }

  // The answer would have taken longer than this.
  void NoAnswer(double latency_s, double work, double trust,
                const ModelMoment& m, const Options& options) {
    const double picks = 1 / m.fair_part - 1;
    const double latencies = std::clamp(8'000 / (picks + 1e-9), 4.0, 32.0);
    const double counted_s = std::min(
        latency_s / work, std::max(latencies * m.latency_s, m.failure_cost_s));
    if (counted_s <= Latency(m, options)) return;
    Doubt(latency_, trust);
    latency_.push_back({m.latency_clock, counted_s, std::min(1.0, work)});
  }

  // Of what has succeeded.
  static void Doubt(std::vector<Observation>& observations, double trust) {
    for (Observation& o : observations) {
      if (o.value != 0) o.weight *= trust;
    }
  }

  void NoteSetback(const ModelMoment& m) {
    ++setbacks_;
    const double part = (successes_ + 1.0) / (successes_ + setbacks_ + 1);
    pace_ = std::clamp(std::floor(256 * part), 64.0, 255.0) / 256;
    if (failing_since_.has_value()) return;
    failing_since_ = aged_until_ = m.success_clock;
    Weigh(latency_, m.latency_clock);
    Weigh(success_, m.success_clock);
  }

  // Of observations: their weights as they are now.
  static void Weigh(std::vector<Observation>& observations, double clock) {
    for (Observation& o : observations) {
      o.weight *= std::exp(o.clock - clock);
      o.clock = clock;
    }
  }

  // An outage ages what is known of a backend instead of its clocks: ever more
  // slowly, down to a tenth of the pace at first.
  void Age(const ModelMoment& m, const Options& options) {
    if (!failing_since_.has_value()) return;
    const double growth = options.outage_growth;
    const auto left = [&](double clock) {
      const double memories = pace_ * (clock - *failing_since_);
      const double growing = std::min(memories, 9 / growth);
      return std::pow(1 + growth * growing, -1 / growth) *
             std::exp((growing - memories) / 10);
    };
    const double decay = left(m.success_clock) / left(aged_until_);
    const auto age = [&](std::vector<Observation>& observations, double clock) {
      for (Observation& o : observations) {
        o = {.clock = clock, .value = o.value, .weight = o.weight * decay};
      }
    };
    age(latency_, m.latency_clock);
    age(success_, m.success_clock);
    aged_until_ = m.success_clock;
  }

  // As the latest Age has left it.
  double Latency(const ModelMoment& m, const Options& options) const {
    const double mean =
        (WeightedSum(latency_, m.latency_clock, true) +
         m.prior_weight * m.latency_s) /
        (WeightedSum(latency_, m.latency_clock, false) + m.prior_weight);
    return successes_ > 0
               ? mean
               : std::max(mean, options.unproven_factor * m.latency_s);
  }

  Known Aged(const ModelMoment& m, const Options& options) const {
    const double prior = options.prior_weight;
    Known known = {};
    known.latency_s = Latency(m, options);
    known.deviation_s =
        std::sqrt((WeightedSum(squares_, m.turn_clock, true) +
                   prior * m.variation * known.latency_s * known.latency_s) /
                  (RecentPicks(m) + prior));
    const double succeeded = WeightedSum(success_, m.success_clock, true);
    const double all = WeightedSum(success_, m.success_clock, false);
    known.success_rate = std::max(0.13, (succeeded + prior) / (all + prior));
    const double failure_s =
        (WeightedSum(failure_, m.latency_clock, true) + prior * m.latency_s) /
        (WeightedSum(failure_, m.latency_clock, false) + prior);
    AddRequests(m, options, known);
    known.share = (RecentPicks(m) * per_weight + 1) * m.fair_part;
    known.turn = 1 + std::clamp(options.turn_slope * (known.share - 1),
                                -options.turn_limit, options.turn_premium);
    // A report fades four times as fast as a latency.
    known.crowding =
        1 + reported_.value * std::exp(4 * (reported_.clock - m.latency_clock));
    known.expected_s =
        (known.latency_s + options.tail * known.deviation_s +
         std::max(failure_s, m.failure_cost_s) * (1 / known.success_rate - 1)) *
        (known.queue + 1) * distance * known.overdue * known.turn *
        known.crowding;
    return known;
  }

  // What follows from the requests that are outstanding.
  void AddRequests(const ModelMoment& m, const Options& options,
                   Known& known) const {
    double ages_s = 0;
    double waiting = 0;
    for (const auto& [number, request] : requests) {
      (request.answered ? known.answered_work : known.work) += request.work;
      if (request.answered) continue;
      ages_s += m.now_s - request.start_s;
      ++waiting;
    }
    known.spared = WeightedSum(spared_, m.turn_clock, true) * m.recent_rate;
    const auto part = [&](double work, double count) {
      return options.queue_by_work * work + (1 - options.queue_by_work) * count;
    };
    const double answered = static_cast<double>(requests.size()) - waiting;
    known.queue =
        (part(known.work, waiting) +
         options.answered_weight * part(known.answered_work, answered) +
         known.spared) *
        per_weight;
    const double silent_s =
        answered_at_s_.has_value()
            ? std::min(ages_s, waiting * (m.now_s - *answered_at_s_))
            : ages_s;
    known.overdue = waiting > 0
                        ? std::clamp(silent_s / known.work /
                                         (m.usual_age * known.latency_s),
                                     1.0, std::pow(4, std::min(waiting, 15.0)))
                        : 1;
    // One request at first, twice as many with each answer, and one more with
    // each second that those which wait are old.
    const double limit = options.first_contact_limit * std::pow(2, contacts_) +
                         (waiting > 0 ? ages_s / waiting : 0);
    known.held_back = m.now_s < not_before_s_ ||
                      (contacts_ < 40 && known.overdue == 1 &&
                       static_cast<double>(requests.size()) >= limit);
  }

  std::vector<Observation> latency_ = {};
  std::vector<Observation> failure_ = {};
  std::vector<Observation> success_ = {};  // 1 or 0.
  std::vector<Observation> picks_ = {};
  std::vector<Observation> squares_ = {};
  std::vector<Observation> spared_ = {};
  // Since when, on the success clock, it has only failed; how fast that ages;
  // and until when its observations have aged by it.
  std::optional<double> failing_since_ = {};
  double pace_ = 1;
  double aged_until_ = 0;
  int setbacks_ = 0;
  int successes_ = 0;
  int contacts_ = 0;  // Successes and neutral answers.
  std::optional<double> answered_at_s_ = {};
  double not_before_s_ = 0;
  double usual_crowd_ = 0;  // 0 before the first report.
  Observation reported_ = {0, 0};
};

}  // namespace els
