// The variation of a backend's latencies, and what it costs.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "els/balancer.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;

// Requests one after the other. "steady" answers after 200 ms, "varies" after
// 100 and 300 ms in turn.
class Service {
 public:
  explicit Service(double tail) : balancer_(Options{.seed = 1, .tail = tail}) {}

  void Use(std::initializer_list<std::string_view> ids) {
    std::vector<Backend> backends;
    for (const std::string_view id : ids) {
      backends.push_back({.id = std::string(id)});
    }
    ASSERT_TRUE(balancer_.SetBackends(backends, clock_.now()).ok());
  }

  void Request() {
    Ticket ticket = balancer_.Pick(clock_.now());
    Duration latency = milliseconds(200);
    if (ticket.id() == "varies") {
      latency = milliseconds(++varied_ % 2 == 0 ? 100 : 300);
    }
    ticket.Finish(Outcome::kSuccess, clock_.Advance(latency));
  }

  // How many of 2,000 requests go to "varies".
  int PicksOfVaries() {
    const int before = varied_;
    for (int i = 0; i < 2'000; ++i) Request();
    return varied_ - before;
  }

  BackendSnapshot First() { return balancer_.Snapshot(clock_.now()).front(); }

 private:
  VirtualClock clock_;
  Balancer balancer_;
  int varied_ = 0;
};

double SecondsOf(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// Half of the answers are 100 ms below the mean, and half above.
TEST(TailTest, ASnapshotHasTheStandardDeviationOfTheAnswers) {
  Service varies(0);
  varies.Use({"varies"});
  for (int i = 0; i < 500; ++i) varies.Request();
  EXPECT_NEAR(SecondsOf(varies.First().latency_deviation), 0.1, 0.01);

  Service steady(0);
  steady.Use({"steady"});
  for (int i = 0; i < 500; ++i) steady.Request();
  EXPECT_LT(SecondsOf(steady.First().latency_deviation), 0.01);
}

// The means are equal, and the deviation of "varies" is half of that.
TEST(TailTest, WhatVariesGetsLessTheMoreTheTailCounts) {
  const auto picks_of_varies = [](double tail) {
    Service service(tail);
    service.Use({"steady", "varies"});
    return service.PicksOfVaries();
  };
  EXPECT_NEAR(picks_of_varies(0), 1'000, 100);
  const int with_half = picks_of_varies(0.5);
  EXPECT_LT(with_half, 900);
  EXPECT_LT(picks_of_varies(1), with_half / 4);
}

// E = l + tail * deviation, as nothing else is outstanding, the backend has the
// whole share and nothing has failed.
TEST(TailTest, TheExpectedLatencyIsWhatTheSnapshotSays) {
  Service service(3);
  service.Use({"varies"});
  for (int i = 0; i < 500; ++i) service.Request();
  const BackendSnapshot s = service.First();
  EXPECT_NEAR(
      SecondsOf(s.expected_latency),
      (SecondsOf(s.latency) + 3 * SecondsOf(s.latency_deviation)) * s.turn,
      1e-8);
  EXPECT_GT(s.expected_latency, milliseconds(400));
}

// A record counts about a million, and what is more lies elsewhere.
TEST(TailTest, SuccessesAreCountedBeyondWhatARecordHolds) {
  constexpr std::uint64_t kSuccesses = (1U << 20) + 10;
  VirtualClock clock;
  Balancer balancer(Options{.seed = 1});
  const Backend backends[] = {{.id = "a"}};
  ASSERT_TRUE(balancer.SetBackends(backends, clock.now()).ok());
  for (std::uint64_t i = 1; i <= kSuccesses; ++i) {
    Ticket ticket = balancer.Pick(clock.now());
    ticket.Finish(Outcome::kSuccess, clock.Advance(milliseconds(1)));
    if (i < kSuccesses - 20) continue;
    const BackendSnapshot s = balancer.Snapshot(clock.now()).front();
    ASSERT_EQ(s.successes, i);
    ASSERT_EQ(s.picks, i);
    ASSERT_EQ(s.latency, milliseconds(1));
  }
}

}  // namespace
}  // namespace els
