// Clocks that stand still, step back, leap and run for years.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

class TimeRobustnessTest : public testing::Test {
 protected:
  TimeRobustnessTest() {
    EXPECT_TRUE(
        balancer_.SetBackends({{.id = "a"}, {.id = "b"}}, clock_.now()).ok());
  }

  BackendSnapshot Of(std::string_view id) {
    for (BackendSnapshot& backend : balancer_.Snapshot(clock_.now())) {
      if (backend.id == id) return std::move(backend);
    }
    ADD_FAILURE() << id << " is not in the set";
    return {};
  }

  Ticket PickA() { return balancer_.Pick(clock_.now(), {"b"}); }
  Ticket PickB() { return balancer_.Pick(clock_.now(), {"a"}); }

  // One request at a time, every `interval`. Returns how many b was given.
  int Serve(int requests, milliseconds a, milliseconds b, Duration interval) {
    int to_b = 0;
    for (int i = 0; i < requests; ++i) {
      const TimePoint next = clock_.now() + interval;
      Ticket ticket = balancer_.Pick(clock_.now());
      const bool is_b = ticket.id() == "b";
      to_b += is_b;
      ticket.Finish(Outcome::kSuccess, clock_.Advance(is_b ? b : a));
      if (next > clock_.now()) clock_.Advance(next - clock_.now());
    }
    return to_b;
  }

  void ExpectSensible() {
    for (const BackendSnapshot& backend : balancer_.Snapshot(clock_.now())) {
      EXPECT_GT(backend.expected_latency, milliseconds(20)) << backend.id;
      EXPECT_LT(backend.expected_latency, milliseconds(200)) << backend.id;
      EXPECT_EQ(backend.success_rate, 1) << backend.id;
      EXPECT_EQ(backend.outstanding, 0) << backend.id;
      EXPECT_TRUE(std::isfinite(backend.share)) << backend.id;
    }
  }

  // Learns which of the two is quick, then the opposite, and forgets both.
  void ExpectLearnsAndForgets(Duration interval) {
    for (const bool a_is_quick : {true, false}) {
      const milliseconds a(a_is_quick ? 40 : 80);
      const milliseconds b(a_is_quick ? 80 : 40);
      Serve(300, a, b, interval);
      ExpectSensible();
      const int to_b = Serve(100, a, b, interval);
      EXPECT_EQ(to_b < 50, a_is_quick) << to_b << " of 100";
      const Duration quick = Of(a_is_quick ? "a" : "b").latency;
      EXPECT_NEAR(quick / microseconds(1), 40'000, 4000);
      EXPECT_GT(Of(a_is_quick ? "b" : "a").latency, quick);
    }
    // Not asked for any more, the slow one becomes a typical one.
    for (int i = 0; i < 300; ++i) {
      Ticket ticket = PickB();
      ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(40)));
      clock_.Advance(interval);
    }
    EXPECT_NEAR(Of("a").latency / microseconds(1), 40'000, 1000);
  }

  // Time passes as it should.
  void ExpectAges() {
    const Ticket ticket = PickA();
    clock_.Advance(seconds(1));
    EXPECT_EQ(Of("a").mean_age, seconds(1));
  }

  VirtualClock clock_;
  Balancer balancer_{Options{.seed = 1}};
};

TEST_F(TimeRobustnessTest, ObservationsAtOneInstantCountInFull) {
  std::vector<Ticket> tickets;
  for (int i = 0; i < 4; ++i) tickets.push_back(PickA());
  for (int i = 0; i < 4; ++i) {
    tickets[static_cast<std::size_t>(i)].Finish(
        i == 0 ? Outcome::kSuccess : Outcome::kFailure, clock_.now());
  }
  // Three failures, what they leave of one success, and the one supposed.
  EXPECT_NEAR(Of("a").success_rate, 1.216 / 4.216, 1e-7);
}

TEST_F(TimeRobustnessTest, WhereTimeStandsStillAllAreServed) {
  std::map<std::string, int> picks;
  for (int i = 0; i < 1000; ++i) {
    Ticket ticket = balancer_.Pick(clock_.now());
    ++picks[std::string(ticket.id())];
    ticket.Finish(Outcome::kSuccess, clock_.now());
  }
  EXPECT_NEAR(picks["a"], 500, 50);
  for (const char* const id : {"a", "b"}) {
    EXPECT_EQ(Of(id).latency, Options().initial_latency);
    EXPECT_EQ(Of(id).successes, picks[id]);
  }
}

