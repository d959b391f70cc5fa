#include "src/score/expected_latency.h"

#include <gtest/gtest.h>

namespace els::internal {
namespace {

struct Row {
  const char* name;
  Terms terms;
  double expected_s;
};

// l, c, failures, q, overdue, turn, distance, parallelism, tail
constexpr Row kRows[] = {
    {"idle", {0.040, 0.2, 0, 0, 1, 1, 1}, 0.040},
    {"three in line", {0.040, 0.2, 0, 3, 1, 1, 1}, 0.160},
    {"half fail: one failure before each success",
     {0.040, 0.2, 1, 0, 1, 1, 1},
     0.240},
    {"nine of ten fail: nine failures", {0.040, 0.2, 9, 0, 1, 1, 1}, 1.840},
    {"half fail with one in line", {0.040, 0.2, 1, 1, 1, 1, 1}, 0.480},
    {"twice overdue", {0.040, 0.2, 0, 1, 2, 1, 1}, 0.160},
    {"far", {0.040, 0.2, 0, 0, 1, 1, 10}, 0.400},
    {"above its share", {0.040, 0.2, 0, 0, 1, 1.15, 1}, 0.046},
    {"varies", {0.040, 0.2, 0, 1, 1, 1, 1, 1, 0.030}, 0.140},
    {"all at once", {0.010, 0.5, 3, 1, 3, 0.9, 2, 1, 0.100}, 17.388},
};

TEST(ExpectedLatencyTest, AgreesWithTheTable) {
  for (const Row& row : kRows) {
    EXPECT_NEAR(ExpectedLatency(row.terms), row.expected_s, 1e-12) << row.name;
  }
}

// Of requests whose ages add up to the first argument; their number and their
// work are the second and the third.
TEST(OverdueTest, StartsAtTheFactorAndGrowsInProportion) {
  EXPECT_EQ(Overdue(0, 0, 0, 0.1, 2), 1);
  EXPECT_EQ(Overdue(0, 1, 1, 0.1, 2), 1);
  EXPECT_EQ(Overdue(0.19, 1, 1, 0.1, 2), 1);
  EXPECT_DOUBLE_EQ(Overdue(0.3, 1, 1, 0.1, 2), 1.5);
  EXPECT_DOUBLE_EQ(Overdue(1.2, 4, 4, 0.1, 2), 1.5);
  EXPECT_DOUBLE_EQ(Overdue(0.3, 1, 0.5, 0.1, 2), 3);
  EXPECT_DOUBLE_EQ(Overdue(0.7, 1, 1, 0.1, 2), 3.5);
  EXPECT_DOUBLE_EQ(Overdue(30, 3, 3, 0.1, 2), 50);
}

TEST(OverdueTest, AFewRequestsMayBeLongByThemselves) {
  EXPECT_EQ(Overdue(1e6, 1, 1, 0.1, 2), 4);
  EXPECT_EQ(Overdue(1e6, 2, 2, 0.1, 2), 16);
  EXPECT_EQ(Overdue(1e6, 2, 1e-3, 0.1, 2), 16);
  EXPECT_EQ(Overdue(1e12, 15, 15, 0.1, 2), 1073741824);
  EXPECT_EQ(Overdue(1e12, 4'000'000'000, 1, 0.1, 2), 1073741824);
}

TEST(TurnTest, IsOneAtAFairShareAndNeverFarFromIt) {
  EXPECT_EQ(Turn(1, 0.3, 0.15, 0.1), 1);
  EXPECT_DOUBLE_EQ(Turn(1.2, 0.3, 0.15, 0.1), 1.06);
  EXPECT_DOUBLE_EQ(Turn(0.9, 0.3, 0.15, 0.1), 0.97);
  EXPECT_DOUBLE_EQ(Turn(0, 0.3, 0.15, 0.1), 0.85);
  EXPECT_DOUBLE_EQ(Turn(100, 0.3, 0.15, 0.1), 1.1);
  EXPECT_EQ(Turn(100, 0.3, 0.15, 0), 1);
  EXPECT_DOUBLE_EQ(Turn(0, 0.3, 0.15, 0), 0.85);
  EXPECT_EQ(Turn(0, 0.3, 0, 0.1), 1);
}

}  // namespace
}  // namespace els::internal
