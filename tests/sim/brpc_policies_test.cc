// brpc's balancers: their formulas by hand, and what is known to be wrong with
// each.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "sim/policies/brpc_locality_aware.h"
#include "sim/policies/brpc_power_of_two.h"
#include "sim/policies/brpc_weight.h"
#include "tests/sim/peer_setup.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(BrpcPowerOfTwo, ScoresByLatencyOutstandingAndDistance) {
  PolicySetup setup = SetupOf(1);
  setup.members[0].distance = 2;
  BrpcPowerOfTwo policy(setup);
  EXPECT_EQ(policy.Score(0, kStart), microseconds(2));  // As of a microsecond.
  Succeed(policy, policy.Pick(kStart), milliseconds(40));
  policy.Pick(kStart);
  EXPECT_EQ(policy.Score(0, kStart), milliseconds(160));
}

TEST(BrpcPowerOfTwo, AveragesWhatIsBelowTheLastEstimateThoughAboveWhatIsLeft) {
  const Time later = kStart + seconds(10);
  for (const auto& [latency, expected] :
       {std::pair(10, 43'109), std::pair(50, 68'393)}) {
    BrpcPowerOfTwo policy(SetupOf(1));
    Succeed(policy, policy.Pick(kStart), milliseconds(100));
    Succeed(policy, policy.Pick(kStart), milliseconds(latency), later);
    // 100 / e + latency (1 - 1 / e), cut to a microsecond.
    EXPECT_EQ(policy.Score(0, later), microseconds(expected));
  }
}

TEST(BrpcPowerOfTwo, DoublesTheEstimateByEachFailureFromTheTimeoutToALimit) {
  BrpcPowerOfTwo policy(SetupOf(1));
  for (const int expected : {1, 2, 4, 8, 16, 30, 30}) {
    Fail(policy, policy.Pick(kStart));
    EXPECT_EQ(policy.Score(0, kStart), seconds(expected));
  }
}

TEST(BrpcPowerOfTwo, StartsAnewWithAServerThatReturns) {
  BrpcPowerOfTwo policy(SetupOf(1));
  policy.Pick(kStart);
  Succeed(policy, policy.Pick(kStart), milliseconds(100));
  policy.SetMembers(MembersOf({1}), kStart);
  policy.SetMembers(MembersOf({0, 1}), kStart);
  // Times two: the first request is outstanding still.
  EXPECT_EQ(policy.Score(0, kStart), microseconds(2));
}

TEST(BrpcPowerOfTwo, SendsEverythingToAServerThatHasNotAnsweredYet) {
  BrpcPowerOfTwo policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(40));
  policy.SetMembers(MembersOf({0, 1}), kStart);
  // Until 40 ms are less than a microsecond times those outstanding.
  for (int i = 0; i < 39'000; ++i) ASSERT_EQ(policy.Pick(kStart).server, 1);
}

TEST(BrpcPowerOfTwo, ThinksBetterOfASilentServerAsTimePasses) {
  BrpcPowerOfTwo policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(100));
  for (int i = 0; i < 9; ++i) policy.Pick(kStart);
  EXPECT_EQ(policy.Score(0, kStart), seconds(1));
  // 10 * 100 / e
  EXPECT_NEAR(policy.Score(0, kStart + seconds(10)) / milliseconds(1),
              367.879441, 1e-6);
}

// The weights below are kScale = 1008680231 times answers per second, of which
// there is one at least, over the microseconds of the mean latency.
constexpr microseconds kLatency = milliseconds(40);

void SucceedAt(BrpcWeight& weight, microseconds end) {
  weight.Begin(end - kLatency);
  weight.Succeed(end - kLatency, end);
}

