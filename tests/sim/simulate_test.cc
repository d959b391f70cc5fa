#include "sim/model/simulate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "sim/files/catalogue.h"
#include "tests/sanitized.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Requests of exactly 10 ms, all at once from one access point, in turn.
Scenario Burst(std::size_t requests, std::vector<ServerPlan> servers) {
  return {.name = "burst",
          .arrivals = BurstArrivals{.requests = requests},
          .sizes = {.mean = milliseconds(10), .shape = ConstantSize()},
          .servers = std::move(servers),
          .first_in_turn = 0};
}

using Durations = std::vector<Duration>;

// How long each request took, in order of arrival.
Durations TimesOf(const Scenario& scenario, const PolicyInfo& policy,
                  std::uint64_t seed) {
  Durations times;
  Simulate(scenario, policy, seed, [&](const Ended& ended) {
    times.resize(std::max<std::size_t>(times.size(), ended.number + 1));
    times[ended.number] = ended.end - ended.arrival;
  });
  return times;
}

Durations Times(const Scenario& scenario) {
  return TimesOf(scenario, Named("round-robin"), 1);
}

TEST(Simulate, ServesOneAfterTheOtherInOneSlot) {
  EXPECT_EQ(Times(Burst(3, {{}})),
            (Durations{milliseconds(10), milliseconds(20), milliseconds(30)}));
}

TEST(Simulate, ServesSideBySideInTwoSlots) {
  EXPECT_EQ(Times(Burst(3, {{.slots = 2}})),
            (Durations{milliseconds(10), milliseconds(10), milliseconds(20)}));
}

TEST(Simulate, TakesLongerOnASlowServer) {
  EXPECT_EQ(Times(Burst(2, {{.phases = {{.slowness = 2.5}}}, {}})),
            (Durations{milliseconds(25), milliseconds(10)}));
}

TEST(Simulate, CountsATimeoutAsItsTimeAndASecond) {
  Scenario scenario = Burst(3, {{}});
  scenario.timeout = milliseconds(25);
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_EQ(Times(scenario),
            (Durations{milliseconds(10), milliseconds(20), milliseconds(25)}));
  EXPECT_EQ(result.costs.Quantile(1000), milliseconds(1025));
  EXPECT_EQ(result.succeeded, 2);
  EXPECT_EQ(result.timed_out, 1);
  EXPECT_EQ(result.failed, 0);
  EXPECT_EQ(result.end, Time(milliseconds(25)));
}

