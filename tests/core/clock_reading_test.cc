// What each call makes of a reading that is behind the latest time, far ahead
// of it, or at the ends of TimePoint.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "els/random.h"
#include "tests/core/same_snapshot.h"

namespace els {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr TimePoint kStart{hours(1000)};
// The latest time that the balancer knows of, in all tests.
constexpr TimePoint kLatest = kStart + milliseconds(40);

// A reading, and how far from kLatest it counts.
struct Reading {
  const char* name;
  TimePoint reading;
  Duration counts;
};

const std::vector<Reading>& Behind() {
  static const auto* const kReadings = new std::vector<Reading>{
      {"10 ms behind", kLatest - milliseconds(10), milliseconds(-10)},
      {"a minute behind", kLatest - minutes(1), minutes(-1)},
      {"59 minutes behind", kLatest - minutes(59), minutes(-59)},
      {"an hour behind", kLatest - hours(1), seconds(0)},
      {"a thousand hours behind", kLatest - hours(1000), seconds(0)},
      {"the earliest", TimePoint::min(), seconds(0)},
  };
  return *kReadings;
}

const std::vector<Reading>& Near() {
  static const auto* const kReadings = new std::vector<Reading>{
      {"the latest", kLatest, seconds(0)},
      {"a minute ahead", kLatest + minutes(1), minutes(1)},
      {"almost an hour ahead", kLatest + hours(1) - nanoseconds(1),
       hours(1) - nanoseconds(1)},
  };
  return *kReadings;
}

const std::vector<Reading>& FarAhead() {
  static const auto* const kReadings = new std::vector<Reading>{
      {"an hour ahead", kLatest + hours(1), hours(1)},
      {"a thousand hours ahead", kLatest + hours(1000), hours(1)},
      {"the last", TimePoint::max(), hours(1)},
  };
  return *kReadings;
}

std::vector<Reading> All() {
  std::vector<Reading> all = Behind();
  all.insert(all.end(), Near().begin(), Near().end());
  all.insert(all.end(), FarAhead().begin(), FarAhead().end());
  return all;
}

// The backends a and b, one request to a since kStart, and requests to b.
class OneRequest {
 public:
  OneRequest() {
    EXPECT_TRUE(SetBackends({"a", "b"}, kStart));
    ticket = balancer.Pick(kStart, {"b"});
    for (int i = 0; i < 2; ++i) to_b.push_back(balancer.Pick(kLatest, {"a"}));
  }

  bool SetBackends(const std::vector<std::string>& ids, TimePoint now) {
    std::vector<Backend> set;
    for (const std::string& id : ids) set.push_back({.id = id});
    return balancer.SetBackends(set, now).ok();
  }

  // Time passes until `end`, with a request to b every half hour.
  void PassUntil(TimePoint end) {
    for (TimePoint now = kLatest; now < end; now += minutes(30)) {
      balancer.Pick(now, {"a"}) = Ticket();
    }
    balancer.Pick(end, {"a"}) = Ticket();
  }

  BackendSnapshot A(TimePoint now) const {
    for (BackendSnapshot& backend : balancer.Snapshot(now)) {
      if (backend.id == "a") return std::move(backend);
    }
    ADD_FAILURE() << "a is not listed";
    return {};
  }

