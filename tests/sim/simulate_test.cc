#include "sim/simulate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
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
  EXPECT_EQ(Costs(Burst(2, {{.phases = {{.slowness = 2.5}}}, {}})),
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
      Simulate(Burst(3, {{.phases = {{.failure_rate = 1}}}, {}}),
               Named("round-robin"), 1);
  EXPECT_EQ(result.costs, (Durations{milliseconds(1001), milliseconds(10),
                                     milliseconds(1001)}));
  EXPECT_EQ(result.failed, 2);
  EXPECT_EQ(result.succeeded, 1);
}

TEST(Simulate, NeverAnswersFromASilentServerNotEvenWhatItServed) {
  // At 15 ms the second server has answered its first request, is at its
  // second and has its third waiting.
  Scenario scenario =
      Burst(6, {{}, {.phases = {{.from = milliseconds(15), .silent = true}}}});
  scenario.timeout = milliseconds(50);
  EXPECT_EQ(Costs(scenario), (Durations{milliseconds(10), milliseconds(10),
                                        milliseconds(20), milliseconds(1050),
                                        milliseconds(30), milliseconds(1050)}));
}

TEST(Simulate, HearsNotEvenAFailureFromASilentServer) {
  // Its failure is due at 1 ms, when it has just turned silent.
  Scenario scenario =
      Burst(1, {{.phases = {{.until = milliseconds(1), .failure_rate = 1},
                            {.from = milliseconds(1), .silent = true}}}});
  scenario.timeout = milliseconds(50);
  EXPECT_EQ(Costs(scenario), Durations{milliseconds(1050)});
}

TEST(Simulate, IsSlowOnlyForWhatStartsWhileItIsSlow) {
  // Three times slower until 15 ms: the first takes 30 ms, and what starts
  // behind it 10 ms each.
  EXPECT_EQ(Costs(Burst(
                3, {{.phases = {{.until = milliseconds(15), .slowness = 3}}}})),
            (Durations{milliseconds(30), milliseconds(40), milliseconds(50)}));
}

TEST(Simulate, AnswersAgainAfterASilenceButNotWhatWasDueInIt) {
  Scenario scenario = Burst(3, {{.phases = {{.from = milliseconds(15),
                                             .until = milliseconds(25),
                                             .silent = true}}}});
  scenario.timeout = milliseconds(50);
  EXPECT_EQ(Costs(scenario), (Durations{milliseconds(10), milliseconds(1050),
                                        milliseconds(30)}));
}

TEST(Simulate, SendsAFailedRequestToAnotherServerAndCountsAllItsTime) {
  Scenario scenario = Burst(1, {{.phases = {{.failure_rate = 1}}}, {}});
  scenario.retries = 1;
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_EQ(result.costs, Durations{milliseconds(11)});
  EXPECT_EQ(result.picks, (std::vector<std::uint64_t>{1, 1}));
  EXPECT_EQ(result.succeeded, 1);
  EXPECT_EQ(result.failed, 0);
}

TEST(Simulate, RetriesATimeoutWithATimeoutOfItsOwnWhileTheServerWorksOn) {
  // The first server would take 30 ms.
  Scenario scenario = Burst(1, {{.phases = {{.slowness = 3}}}, {}});
  scenario.timeout = milliseconds(12);
  scenario.retries = 1;
  EXPECT_EQ(Costs(scenario), Durations{milliseconds(22)});
  scenario.servers[1] = scenario.servers[0];
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_EQ(result.costs, Durations{milliseconds(1024)});
  EXPECT_EQ(result.timed_out, 1);
}

TEST(Simulate, GivesUpWhenTheRetriesAreUsedUp) {
  const ServerPlan failing = {.phases = {{.failure_rate = 1}}};
  Scenario scenario = Burst(1, {failing, failing, {}});
  scenario.retries = 1;
  EXPECT_EQ(Costs(scenario), Durations{milliseconds(1002)});
  scenario.retries = 2;
  EXPECT_EQ(Costs(scenario), Durations{milliseconds(12)});
}

TEST(Simulate, RetriesNoMoreThanTheAccessPointsBudgetAllows) {
  Scenario scenario =
      Burst(6, {{.phases = {{.failure_rate = 1}}}, {.slots = 6}});
  scenario.retries = 1;
  EXPECT_EQ(Simulate(scenario, Named("round-robin"), 1).succeeded, 6);
  // Three requests fail, the first a millisecond after all six have arrived.
  scenario.retry_budget =
      els::RetryBudgetOptions{.ratio = 0.4, .floor_per_second = 0};
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_EQ(result.succeeded, 4);  // The bucket never holds more than one.
  EXPECT_EQ(result.failed, 2);
}

