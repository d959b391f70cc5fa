#include "els/concurrency_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "els/random.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::StartsWith;

static_assert(!std::is_copy_constructible_v<Admission>);
static_assert(!std::is_copy_assignable_v<Admission>);
static_assert(std::is_nothrow_move_constructible_v<Admission>);

double Milliseconds(std::optional<Duration> duration) {
  return std::chrono::duration<double, std::milli>(duration.value()).count();
}

// As many as are admitted at one moment.
std::vector<Admission> Fill(ConcurrencyLimit& limit, TimePoint now,
                            Priority priority = Priority::kNormal) {
  std::vector<Admission> admitted;
  while (Admission admission = limit.TryAdmit(now, priority)) {
    admitted.push_back(std::move(admission));
  }
  return admitted;
}

// `count` requests one after the other, of `latency` each.
void Answer(ConcurrencyLimit& limit, VirtualClock& clock, int count,
            Duration latency, Outcome outcome = Outcome::kSuccess) {
  for (int i = 0; i < count; ++i) {
    Admission admission = limit.TryAdmit(clock.now());
    admission.Done(outcome, clock.Advance(latency));
  }
}

TEST(ConcurrencyLimitTest, AnErrorNamesTheFieldItsValueAndItsRange) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  struct Bad {
    ConcurrencyLimitOptions options;
    std::string message;
  };
  for (const Bad& bad : {
           Bad{{.initial_limit = 0.5},
               "initial_limit is 0.5; it must be from 1 to 1e+06"},
           Bad{{.initial_limit = nan},
               "initial_limit is nan; it must be from 1 to 1e+06"},
           Bad{{.highest_limit = 2e6},
               "highest_limit is 2e+06; it must be from 1 to 1e+06"},
           Bad{{.tolerance = 0.9}, "tolerance is 0.9; it must be from 1 to 10"},
           Bad{{.window = milliseconds(9)},
               "window is 9ms; it must be from 10ms to 1m"},
           Bad{{.window = minutes(2)},
               "window is 2m; it must be from 10ms to 1m"},
           Bad{{.baseline_windows = 0},
               "baseline_windows is 0; it must be from 1 to 1e+05"},
       }) {
    const absl::Status status = bad.options.Validate();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), StartsWith(bad.message));
  }
  EXPECT_EQ(ConcurrencyLimitOptions().Validate(), absl::OkStatus());
}

TEST(ConcurrencyLimitDeathTest, InvalidOptionsAbort) {
  EXPECT_DEATH(ConcurrencyLimit({.tolerance = 0}), "");
}

TEST(ConcurrencyLimitTest, AdmitsByPriority) {
  VirtualClock clock;
  ConcurrencyLimit limit({.initial_limit = 20});
  const auto sheddable = Fill(limit, clock.now(), Priority::kSheddable);
  EXPECT_EQ(sheddable.size(), 10U);
  const auto normal = Fill(limit, clock.now(), Priority::kNormal);
  EXPECT_EQ(normal.size(), 10U);
  const auto critical = Fill(limit, clock.now(), Priority::kCritical);
  EXPECT_EQ(critical.size(), 10U);
  const ConcurrencyLimitSnapshot snapshot = limit.Snapshot();
  EXPECT_EQ(snapshot.in_flight, 30U);
  EXPECT_EQ(snapshot.admitted, 30U);
  EXPECT_THAT(snapshot.refused, ElementsAre(1, 1, 1));
}

TEST(ConcurrencyLimitTest, EveryPriorityMayHaveOneOutstandingAtTheLowestLimit) {
  for (const Priority priority :
       {Priority::kSheddable, Priority::kNormal, Priority::kCritical}) {
    VirtualClock clock;
    ConcurrencyLimit limit({.initial_limit = 1});
    EXPECT_EQ(Fill(limit, clock.now(), priority).size(), 1U);
  }
}

TEST(ConcurrencyLimitTest, EveryEndGivesThePlaceBackOnce) {
  VirtualClock clock;
  ConcurrencyLimit limit({.initial_limit = 1});
  for (const Outcome outcome :
       {Outcome::kSuccess, Outcome::kFailure, Outcome::kTimeout,
        Outcome::kCancelled, Outcome::kNeutral}) {
    Admission admission = limit.TryAdmit(clock.now());
    ASSERT_TRUE(admission);
    EXPECT_FALSE(limit.TryAdmit(clock.now()));
    admission.Done(outcome, clock.now());
    EXPECT_FALSE(admission);
    EXPECT_EQ(limit.Snapshot().in_flight, 0U);
    admission.Done(outcome, clock.now());
    EXPECT_EQ(limit.Snapshot().in_flight, 0U);
  }
}

