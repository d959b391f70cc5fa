// What access points are told: the weights and limits of servers, and the sizes
// of requests.

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "sim/files/explain.h"
#include "sim/model/simulate.h"
#include "sim/policies/expected_latency.h"
#include "sim/policies/make.h"
#include "sim/results/report.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using EndedLog = std::map<std::uint64_t, Ended>;  // By number.

// Requests of exactly 10 ms, all at once from one access point.
Scenario ToldBurst(std::size_t requests, std::vector<ServerPlan> servers) {
  return {.name = "burst",
          .description = "a burst",
          .arrivals = BurstArrivals{.requests = requests},
          .sizes = {.mean = milliseconds(10), .shape = ConstantSize()},
          .servers = std::move(servers)};
}

Result Logged(const Scenario& scenario, const char* policy, EndedLog& log) {
  return Simulate(scenario, Named(policy), 1,
                  [&log](const Ended& ended) { log[ended.number] = ended; });
}

TEST(MaxOutstanding, MakesElsRefuseAtOnceWhatNoServerHasRoomFor) {
  EndedLog log;
  const Result result =
      Logged(ToldBurst(3, {{.max_outstanding = 1}, {.max_outstanding = 1}}),
             "els", log);
  EXPECT_EQ(result.picks, (std::vector<std::uint64_t>{1, 1}));
  EXPECT_EQ(result.succeeded, 2);
  EXPECT_EQ(result.failed, 1);
  EXPECT_EQ(result.shed, 1);
  EXPECT_EQ(log[2].end, Time());
  EXPECT_EQ(log[2].outcome, els::Outcome::kFailure);
  EXPECT_FALSE(log[2].server.has_value());
  EXPECT_EQ(log[1].end, Time(milliseconds(10)));
  EXPECT_TRUE(log[1].server.has_value());
  EXPECT_EQ(result.costs.Quantile(1000), seconds(1));
}

