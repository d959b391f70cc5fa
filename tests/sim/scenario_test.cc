#include "sim/model/scenario.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <variant>
#include <vector>

#include "sim/files/catalogue.h"

namespace els_sim {
namespace {

TEST(PhaseAt, IsWellBetweenThePhases) {
  const ServerPlan server = {
      .phases = {
          {.from = Duration(10), .until = Duration(20), .slowness = 2},
          {.from = Duration(20), .until = Duration(30), .silent = true}}};
  EXPECT_EQ(PhaseAt(server, Duration(9)).slowness, 1);
  EXPECT_EQ(PhaseAt(server, Duration(10)).slowness, 2);
  EXPECT_FALSE(PhaseAt(server, Duration(19)).silent);
  EXPECT_TRUE(PhaseAt(server, Duration(20)).silent);
  EXPECT_EQ(PhaseAt(server, Duration(20)).slowness, 1);
  EXPECT_FALSE(PhaseAt(server, Duration(30)).silent);
}

TEST(PresentAt, IsFromItsJoiningUntilItsLeaving) {
  const ServerPlan server = {.joins_at = Duration(10),
                             .leaves_at = Duration(20)};
  EXPECT_FALSE(PresentAt(server, Duration(9)));
  EXPECT_TRUE(PresentAt(server, Duration(10)));
  EXPECT_TRUE(PresentAt(server, Duration(19)));
  EXPECT_FALSE(PresentAt(server, Duration(20)));
}

TEST(Watched, AreThoseThatSomethingHappensToOrElseAll) {
  Scenario scenario = {.servers = {{}, {}, {}, {}}};
  EXPECT_EQ(Watched(scenario), (std::vector<std::size_t>{0, 1, 2, 3}));
  scenario.servers[1].phases = {{.slowness = 2}};
  scenario.servers[3].leaves_at = Duration(1);
  EXPECT_EQ(Watched(scenario), (std::vector<std::size_t>{1, 3}));
}

// Ten servers of eight slots of 40 ms bear 2000 requests a second.
TEST(BaseRate, IsTheLoadTimesWhatTheServersCanDo) {
  const OpenArrivals half = {.load = 0.5, .capacity = Capacity::kAtStart};
  Scenario scenario;
  scenario.sizes.mean = std::chrono::milliseconds(40);
  scenario.servers.assign(10, ServerPlan{.slots = 8});
  EXPECT_DOUBLE_EQ(BaseRate(scenario, half), 1000);
  scenario.servers[0].phases = {{.slowness = 10}};
  EXPECT_DOUBLE_EQ(BaseRate(scenario, half), 1000);
  EXPECT_DOUBLE_EQ(BaseRate(scenario, {.load = 0.5}), 900);
  EXPECT_DOUBLE_EQ(BaseRate(scenario, {.rate = 7}), 7);
}

TEST(SizeClass, IsTheKindOfABimodalSizeAndThePowerOfTwoOfOthers) {
  const Sizes bimodal = {.mean = std::chrono::milliseconds(10),
                         .shape = BimodalSize()};
  EXPECT_EQ(SizeClass(bimodal, std::chrono::milliseconds(5)), 0);
  EXPECT_EQ(SizeClass(bimodal, std::chrono::milliseconds(55)), 1);
  const Sizes other = {.mean = std::chrono::milliseconds(10)};
  EXPECT_EQ(SizeClass(other, Duration(1023)), 512);
  EXPECT_EQ(SizeClass(other, Duration(1024)), 1024);
  EXPECT_EQ(SizeClass(other, Duration(0)), 0);
}

}  // namespace
}  // namespace els_sim