TEST(Simulate, SendsToThoseThatAreThere) {
  // Two requests a millisecond, in the mean, for 30 ms.
  Scenario scenario = Burst(0, {{.slots = 20, .leaves_at = milliseconds(10)},
                                {.slots = 20, .joins_at = milliseconds(10)}});
  scenario.arrivals = PoissonArrivals{
      .length = milliseconds(30), .load = 1, .capacity = Capacity::kAtStart};
  scenario.windows = {{"before", milliseconds(0), milliseconds(10)},
                      {"after", milliseconds(10), milliseconds(30)}};
  const Result result = Simulate(scenario, Named("random"), 1);
  EXPECT_EQ(result.windows[0].attempts[0], result.picks[0]);
  EXPECT_EQ(result.windows[1].attempts[1], result.picks[1]);
  EXPECT_GT(result.picks[0], 5);
  EXPECT_GT(result.picks[1], 15);
  EXPECT_EQ(result.succeeded, result.picks[0] + result.picks[1]);
}

// Takes the first of the nearest.
class Nearest final : public Policy {
 public:
  explicit Nearest(const PolicySetup& setup) { SetMembers(setup.members, {}); }

  void SetMembers(absl::Span<const Member> members, Time) override {
    nearest_ = members.front();
    for (const Member& member : members) {
      if (member.distance < nearest_.distance) nearest_ = member;
    }
  }

  Attempt Pick(Time, absl::Span<const std::uint32_t>) override {
    return {.server = nearest_.server};
  }

  void Finish(const Attempt&, els::Outcome, Duration, Time) override {}

 private:
  Member nearest_;
};

TEST(Simulate, PutsEveryOtherAccessPointNearToEachOfTwoZones) {
  const PolicyInfo nearest = {
      "nearest", "", [](const PolicySetup& setup) -> std::unique_ptr<Policy> {
        return std::make_unique<Nearest>(setup);
      }};
  Scenario scenario = Burst(1000, {{}, {.zone = 1}, {.zone = 1}});
  scenario.access_points = 4;
  scenario.zones = 2;
  scenario.far = 10;
  scenario.windows = {{"all", seconds(0), seconds(1)}};
  const WindowResult window = Simulate(scenario, nearest, 1).windows.front();
  EXPECT_EQ(window.attempts[0], window.zones[0].near);
  EXPECT_EQ(window.attempts[1], window.zones[1].near);
  EXPECT_EQ(window.attempts[2], 0);
  for (const WindowResult::Zone& zone : window.zones) {
    EXPECT_NEAR(static_cast<double>(zone.near), 500, 4 * std::sqrt(250));
    EXPECT_EQ(zone.far, 0);
  }
}

TEST(Simulate, CountsByWindowTheErrorsOfWhatArrivedInIt) {
  Scenario scenario = Burst(2, {{.phases = {{.silent = true}}}, {}});
  scenario.timeout = milliseconds(50);
  scenario.windows = {{"start", milliseconds(0), milliseconds(1)},
                      {"end", milliseconds(40), milliseconds(60)}};
  const auto windows = Simulate(scenario, Named("round-robin"), 1).windows;
  EXPECT_EQ(windows[0].requests, 2);
  EXPECT_EQ(windows[0].errors, 1);
  EXPECT_EQ(windows[1].requests, 0);
  EXPECT_EQ(windows[1].errors, 0);
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
  EXPECT_DEATH(Costs(Burst(1, {{.phases = {{.silent = true}}}})),
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
      for (const WindowResult& window : result.windows) {
        EXPECT_GE(window.requests, window.errors);
      }
      for (const Duration cost : result.costs) {
        ASSERT_GT(cost, Duration::zero());
      }
    }
  }
}

// Checks what the simulation tells it against what it has picked.
class Auditor final : public Policy {
 public:
  explicit Auditor(const PolicySetup& setup) : servers_(setup.members.size()) {}
  ~Auditor() override { EXPECT_TRUE(sent_.empty()) << "not finished"; }

  void SetMembers(absl::Span<const Member>, Time) override {}

  Attempt Pick(Time now, absl::Span<const std::uint32_t>) override {
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
