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
  EXPECT_DOUBLE_EQ(Of("a").success_rate, 1.216 / 4.216);
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
    EXPECT_GE(Of(id).latency, nanoseconds(1));
    EXPECT_LE(Of(id).latency, nanoseconds(2));
    EXPECT_GE(Of(id).expected_latency, nanoseconds(1));
  }
}

TEST_F(TimeRobustnessTest, AnAnswerBeforeItsRequestIsAnAnswerAtOnce) {
  Ticket ticket = PickA();
  ticket.Finish(Outcome::kSuccess, clock_.now() - seconds(5));
  EXPECT_EQ(Of("a").latency, nanoseconds(1));
  EXPECT_GT(Of("a").expected_latency, Duration::zero());
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
    EXPECT_NEAR(ratio, 1, 1e-9) << latency.count() << " ns";
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

}  // namespace
}  // namespace els