TEST(ConcurrencyLimitTest,
     ADroppedAdmissionGivesItsPlaceBackAndTeachesNothing) {
  VirtualClock clock;
  ConcurrencyLimit limit;
  for (int i = 0; i < 1000; ++i) {
    const Admission admission = limit.TryAdmit(clock.now());
    clock.Advance(milliseconds(10));
  }
  EXPECT_EQ(limit.Snapshot().in_flight, 0U);
  EXPECT_FALSE(limit.Snapshot().latency.has_value());
}

TEST(ConcurrencyLimitTest, AMovedAdmissionHoldsOnePlace) {
  VirtualClock clock;
  ConcurrencyLimit limit;
  Admission first = limit.TryAdmit(clock.now());
  Admission second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move)
  EXPECT_TRUE(second);
  EXPECT_EQ(limit.Snapshot().in_flight, 1U);
  first.Done(Outcome::kSuccess, clock.now());
  EXPECT_EQ(limit.Snapshot().in_flight, 1U);
  second = limit.TryAdmit(clock.now());
  EXPECT_EQ(limit.Snapshot().in_flight, 1U);
  Admission& same = second;
  second = std::move(same);
  EXPECT_TRUE(second);
  second = Admission();
  EXPECT_EQ(limit.Snapshot().in_flight, 0U);
}

TEST(ConcurrencyLimitTest, AWindowLastsItsTimeFourLatenciesAndFiftyAnswers) {
  VirtualClock clock;
  ConcurrencyLimit by_answers({.window = milliseconds(100)});
  Answer(by_answers, clock, 49, milliseconds(10));
  EXPECT_FALSE(by_answers.Snapshot().latency.has_value());
  Answer(by_answers, clock, 1, milliseconds(10));
  EXPECT_TRUE(by_answers.Snapshot().latency.has_value());

  // The 99th answer comes 990 ms after the first reading.
  ConcurrencyLimit by_time({.window = seconds(1)});
  Answer(by_time, clock, 99, milliseconds(10));
  EXPECT_FALSE(by_time.Snapshot().latency.has_value());
  Answer(by_time, clock, 1, milliseconds(10));
  EXPECT_TRUE(by_time.Snapshot().latency.has_value());

  // 60 at once, after 400 ms: four latencies are 1.6 s.
  ConcurrencyLimit by_latency(
      {.initial_limit = 100, .window = milliseconds(100)});
  std::vector<Admission> slow = Fill(by_latency, clock.now());
  clock.Advance(milliseconds(400));
  for (Admission& each : slow) each.Done(Outcome::kSuccess, clock.now());
  EXPECT_FALSE(by_latency.Snapshot().latency.has_value());
  Answer(by_latency, clock, 3, milliseconds(399));
  EXPECT_FALSE(by_latency.Snapshot().latency.has_value());
  Answer(by_latency, clock, 1, milliseconds(399));
  EXPECT_TRUE(by_latency.Snapshot().latency.has_value());
}

TEST(ConcurrencyLimitTest, LearnsFromSuccessesAndTimeoutsAlone) {
  struct Row {
    Outcome outcome;
    bool learns;
  };
  for (const Row row :
       {Row{Outcome::kSuccess, true}, Row{Outcome::kTimeout, true},
        Row{Outcome::kFailure, false}, Row{Outcome::kCancelled, false},
        Row{Outcome::kNeutral, false}}) {
    VirtualClock clock;
    ConcurrencyLimit limit;
    Answer(limit, clock, 200, milliseconds(10), row.outcome);
    EXPECT_EQ(limit.Snapshot().latency.has_value(), row.learns)
        << static_cast<int>(row.outcome);
  }
}

TEST(ConcurrencyLimitTest, TheSnapshotHasTheGeometricMeanAndTheBaseline) {
  VirtualClock clock;
  ConcurrencyLimit limit;
  // 25 of 10 ms and 25 of 40 ms are 20 ms in the mean, and last 1.25 s.
  Answer(limit, clock, 25, milliseconds(10));
  Answer(limit, clock, 25, milliseconds(40));
  const ConcurrencyLimitSnapshot snapshot = limit.Snapshot();
  EXPECT_NEAR(Milliseconds(snapshot.latency), 20, 1e-5);
  EXPECT_NEAR(Milliseconds(snapshot.baseline), 20, 1e-5);
  // One at a time: the limit did not matter.
  EXPECT_EQ(snapshot.limit, 20);
  EXPECT_EQ(snapshot.reason, LimitReason::kInitial);
}

