#include "sim/server.h"

#include <gtest/gtest.h>

#include <chrono>

namespace els_sim {
namespace {

Job JobOf(std::uint32_t attempt) {
  return {.attempt = attempt, .size = std::chrono::milliseconds(attempt)};
}

TEST(Server, StartsAsManyJobsAsItHasSlots) {
  Server server(2);
  EXPECT_TRUE(server.Arrive(JobOf(1)));
  EXPECT_TRUE(server.Arrive(JobOf(2)));
  EXPECT_FALSE(server.Arrive(JobOf(3)));
}

TEST(Server, StartsWaitingJobsInTheOrderOfArrival) {
  Server server(1);
  EXPECT_TRUE(server.Arrive(JobOf(1)));
  EXPECT_FALSE(server.Arrive(JobOf(2)));
  EXPECT_FALSE(server.Arrive(JobOf(3)));
  const auto second = server.Depart();
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->attempt, 2);
  EXPECT_EQ(second->size, std::chrono::milliseconds(2));
  EXPECT_FALSE(server.Arrive(JobOf(4)));  // Behind 3, although 1 has left.
  EXPECT_EQ(server.Depart()->attempt, 3);
  EXPECT_EQ(server.Depart()->attempt, 4);
  EXPECT_FALSE(server.Depart().has_value());
}

TEST(Server, FreesASlotOnlyWhenNobodyWaits) {
  Server server(1);
  EXPECT_TRUE(server.Arrive(JobOf(1)));
  EXPECT_FALSE(server.Arrive(JobOf(2)));
  EXPECT_TRUE(server.Depart().has_value());
  EXPECT_FALSE(server.Arrive(JobOf(3)));
  EXPECT_TRUE(server.Depart().has_value());
  EXPECT_FALSE(server.Depart().has_value());
  EXPECT_TRUE(server.Arrive(JobOf(4)));
}

}  // namespace
}  // namespace els_sim
