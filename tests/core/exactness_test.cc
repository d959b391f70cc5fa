// How near the pick is to the lowest expected latency of all.

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "els/random.h"
#include "tests/core/lowest_pick.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::microseconds;

struct Outstanding {
  Ticket ticket;
  TimePoint due;
};

// Backends of different speeds, some failing, some silent for a while.
class Traffic {
 public:
  Traffic(std::size_t backends, std::uint64_t seed, microseconds mean_gap)
      : random_(seed), balancer_(Options{.seed = seed}), mean_gap_(mean_gap) {
    std::vector<Backend> set;
    for (std::size_t i = 0; i < backends; ++i) {
      set.push_back({.id = std::to_string(i), .tag = i});
    }
    EXPECT_TRUE(balancer_.SetBackends(set, clock_.now()).ok());
  }

  void Step() {
    clock_.Advance(microseconds(random_.Below(2 * mean_gap_.count())));
    FinishDue();
    Ticket ticket = balancer_.Pick(clock_.now());
    const std::uint64_t backend = ticket.tag();
    const auto base = static_cast<std::int64_t>(10'000 + 5'000 * (backend % 7));
    const auto spread = static_cast<std::int64_t>(random_.Below(20'000));
    const bool silent = backend % 11 == 3 && random_.Below(3) == 0;
    const auto latency = microseconds(silent ? 1'000'000 : base + spread);
    outstanding_.push_back({std::move(ticket), clock_.now() + latency});
  }

  bool PicksTheLowest() { return els::PicksTheLowest(balancer_, clock_.now()); }

 private:
  void FinishDue() {
    for (Outstanding& request : outstanding_) {
      if (request.due > clock_.now()) continue;
      const bool fails =
          request.ticket.tag() % 13 == 5 && random_.Below(2) == 0;
      request.ticket.Finish(fails ? Outcome::kFailure : Outcome::kSuccess,
                            clock_.now());
    }
    std::erase_if(outstanding_, [](const Outstanding& r) { return !r.ticket; });
  }

  Random random_;
  VirtualClock clock_;
  Balancer balancer_;
  const microseconds mean_gap_;
  std::vector<Outstanding> outstanding_;
};

// The part of the picks that are more than 10 % off.
double Off(std::size_t backends, int probes, int steps_between,
           microseconds mean_gap) {
  Traffic traffic(backends, 1, mean_gap);
  for (std::size_t i = 0; i < 20 * backends; ++i) traffic.Step();
  int off = 0;
  for (int probe = 0; probe < probes; ++probe) {
    for (int i = 0; i < steps_between; ++i) traffic.Step();
    off += !traffic.PicksTheLowest();
  }
  return static_cast<double>(off) / probes;
}

TEST(ExactnessTest, IsWithinTenPercentOfTheLowestInNearlyAllPicks) {
  for (const std::size_t backends : {2, 4, 16, 100}) {
    for (const int gap_us : {100, 1000, 10'000}) {
      const double off = Off(backends, 3000, 1, microseconds(gap_us));
      EXPECT_LE(off, 0.01) << backends << " backends, a request each " << gap_us
                           << " us";
    }
  }
}

TEST(ExactnessTest, IsWithinTenPercentInNearlyAllPicksOfThousands) {
  for (const int gap_us : {20, 1000}) {
    const double of_1000 = Off(1000, 2000, 3, microseconds(gap_us));
    const double of_10000 = Off(10'000, 300, 30, microseconds(gap_us));
    EXPECT_LE(of_1000, 0.01) << gap_us;
    EXPECT_LE(of_10000, 0.01) << gap_us;
  }
}

}  // namespace
}  // namespace els
