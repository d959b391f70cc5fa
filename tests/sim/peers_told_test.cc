// gRPC's weighted round robin by what servers tell: its formulas by hand. And
// what servers tell.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sim/model/load_meter.h"
#include "sim/model/simulate.h"
#include "sim/policies/make.h"
#include "sim/policies/orca_weighted.h"
#include "tests/sim/peer_setup.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<int> Shares(const std::vector<std::optional<double>>& weights,
                        int picks) {
  StaticStride stride(weights, 0);
  std::vector<int> shares(weights.size());
  for (int i = 0; i < picks; ++i) ++shares[stride.Pick()];
  return shares;
}

TEST(StaticStrideTest, PicksInProportionToWeights) {
  EXPECT_EQ(Shares({{1.0}, {2.0}, {3.0}}, 600),
            (std::vector<int>{100, 200, 300}));
}

TEST(StaticStrideTest, GivesTheMeanToThoseWithoutAWeight) {
  EXPECT_EQ(Shares({{1.0}, {3.0}, std::nullopt}, 600),
            (std::vector<int>{100, 300, 200}));
}

TEST(StaticStrideTest, IsRoundRobinUnlessTwoHaveAWeight) {
  EXPECT_EQ(Shares({std::nullopt, {3.0}, std::nullopt}, 300),
            (std::vector<int>{100, 100, 100}));
}

