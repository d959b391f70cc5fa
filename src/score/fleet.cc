#include "src/score/fleet.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "src/score/evidence.h"

namespace els::internal {
namespace {

double Seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// REQUIRES: from > 0.
double Change(double from, double to) { return std::abs(to - from) / from; }

// A beat is due after 0.4 % of the shortest memory. However slow the clocks
// are, a beat is due after 10 ms, so what a quiet balancer has learnt is soon
// known.
constexpr double kTicksPerBeat = 16;
constexpr double kLongestBeatNs = 1e7;

// How many memories of turns pass at the most in one of all else, so that their
// clock does not go round between two looks at a backend.
constexpr double kMostTurns = 1000;

// No clock goes on by more memories than this at one beat. After so many
// nothing is left of what was known before.
constexpr double kAllForgotten = 64;

// Move ignores smaller changes of the means, as parts of the means last
// counted. A change of the mean latency shows in the scores by no more than the
// part that Evidence::RoundsToFall allows for, so it counts as rounds in
// proportion. A change of the other means may show in full, so all words are
// written anew.
constexpr double kLatencyMoves = 0.02;
constexpr double kOthersMove = 0.065;

}  // namespace

Fleet::Fleet(const Options& options, double success_stretch)
    : options_(options), success_stretch_(success_stretch) {
  SetOptions(options);
}

void Fleet::SetOptions(const Options& options) {
  options_ = options;
  Configure();
  Recompute();
}

void Fleet::SetBackends(std::size_t backends, double recent_picks) {
  backends_ = static_cast<double>(std::max<std::size_t>(1, backends));
  recent_picks_ = recent_picks;
  Configure();
  Move();
}

void Fleet::Configure() {
  latency_rate_ = 1 / Seconds(options_.latency_memory);
  success_rate_ = 1 / (Seconds(options_.success_memory) * success_stretch_);
  latency_picks_ = options_.latency_memory_picks * backends_;
  success_picks_ = options_.success_memory_picks * backends_;
  cost_per_latency_ =
      Seconds(options_.latency_memory) / Seconds(options_.failure_cost_memory);
  turn_per_latency_ =
      Seconds(options_.latency_memory) / Seconds(options_.turn_memory);
  beat_ns_ = static_cast<std::int64_t>(std::min(
      1e9 * kTicksPerBeat / (FastestRate() * kTicksPerMemory), kLongestBeatNs));
}

double Fleet::FastestRate() const {
  return std::max(
      {latency_rate_, success_rate_, latency_rate_ * turn_per_latency_});
}

double Fleet::longest_absence_ns() const {
  constexpr double kCircle = 4294967296 / kTicksPerMemory;
  return 1e9 * kCircle / 2 / FastestRate();
}

std::uint32_t Fleet::picks_to_beat() const {
  const double growth = 0.01 / std::max(1.0, options_.turn_slope);
  const double all = 1 + std::floor(std::min(growth * recent_picks_, 1e9));
  return static_cast<std::uint32_t>(std::max(0.0, all - picks_));
}

double Fleet::Clock::Advance(double by) {
  memories += std::min(by, kAllForgotten);
  const Ticks before = ticks;
  ticks = static_cast<Ticks>(
      static_cast<std::uint64_t>(memories * kTicksPerMemory));
  return Decay(ticks - before);
}

// A small weight becomes 0, before numbers are so small that arithmetic with
// them is slow.
void Fleet::Sum::Fade(double decay) {
  weight *= decay;
  sum_s *= decay;
  if (weight < 1e-28) *this = {};
}

void Fleet::Advance(std::int64_t elapsed_ns, const News& news) {
  picks_ += news.picks;
  recent_picks_ += news.picks;
  if (picks_ > 0) {
    const double elapsed_s = internal::Seconds(elapsed_ns);
    const double latency =
        std::min(elapsed_s * latency_rate_, picks_ / latency_picks_);
    const double success =
        std::min(elapsed_s * success_rate_, picks_ / success_picks_);
    const double turn = latency * turn_per_latency_;
    latency_.Fade(latency_clock_.Advance(latency));
    cost_.Fade(cost_clock_.Advance(latency * cost_per_latency_));
    success_clock_.Advance(success);
    recent_picks_ *= turn_clock_.Advance(turn);
    picks_ = 0;
    rounds_ +=
        std::max({latency, success, turn / kMostTurns}) / kMemoriesPerRound;
  }
  AddSuccesses(news);
}

void Fleet::Add(const News& news) {
  picks_ += news.picks;
  recent_picks_ += news.picks;
  AddSuccesses(news);
}

void Fleet::AddSuccesses(const News& news) {
  latency_.Add(news);
  cost_.Add(news);
  succeeded_ = succeeded_ || news.successes > 0;
  Recompute();
}

void Fleet::Recompute() {
  // A fleet that has had no success for very long keeps its last mean.
  latency_s_ = latency_.MeanOr(succeeded_ ? latency_s_
                                          : Seconds(options_.initial_latency));
  failure_cost_s_ = options_.failure_cost_factor * cost_.MeanOr(latency_s_);
  Move();
}

// Counts the changes of the means as rounds.
void Fleet::Move() {
  const auto moved = [](double& counted, double mean, double by) {
    if (counted > 0 && Change(counted, mean) < by) return 0.0;
    const double change = counted > 0 ? Change(counted, mean) : 1;
    counted = mean;
    return change;
  };
  rounds_ += moved(counted_latency_s_, latency_s_, kLatencyMoves) /
             (Evidence::kFollowing * kMemoriesPerRound);
  const double slope = std::max(1.0, options_.turn_slope);
  if (moved(counted_failure_cost_s_, failure_cost_s_, kOthersMove) > 0 ||
      moved(counted_fair_part_, FairPart(), kOthersMove / slope) > 0) {
    rounds_ += kMostRounds;
  }
}

void Fleet::WriteTo(Moment& moment) const {
  moment.latency_s = latency_s_;
  moment.failure_cost_s = failure_cost_s_;
  moment.fair_part = FairPart();
  moment.turn_pace = latency_rate_ * turn_per_latency_ /
                     std::max(latency_rate_, success_rate_);
  moment.latency_ticks = latency_clock_.ticks;
  moment.success_ticks = success_clock_.ticks;
  moment.turn_ticks = turn_clock_.ticks;
  moment.round =
      static_cast<std::uint32_t>(static_cast<std::uint64_t>(rounds_));
}

}  // namespace els::internal