// As where the clock of the thread that finishes lags behind that of the pick.
TEST_F(TimeRobustnessTest, AnAnswerBeforeItsRequestSaysNothingOfTheLatency) {
  for (const Outcome outcome : {Outcome::kSuccess, Outcome::kFailure}) {
    for (const nanoseconds late : {nanoseconds(0), nanoseconds(seconds(5))}) {
      Ticket ticket = PickA();
      const BackendSnapshot before = Of("a");
      ticket.Finish(outcome, clock_.now() - late);
      EXPECT_EQ(Of("a").failure_latency, before.failure_latency);
      // One that has never answered counts as slower than most; and only that
      // may change.
      EXPECT_LE(Of("a").latency, before.latency);
      EXPECT_GE(Of("a").latency, Options().initial_latency);
    }
  }
  EXPECT_EQ(Of("a").successes, 2U);
  EXPECT_EQ(Of("a").failures, 2U);
}

// As from threads that each read the clock, and then wait for each other.
TEST_F(TimeRobustnessTest, PicksOutOfOrderAreMadeAtTheLatestTimeSoFar) {
  const TimePoint start = clock_.now();
  Ticket early = balancer_.Pick(start, {"b"});
  balancer_.Pick(start + milliseconds(10), {"b"}) = Ticket();
  Ticket late = balancer_.Pick(start, {"b"});  // at 10 ms, therefore
  early.Finish(Outcome::kFailure, start + milliseconds(30));
  late.Finish(Outcome::kFailure, start + milliseconds(25));
  clock_.Advance(milliseconds(30));
  // 30 ms, 15 ms, and the 50 ms supposed of all.
  EXPECT_NEAR(Of("a").failure_latency / microseconds(1), 31'667, 1);
  EXPECT_EQ(Of("a").mean_age, Duration::zero());
}

// While other requests are sent, as time may not leap by more than an hour.
Duration Learnt(Duration latency) {
  VirtualClock clock;
  Balancer balancer(Options{.seed = 1});
  EXPECT_TRUE(
      balancer.SetBackends({{.id = "a"}, {.id = "b"}}, clock.now()).ok());
  Ticket ticket = balancer.Pick(clock.now(), {"b"});
  for (Duration left = latency; left > Duration::zero();) {
    const Duration step = std::min<Duration>(left, minutes(30));
    balancer.Pick(clock.Advance(step), {"a"}) = Ticket();
    left -= step;
  }
  EXPECT_EQ(balancer.Snapshot(clock.now())[0].mean_age, latency);
  ticket.Finish(Outcome::kSuccess, clock.now());
  return balancer.Snapshot(clock.now())[0].latency;
}

// The only success of all, so that the fleet's mean is the same.
TEST_F(TimeRobustnessTest, LatenciesFromANanosecondToTenDaysAreLearnt) {
  for (const Duration latency :
       {Duration(nanoseconds(1)), Duration(nanoseconds(1001)),
        Duration(milliseconds(1)), Duration(seconds(1)), Duration(minutes(1)),
        Duration(hours(1)), Duration(hours(24)), Duration(hours(240))}) {
    const double ratio = std::chrono::duration<double>(Learnt(latency)) /
                         std::chrono::duration<double>(latency);
    // Of the mean of the fleet, which is kept to a sixteenth of a nanosecond
    // and told in floats.
    EXPECT_NEAR(ratio, 1, 1e-7) << latency.count() << " ns";
  }
}

TEST_F(TimeRobustnessTest, LearnsAndForgetsAfterThirtyDays) {
  Serve(30 * 24 * 360, milliseconds(40), milliseconds(80), seconds(10));
  ExpectAges();
  ExpectLearnsAndForgets(seconds(10));
  ExpectLearnsAndForgets(milliseconds(100));
}

TEST_F(TimeRobustnessTest, LearnsAndForgetsAfterTenYears) {
  Serve(10 * 365 * 48, milliseconds(40), milliseconds(80), minutes(30));
  ExpectAges();
  ExpectLearnsAndForgets(seconds(10));
  ExpectLearnsAndForgets(milliseconds(100));
}

// One call each, with a time that cannot be.
TEST_F(TimeRobustnessTest, LearnsAndForgetsAfterAnAbsurdReading) {
  using Call = std::function<void(Balancer&, Ticket&, TimePoint)>;
  const std::pair<const char*, Call> calls[] = {
      {"Pick", [](Balancer& balancer, Ticket&,
                  TimePoint absurd) { balancer.Pick(absurd) = Ticket(); }},
      {"Finish",
       [](Balancer&, Ticket& ticket, TimePoint absurd) {
         ticket.Finish(Outcome::kSuccess, absurd);
       }},
      {"Answered",
       [](Balancer&, Ticket& ticket, TimePoint absurd) {
         ticket.Answered(Outcome::kSuccess, absurd);
       }},
      {"SetOptions",
       [](Balancer& balancer, Ticket&, TimePoint absurd) {
         EXPECT_TRUE(balancer.SetOptions(Options{}, absurd).ok());
       }},
      {"SetBackends",
       [](Balancer& balancer, Ticket&, TimePoint absurd) {
         EXPECT_TRUE(
             balancer.SetBackends({{.id = "a"}, {.id = "b"}}, absurd).ok());
       }},
      {"Snapshot",
       [](Balancer& balancer, Ticket&, TimePoint absurd) {
         EXPECT_EQ(balancer.Snapshot(absurd).size(), 2u);
       }},
  };
  for (const auto& [name, call] : calls) {
    for (const TimePoint absurd : {TimePoint::max(), TimePoint::min()}) {
      SCOPED_TRACE(name);
      Ticket ticket = PickA();
      clock_.Advance(milliseconds(40));
      call(balancer_, ticket, absurd);
      EXPECT_LE(Of("a").mean_age, hours(2));
      ticket = Ticket();
      ExpectAges();
      // An answer at that time took an hour, for all that is known.
      EXPECT_LE(Of("a").latency, hours(1));
      Serve(1000, milliseconds(40), milliseconds(80), milliseconds(100));
      ExpectLearnsAndForgets(milliseconds(100));
    }
  }
}

TEST_F(TimeRobustnessTest, LearnsAndForgetsIfTheFirstReadingIsAbsurd) {
  for (const TimePoint absurd : {TimePoint::max(), TimePoint::min()}) {
    Balancer fresh(Options{.seed = 1});
    ASSERT_TRUE(fresh.SetBackends({{.id = "a"}}, absurd).ok());
    Ticket slow = fresh.Pick(clock_.now());
    clock_.Advance(milliseconds(500));
    EXPECT_EQ(fresh.Snapshot(clock_.now())[0].mean_age, milliseconds(500));
    slow.Finish(Outcome::kSuccess, clock_.now());
    EXPECT_EQ(fresh.Snapshot(clock_.now())[0].latency, milliseconds(500));
  }
}

// Of a year of requests every 20 minutes, and another; the clocks of a balancer
// with short memories go round many times meanwhile.
TEST_F(TimeRobustnessTest, WhatIsForgottenStaysForgottenForYears) {
  Options options;
  options.seed = 1;
  options.latency_memory = options.success_memory = milliseconds(100);
  options.latency_memory_picks = options.success_memory_picks = 0;
  ASSERT_TRUE(balancer_.SetOptions(options, clock_.now()).ok());
  const auto request = [&](Outcome outcome, Duration latency) {
    Ticket ticket = balancer_.Pick(clock_.now());
    ticket.Finish(outcome, clock_.Advance(latency));
  };
  for (int i = 0; i < 200; ++i) request(Outcome::kSuccess, milliseconds(10));
  for (int i = 0; i < 20; ++i) request(Outcome::kFailure, seconds(50));
  const auto year = std::chrono::hours(24 * 365);
  const TimePoint end = clock_.now() + 2 * year;
  for (int i = 0; i < 1000; ++i) request(Outcome::kSuccess, milliseconds(10));
  while (clock_.now() < end) {
    request(Outcome::kSuccess, milliseconds(10));
    clock_.Advance(std::chrono::minutes(20));
    for (const char* const id : {"a", "b"}) {
      ASSERT_LT(Of(id).failure_latency, milliseconds(11)) << id;
      ASSERT_LT(Of(id).latency, milliseconds(20)) << id;
    }
  }
  // The first failure for two years says what failures cost now.
  request(Outcome::kFailure, milliseconds(5));
  for (const char* const id : {"a", "b"}) {
    EXPECT_LT(Of(id).failure_latency, milliseconds(11)) << id;
  }
}

}  // namespace
}  // namespace els
