// Every option from one end of its range to the other, and what lies outside.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "els/balancer.h"
#include "els/options_text.h"
#include "tests/core/option_ranges.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using testing::HasSubstr;
using testing::StartsWith;

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
  for (const auto& [name, member, low, high] : kNumberRanges) {
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
  for (const auto& [name, member, low, high] : kTimeRanges) {
    for (const Duration bad : {Duration::min(), low - nanoseconds(1),
                               high + nanoseconds(1), Duration::max()}) {
      Options options;
      options.*member = bad;
      ExpectRefused(options, name);
    }
  }
}

TEST(OptionsRobustnessTest, NoChoiceIsOutOfTheEnum) {
  VirtualClock clock;
  Balancer balancer(Options{.seed = 1});
  for (const int bad : {-1, 3, 1000}) {
    const absl::Status status = balancer.SetOptions(
        Options{.choice = static_cast<Choice>(bad)}, clock.now());
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), StartsWith("choice is "));
  }
}

TEST(OptionsRobustnessTest, NoTextSetsAFieldOutOfItsRange) {
  const auto expect_refused = [](const std::string& name,
                                 const std::string& value) {
    const absl::Status status = ParseOptions(name + " = " + value).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument)
        << name << " = " << value;
    EXPECT_THAT(std::string(status.message()),
                StartsWith("line 1: " + name + " is \"" + value));
  };
  for (const auto& [name, member, low, high] : kNumberRanges) {
    for (const char* const bad : {"-1", "1000001", "nan", "inf", "-inf", ""}) {
      expect_refused(name, bad);
    }
  }
  for (const auto& [name, member, low, high] : kTimeRanges) {
    for (const char* const bad : {"-1ns", "24h1ns", "inf", "-inf", "5", ""}) {
      expect_refused(name, bad);
    }
  }
  for (const char* const bad : {"-1", "0.5", "18446744073709551616", ""}) {
    expect_refused("seed", bad);
  }
}

// Serves 300 requests, some of which fail, are slow, cut or neutral, or are
// given up.
void ExpectServes(const Options& options) {
  VirtualClock clock;
  Balancer balancer(options);
  ASSERT_TRUE(
      balancer.SetBackends({{.id = "a"}, {.id = "b"}, {.id = "c"}}, clock.now())
          .ok());
  constexpr Outcome kOutcomes[] = {Outcome::kSuccess, Outcome::kFailure,
                                   Outcome::kTimeout, Outcome::kCancelled,
                                   Outcome::kNeutral};
  std::vector<Ticket> owed(4);
  for (int i = 0; i < 300; ++i) {
    Ticket& ticket = owed[static_cast<std::size_t>(i) % owed.size()];
    if (i % 4 == 0) ticket.Answered(Outcome::kSuccess, clock.now());
    ticket.Finish(kOutcomes[i % 9 < 5 ? i % 9 : 0],
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
    EXPECT_GE(backend.queue, 0);
    EXPECT_TRUE(std::isfinite(backend.queue));
    EXPECT_TRUE(std::isfinite(backend.parallelism));
    EXPECT_TRUE(std::isfinite(backend.overdue));
    EXPECT_TRUE(std::isfinite(backend.share));
    EXPECT_GE(backend.turn, 1 - options.turn_limit);
    EXPECT_LE(backend.turn, 1 + options.turn_premium);
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
  for (const auto& [name, member, low, high] : kNumberRanges) {
    for (const double end : {low, high}) {
      SCOPED_TRACE(std::string(name) + " = " + std::to_string(end));
      Options options;
      options.*member = end;
      ExpectServesByEachChoice(options);
    }
  }
  for (const auto& [name, member, low, high] : kTimeRanges) {
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
  for (const auto& number : kNumberRanges) {
    low.*number.member = number.low;
    high.*number.member = number.high;
  }
  for (const auto& time : kTimeRanges) {
    low.*time.member = time.low;
    high.*time.member = time.high;
  }
  ExpectServesByEachChoice(low);
  ExpectServesByEachChoice(high);
}

}  // namespace
}  // namespace els
