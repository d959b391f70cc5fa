#include "sim/traces/replay.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "sim/model/workload.h"
#include "tests/sim/recordings.h"

namespace els_sim {
namespace {

using els::Outcome;
using std::chrono::milliseconds;
using std::chrono::seconds;

Scenario TwoServers() {
  return {.name = "two",
          .arrivals =
              OpenArrivals{
                  .length = seconds(1), .gaps = Gaps::kConstant, .rate = 4},
          .sizes = {.mean = milliseconds(40)},
          .servers = std::vector<ServerPlan>(2)};
}

std::vector<Arrival> All(const Scenario& scenario) {
  std::vector<Arrival> all;
  Workload workload(scenario, 1);
  while (const auto arrival = workload.Next()) all.push_back(*arrival);
  return all;
}

std::vector<Duration> SizesOf(const Scenario& scenario) {
  std::vector<Duration> sizes;
  for (const Arrival& arrival : All(scenario)) sizes.push_back(arrival.size);
  return sizes;
}

// The scenario, replayed.
Scenario Replayed(const Recording& recording,
                  const ReplayOptions& options = {}) {
  Scenario scenario = TwoServers();
  const auto story = Replay(recording, options, scenario);
  EXPECT_TRUE(story.ok()) << story.status();
  return scenario;
}

std::string Error(const Recording& recording,
                  const ReplayOptions& options = {}) {
  Scenario scenario = TwoServers();
  return std::string(Replay(recording, options, scenario).status().message());
}

TEST(Replay, BringsRecordedRequestsAtTheirTimesAndOfTheirSizes) {
  Recording recording = NoRecording(1);
  Add(recording, {}, 0, 5 * kMillisecond);
  Add(recording, milliseconds(7), 0, 20 * kMillisecond);
  Add(recording, milliseconds(8), 0, 99 * kMillisecond, Outcome::kSuccess, 2);
  Add(recording, seconds(4), 0, 11 * kMillisecond);
  const auto all = All(Replayed(recording));
  ASSERT_EQ(all.size(), 3u);  // A retry is no request.
  EXPECT_EQ(all[1].time, Time(milliseconds(7)));
  EXPECT_EQ(all[2].time, Time(seconds(4)));
  EXPECT_EQ(SizesOf(Replayed(recording)),
            (std::vector<Duration>{milliseconds(5), milliseconds(20),
                                   milliseconds(11)}));
}

TEST(Replay, HastensTimesAndScalesSizesToALoad) {
  Recording recording = NoRecording(1);
  for (int i = 0; i <= 100; ++i) {
    Add(recording, milliseconds(100 * i), 0, (i % 2 + 1) * kMillisecond);
  }
  // 40 a second on two slots: a load of 0.5 is 25 ms in the mean.
  const Scenario scenario =
      Replayed(recording, {.times_faster = 4, .load = 0.5});
  EXPECT_EQ(All(scenario).back().time, Time(milliseconds(2500)));
  EXPECT_EQ(scenario.sizes.mean, milliseconds(25));
  const std::vector<Duration> sizes = SizesOf(scenario);
  EXPECT_NEAR(FractionalDuration(sizes[1]) / sizes[0], 2, 1e-6);
}

TEST(Replay, GivesWhatDidNotSucceedTheTimeOfTheRequestBefore) {
  Recording recording = NoRecording(1);
  Add(recording, {}, 0, 900 * kMillisecond, Outcome::kTimeout);
  Add(recording, milliseconds(1), 0, 5 * kMillisecond);
  Add(recording, milliseconds(2), 0, 1 * kMillisecond, Outcome::kFailure);
  Add(recording, milliseconds(3), 0, 8 * kMillisecond);
  Add(recording, milliseconds(4), 0, std::nullopt);
  EXPECT_EQ(
      SizesOf(Replayed(recording)),
      (std::vector<Duration>{milliseconds(5), milliseconds(5), milliseconds(5),
                             milliseconds(8), milliseconds(8)}));
  Scenario scenario = TwoServers();
  EXPECT_NE(Replay(recording, {}, scenario)->find("(3 without one"),
            std::string::npos);
}

TEST(Replay, DoesNotTakeASlowBackendForLargeRequests) {
  Recording recording = Poisson(4000, 100, 2);
  double mean = 0;
  for (RecordedAttempt& attempt : recording.attempts) {
    mean += *attempt.work / 4000;
    if (attempt.backend == 1) *attempt.work *= 20;
  }
  const Scenario scenario = Replayed(recording);
  EXPECT_NEAR(FractionalDuration(scenario.sizes.mean).count() / mean, 1, 0.1);
  recording.work = WorkKind::kDeclared;
  EXPECT_NEAR(FractionalDuration(Replayed(recording).sizes.mean).count() / mean,
              10.5, 1);
}

TEST(Replay, KeepsTheScenariosOwnWhereTheRecordingHasNothing) {
  Recording sizes = NoRecording(1);
  sizes.has_times = false;
  sizes.work = WorkKind::kSizes;
  Add(sizes, {}, 0, 1);
  Add(sizes, {}, 0, 3);
  const Scenario sized = Replayed(sizes);
  const std::vector<Duration> drawn = SizesOf(sized);
  ASSERT_GE(drawn.size(), 3u);
  EXPECT_EQ(sized.sizes.mean, milliseconds(40));
  EXPECT_EQ(drawn[0], milliseconds(20));
  EXPECT_EQ(drawn[1], milliseconds(60));
  EXPECT_EQ(drawn[2], milliseconds(20));  // From the first on again.

  Recording times = NoRecording(1);
  times.work = WorkKind::kNothing;
  Add(times, {}, 0, std::nullopt);
  Add(times, seconds(1), 0, std::nullopt);
  const Scenario timed = Replayed(times);
  EXPECT_EQ(All(timed).size(), 2u);
  EXPECT_EQ(timed.sizes.mean, milliseconds(40));
  times.has_times = false;
  EXPECT_EQ(Error(times), "t.csv: has neither times nor sizes to replay");
}

TEST(Replay, SaysWhyThereIsNoLoad) {
  Recording recording = NoRecording(1);
  Add(recording, {}, 0, kMillisecond);
  Add(recording, {}, 0, kMillisecond);
  EXPECT_EQ(Error(recording, {.load = 0.5}),
            "t.csv: all requests came at once; that is no load");
  Scenario infinite = TwoServers();
  infinite.servers[1].discipline = Discipline::kInfinite;
  Add(recording, seconds(1), 0, kMillisecond);
  const absl::Status status =
      Replay(recording, {.load = 0.5}, infinite).status();
  EXPECT_NE(status.message().find("--load: the servers of two have no load"),
            std::string::npos)
      << status;
  recording.has_times = false;
  EXPECT_EQ(Error(recording, {.load = 0.5}),
            "t.csv: has no times, so that --load has no rate");
}

TEST(Replay, RefusesWhatNoRunCanHold) {
  Recording recording = NoRecording(1);
  Add(recording, {}, 0, 0);
  Add(recording, seconds(1), 0, 0);
  EXPECT_EQ(Error(recording), "t.csv: all requests take no time");
  recording.attempts[1].work = kMillisecond;
  EXPECT_EQ(Error(recording, {.times_faster = 1e-6}),
            "t.csv: so slowly it lasts longer than a day");
  EXPECT_EQ(Error(recording, {.load = 50'000}),
            "t.csv: a request takes more than a day");
}

}  // namespace
}  // namespace els_sim
