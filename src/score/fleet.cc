#include "src/score/fleet.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "src/score/evidence.h"
#include "src/score/rounds.h"

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

// No clock goes on by more memories than this at one beat. After so many
// nothing is left of what was known before.
constexpr double kAllForgotten = 64;

// Move ignores smaller changes of the means, as parts of the means last
// counted. A change of the mean latency shows in the scores by no more than the
// part that RoundsToFall allows for, so it counts as rounds in
// proportion. A change of the other means may show in full, so all words are
// written anew.
constexpr double kLatencyMoves = 0.02;
constexpr double kOthersMove = 0.065;
constexpr double kVariationMoves = 0.25;

// The least part of the turn memory that recent picks stand for.
constexpr double kLeastSeen = 0.01;

// In a memory of costs the variation that is believed goes this many times of
// the way to a higher one that is measured.
constexpr double kVariationRises = 3;

// Latencies that vary more than this say nothing more of it.
constexpr double kMostVariation = 1e4;

// One answer, with those that are told with it, makes the variation no more
// than this by itself. Otherwise an answer after an hour, as one that a clock
// has made up, would hide for a quarter of an hour which backends are slow.
constexpr double kMostAtOnce = 10;

// The paces are compared with what has passed once so much has: a round, or
// half a memory of successes.
constexpr double kSuccessesPerLook = 0.5;

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
  turn_rate_ = 1 / Seconds(options_.turn_memory);
  beat_ns_ = static_cast<std::int64_t>(std::min(
      1e9 * kTicksPerBeat / (FastestRate() * kTicksPerMemory), kLongestBeatNs));
}

double Fleet::FastestRate() const {
  return std::max({latency_rate_, success_rate_, turn_rate_});
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
  square_s2 *= decay;
  product_s2 *= decay;
  if (weight < 1e-28) *this = {};
}

void Fleet::Sum::Add(const News& news) {
  sum_s += news.latency_s;
  weight += news.weight;
  const double most_s2 = kMostAtOnce * product_s2;
  if (product_s2 == 0) {  // There is nothing yet to vary from.
    square_s2 = product_s2 = news.product_s2;
  } else if (news.square_s2 <= most_s2) {
    square_s2 += news.square_s2;
    product_s2 += news.product_s2;
  } else {
    square_s2 += most_s2;
    product_s2 += news.product_s2 * std::sqrt(most_s2 / news.square_s2);
  }
}

// Each latency x comes with m, what was the mean of its backend before. So
// E[x m] is E[m^2], and E[x^2] / E[x m] - 1 is the variance within backends in
// squares of their means: what one backend is slower than another is not in it.
double Fleet::Sum::Variation() const {
  if (square_s2 <= product_s2) return 0;
  return square_s2 < kMostVariation * product_s2 ? square_s2 / product_s2 - 1
                                                 : kMostVariation;
}

void Fleet::Advance(std::int64_t elapsed_ns, const News& news) {
  picks_ += news.picks;
  recent_picks_ += news.picks;
  if (picks_ > 0) {
    const double elapsed_s = internal::Seconds(elapsed_ns);
    const Passed passed = {
        std::min(elapsed_s * latency_rate_, picks_ / latency_picks_),
        std::min(elapsed_s * success_rate_, picks_ / success_picks_),
        elapsed_s * turn_rate_};
    latency_.Fade(latency_clock_.Advance(passed.latency));
    const double cost = passed.latency * cost_per_latency_;
    cost_.Fade(cost_clock_.Advance(cost));
    risen_ += cost;
    success_clock_.Advance(passed.success);
    const double turn_decay = turn_clock_.Advance(passed.turn);
    recent_picks_ *= turn_decay;
    unseen_ *= turn_decay;
    picks_ = 0;
    CountRounds(passed);
  }
  AddSuccesses(news);
}

void Fleet::CountRounds(const Passed& passed) {
  rounds_ += passed.latency / kMemoriesPerRound;
  passed_.latency += passed.latency;
  passed_.success += passed.success;
  passed_.turn += passed.turn;
  if (passed_.latency < kMemoriesPerRound &&
      passed_.success < kSuccessesPerLook) {
    return;
  }
  SetPace(success_pace_, passed_.success);
  SetPace(turn_pace_, passed_.turn);
  passed_ = {};
}

// The rounds that words name were computed for the pace before. If the pace is
// higher now, all words are written anew.
void Fleet::SetPace(double& pace, double memories) {
  constexpr double kMargin = 1.2;
  const double now = memories / std::max(passed_.latency, 1e-9);
  if (now <= pace && now * kMargin * kMargin >= pace) return;
  if (now > pace) rounds_ += kMostRounds;
  pace = now * kMargin;
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
  const double variation = cost_.Variation();
  // A change of all latencies looks like variation until the backends' means
  // have followed. So a rise is believed slowly only.
  const double believed = std::min(1.0, kVariationRises * risen_);
  variation_ +=
      (variation > variation_ ? believed : 1) * (variation - variation_);
  risen_ = 0;
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
             (kFollowing * kMemoriesPerRound);
  const double slope = std::max(1.0, options_.turn_slope);
  if (moved(counted_failure_cost_s_, failure_cost_s_, kOthersMove) > 0 ||
      moved(counted_fair_part_, FairPart(), kOthersMove / slope) > 0 ||
      moved(counted_variation_, 1 + variation_, kVariationMoves) > 0) {
    rounds_ += kMostRounds;
  }
}

void Fleet::WriteTo(Moment& moment) const {
  moment.latency_s = latency_s_;
  moment.failure_cost_s = failure_cost_s_;
  // Before the first success nothing is known that could be surprised.
  moment.believed_s = succeeded_ ? Evidence::kMostSurprise * latency_s_
                                 : std::numeric_limits<double>::infinity();
  moment.fair_part = FairPart();
  moment.prior_weight = options_.prior_weight * std::max(1.0, variation_);
  moment.usual_age =
      options_.overdue_factor * std::max(1.0, (1 + variation_) / 2);
  moment.variation = variation_;
  moment.recent_rate = turn_rate_ / std::max(1 - unseen_, kLeastSeen);
  moment.success_pace = success_pace_;
  moment.turn_pace = turn_pace_;
  moment.latency_ticks = latency_clock_.ticks;
  moment.success_ticks = success_clock_.ticks;
  moment.turn_ticks = turn_clock_.ticks;
  moment.round =
      static_cast<std::uint32_t>(static_cast<std::uint64_t>(rounds_));
}

}  // namespace els::internal