TEST(Simulate, CountsWhatIsOpenWhenArrivalsStopAtItsAgeWhenItIsGivenUp) {
  // A stream of one second to a server that is silent: who came last is given
  // up seconds after the last arrival, and is not left out.
  Scenario scenario = Burst(0, {{.phases = {{.silent = true}}}});
  scenario.arrivals =
      OpenArrivals{.length = seconds(1), .gaps = Gaps::kConstant, .rate = 10};
  scenario.timeout = seconds(30);
  const Result result = Simulate(scenario, Named("random"), 1);
  EXPECT_EQ(result.costs.count(), result.timed_out);
  EXPECT_GE(result.timed_out, 10);
  EXPECT_GE(result.end, Time(milliseconds(30'900)));
  // Its age and the scenario's second.
  EXPECT_EQ(result.costs.Quantile(1), seconds(31));
  EXPECT_EQ(result.costs.Mean(), seconds(31));
}

TEST(Simulate, CountsAFailureAsItsTimeAndASecondAndTakesNoSlotForIt) {
  const Scenario scenario = Burst(3, {{.phases = {{.failure_rate = 1}}}, {}});
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_EQ(Times(scenario),
            (Durations{milliseconds(1), milliseconds(10), milliseconds(1)}));
  EXPECT_EQ(result.costs.Quantile(1000), milliseconds(1001));
  EXPECT_EQ(result.failed, 2);
  EXPECT_EQ(result.succeeded, 1);
}

TEST(Simulate, NeverAnswersFromASilentServerNotEvenWhatItServed) {
  // At 15 ms the second server has answered its first request, is at its
  // second and has its third waiting.
  Scenario scenario =
      Burst(6, {{}, {.phases = {{.from = milliseconds(15), .silent = true}}}});
  scenario.timeout = milliseconds(50);
  EXPECT_EQ(Times(scenario),
            (Durations{milliseconds(10), milliseconds(10), milliseconds(20),
                       milliseconds(50), milliseconds(30), milliseconds(50)}));
}

TEST(Simulate, HearsNotEvenAFailureFromASilentServer) {
  // Its failure is due at 1 ms, when it has just turned silent.
  Scenario scenario =
      Burst(1, {{.phases = {{.until = milliseconds(1), .failure_rate = 1},
                            {.from = milliseconds(1), .silent = true}}}});
  scenario.timeout = milliseconds(50);
  EXPECT_EQ(Times(scenario), Durations{milliseconds(50)});
}

TEST(Simulate, IsSlowOnlyForWhatStartsWhileItIsSlow) {
  // Three times slower until 15 ms: the first takes 30 ms, and what starts
  // behind it 10 ms each.
  EXPECT_EQ(Times(Burst(
                3, {{.phases = {{.until = milliseconds(15), .slowness = 3}}}})),
            (Durations{milliseconds(30), milliseconds(40), milliseconds(50)}));
}

TEST(Simulate, AnswersAgainAfterASilenceButNotWhatWasDueInIt) {
  Scenario scenario = Burst(3, {{.phases = {{.from = milliseconds(15),
                                             .until = milliseconds(25),
                                             .silent = true}}}});
  scenario.timeout = milliseconds(50);
  EXPECT_EQ(Times(scenario),
            (Durations{milliseconds(10), milliseconds(50), milliseconds(30)}));
}

TEST(Simulate, SendsAFailedRequestToAnotherServerAndCountsAllItsTime) {
  Scenario scenario = Burst(1, {{.phases = {{.failure_rate = 1}}}, {}});
  scenario.retries.most = 1;
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_EQ(Times(scenario), Durations{milliseconds(11)});
  EXPECT_EQ(result.picks, (std::vector<std::uint64_t>{1, 1}));
  EXPECT_EQ(result.succeeded, 1);
  EXPECT_EQ(result.failed, 0);
}

TEST(Simulate, RetriesATimeoutWithATimeoutOfItsOwnWhileTheServerWorksOn) {
  // The first server would take 30 ms.
  Scenario scenario = Burst(1, {{.phases = {{.slowness = 3}}}, {}});
  scenario.timeout = milliseconds(12);
  scenario.retries.most = 1;
  EXPECT_EQ(Times(scenario), Durations{milliseconds(22)});
  scenario.servers[1] = scenario.servers[0];
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_EQ(Times(scenario), Durations{milliseconds(24)});
  EXPECT_EQ(result.timed_out, 1);
}

TEST(Simulate, GivesUpWhenTheRetriesAreUsedUp) {
  const ServerPlan failing = {.phases = {{.failure_rate = 1}}};
  Scenario scenario = Burst(1, {failing, failing, {}});
  scenario.retries.most = 1;
  EXPECT_EQ(Times(scenario), Durations{milliseconds(2)});
  scenario.retries.most = 2;
  EXPECT_EQ(Times(scenario), Durations{milliseconds(12)});
}

TEST(Simulate, RetriesNoMoreThanTheAccessPointsBudgetAllows) {
  Scenario scenario =
      Burst(6, {{.phases = {{.failure_rate = 1}}}, {.slots = 6}});
  scenario.retries.most = 1;
  EXPECT_EQ(Simulate(scenario, Named("round-robin"), 1).succeeded, 6);
  // Three requests fail, the first a millisecond after all six have arrived.
  scenario.retries.budget =
      els::RetryBudgetOptions{.ratio = 0.4, .floor_per_second = 0};
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_EQ(result.succeeded, 4);  // The bucket never holds more than one.
  EXPECT_EQ(result.failed, 2);
}

TEST(Simulate, WaitsBeforeARetryForAsLongAsTheBackOffAllows) {
  const ServerPlan failing = {.phases = {{.failure_rate = 1}}};
  Scenario scenario = Burst(200, {failing, failing, {.slots = 200}});
  scenario.retries = {.most = 2, .backoff = milliseconds(100)};
  double sum_ms = 0;
  int retried_twice = 0;
  for (const Duration time : Times(scenario)) {
    // What begins at the first or second server fails there after 1 ms.
    ASSERT_LE(time, milliseconds(12 + 100 + 200));
    sum_ms += FractionalDuration(time) / milliseconds(1);
    retried_twice += time > milliseconds(11 + 100);
  }
  EXPECT_GT(retried_twice, 20);
  EXPECT_GT(sum_ms / 200, 50);
}

TEST(Simulate, RefusesWhatAServerHasNoRoomForAndTakesNoSlotForIt) {
  Scenario scenario = Burst(4, {{.most_in_flight = 2}});
  EXPECT_EQ(Times(scenario), (Durations{milliseconds(10), milliseconds(20),
                                        milliseconds(1), milliseconds(1)}));
  EXPECT_EQ(Simulate(scenario, Named("round-robin"), 1).failed, 2);
}

TEST(Simulate, TakesTheWayThereAndBack) {
  Scenario scenario = Burst(2, {{}, {.zone = 1}});
  scenario.zones = 2;
  scenario.delays = {{milliseconds(1), milliseconds(30)},
                     {milliseconds(30), milliseconds(1)}};
  EXPECT_EQ(Times(scenario), (Durations{milliseconds(12), milliseconds(70)}));
  // The server does the work even if it is given up on the way.
  scenario.timeout = milliseconds(20);
  EXPECT_EQ(Times(scenario), (Durations{milliseconds(12), milliseconds(20)}));
}

TEST(Simulate, LetsSharingServersServeAllAtOnce) {
  Scenario scenario =
      Burst(2, {{.discipline = Discipline::kSharing, .slots = 1}});
  EXPECT_EQ(Times(scenario), (Durations{milliseconds(20), milliseconds(20)}));
}

// Two users and servers that take 10 ms and 20: 100 requests of each 20 ms
// where each server has one, but round robin gives each its share.
TEST(Simulate, SendsTheNextRequestOfAUserWhenItsLastHasEnded) {
  Scenario scenario = Burst(0, {{}, {.phases = {{.slowness = 2}}}});
  scenario.arrivals = ClosedArrivals{.users = 2, .requests = 300};
  const Result least = Simulate(scenario, Named("least-outstanding"), 1);
  EXPECT_EQ(least.end, Time(milliseconds(2000)));
  EXPECT_EQ(least.picks[0], 200);
  EXPECT_EQ(least.succeeded, 300);
}

TEST(Simulate, LetsUsersThinkBetweenTheirRequests) {
  Scenario scenario = Burst(0, {{.discipline = Discipline::kInfinite}});
  scenario.arrivals = ClosedArrivals{
      .users = 100, .mean_think = milliseconds(90), .requests = 100'000};
  // Each takes 100 ms in the mean, so that a thousand come in a second.
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_NEAR(FractionalDuration(result.end.time_since_epoch()) / seconds(1),
              100, 4 * 0.09 * std::sqrt(1000) / 10);
}

TEST(Simulate, SendsToThoseThatAreThere) {
  // Two requests a millisecond, in the mean, for 30 ms.
  Scenario scenario = Burst(0, {{.slots = 20, .leaves_at = milliseconds(10)},
                                {.slots = 20, .joins_at = milliseconds(10)}});
  scenario.arrivals = OpenArrivals{
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

TEST(Simulate, CountsByWindowTheErrorsOfWhatArrivedInIt) {
  Scenario scenario = Burst(2, {{.phases = {{.silent = true}}}, {}});
  scenario.timeout = milliseconds(50);
  scenario.windows = {{"start", milliseconds(0), milliseconds(1)},
                      {"end", milliseconds(40), milliseconds(60)}};
  const auto windows = Simulate(scenario, Named("round-robin"), 1).windows;
  EXPECT_EQ(windows[0].costs.count(), 2);
  EXPECT_EQ(windows[0].errors, 1);
  EXPECT_EQ(windows[1].costs.count(), 0);
  EXPECT_EQ(windows[1].errors, 0);
}

TEST(Simulate, GoesOnServingWhatTheAccessPointHasGivenUp) {
  // Twice the capacity, and patience for 1.5 service times. The queue, of
  // requests mostly given up, only grows: soon no answer comes in time. Were
  // such work dropped, a good part of the 2000 would be.
  Scenario scenario = Burst(0, {{}});
  scenario.arrivals = OpenArrivals{.length = seconds(10), .load = 2};
  scenario.timeout = milliseconds(15);
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_GT(result.costs.count(), 1500);
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
  EXPECT_DEATH(Times(Burst(1, {{.phases = {{.silent = true}}}})),
               "of 1 requests sent 0 ended");
}

TEST(Simulate, GivesEveryPolicyTheSameWorkOnASingleServer) {
  Scenario scenario = *FindScenario("equal");
  scenario.servers.resize(1);
  scenario.access_points = 1;
  const Durations expected = TimesOf(scenario, Named("round-robin"), 4);
  for (const PolicyInfo& policy : Policies()) {
    EXPECT_EQ(TimesOf(scenario, policy, 4), expected) << policy.name;
  }
}

class InEveryScenario : public ::testing::TestWithParam<const PolicyInfo*> {};

TEST_P(InEveryScenario, EveryRequestEndsAndCountsOnce) {
  for (const Scenario& scenario : Scenarios()) {
    const Result result = Simulate(scenario, *GetParam(), 1);
    std::uint64_t attempts = 0;
    for (const std::uint64_t picks : result.picks) attempts += picks;
    const std::uint64_t refused =
        result.limit.has_value() ? result.limit->All().refused : 0;
    EXPECT_GE(attempts + result.shed + refused, result.costs.count());
    EXPECT_EQ(result.succeeded + result.failed + result.timed_out,
              result.costs.count());
    for (const WindowResult& window : result.windows) {
      EXPECT_GE(window.costs.count(), window.errors);
    }
    EXPECT_GT(result.costs.Quantile(1), Duration::zero());
  }
}

std::string CamelCase(const testing::TestParamInfo<const PolicyInfo*>& info) {
  std::string name;
  bool upper = true;
  for (const char letter : info.param->name) {
    if (letter == '-') {
      upper = true;
      continue;
    }
    name += upper ? absl::ascii_toupper(static_cast<unsigned char>(letter))
                  : letter;
    upper = false;
  }
  return name;
}

std::vector<const PolicyInfo*> PoliciesOfEveryScenario() {
  if (els::kSanitized) return {FindPolicy("els")};
  return AllPolicies();
}

INSTANTIATE_TEST_SUITE_P(Of, InEveryScenario,
                         ::testing::ValuesIn(PoliciesOfEveryScenario()),
                         CamelCase);

}  // namespace
}  // namespace els_sim