TEST(StaticStrideTest, BoundsWeightsByTheMean) {
  // The mean is 1.0 of 101, so the large weight counts as 10.
  std::vector<std::optional<double>> weights(100, 0.01);
  weights.emplace_back(100.0);
  const std::vector<int> shares = Shares(weights, 20'000);
  EXPECT_NEAR(shares.back() / static_cast<double>(shares.front()), 100, 2)
      << "10 to 0.1";
}

class Tells final : public Truth {
 public:
  std::size_t InServer(std::uint32_t) const override { return 0; }
  double WorkLeft(std::uint32_t) const override { return 0; }
  double Slowness(std::uint32_t) const override { return 1; }
  std::optional<els::ServerLoad> Told(std::uint32_t server) const override {
    const auto found = loads.find(server);
    if (found == loads.end()) return std::nullopt;
    return found->second;
  }
  std::map<std::uint32_t, els::ServerLoad> loads;
};

class OrcaWeightedTest : public testing::Test {
 protected:
  OrcaWeightedTest() {
    tells_.loads[0] = {.utilization = 0.5,
                       .requests_per_second = 100,
                       .errors_per_second = 10};
  }

  static PolicySetup SetupWith(const Truth& truth) {
    PolicySetup setup = SetupOf(2);
    setup.truth = &truth;
    return setup;
  }

  void Answer(std::uint32_t server, Time now) {
    Succeed(policy_, PickOnly(policy_, server, 2, now), milliseconds(40), now);
  }

  Tells tells_;
  OrcaWeighted policy_{SetupWith(tells_)};
};

TEST_F(OrcaWeightedTest, DividesQueriesByUtilizationAndErrors) {
  Answer(0, kStart);
  EXPECT_EQ(policy_.WeightOf(0, kStart + milliseconds(9999)), std::nullopt);
  // 100 / (0.5 + 10 / 100)
  EXPECT_NEAR(policy_.WeightOf(0, kStart + seconds(10)).value_or(0), 100 / 0.6,
              1e-9);
  EXPECT_EQ(policy_.WeightOf(1, kStart + seconds(10)), std::nullopt);
}

TEST_F(OrcaWeightedTest, ForgetsAServerThatFallsSilent) {
  Answer(0, kStart);
  Answer(0, kStart + seconds(20));
  EXPECT_TRUE(policy_.WeightOf(0, kStart + seconds(199)).has_value());
  EXPECT_FALSE(policy_.WeightOf(0, kStart + seconds(200)).has_value());
  Answer(0, kStart + seconds(201));
  EXPECT_FALSE(policy_.WeightOf(0, kStart + seconds(210)).has_value());
  EXPECT_TRUE(policy_.WeightOf(0, kStart + seconds(211)).has_value());
}

TEST_F(OrcaWeightedTest, PassesOverReportsThatSayNothing) {
  tells_.loads[0].utilization = 0;
  tells_.loads[1] = {.in_flight = 3, .utilization = 0.5};
  Answer(0, kStart);
  Answer(1, kStart);
  EXPECT_EQ(policy_.WeightOf(0, kStart + seconds(60)), std::nullopt);
  EXPECT_EQ(policy_.WeightOf(1, kStart + seconds(60)), std::nullopt);
}

TEST_F(OrcaWeightedTest, SendsThreeTimesAsMuchWhereThereIsThreeTimesTheRoom) {
  tells_.loads[0] = {.utilization = 0.25, .requests_per_second = 30};
  tells_.loads[1] = {.utilization = 0.75, .requests_per_second = 30};
  Answer(0, kStart);
  Answer(1, kStart);
  std::vector<int> picks(2);
  for (int i = 0; i < 400; ++i) {
    ++picks[policy_.Pick(kStart + minutes(1)).server];
  }
  EXPECT_NEAR(picks[0], 300, 1);
}

TEST_F(OrcaWeightedTest, StartsAnewWithAServerThatReturns) {
  Answer(0, kStart);
  policy_.SetMembers(MembersOf({1}), kStart + seconds(30));
  EXPECT_EQ(policy_.Pick(kStart + seconds(30)).server, 1u);
  policy_.SetMembers(MembersOf({0, 1}), kStart + seconds(30));
  EXPECT_EQ(policy_.WeightOf(0, kStart + seconds(31)), std::nullopt);
}

TEST(LoadMeterTest, AveragesOverASecond) {
  LoadMeter meter;
  meter.Passed(1, Time(seconds(1)));
  // 1 - 1/e; and after a second without work, that by e.
  EXPECT_NEAR(meter.Load(3).utilization.value_or(0), 0.632121, 1e-5);
  meter.Answers();
  meter.Answers();
  meter.Fails();
  meter.Passed(0, Time(seconds(2)));
  EXPECT_NEAR(meter.Load(3).utilization.value_or(0), 0.232544, 1e-5);
  EXPECT_NEAR(meter.Load(3).requests_per_second.value_or(0), 0.735759, 1e-5);
  EXPECT_NEAR(meter.Load(3).errors_per_second.value_or(0), 0.367879, 1e-5);
  EXPECT_EQ(meter.Load(3).in_flight, 3.0);
}

// Writes down what it is told with each answer.
class Listener final : public Policy {
 public:
  explicit Listener(const PolicySetup& setup) : truth_(*setup.truth) {}
  void SetMembers(absl::Span<const Member>, Time) override {}
  Attempt Pick(Time, absl::Span<const std::uint32_t>) override { return {}; }
  void Finish(const Attempt&, els::Outcome, Duration, Time) override {
    const auto load = truth_.Told(0);
    heard.push_back(load.has_value() ? load->in_flight.value_or(-2) : -1);
  }
  static inline std::vector<double> heard;

 private:
  const Truth& truth_;
};

constexpr PolicyInfo kListener = {"listener", "", Make<Listener>};

TEST(ServerPlan, TellsWithTheRequestItselfWhatIsInTheServer) {
  Scenario scenario = {
      .name = "burst",
      .description = "a burst",
      .arrivals = BurstArrivals{.requests = 3},
      .sizes = {.mean = milliseconds(10), .shape = ConstantSize()},
      .servers = {{.reports = true}}};
  Listener::heard.clear();
  Simulate(scenario, kListener, 1);
  EXPECT_EQ(Listener::heard, (std::vector<double>{3, 2, 1}));
  scenario.servers[0].reports = false;
  Listener::heard.clear();
  Simulate(scenario, kListener, 1);
  EXPECT_EQ(Listener::heard, (std::vector<double>{-1, -1, -1}));
}

}  // namespace
}  // namespace els_sim
