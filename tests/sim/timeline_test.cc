#include "sim/results/timeline.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace els_sim {
namespace {

using std::chrono::milliseconds;

Time AtMs(int ms) { return Time(milliseconds(ms)); }

TEST(Timeline, CountsRequestsWhereTheyArrived) {
  Timeline timeline({.servers = {{}, {}}});
  timeline.Add({.arrival = AtMs(2100), .end = AtMs(2200), .server = 1});
  timeline.Add({.arrival = AtMs(0), .end = AtMs(1500), .server = 0});
  timeline.Add({.arrival = AtMs(999), .end = AtMs(1009), .server = 1});
  ASSERT_EQ(timeline.steps().size(), 3);
  const Timeline::Step& first = timeline.steps()[0];
  EXPECT_EQ(first.requests, 2);
  EXPECT_EQ(first.cost / milliseconds(1), 1510);
  EXPECT_EQ(first.by_server, (std::vector<std::uint64_t>{1, 1}));
  EXPECT_EQ(timeline.steps()[1].requests, 0);
  EXPECT_EQ(timeline.steps()[2].by_server, (std::vector<std::uint64_t>{0, 1}));
}

TEST(Timeline, AddsThePenaltyOfWhatFailed) {
  Timeline timeline({.servers = {{}}, .failure_penalty = milliseconds(500)});
  timeline.Add(
      {.arrival = AtMs(0), .end = AtMs(1), .outcome = els::Outcome::kFailure});
  timeline.Add(
      {.arrival = AtMs(1), .end = AtMs(11), .outcome = els::Outcome::kTimeout});
  EXPECT_EQ(timeline.steps()[0].cost / milliseconds(1), 1011);
}

}  // namespace
}  // namespace els_sim
