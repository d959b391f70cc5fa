#include "sim/model/slowness.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

double SlownessOf(const ServerPlan& plan, Duration at, std::size_t in_server) {
  return Slowness(plan, els::Random(1)).At(Time(at), in_server);
}

TEST(Slowness, GrowsWithWhatIsInTheServerAndJumpsBeyondItsCapacity) {
  const ServerPlan plan = {.crowding = Crowding{.capacity = 10, .beyond = 5}};
  EXPECT_DOUBLE_EQ(SlownessOf(plan, {}, 1), 1.1);
  EXPECT_DOUBLE_EQ(SlownessOf(plan, {}, 10), 2);
  EXPECT_DOUBLE_EQ(SlownessOf(plan, {}, 11), 5);
}

TEST(Slowness, FallsWhileTheServerWarmsUp) {
  const ServerPlan plan = {.warm_up = WarmUp{.length = seconds(10), .most = 5},
                           .joins_at = seconds(20)};
  EXPECT_DOUBLE_EQ(SlownessOf(plan, seconds(20), 1), 5);
  EXPECT_DOUBLE_EQ(SlownessOf(plan, seconds(22), 1), 5);
  EXPECT_DOUBLE_EQ(SlownessOf(plan, seconds(24), 1), 2.5);
  EXPECT_DOUBLE_EQ(SlownessOf(plan, seconds(30), 1), 1);
}

TEST(Slowness, MultipliesAllCauses) {
  const ServerPlan plan = {.phases = {{.from = seconds(5), .slowness = 3}},
                           .crowding = Crowding{.capacity = 2, .beyond = 4},
                           .warm_up = WarmUp{.length = seconds(10), .most = 5}};
  EXPECT_DOUBLE_EQ(SlownessOf(plan, seconds(5), 3), 3 * 4 * 2);
}

TEST(Slowness, IsDrawnAnewByNoiseWithinItsBounds) {
  const ServerPlan plan = {.noise = Noise{.least = 0.5,
                                          .most = 2,
                                          .shortest = milliseconds(700),
                                          .longest = milliseconds(1300)}};
  Slowness slowness(plan, els::Random(1));
  std::set<double> drawn;
  for (int ms = 0; ms < 1'000'000; ms += 10) {
    const double now = slowness.At(Time(milliseconds(ms)), 1);
    ASSERT_GE(now, 0.5);
    ASSERT_LT(now, 2);
    drawn.insert(now);
  }
  // Lengths of 1 s, with a standard deviation of 0.6 / sqrt(12) s.
  EXPECT_NEAR(static_cast<double>(drawn.size()), 1000, 4 * 0.1733 * 31.7);
}

}  // namespace
}  // namespace els_sim