  Balancer balancer{Options{.seed = 1}};
  Ticket ticket;
  std::vector<Ticket> to_b;
};

struct Call {
  const char* name;
  std::function<void(OneRequest&, TimePoint)> make;
  bool moves_time = true;
};

// All calls that take a reading, but Snapshot, which changes nothing.

const std::vector<Call>& Changes() {
  static const auto* const kCalls = new std::vector<Call>{
      {"Pick",
       [](OneRequest& one, TimePoint now) {
         EXPECT_TRUE(one.balancer.Pick(now, {"a"}));
       }},
      {"Answered",
       [](OneRequest& one, TimePoint now) {
         one.to_b.back().Answered(Outcome::kSuccess, now);
         one.to_b.pop_back();
       },
       false},
      {"Finish",
       [](OneRequest& one, TimePoint now) {
         one.to_b.back().Finish(Outcome::kSuccess, now);
         one.to_b.pop_back();
       },
       false},
      {"SetBackends",
       [](OneRequest& one, TimePoint now) {
         EXPECT_TRUE(one.SetBackends({"a", "b"}, now));
       }},
      {"SetOptions",
       [](OneRequest& one, TimePoint now) {
         EXPECT_TRUE(one.balancer.SetOptions(Options{}, now).ok());
       }},
  };
  return *kCalls;
}

std::vector<Call> AllCalls() {
  std::vector<Call> calls = Changes();
  calls.push_back({"Snapshot", [](OneRequest& one, TimePoint now) {
                     EXPECT_EQ(one.balancer.Snapshot(now).size(), 2u);
                   }});
  return calls;
}

TEST(ClockReadingTest, AReadingBehindOrInDoubtChangesNoTimeForOtherCalls) {
  for (const Call& call : AllCalls()) {
    std::vector<Reading> readings = Behind();
    readings.insert(readings.end(), FarAhead().begin(), FarAhead().end());
    for (const Reading& reading : readings) {
      SCOPED_TRACE(std::string(call.name) + ", " + reading.name);
      OneRequest one;
      call.make(one, reading.reading);
      EXPECT_EQ(one.A(kLatest).mean_age, milliseconds(40));
      EXPECT_EQ(one.A(kLatest + seconds(1)).mean_age, milliseconds(1040));
      one.PassUntil(kLatest + hours(2));
      EXPECT_EQ(one.A(kLatest + hours(2)).mean_age,
                hours(2) + milliseconds(40));
    }
  }
}

TEST(ClockReadingTest, ASecondReadingFarAheadThatAgreesMovesTimeOnByAnHour) {
  for (const Call& first : Changes()) {
    for (const Call& second : Changes()) {
      SCOPED_TRACE(std::string(first.name) + ", " + second.name);
      OneRequest one;
      const TimePoint far = kLatest + hours(1000);
      first.make(one, far);
      second.make(one, far + seconds(1));
      EXPECT_EQ(one.A(far + seconds(2)).mean_age,
                hours(1) + seconds(2) + milliseconds(40));
    }
  }
}

TEST(ClockReadingTest, ASecondReadingFarBehindThatAgreesLetsTimeGoOnFromThere) {
  for (const Call& first : Changes()) {
    for (const Call& second : Changes()) {
      SCOPED_TRACE(std::string(first.name) + ", " + second.name);
      OneRequest one;
      const TimePoint far = kLatest - hours(500);
      first.make(one, far);
      second.make(one, far + seconds(1));
      EXPECT_EQ(one.A(far + seconds(3)).mean_age,
                seconds(3) + milliseconds(40));
    }
  }
}

TEST(ClockReadingTest, AnAnswerIsAsOldAsItsOwnReadingSaysIfThatIsBelieved) {
  for (const Reading& reading : All()) {
    for (const bool answered : {false, true}) {
      SCOPED_TRACE(reading.name);
      OneRequest one;
      if (answered) one.ticket.Answered(Outcome::kSuccess, reading.reading);
      // After Answered this says nothing more.
      one.ticket.Finish(Outcome::kSuccess,
                        answered ? kLatest + seconds(9) : reading.reading);
      const Duration latency = milliseconds(40) + reading.counts;
      const BackendSnapshot after = one.A(kLatest);
      EXPECT_EQ(after.successes, 1u);
      EXPECT_EQ(after.outstanding, 0);
      // What the fleet is told of, it is told in floats.
      const Duration expected =
          latency > seconds(0) ? latency : Options().initial_latency;
      EXPECT_FLOAT_EQ(after.latency.count(), expected.count());
    }
  }
}

TEST(ClockReadingTest, AnAttemptThatTookNoTimeIsNoSampleUnlessItTimedOut) {
  for (const TimePoint now : {kStart, kStart - minutes(1)}) {
    for (const Outcome outcome : {Outcome::kFailure, Outcome::kCancelled}) {
      OneRequest one;
      const BackendSnapshot before = one.A(kLatest);
      one.ticket.Finish(outcome, now);
      EXPECT_EQ(one.A(kLatest).latency, before.latency);
      EXPECT_EQ(one.A(kLatest).failure_latency, before.failure_latency);
    }
    OneRequest one;
    one.ticket.Finish(Outcome::kTimeout, now);
    // The 50 ms supposed of all, and a failure's cost of 7 times as much.
    EXPECT_EQ(one.A(kLatest).latency, milliseconds((50 + 350) / 2));
  }
}

TEST(ClockReadingTest, APickIsMadeAtTheLatestTimeOrAsFarAheadAsIsBelieved) {
  for (const Reading& reading : All()) {
    SCOPED_TRACE(reading.name);
    OneRequest one;
    one.ticket = one.balancer.Pick(reading.reading, {"b"});
    const Duration made_at = std::max<Duration>(reading.counts, seconds(0));
    one.PassUntil(kLatest + hours(2));
    EXPECT_EQ(one.A(kLatest + hours(2)).mean_age, hours(2) - made_at);
  }
}

// A step ahead that is believed, and then the readings of before.
TEST(ClockReadingTest, TimeStandsStillUntilReadingsAreAheadAgain) {
  for (const Call& call : Changes()) {
    if (!call.moves_time) continue;
    SCOPED_TRACE(call.name);
    OneRequest one;
    call.make(one, kLatest + minutes(30));
    one.ticket = one.balancer.Pick(kLatest + seconds(1), {"b"});
    EXPECT_EQ(one.A(kLatest + minutes(30)).mean_age, seconds(0));
    EXPECT_EQ(one.A(kLatest + minutes(31)).mean_age, minutes(1));
  }
}

// Options::removed_memory is ten minutes.
TEST(ClockReadingTest, ABackendLeavesAtTheLatestTimeOrAsFarAheadAsIsBelieved) {
  for (const Reading& reading : All()) {
    for (const bool in_time : {true, false}) {
      SCOPED_TRACE(reading.name);
      OneRequest one;
      one.ticket.Finish(Outcome::kSuccess, kLatest);
      ASSERT_TRUE(one.SetBackends({"b"}, reading.reading));
      const Duration left_at = std::max<Duration>(reading.counts, seconds(0));
      const TimePoint back = kLatest + left_at + minutes(10) +
                             (in_time ? seconds(0) : nanoseconds(1));
      for (TimePoint now = kLatest; now < back; now += minutes(30)) {
        one.balancer.Pick(now) = Ticket();
      }
      ASSERT_TRUE(one.SetBackends({"a", "b"}, back));
      EXPECT_EQ(one.A(back).successes, in_time ? 1u : 0u);
    }
  }
}

TEST(ClockReadingTest, ASnapshotOfAnyReadingChangesNothing) {
  for (const Reading& reading : All()) {
    SCOPED_TRACE(reading.name);
    OneRequest one;
    const std::vector<BackendSnapshot> before = one.balancer.Snapshot(kLatest);
    const Duration age = milliseconds(40) + reading.counts;
    EXPECT_EQ(one.A(reading.reading).mean_age,
              std::max<Duration>(age, seconds(0)));
    EXPECT_EQ(one.A(reading.reading).mean_age,
              std::max<Duration>(age, seconds(0)));
    EXPECT_TRUE(AreSame(one.balancer.Snapshot(kLatest), before));
  }
}

// Any call with any reading, again and again.
void MisreadAtRandom(std::uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  OneRequest one;
  std::int64_t outstanding = 0;
  const std::vector<Call> calls = AllCalls();
  const std::vector<Reading> readings = All();
  for (int i = 0; i < 200; ++i) {
    one.to_b.push_back(one.balancer.Pick(kLatest));
    ASSERT_TRUE(one.to_b.back());
    const Call& call = calls[random.Below(calls.size())];
    call.make(one, readings[random.Below(readings.size())].reading);
  }
  for (const BackendSnapshot& backend : one.balancer.Snapshot(kLatest)) {
    EXPECT_GT(backend.expected_latency, seconds(0));
    EXPECT_GE(backend.mean_age, seconds(0));
    EXPECT_TRUE(std::isfinite(backend.overdue) && backend.overdue >= 1);
    EXPECT_TRUE(std::isfinite(backend.share) && backend.share >= 0);
    outstanding += backend.outstanding;
  }
  EXPECT_EQ(outstanding, 1 + static_cast<std::int64_t>(one.to_b.size()));
}

TEST(ClockReadingTest, AnyReadingsInARowLeaveSensibleNumbers) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) MisreadAtRandom(seed);
}

TEST(ClockReadingTest, TheFirstReadingMayBeAny) {
  for (const Reading& reading : All()) {
    SCOPED_TRACE(reading.name);
    Balancer balancer(Options{.seed = 1});
    ASSERT_TRUE(balancer.SetBackends({{.id = "a"}}, reading.reading).ok());
    Ticket ticket = balancer.Pick(reading.reading);
    EXPECT_EQ(balancer.Snapshot(reading.reading)[0].mean_age, seconds(0));
    ticket.Finish(Outcome::kSuccess, reading.reading);
    EXPECT_EQ(balancer.Snapshot(reading.reading)[0].successes, 1u);
  }
}

}  // namespace
}  // namespace els
