#include "src/score/fleet.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace els::internal {
namespace {

double Seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// REQUIRES: from > 0.
double Change(double from, double to) { return std::abs(to - from) / from; }

// However slow the clocks, what a quiet balancer has learnt is soon known.
constexpr double kLongestBeatNs = 1e6;

// By how much scores may move at the least, in parts of what they were, while
// what is known of the fleet doubles: its means move, and so do shares.
constexpr double kEvidence = 0.3;

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

void Fleet::SetBackends(std::size_t backends) {
  backends_ = static_cast<double>(std::max<std::size_t>(1, backends));
  Configure();
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
  const double fastest =
      std::max({latency_rate_, success_rate_, latency_rate_ * cost_per_latency_,
                latency_rate_ * turn_per_latency_});
  beat_ns_ = static_cast<std::int64_t>(
      std::min(1e9 / (fastest * kTicksPerMemory), kLongestBeatNs));
}

double Fleet::Clock::Advance(double by) {
  memories += by;
  const Ticks before = ticks;
  ticks = static_cast<Ticks>(
      static_cast<std::uint64_t>(memories * kTicksPerMemory));
  return Decay(ticks - before);
}

// To nothing, before arithmetic with it becomes slow.
void Fleet::Sum::Fade(double decay) {
  weight *= decay;
  sum_s *= decay;
  if (weight < 1e-28) *this = {};
}

void Fleet::Count(std::uint64_t picks, double gathered) {
  const auto count = static_cast<double>(picks);
  picks_ += count;
  recent_picks_ += count;
  gathered_picks_ += count * gathered;
}

double Fleet::Advance(std::int64_t elapsed_ns) {
  if (picks_ == 0) return 0;
  const double elapsed_s = internal::Seconds(elapsed_ns);
  const double latency =
      std::min(elapsed_s * latency_rate_, picks_ / latency_picks_);
  const double success =
      std::min(elapsed_s * success_rate_, picks_ / success_picks_);
  const double turn = latency * turn_per_latency_;
  const double fair_part = backends_ / (recent_picks_ - picks_ + backends_);
  latency_.Fade(latency_clock_.Advance(latency));
  cost_.Fade(cost_clock_.Advance(latency * cost_per_latency_));
  success_clock_.Advance(success);
  const double turn_decay = turn_clock_.Advance(turn);
  recent_picks_ *= turn_decay;
  gathered_picks_ *= turn_decay;
  picks_ = 0;
  return latency + success + turn + MovedSince(fair_part);
}

double Fleet::MovedSince(double fair_part) const {
  return std::max(kEvidence, options_.turn_slope) *
         Change(fair_part, FairPart());
}

double Fleet::growth() const {
  return 0.005 / std::max(kEvidence, options_.turn_slope);
}

void Fleet::Gather(Evidence& evidence) {
  const Evidence::News news = evidence.TakeNews();
  latency_.Add(news);
  cost_.Add(news);
  succeeded_ = succeeded_ || news.successes > 0;
  gathered_picks_ += evidence.recent_picks();
}

double Fleet::EndRound() {
  const double fair_part = FairPart();
  recent_picks_ = std::exchange(gathered_picks_, 0);
  return Recompute() + MovedSince(fair_part);
}

double Fleet::Recompute() {
  const double latency_s = latency_s_;
  const double failure_cost_s = failure_cost_s_;
  // A fleet that has had no success for very long keeps its last mean.
  latency_s_ = latency_.MeanOr(succeeded_ ? latency_s
                                          : Seconds(options_.initial_latency));
  failure_cost_s_ = options_.failure_cost_factor * cost_.MeanOr(latency_s_);
  return (latency_s > 0 ? Change(latency_s, latency_s_) : 0) +
         (failure_cost_s > 0 ? Change(failure_cost_s, failure_cost_s_) : 0);
}

void Fleet::WriteMeans(Moment& moment) const {
  moment.latency_s = latency_s_;
  moment.failure_cost_s = failure_cost_s_;
  moment.fair_part = FairPart();
}

void Fleet::Publish(SharedMoment& moment) const {
  moment.SetTicks(latency_clock_.ticks, success_clock_.ticks,
                  turn_clock_.ticks);
  moment.SetFleet(latency_s_, failure_cost_s_, FairPart());
}

}  // namespace els::internal
