#include "src/score/evidence.h"

#include <gtest/gtest.h>

#include <cmath>

namespace els::internal {
namespace {

constexpr std::int64_t kAnswer_ns = 10'000'000;

// All clocks at so many memories.
Moment At(double memories) {
  const auto ticks = static_cast<Ticks>(
      static_cast<std::uint64_t>(memories * kTicksPerMemory));
  static const Rules rules{Options{.turn_limit = 0, .turn_premium = 0}};
  return {.latency_s = 0.02,
          .failure_cost_s = 0.1,
          .latency_ticks = ticks,
          .success_ticks = ticks,
          .turn_ticks = ticks,
          .rules = &rules};
}

class EvidenceTest : public ::testing::Test {
 protected:
  void Learn(Outcome outcome, double memories) {
    evidence_.CatchUp(At(memories));
    evidence_.Learn(outcome, kAnswer_ns, kTypicalWork, At(memories), mishaps_);
  }

  double ExpectedAt(double memories) {
    evidence_.CatchUp(At(memories));
    evidence_.Picked(At(memories), kTypicalWork,
                     evidence_.TermsAt(At(memories)));
    evidence_.outstanding().Settled(kTypicalWork, 0);
    evidence_.outstanding().Released(kTypicalWork);
    return ExpectedLatency(evidence_.TermsAt(At(memories)));
  }

  Evidence evidence_;
  Mishaps mishaps_;
};

// As a thread has it that was held up between reading the time and the backend.
TEST_F(EvidenceTest, AnOlderMomentForgetsNothing) {
  for (int i = 0; i < 100; ++i) Learn(Outcome::kSuccess, 5);
  const double expected = ExpectedAt(5);
  EXPECT_NEAR(expected, 0.0101, 0.0001);
  EXPECT_EQ(ExpectedAt(4.9), expected);
  EXPECT_EQ(ExpectedAt(0), expected);
  EXPECT_GT(ExpectedAt(5.1), expected);
}

TEST_F(EvidenceTest, AnOlderMomentForgetsNothingOfAnOutageEither) {
  for (const Outcome outcome : {Outcome::kFailure, Outcome::kTimeout}) {
    evidence_ = Evidence();
    mishaps_ = Mishaps();
    Learn(Outcome::kSuccess, 5);
    Learn(outcome, 6);
    const double expected = ExpectedAt(6);
    EXPECT_EQ(ExpectedAt(5.5), expected);
    Learn(outcome, 5.5);
    const double worse = ExpectedAt(6);
    EXPECT_GT(worse, expected);
    EXPECT_EQ(ExpectedAt(5), worse);
    EXPECT_LT(ExpectedAt(6.5), worse);
  }
}

TEST_F(EvidenceTest, AnOutageMayOutlastTheClocks) {
  Learn(Outcome::kFailure, 1);
  double before = ExpectedAt(1);
  constexpr double kCircle = 4'294'967'296 / kTicksPerMemory;
  for (double memories = 1; memories < 3 * kCircle; memories += kCircle / 7) {
    const double expected = ExpectedAt(memories);
    EXPECT_TRUE(std::isfinite(expected)) << memories;
    EXPECT_LE(expected, before) << memories;
    before = expected;
  }
}

}  // namespace
}  // namespace els::internal