TEST(ConcurrencyLimitTest, GrowsWhereItIsNeededAndFallsWhereLatencyRises) {
  VirtualClock clock;
  ConcurrencyLimit limit({.initial_limit = 100});
  const auto round = [&](Duration latency) {
    std::vector<Admission> all = Fill(limit, clock.now());
    clock.Advance(latency);
    for (Admission& each : all) each.Done(Outcome::kSuccess, clock.now());
  };
  // Five rounds last as long as a window has to.
  for (int i = 0; i < 5; ++i) round(milliseconds(100));
  // 100 * 1.25 + 1.5 * 10.
  EXPECT_NEAR(limit.Snapshot().limit, 140, 1e-6);
  EXPECT_EQ(limit.Snapshot().reason, LimitReason::kRoom);
  // What is left of the last round comes with them, so not all is slow.
  for (int i = 0; i < 6; ++i) round(milliseconds(400));
  EXPECT_LT(limit.Snapshot().limit, 140);
  EXPECT_EQ(limit.Snapshot().reason, LimitReason::kLatency);
}

TEST(ConcurrencyLimitTest, AClockThatStepsBackMeasuresNoTime) {
  VirtualClock clock;
  ConcurrencyLimit limit({.window = milliseconds(10)});
  Answer(limit, clock, 60, milliseconds(10));
  const double before = Milliseconds(limit.Snapshot().latency);
  for (int i = 0; i < 100; ++i) {
    Admission admission = limit.TryAdmit(clock.now());
    admission.Done(Outcome::kSuccess, clock.now() - seconds(10));
  }
  EXPECT_EQ(limit.Snapshot().in_flight, 0U);
  Answer(limit, clock, 200, milliseconds(10));
  // The hundred count as a microsecond each, and are soon forgotten.
  EXPECT_NEAR(Milliseconds(limit.Snapshot().latency) / before, 1, 0.01);
}

TEST(ConcurrencyLimitTest, AbsurdReadingsDoNoLastingHarm) {
  for (const TimePoint absurd : {TimePoint::max(), TimePoint::min()}) {
    VirtualClock clock;
    ConcurrencyLimit limit;
    Answer(limit, clock, 100, milliseconds(10));
    Admission late = limit.TryAdmit(absurd);
    late.Done(Outcome::kSuccess, clock.Advance(milliseconds(10)));
    Admission early = limit.TryAdmit(clock.now());
    early.Done(Outcome::kSuccess, absurd);
    Answer(limit, clock, 300, milliseconds(10));
    EXPECT_NEAR(Milliseconds(limit.Snapshot().latency), 10, 0.01);
    EXPECT_EQ(limit.Snapshot().in_flight, 0U);
  }
}

TEST(ConcurrencyLimitTest, GoesOnAfterAMonthWithoutRequests) {
  VirtualClock clock;
  ConcurrencyLimit limit;
  Answer(limit, clock, 100, milliseconds(10));
  clock.Advance(hours(24 * 30));
  Answer(limit, clock, 300, milliseconds(20));
  EXPECT_NEAR(Milliseconds(limit.Snapshot().latency), 20, 0.01);
}

// Against a list of the admissions that are held.
void CountAsTheModel(std::uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  VirtualClock clock;
  ConcurrencyLimit limit({.initial_limit = 8, .window = milliseconds(10)});
  std::vector<Admission> held;
  std::uint64_t admitted = 0;
  std::array<std::uint64_t, kPriorities> refused = {};
  for (int i = 0; i < 5000; ++i) {
    clock.Advance(microseconds(random.Below(2000)));
    const auto priority = random.Below(kPriorities);
    const std::uint64_t action = random.Below(4);
    if (action < 2) {
      // As Priority says: half the limit, the limit, one and a half.
      const double part = std::array<double, 3>{0.5, 1, 1.5}[priority];
      const double places = std::max(part * limit.Snapshot().limit, 1.0);
      const bool room = static_cast<double>(held.size()) <
                        static_cast<double>(static_cast<int>(places));
      Admission admission =
          limit.TryAdmit(clock.now(), static_cast<Priority>(priority));
      ASSERT_EQ(static_cast<bool>(admission), room) << i;
      admission ? ++admitted : ++refused[priority];
      if (admission) held.push_back(std::move(admission));
    } else if (!held.empty()) {
      const std::uint64_t place = random.Below(held.size());
      std::swap(held[place], held.back());
      if (action == 2) {
        held.back().Done(static_cast<Outcome>(random.Below(5)), clock.now());
      }
      held.pop_back();
    }
    const ConcurrencyLimitSnapshot snapshot = limit.Snapshot();
    ASSERT_EQ(snapshot.in_flight, held.size()) << i;
    ASSERT_EQ(snapshot.admitted, admitted) << i;
    ASSERT_EQ(snapshot.refused, refused) << i;
    ASSERT_GE(snapshot.limit, 1) << i;
  }
}

TEST(ConcurrencyLimitTest, CountsWhatIsHeldWhateverHappens) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) CountAsTheModel(seed);
}

}  // namespace
}  // namespace els
