// Every option from one end of its range to the other, and what lies outside.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "els/balancer.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using testing::HasSubstr;
using testing::StartsWith;

struct Number {
  const char* name;
  double Options::*member;
  double low;
  double high;
};
constexpr Number kNumbers[] = {
    {"latency_memory_picks", &Options::latency_memory_picks, 0, 1e6},
    {"success_memory_picks", &Options::success_memory_picks, 0, 1e6},
    {"success_memory_spread", &Options::success_memory_spread, 0, 0.9},
    {"prior_weight", &Options::prior_weight, 0.01, 100},
    {"unproven_factor", &Options::unproven_factor, 1, 100},
    {"failure_cost_factor", &Options::failure_cost_factor, 0, 100},
    {"overdue_factor", &Options::overdue_factor, 1, 1000},
    {"turn_limit", &Options::turn_limit, 0, 0.9},
    {"turn_slope", &Options::turn_slope, 0, 10},
    {"first_contact_limit", &Options::first_contact_limit, 1, 1e6},
};

struct Time {
  const char* name;
  Duration Options::*member;
  Duration low;
  Duration high;
};
constexpr Time kTimes[] = {
    {"initial_latency", &Options::initial_latency, nanoseconds(1), hours(1)},
    {"latency_memory", &Options::latency_memory, milliseconds(1), hours(24)},
    {"success_memory", &Options::success_memory, milliseconds(1), hours(24)},
    {"failure_cost_memory", &Options::failure_cost_memory, milliseconds(1),
     hours(24)},
    {"turn_memory", &Options::turn_memory, milliseconds(1), hours(24)},
    {"removed_memory", &Options::removed_memory, nanoseconds(0), hours(24)},
};

void ExpectRefused(const Options& options, const std::string& name) {
  VirtualClock clock;
  Balancer balancer(Options{.seed = 1});
  const absl::Status status = balancer.SetOptions(options, clock.now());
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name;
  EXPECT_THAT(std::string(status.message()), StartsWith(name + " is "));
  EXPECT_THAT(std::string(status.message()), HasSubstr("must be from"));
}

TEST(OptionsRobustnessTest, NoNumberIsOutOfItsRangeNorNanNorInfinite) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const auto& [name, member, low, high] : kNumbers) {
    for (const double bad :
         {std::nan(""), kInfinity, -kInfinity, std::nextafter(low, -kInfinity),
          std::nextafter(high, kInfinity)}) {
      Options options;
      options.*member = bad;
      ExpectRefused(options, name);
    }
  }
}

TEST(OptionsRobustnessTest, NoTimeIsOutOfItsRange) {
  for (const auto& [name, member, low, high] : kTimes) {
    for (const Duration bad : {Duration::min(), low - nanoseconds(1),
                               high + nanoseconds(1), Duration::max()}) {
      Options options;
      options.*member = bad;
      ExpectRefused(options, name);
    }
  }
}

// Serves 300 requests, some of which fail, are slow, or are given up.
void ExpectServes(const Options& options) {
  VirtualClock clock;
  Balancer balancer(options);
  ASSERT_TRUE(
      balancer.SetBackends({{.id = "a"}, {.id = "b"}, {.id = "c"}}, clock.now())
          .ok());
  constexpr Outcome kOutcomes[] = {Outcome::kSuccess, Outcome::kFailure,
                                   Outcome::kTimeout, Outcome::kCancelled};
  std::vector<Ticket> owed(4);
  for (int i = 0; i < 300; ++i) {
    Ticket& ticket = owed[static_cast<std::size_t>(i) % owed.size()];
    ticket.Finish(kOutcomes[i % 9 < 4 ? i % 9 : 0],
                  clock.Advance(milliseconds(i % 7)));
    ticket = balancer.Pick(clock.now());
    ASSERT_TRUE(ticket);
  }
  std::uint64_t picks = 0;
  for (const BackendSnapshot& backend : balancer.Snapshot(clock.now())) {
    EXPECT_GT(backend.expected_latency, Duration::zero());
    EXPECT_LT(backend.expected_latency, hours(24 * 365));
    EXPECT_GE(backend.failure_cost, Duration::zero());
    EXPECT_GT(backend.success_rate, 0);
    EXPECT_LE(backend.success_rate, 1);
    EXPECT_TRUE(std::isfinite(backend.overdue));
    EXPECT_TRUE(std::isfinite(backend.share));
    EXPECT_NEAR(backend.turn, 1, options.turn_limit + 1e-9);
    picks += backend.picks;
  }
  EXPECT_EQ(picks, 300u);
}

void ExpectServesByEachChoice(Options options) {
  options.seed = 1;
  for (const Choice choice :
       {Choice::kLowest, Choice::kPowerOfTwo, Choice::kWeightedRandom}) {
    options.choice = choice;
    ExpectServes(options);
  }
}

TEST(OptionsRobustnessTest, ServesAtEitherEndOfEachRange) {
  for (const auto& [name, member, low, high] : kNumbers) {
    for (const double end : {low, high}) {
      SCOPED_TRACE(std::string(name) + " = " + std::to_string(end));
      Options options;
      options.*member = end;
      ExpectServesByEachChoice(options);
    }
  }
  for (const auto& [name, member, low, high] : kTimes) {
    for (const Duration end : {low, high}) {
      SCOPED_TRACE(std::string(name) + " = " + std::to_string(end.count()));
      Options options;
      options.*member = end;
      ExpectServesByEachChoice(options);
    }
  }
}

TEST(OptionsRobustnessTest, ServesAtTheSameEndOfAllRanges) {
  Options low;
  Options high;
  for (const Number& number : kNumbers) {
    low.*number.member = number.low;
    high.*number.member = number.high;
  }
  for (const Time& time : kTimes) {
    low.*time.member = time.low;
    high.*time.member = time.high;
  }
  ExpectServesByEachChoice(low);
  ExpectServesByEachChoice(high);
}

}  // namespace
}  // namespace els
