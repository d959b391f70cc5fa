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

// Requests of different works, and backends of different speeds and weights:
// some fail, some are silent for a while, some give neutral answers, some are
// soon full, and some go on answering for long.
class Traffic {
 public:
  Traffic(std::size_t backends, std::uint64_t seed, microseconds mean_gap)
      : random_(seed),
        balancer_(Options{.seed = seed, .queue_by_work = 0.5}),
        mean_gap_(mean_gap) {
    std::vector<Backend> set;
    for (std::size_t i = 0; i < backends; ++i) {
      set.push_back({.id = std::to_string(i),
                     .tag = i,
                     .weight = 1.0 + static_cast<double>(i % 3),
                     .max_outstanding = i % 5 == 4 ? 2U : 0});
    }
    EXPECT_TRUE(balancer_.SetBackends(set, clock_.now()).ok());
  }

  void Step() {
    clock_.Advance(microseconds(random_.Below(2 * mean_gap_.count())));
    FinishDue();
    constexpr double kWorks[] = {1, 1, 4, 0.25};
    const double work = kWorks[random_.Below(4)];
    Ticket ticket = balancer_.Pick(clock_.now(), Request{.work = work});
    const std::uint64_t backend = ticket.tag();
    const auto base = static_cast<std::int64_t>(10'000 + 5'000 * (backend % 7));
    const auto spread = static_cast<std::int64_t>(random_.Below(20'000));
    const bool silent = backend % 11 == 3 && random_.Below(3) == 0;
    const double took_us =
        silent ? 1e6 : work * static_cast<double>(base + spread);
    const microseconds latency(static_cast<std::int64_t>(took_us));
    outstanding_.push_back({std::move(ticket), clock_.now() + latency});
  }

  bool PicksTheLowest() { return els::PicksTheLowest(balancer_, clock_.now()); }

 private:
  void FinishDue() {
    for (Outstanding& request : outstanding_) {
      if (request.due > clock_.now()) continue;
      const std::uint64_t backend = request.ticket.tag();
      const bool odd = random_.Below(2) == 0;
      if (backend % 17 == 2 && odd) {
        request.ticket.Answered(Outcome::kSuccess, clock_.now());
        request.due += std::chrono::milliseconds(100);
        continue;
      }
      request.ticket.Finish(backend % 13 == 5 && odd   ? Outcome::kFailure
                            : backend % 11 == 6 && odd ? Outcome::kNeutral
                                                       : Outcome::kSuccess,
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
