#include "sim/simulate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const PolicyInfo& Named(std::string_view name) { return *FindPolicy(name); }

// Requests of exactly 10 ms, all at once from one access point, in turn.
Scenario Burst(std::size_t requests, std::vector<ServerPlan> servers) {
  return {.name = "burst",
          .servers = std::move(servers),
          .arrivals = BurstArrivals{.requests = requests},
          .size = SizeDistribution::kConstant,
          .mean_size = milliseconds(10),
          .first_in_turn = 0};
}

std::vector<Duration> Costs(const Scenario& scenario) {
  return Simulate(scenario, Named("round-robin"), 1).costs;
}

using Durations = std::vector<Duration>;

TEST(Simulate, ServesOneAfterTheOtherInOneSlot) {
  EXPECT_EQ(Costs(Burst(3, {{}})),
            (Durations{milliseconds(10), milliseconds(20), milliseconds(30)}));
}

TEST(Simulate, ServesSideBySideInTwoSlots) {
  EXPECT_EQ(Costs(Burst(3, {{.slots = 2}})),
            (Durations{milliseconds(10), milliseconds(10), milliseconds(20)}));
}

TEST(Simulate, TakesLongerOnASlowServer) {
  EXPECT_EQ(Costs(Burst(2, {{.slowness = 2.5}, {}})),
            (Durations{milliseconds(25), milliseconds(10)}));
}

TEST(Simulate, CountsATimeoutAsItsTimeAndASecond) {
  Scenario scenario = Burst(3, {{}});
  scenario.timeout = milliseconds(25);
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_EQ(result.costs, (Durations{milliseconds(10), milliseconds(20),
                                     milliseconds(1025)}));
  EXPECT_EQ(result.succeeded, 2);
  EXPECT_EQ(result.timed_out, 1);
  EXPECT_EQ(result.failed, 0);
  EXPECT_EQ(result.end, Time(milliseconds(25)));
}

TEST(Simulate, CountsAFailureAsItsTimeAndASecondAndTakesNoSlotForIt) {
  const Result result =
      Simulate(Burst(3, {{.failure_rate = 1}, {}}), Named("round-robin"), 1);
  EXPECT_EQ(result.costs, (Durations{milliseconds(1001), milliseconds(10),
                                     milliseconds(1001)}));
  EXPECT_EQ(result.failed, 2);
  EXPECT_EQ(result.succeeded, 1);
}

TEST(Simulate, NeverAnswersFromASilentServerNotEvenWhatItServed) {
  // At 15 ms the second server has answered its first request, is at its
  // second and has its third waiting.
  Scenario scenario = Burst(6, {{}, {.silent_from = milliseconds(15)}});
  scenario.timeout = milliseconds(50);
  EXPECT_EQ(Costs(scenario), (Durations{milliseconds(10), milliseconds(10),
                                        milliseconds(20), milliseconds(1050),
                                        milliseconds(30), milliseconds(1050)}));
}

TEST(Simulate, HearsNotEvenAFailureFromASilentServer) {
  // Its failure is due at 1 ms, when it has just turned silent.
  Scenario scenario =
      Burst(1, {{.failure_rate = 1, .silent_from = milliseconds(1)}});
  scenario.timeout = milliseconds(50);
  EXPECT_EQ(Costs(scenario), Durations{milliseconds(1050)});
}

TEST(Simulate, GoesOnServingWhatTheAccessPointHasGivenUp) {
  // Twice the capacity, and patience for 1.5 service times. The queue, of
  // requests mostly given up, only grows: soon no answer comes in time. Were
  // such work dropped, a good part of the 2000 would be.
  Scenario scenario = Burst(0, {{}});
  scenario.arrivals = PoissonArrivals{.length = seconds(10), .load = 2};
  scenario.timeout = milliseconds(15);
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_GT(result.costs.size(), 1500);
  EXPECT_LT(result.succeeded, 50);
}

TEST(Simulate, EndsTheSpotifyExperimentAt245SecondsWithRoundRobin) {
  const Result result =
      Simulate(*FindScenario("spotify"), Named("round-robin"), 1);
  EXPECT_EQ(result.end, Time(seconds(245)));
  EXPECT_EQ(result.picks, (std::vector<std::uint64_t>{7, 7, 7, 6}));
}

TEST(Simulate, SendsNothingWhenNothingArrives) {
  const Result result = Simulate(Burst(0, {{}}), Named("random"), 1);
  EXPECT_TRUE(result.costs.empty());
  EXPECT_EQ(result.end, Time());
}

TEST(Simulate, AbortsWhenARequestIsLost) {
  // Silent, and no timeout: the request never ends.
  EXPECT_DEATH(Costs(Burst(1, {{.silent_from = Duration::zero()}})),
               "of 1 requests sent 0 ended");
}

TEST(Simulate, GivesEveryPolicyTheSameWorkOnASingleServer) {
  Scenario scenario = *FindScenario("equal");
  scenario.servers.resize(1);
  scenario.access_points = 1;
  const Durations expected = Simulate(scenario, Named("round-robin"), 4).costs;
  for (const PolicyInfo& policy : Policies()) {
    EXPECT_EQ(Simulate(scenario, policy, 4).costs, expected) << policy.name;
  }
}

TEST(Simulate, EndsEveryRequestAndCountsEachOnce) {
  for (const Scenario& scenario : Scenarios()) {
    for (const PolicyInfo& policy : Policies()) {
      const Result result = Simulate(scenario, policy, 1);
      std::uint64_t attempts = 0;
      for (const std::uint64_t picks : result.picks) attempts += picks;
      EXPECT_EQ(result.costs.size(), attempts);
      EXPECT_EQ(result.succeeded + result.failed + result.timed_out, attempts);
      for (const Duration cost : result.costs) {
        ASSERT_GT(cost, Duration::zero());
      }
    }
  }
}

// Checks what the simulation tells it against what it has picked.
class Auditor final : public Policy {
 public:
  explicit Auditor(const PolicySetup& setup) : servers_(setup.servers) {}
  ~Auditor() override { EXPECT_TRUE(sent_.empty()) << "not finished"; }

  Attempt Pick(Time now) override {
    EXPECT_GE(now, latest_);
    latest_ = now;
    const auto token = static_cast<std::uint32_t>(starts_.size());
    starts_.push_back(now);
    sent_.insert(token);
    return {.server = static_cast<std::uint32_t>(token % servers_),
            .token = token};
  }

  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override {
    EXPECT_GE(now, latest_);
    latest_ = now;
    EXPECT_EQ(sent_.erase(attempt.token), 1) << "finished before, or unknown";
    EXPECT_EQ(attempt.server, attempt.token % servers_);
    EXPECT_EQ(starts_[attempt.token] + latency, now);
    EXPECT_TRUE(outcome != els::Outcome::kTimeout || latency == seconds(1));
    EXPECT_TRUE(outcome != els::Outcome::kFailure ||
                latency == milliseconds(1));
  }

 private:
  const std::size_t servers_;
  Time latest_;
  std::vector<Time> starts_;
  std::set<std::uint32_t> sent_;
};

TEST(Simulate, FinishesEachAttemptOnceAtItsOwnAccessPointWithItsLatency) {
  const PolicyInfo auditor = {
      "auditor", "", [](const PolicySetup& setup) -> std::unique_ptr<Policy> {
        return std::make_unique<Auditor>(setup);
      }};
  for (const char* name : {"slow", "failing", "silent"}) {
    const Result result = Simulate(*FindScenario(name), auditor, 1);
    EXPECT_GT(result.failed + result.timed_out, 0) << name;
  }
}

}  // namespace
}  // namespace els_sim
