// What Prequal is made of; see peers_probing_test.cc for the whole.

#include "sim/policies/probe_pool.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/policies/answers_by_load.h"

namespace els_sim {
namespace {

TEST(HotAbove, IsTheLeastThatTheShareDoesNotExceed) {
  // 0.84 of 16 is 13.5: the 14th.
  EXPECT_EQ(
      HotAbove({15, 3, 9, 12, 0, 6, 1, 14, 13, 2, 8, 5, 11, 7, 4, 10}, 0.84),
      13U);
  EXPECT_EQ(HotAbove({1, 1, 9, 1}, 0.75), 1U);
  EXPECT_EQ(HotAbove({1, 1, 9, 1}, 0.76), 9U);
  EXPECT_EQ(HotAbove({5}, 0.01), 5U);
}

TEST(AnswersByLoad, TakesTheMedianOfTheFiveNearestLoads) {
  AnswersByLoad answers;
  EXPECT_EQ(answers.Near(0), std::nullopt);
  answers.Add(9, 900);
  EXPECT_EQ(answers.Near(0), 900);
  answers.Add(1, 10);
  EXPECT_EQ(answers.Near(0), 10);  // The lower of two.
  for (const double latency : {20, 30, 40, 50}) answers.Add(1, latency);
  EXPECT_EQ(answers.Near(0), 30);
  answers.Add(1, 60);  // Takes the place of 10, which is the oldest.
  EXPECT_EQ(answers.Near(2), 40);
  for (int i = 0; i < 3; ++i) answers.Add(8, 500);
  EXPECT_EQ(answers.Near(8), 500);
}

TEST(AnswersByLoad, ForgetsAllButTheLatestSixteen) {
  AnswersByLoad answers;
  answers.Add(0, 1);
  for (int i = 0; i < 15; ++i) answers.Add(100, 7);
  for (int i = 0; i < 4; ++i) answers.Add(0, 3);
  EXPECT_EQ(answers.Near(0), 3);
  for (int i = 0; i < 16; ++i) answers.Add(100, 8);
  EXPECT_EQ(answers.Near(0), 8);
}

// Of server 2 the fewest are in flight, of server 1 the latency is the least.
ProbePool ThreeProbes() {
  ProbePool pool;
  pool.Add({.server = 0, .in_flight = 3, .latency = 7, .uses = 2});
  pool.Add({.server = 1, .in_flight = 5, .latency = 1, .uses = 2});
  pool.Add({.server = 2, .in_flight = 2, .latency = 10, .uses = 2});
  return pool;
}

std::vector<std::uint32_t> Servers(absl::Span<const Probe> probes) {
  std::vector<std::uint32_t> servers;
  for (const Probe& probe : probes) servers.push_back(probe.server);
  return servers;
}

TEST(ProbePool, ChoosesTheQuickestOfTheColdOrElseTheEmptiestOfTheHot) {
  ProbePool pool = ThreeProbes();
  els::Random random(1);
  EXPECT_EQ(pool.Choose({0, 1, 2}, 5, random), 1U);  // None is hot.
  EXPECT_EQ(pool.Choose({0, 1, 2}, 4, random), 0U);
  EXPECT_EQ(pool.Choose({0, 1, 2}, 2, random), 2U);
  EXPECT_EQ(pool.Choose({0, 1, 2}, 1, random), 2U);  // All are.
  EXPECT_EQ(pool.Choose({0, 1}, 1, random), 0U);
}

TEST(ProbePool, ChoosesNoneOfFewerThanTwo) {
  ProbePool pool = ThreeProbes();
  els::Random random(1);
  EXPECT_EQ(pool.Choose({1, 3}, 5, random), std::nullopt);
}

TEST(ProbePool, CountsWhatIsSentOnAReplyAndForgetsItWithItsLastUse) {
  ProbePool pool = ThreeProbes();
  pool.Use(1);
  EXPECT_EQ(pool.All()[1].in_flight, 6U);
  EXPECT_EQ(pool.All()[1].latency, 1);
  pool.Use(1);
  EXPECT_EQ(Servers(pool.All()), (std::vector<std::uint32_t>{0, 2}));
}

TEST(ProbePool, RemovesTheHottestAsTheWorstOrElseTheSlowest) {
  ProbePool pool = ThreeProbes();
  pool.RemoveWorst(2);  // 0 and 1 are hot.
  EXPECT_EQ(Servers(pool.All()), (std::vector<std::uint32_t>{0, 2}));
  pool.RemoveWorst(5);
  EXPECT_EQ(Servers(pool.All()), (std::vector<std::uint32_t>{0}));
  pool.RemoveOldest();
  pool.RemoveOldest();
  pool.RemoveWorst(0);
  EXPECT_TRUE(pool.All().empty());
}

TEST(ProbePool, HoldsOneOfEachServerAndSixteenInAll) {
  ProbePool pool = ThreeProbes();
  pool.Add({.server = 0, .in_flight = 8});
  EXPECT_EQ(Servers(pool.All()), (std::vector<std::uint32_t>{1, 2, 0}));
  EXPECT_EQ(pool.All()[2].in_flight, 8U);
  for (std::uint32_t server = 10; server < 24; ++server) {
    pool.Add({.server = server});
  }
  ASSERT_EQ(pool.All().size(), 16U);
  EXPECT_EQ(pool.All()[0].server, 2U);
}

}  // namespace
}  // namespace els_sim