TEST(MaxOutstanding, IsObeyedByElsAtEveryMoment) {
  Scenario scenario = ToldBurst(
      0,
      {{.max_outstanding = 1}, {.max_outstanding = 2}, {.max_outstanding = 3}});
  scenario.arrivals = OpenArrivals{.length = seconds(10), .rate = 400};
  scenario.windows = {{"all", seconds(0), seconds(20)}};
  const Result result = Simulate(scenario, Named("els"), 1);
  EXPECT_EQ(result.windows[0].peak, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_GT(result.shed, 0);
  EXPECT_EQ(result.shed, result.failed);
}

TEST(MaxOutstanding, IsNothingToPoliciesThatKnowOfNone) {
  const Result result = Simulate(ToldBurst(3, {{.max_outstanding = 1}}),
                                 Named("least-outstanding"), 1);
  EXPECT_EQ(result.succeeded, 3);
  EXPECT_EQ(result.shed, 0);
}

TEST(MaxOutstanding, RefusesARetryAsWell) {
  // The second server has its one request when the first has failed the other.
  Scenario scenario =
      ToldBurst(2, {{.phases = {{.failure_rate = 1}}, .max_outstanding = 1},
                    {.max_outstanding = 1}});
  scenario.servers[0].leaves_at = milliseconds(1);
  scenario.retries = {.most = 1};
  const Result result = Simulate(scenario, Named("els"), 1);
  EXPECT_EQ(result.picks, (std::vector<std::uint64_t>{1, 1}));
  EXPECT_EQ(result.succeeded, 1);
  EXPECT_EQ(result.shed, 1);
}

TEST(MaxOutstanding, IsAColumnOfReportsOfScenariosThatHaveIt) {
  Scenario scenario = ToldBurst(4, {{.max_outstanding = 1}});
  const auto text = [&scenario] {
    return Render(scenario, {.first = 1, .count = 1},
                  {Summarise("els", {Simulate(scenario, Named("els"), 1)})});
  };
  EXPECT_NE(text().find("  end s  shed %    b0 %\n"), std::string::npos);
  EXPECT_NE(text().find("    0.0   75.00  100.00\n"), std::string::npos);
  scenario.servers[0].max_outstanding.reset();
  EXPECT_EQ(text().find("shed"), std::string::npos);
}

TEST(Weight, SharesTheTurnsOfSmoothWeightedRoundRobin) {
  const Result result =
      Simulate(ToldBurst(8, {{.weight = 3}, {}}), Named("smooth-wrr"), 1);
  EXPECT_EQ(result.picks, (std::vector<std::uint64_t>{6, 2}));
}

// Each policy that has one number for a server is told the weight by it.
TEST(Weight, IsToldToThosePeersThatKnowWeights) {
  Scenario scenario = ToldBurst(0, {{.discipline = Discipline::kInfinite},
                                    {.discipline = Discipline::kInfinite}});
  scenario.arrivals = OpenArrivals{.length = seconds(100), .rate = 100};
  for (const char* name :
       {"split", "d2-relative", "envoy-least-request", "traefik-least-time",
        "dubbo-shortest-response", "brpc-p2c", "els"}) {
    scenario.servers[0].weight = 1;
    const Result even = Simulate(scenario, Named(name), 1);
    scenario.servers[0].weight = 3;
    const Result heavy = Simulate(scenario, Named(name), 1);
    EXPECT_GT(heavy.picks[0], even.picks[0] + 500) << name;
  }
}

// At 10 ms for every request, a share of picks is a share of what is
// outstanding.
TEST(Weight, IsElsShareOfTheRequests) {
  Scenario scenario =
      ToldBurst(0, {{.discipline = Discipline::kInfinite, .weight = 2},
                    {.discipline = Discipline::kInfinite}});
  scenario.arrivals = OpenArrivals{.length = seconds(20), .rate = 2000};
  const Result result = Simulate(scenario, Named("els"), 1);
  EXPECT_NEAR(static_cast<double>(result.picks[0]) /
                  static_cast<double>(result.succeeded),
              2. / 3, 0.02);
}

// Keeps what it is told of each request.
class Listening final : public Policy {
 public:
  explicit Listening(const PolicySetup&) {}
  static std::vector<Asked>& Heard() {
    static auto* const heard = new std::vector<Asked>();
    return *heard;
  }

  void SetMembers(absl::Span<const Member>, Time) override {}
  Attempt Pick(Time, absl::Span<const std::uint32_t>) override { return {}; }
  std::optional<Attempt> PickFor(Time, const Asked& asked) override {
    Heard().push_back(asked);
    return Attempt{};
  }
  void Finish(const Attempt&, els::Outcome, Duration, Time) override {}
};

std::vector<Asked> Heard(const Scenario& scenario) {
  Listening::Heard().clear();
  const PolicyInfo listening = {"listening", "", Make<Listening>};
  static_cast<void>(Simulate(scenario, listening, 1));
  return Listening::Heard();
}

TEST(Work, IsTheSizeOverTheMeanAKeyOrNothing) {
  Scenario scenario = ToldBurst(1000, {{.slots = 1000}});
  scenario.sizes = {.mean = milliseconds(10), .shape = BimodalSize{0.1, 11}};
  for (const Asked& asked : Heard(scenario)) {
    EXPECT_EQ(asked.work, 1);
    EXPECT_FALSE(asked.key.has_value());
  }
  // 0.9 x + 0.1 * 11 x = 10 ms.
  scenario.work = WorkTold::kSize;
  int large = 0;
  for (const Asked& asked : Heard(scenario)) {
    EXPECT_NEAR(asked.work, asked.work < 1 ? 0.5 : 5.5, 1e-9);
    large += asked.work > 1 ? 1 : 0;
    EXPECT_FALSE(asked.key.has_value());
  }
  EXPECT_NEAR(large, 100, 4 * std::sqrt(90));
  scenario.work = WorkTold::kKey;
  int keys = 0;
  for (const Asked& asked : Heard(scenario)) {
    EXPECT_EQ(asked.work, 1);
    keys += static_cast<int>(*asked.key);
  }
  EXPECT_EQ(keys, large);
}

// One request in a hundred is as much work as all the others together. To know
// which it is helps the others.
// These servers do one thing at a time, so the queue is counted in work.
TEST(Work, HelpsElsKeepLightRequestsFromBehindHeavyOnes) {
  Scenario scenario = ToldBurst(0, std::vector<ServerPlan>(4));
  scenario.sizes = {.mean = milliseconds(10), .shape = BimodalSize{0.01, 99}};
  scenario.arrivals = OpenArrivals{.length = seconds(100), .load = 0.5};
  const els::Options options = {.seed = 1, .queue_by_work = 1};
  const PolicyInfo by_work = WithOptions(options);
  const auto light_mean = [&](WorkTold work) {
    scenario.work = work;
    return Simulate(scenario, by_work, 1).light_costs.Mean();
  };
  const FractionalDuration none = light_mean(WorkTold::kNone);
  EXPECT_LT(light_mean(WorkTold::kSize), 0.8 * none);
  EXPECT_LT(light_mean(WorkTold::kKey), 0.8 * none);
}

TEST(Work, IsNothingToPeers) {
  Scenario scenario = ToldBurst(1000, {{}, {}});
  scenario.sizes.shape = ExponentialSize();
  const auto mean = [&scenario](WorkTold work) {
    scenario.work = work;
    return Simulate(scenario, Named("least-outstanding"), 1).costs.Mean();
  };
  EXPECT_EQ(mean(WorkTold::kSize), mean(WorkTold::kNone));
  EXPECT_EQ(mean(WorkTold::kKey), mean(WorkTold::kNone));
}

TEST(LightAndHeavyRequests, AreMeasuredApartIfSizesAreBimodal) {
  Scenario scenario = ToldBurst(100, {{.discipline = Discipline::kInfinite}});
  EXPECT_TRUE(Simulate(scenario, Named("random"), 1).light_costs.empty());
  scenario.sizes = {.mean = milliseconds(10), .shape = BimodalSize{0.1, 11}};
  const Result result = Simulate(scenario, Named("random"), 1);
  EXPECT_EQ(result.light_costs.count() + result.heavy_costs.count(), 100);
  EXPECT_EQ(result.light_costs.Quantile(1000), milliseconds(5));
  EXPECT_EQ(result.heavy_costs.Quantile(1), milliseconds(55));
}

TEST(Explain, TellsWhatIsKnownOfTheSizeOfARequest) {
  Scenario scenario = ToldBurst(1, {{}});
  scenario.work = WorkTold::kSize;
  EXPECT_NE(Explain(scenario).find("it is known how large it is."),
            std::string::npos);
}

TEST(Explain, TellsWhatAccessPointsAreToldOfAServer) {
  const std::string text = absl::StrReplaceAll(
      Explain(ToldBurst(1, {{.weight = 2, .max_outstanding = 3}})),
      {{"\n ", ""}});
  EXPECT_NE(
      text.find("1 slot. Access points are told a weight of 2 and a limit "
                "of 3 outstanding at a time, each."),
      std::string::npos)
      << text;
}

}  // namespace
}  // namespace els_sim