TEST(BrpcWeight, IsTheRateOfAnswersOverTheirLatency) {
  BrpcWeight weight;
  SucceedAt(weight, seconds(1));
  EXPECT_EQ(weight.Value(), 25'217);  // kScale / 40000
  for (int i = 1; i <= 10; ++i) {
    EXPECT_EQ(weight.Value(), 25'217);  // Less than a second says nothing.
    SucceedAt(weight, seconds(1) + i * milliseconds(100));
  }
  EXPECT_EQ(weight.Value(), 252'170);  // Ten in a second.
}

TEST(BrpcWeight, RemembersTheLast128Answers) {
  BrpcWeight weight;
  for (int i = 1; i <= 200; ++i) SucceedAt(weight, i * seconds(1));
  for (int i = 1; i <= 127; ++i) {
    SucceedAt(weight, seconds(200) + i * milliseconds(10));
  }
  EXPECT_EQ(weight.Value(), 2'521'700);  // 127 in 1.27 s.
}

TEST(BrpcWeight, FallsWithTheAgeOfWhatIsOutstanding) {
  BrpcWeight weight;
  for (int i = 0; i <= 10; ++i) {
    SucceedAt(weight, seconds(1) + i * milliseconds(100));
  }
  weight.Begin(seconds(2));
  weight.Begin(seconds(2) + milliseconds(40));
  // Their mean age is 59 ms, and then 60 ms, 1.5 times the latency.
  weight.Reset(seconds(2) + milliseconds(79));
  EXPECT_EQ(weight.Value(), 252'170);
  weight.Reset(seconds(2) + milliseconds(80));
  EXPECT_EQ(weight.Value(), 252'170);
  weight.Reset(seconds(2) + milliseconds(140));  // Twice that.
  EXPECT_EQ(weight.Value(), 126'085);
  weight.Reset(seconds(2) + hours(1));
  EXPECT_EQ(weight.Value(), BrpcWeight::kLeast);
}

// Latencies after one of 40 ms: 1.2 ms for a failure of 1 ms; the timeout after
// three retries; after one, (2 * 1.2 ms + 1 s) / 3. All added to the 40 ms.
TEST(BrpcWeight, AddsAFailureToTheLastAnswer) {
  for (const auto& [retries, expected] :
       {std::pair(0, 24'482), std::pair(1, 2'696), std::pair(3, 1'000)}) {
    BrpcWeight weight;
    SucceedAt(weight, seconds(1));
    SucceedAt(weight, seconds(2));
    weight.Begin(seconds(3));
    weight.Fail(seconds(3), seconds(3) + milliseconds(1), retries);
    EXPECT_EQ(weight.Value(), expected) << retries << " retries";
  }
}

// One answer at 1 s, to which a failure at 10 s is added, and ten until 11 s.
TEST(BrpcWeight, TakesAFailureForTheTimeOfTheLastAnswer) {
  BrpcWeight weight;
  SucceedAt(weight, seconds(1));
  weight.Begin(seconds(9));
  weight.Fail(seconds(9), seconds(10), 0);
  for (int i = 1; i <= 10; ++i) {
    SucceedAt(weight, seconds(10) + i * milliseconds(100));
  }
  EXPECT_EQ(weight.Value(), 252'170);  // Ten in a second.
}

TEST(BrpcWeight, ForgetsAnswersButNotWhatIsOutstandingWhenItStartsAnew) {
  BrpcWeight weight;
  SucceedAt(weight, seconds(2));
  const microseconds begin = milliseconds(2500);
  weight.Begin(begin);
  weight.StartAnew(5000);
  weight.Reset(begin);
  EXPECT_EQ(weight.Value(), 5000);
  SucceedAt(weight, seconds(3));
  // kScale / 40000 for the one answer, times 60 ms / 500 ms.
  EXPECT_EQ(weight.Value(), 3026);
  weight.Succeed(begin, seconds(3) + milliseconds(40));
  // kScale / 540000, as the oldest answer is a time alone.
  EXPECT_EQ(weight.Value(), 1867);
}

TEST(BrpcWeight, CountsAFirstAnswerThatFailsAsATimeout) {
  BrpcWeight weight;
  weight.Begin(seconds(3));
  weight.Fail(seconds(3), seconds(3) + milliseconds(1), 0);
  EXPECT_EQ(weight.Value(), 1008);  // kScale / 1000000
}

TEST(BrpcLocalityAware, GivesANewcomerTheMeanWeight) {
  BrpcLocalityAware policy(SetupOf(2));
  EXPECT_EQ(policy.Weight(0), BrpcWeight::kScale);
  Succeed(policy, PickOnly(policy, 0, 2), milliseconds(40),
          kStart + milliseconds(40));
  policy.SetMembers(MembersOf({0, 1, 2}), kStart + milliseconds(40));
  EXPECT_EQ(policy.Weight(0), 25'217);
  EXPECT_EQ(policy.Weight(1), BrpcWeight::kScale);
  EXPECT_EQ(policy.Weight(2), 504'352'724);  // (25217 + 1008680231) / 2
}

TEST(BrpcLocalityAware, DrawsInProportionToTheWeights) {
  BrpcLocalityAware policy(SetupOf(2));
  Time now = kStart;
  for (const int latency : {10, 30}) {
    const std::uint32_t server = latency == 10 ? 0 : 1;
    now += milliseconds(latency);
    const Attempt attempt =
        PickOnly(policy, server, 2, now - milliseconds(latency));
    Succeed(policy, attempt, milliseconds(latency), now);
  }
  // 3 to 1; four standard deviations of 12000 draws are 190.
  int first = 0;
  for (int i = 0; i < 12'000; ++i) first += policy.Pick(now).server == 0;
  EXPECT_NEAR(first, 9000, 190);
}

// Both weigh the same, but a request at the first is 600 ms old, which cuts its
// weight to 60 / 600. So the first draw takes it with probability 1/2 1/10, and
// if not, the second with 1/2 9/10 1/11.
TEST(BrpcLocalityAware, DrawsAgainIfAgeHasCutTheWeightBelowWhatWasDrawn) {
  int first = 0;
  constexpr int kSeeds = 4000;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    BrpcLocalityAware policy(SetupOf(2, seed));
    const Time now = kStart + kLatency;
    for (const std::uint32_t server : {0U, 1U}) {
      Succeed(policy, PickOnly(policy, server, 2), kLatency, now);
    }
    PickOnly(policy, 0, 2, now);
    first += policy.Pick(now + milliseconds(600)).server == 0;
  }
  // 4000 / 11, and four standard deviations.
  EXPECT_NEAR(first, 363.6, 73);
}

// Without a retry the failure of 1 ms adds 1.2 ms, after three a second.
TEST(BrpcLocalityAware, MindsTheFailureOfALastRetryMore) {
  for (const auto& [servers, expected] :
       {std::pair(1U, 24'482), std::pair(4U, 1'000)}) {
    BrpcLocalityAware policy(SetupOf(servers));
    for (const Time end : {kStart + seconds(1), kStart + seconds(2)}) {
      Succeed(policy, policy.Pick(end - kLatency, {1, 2, 3}), kLatency, end);
    }
    const Time end = kStart + seconds(3);
    Fail(policy, PickOnly(policy, 0, servers, end - milliseconds(1)),
         milliseconds(1), end);
    EXPECT_EQ(policy.Weight(0), expected) << servers << " servers";
  }
}

// Picks by server in the last 100 of 300 seconds, of 200 each second that are
// answered after 40 ms by whichever server.
std::vector<int> SharesOfEquals(Policy& policy, std::size_t servers) {
  struct Open {
    Attempt attempt;
    Time end;
  };
  std::deque<Open> open;
  std::vector<int> picks(servers);
  for (Time now = kStart; now < kStart + seconds(300); now += milliseconds(5)) {
    for (; !open.empty() && open.front().end <= now; open.pop_front()) {
      Succeed(policy, open.front().attempt, kLatency, open.front().end);
    }
    const Attempt attempt = policy.Pick(now);
    open.push_back({attempt, now + kLatency});
    if (now >= kStart + seconds(200)) ++picks[attempt.server];
  }
  return picks;
}

TEST(BrpcLocalityAware, LetsEqualServersDriftApart) {
  BrpcLocalityAware policy(SetupOf(10));
  const std::vector<int> picks = SharesOfEquals(policy, 10);
  // Fair are 2000; random choices lie within 4 standard deviations, 170.
  EXPECT_LT(*std::min_element(picks.begin(), picks.end()), 1500);
  EXPECT_GT(*std::max_element(picks.begin(), picks.end()), 2500);
}

}  // namespace
}  // namespace els_sim
