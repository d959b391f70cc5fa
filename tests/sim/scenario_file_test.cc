// What a scenario's file can say, and what becomes of it. Errors are in
// scenario_errors_test.cc.

#include "sim/files/scenario_file.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <string>
#include <variant>

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

absl::StatusOr<std::string> Load(const std::string& name) {
  if (name == "ms.txt") return std::string("10\n20\n60\n");
  if (name == "times.txt") return std::string("0\n1\n4\n");
  if (name == "times.csv") return std::string("at,n\n2,7\n4,9\n");
  return absl::NotFoundError("there is no such file");
}

const std::string kTexts =
    "name = \"x\"\ndescription = \"d\"\nshows = \"s\"\ncannot_show = \"c\"\n";
const std::string kBurst = "[arrivals]\nkind = \"burst\"\nrequests = 27\n";
const std::string kSizes = "[sizes]\nshape = \"constant\"\nmean = \"3.5s\"\n";
const std::string kServer = "[[servers]]\n";

Scenario Parsed(const std::string& text) {
  const auto scenario = ParseScenario(kTexts + text, "x.toml", Load);
  EXPECT_TRUE(scenario.ok()) << scenario.status();
  return scenario.ok() ? *scenario : Scenario();
}

template <typename Kind>
Kind Arrive(const std::string& text) {
  const Scenario scenario =
      Parsed("[arrivals]\n" + text + "\n" + kSizes + kServer);
  const Kind* kind = std::get_if<Kind>(&scenario.arrivals);
  EXPECT_NE(kind, nullptr) << text;
  return kind == nullptr ? Kind() : *kind;
}

OpenArrivals Open(const std::string& text) {
  return Arrive<OpenArrivals>(
      "kind = \"poisson\"\nlength = \"10s\"\nload = 0.5\n" + text);
}

template <typename Shape>
Shape Shaped(const std::string& text) {
  const Scenario scenario =
      Parsed(kBurst + "[sizes]\nmean = \"40ms\"\n" + text + "\n" + kServer);
  EXPECT_EQ(scenario.sizes.mean, milliseconds(40));
  const Shape* shape = std::get_if<Shape>(&scenario.sizes.shape);
  EXPECT_NE(shape, nullptr) << text;
  return shape == nullptr ? Shape() : *shape;
}

std::vector<ServerPlan> Servers(const std::string& text) {
  return Parsed(kBurst + kSizes + "[access_points]\ntimeout = \"1s\"\n" + text)
      .servers;
}

TEST(ScenarioFile, HasDefaultsForAllThatHappensToNothing) {
  const Scenario scenario = Parsed(kBurst + kSizes + kServer);
  EXPECT_EQ(scenario.name, "x");
  EXPECT_EQ(scenario.name, "x");
  EXPECT_EQ(scenario.description, "d");
  EXPECT_EQ(scenario.shows, "s");
  EXPECT_EQ(scenario.cannot_show, "c");
  EXPECT_EQ(scenario.access_points, 1u);
  EXPECT_FALSE(scenario.timeout.has_value());
  EXPECT_EQ(scenario.retries.most, 0u);
  EXPECT_EQ(scenario.failure_penalty, seconds(1));
  EXPECT_EQ(scenario.zones, 1u);
  EXPECT_TRUE(scenario.delays.empty());
  ASSERT_EQ(scenario.servers.size(), 1u);
  const ServerPlan& server = scenario.servers[0];
  EXPECT_EQ(server.discipline, Discipline::kSlots);
  EXPECT_EQ(server.slots, 1u);
  EXPECT_EQ(server.most_in_flight, std::numeric_limits<std::size_t>::max());
  EXPECT_TRUE(server.phases.empty());
  EXPECT_EQ(server.failure_after, milliseconds(1));
  EXPECT_EQ(server.joins_at, Duration::zero());
  EXPECT_EQ(server.leaves_at, Duration::max());
  EXPECT_FALSE(server.streams.has_value());
  EXPECT_EQ(server.neutral_rate, 0);
  EXPECT_EQ(server.neutral_after, milliseconds(1));
  EXPECT_EQ(server.weight, 1);
  EXPECT_FALSE(server.max_outstanding.has_value());
}

TEST(ScenarioFile, KnowsEveryKindOfArrivals) {
  EXPECT_EQ(Arrive<BurstArrivals>("kind = \"burst\"\nrequests = 27").requests,
            27u);
  const auto closed = Arrive<ClosedArrivals>(
      "kind = \"closed\"\nusers = 3\nthink = \"2s\"\nrequests = 9");
  EXPECT_EQ(closed.users, 3u);
  EXPECT_EQ(closed.mean_think, seconds(2));
  EXPECT_EQ(closed.requests, 9u);
  const auto even = Arrive<OpenArrivals>(
      "kind = \"constant\"\nlength = \"2min\"\nrate = 12.5");
  EXPECT_EQ(even.gaps, Gaps::kConstant);
  EXPECT_EQ(even.length, seconds(120));
  EXPECT_EQ(even.rate, 12.5);
  const OpenArrivals poisson = Open("capacity = \"at-start\"");
  EXPECT_EQ(poisson.gaps, Gaps::kExponential);
  EXPECT_FALSE(poisson.rate.has_value());
  EXPECT_EQ(poisson.load, 0.5);
  EXPECT_EQ(poisson.capacity, Capacity::kAtStart);
  EXPECT_EQ(Open("").capacity, Capacity::kHealthy);
}

TEST(ScenarioFile, ReadsTimesFromAFileAndHastensThem) {
  using Times = std::vector<Duration>;
  EXPECT_EQ(*Arrive<TraceArrivals>("kind = \"trace\"\nfile = \"times.txt\"\n"
                                   "times_faster = 2")
                 .times,
            (Times{Duration::zero(), milliseconds(500), seconds(2)}));
  EXPECT_EQ(*Arrive<TraceArrivals>("kind = \"trace\"\nfile = \"times.csv\"\n"
                                   "column = \"at\"")
                 .times,
            (Times{seconds(2), seconds(4)}));
}

TEST(ScenarioFile, ReadsAProfilePointByPoint) {
  const auto profile =
      Open(
          "profile = [{ at = \"1s\", times = 2, ramp = true },\n"
          "{ at = \"3s\", times = 0 }]")
          .profile;
  ASSERT_EQ(profile.size(), 2u);
  EXPECT_EQ(profile[0].at, seconds(1));
  EXPECT_EQ(profile[0].times, 2);
  EXPECT_TRUE(profile[0].ramp);
  EXPECT_EQ(profile[1].at, seconds(3));
  EXPECT_EQ(profile[1].times, 0);
  EXPECT_FALSE(profile[1].ramp);
}

TEST(ScenarioFile, MakesAProfileOfStepsOfARampAndOfASpike) {
  const auto steps =
      Open("steps = [{ at = \"1s\", times = 2 }, { at = \"2s\", times = 3 }]")
          .profile;
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[1].at, seconds(2));
  EXPECT_EQ(steps[1].times, 3);
  EXPECT_FALSE(steps[1].ramp);
  const auto ramp =
      Open("ramp = { from = \"1s\", until = \"4s\", times = 3 }").profile;
  ASSERT_EQ(ramp.size(), 2u);
  EXPECT_EQ(ramp[0].at, seconds(1));
  EXPECT_EQ(ramp[0].times, 1);
  EXPECT_TRUE(ramp[0].ramp);
  EXPECT_EQ(ramp[1].at, seconds(4));
  EXPECT_EQ(ramp[1].times, 3);
  EXPECT_FALSE(ramp[1].ramp);
  const auto spike =
      Open("spike = { at = \"1s\", length = \"2s\", times = 4 }").profile;
  ASSERT_EQ(spike.size(), 2u);
  EXPECT_EQ(spike[0].at, seconds(1));
  EXPECT_EQ(spike[0].times, 4);
  EXPECT_EQ(spike[1].at, seconds(3));
  EXPECT_EQ(spike[1].times, 1);
}

TEST(ScenarioFile, ReadsBursts) {
  const auto on_off =
      Open(
          "on_off = { mean_on = \"1s\", mean_off = \"3s\", times_on = 2.5, "
          "times_off = 0.5 }")
          .on_off;
  ASSERT_TRUE(on_off.has_value());
  EXPECT_EQ(on_off->mean_on, seconds(1));
  EXPECT_EQ(on_off->mean_off, seconds(3));
  EXPECT_EQ(on_off->times_on, 2.5);
  EXPECT_EQ(on_off->times_off, 0.5);
}

TEST(ScenarioFile, KnowsEveryShapeOfSizes) {
  Shaped<ConstantSize>("shape = \"constant\"");
  Shaped<ExponentialSize>("shape = \"exponential\"");
  EXPECT_EQ(Shaped<ErlangSize>("shape = \"erlang\"\nstages = 3").stages, 3u);
  EXPECT_EQ(
      Shaped<HyperexponentialSize>("shape = \"hyperexponential\"\nscv = 9").scv,
      9);
  EXPECT_EQ(Shaped<LognormalSize>("shape = \"lognormal\"\nsigma = 0.5").sigma,
            0.5);
  const auto bimodal =
      Shaped<BimodalSize>("shape = \"bimodal\"\nlarge = 0.2\nratio = 5");
  EXPECT_EQ(bimodal.large, 0.2);
  EXPECT_EQ(bimodal.ratio, 5);
  const auto pareto = Shaped<BoundedParetoSize>(
      "shape = \"bounded-pareto\"\nalpha = 1.1\nratio = 100");
  EXPECT_EQ(pareto.alpha, 1.1);
  EXPECT_EQ(pareto.ratio, 100);
  EXPECT_EQ(*Shaped<QuantileSize>("shape = \"quantiles\"\nvalues = [1, 2.5]")
                 .quantiles,
            (std::vector<double>{1, 2.5}));
}

// Half of the sizes are between 10 and 20 ms, and half between 20 and 60.
TEST(ScenarioFile, TakesTheMeanOfQuantilesInMilliseconds) {
  const Scenario scenario = Parsed(
      kBurst + "[sizes]\nshape = \"quantiles\"\nfile = \"ms.txt\"\n" + kServer);
  EXPECT_EQ(scenario.sizes.mean, Duration(27'500'000));
}

TEST(ScenarioFile, ReadsAllThatIsWrongWithAServer) {
  const auto servers = Servers(R"([[servers]]
discipline = "sharing"
slots = 8
most_in_flight = 20
phases = [
  { until = "1s", silent = true },
  { from = "2s", until = "3s", slowness = 10 },
  { from = "3s", failure_rate = 0.5, neutral_rate = 0.25, cut_rate = 1 },
]
crowding = { capacity = 60 }
pauses = { length = "50ms", mean_between = "2s" }
noise = { least = 1, most = 4, shortest = "1s", longest = "2s" }
warm_up = { length = "10s", most = 3 }
streams = { part = 0.5, mean_length = "20s", slots = 0.1 }
failure_after = "10ns"
neutral_rate = 0.125
neutral_after = "20ns"
cut_after = "30ns"
weight = 2.5
max_outstanding = 7
)");
  ASSERT_EQ(servers.size(), 1u);
  const ServerPlan& server = servers[0];
  EXPECT_EQ(server.discipline, Discipline::kSharing);
  EXPECT_EQ(server.slots, 8u);
  EXPECT_EQ(server.most_in_flight, 20u);
  ASSERT_EQ(server.phases.size(), 3u);
  EXPECT_TRUE(server.phases[0].silent);
  EXPECT_EQ(server.phases[0].from, Duration::zero());
  EXPECT_EQ(server.phases[0].until, seconds(1));
  EXPECT_EQ(server.phases[1].slowness, 10);
  EXPECT_EQ(server.phases[2].failure_rate, 0.5);
  EXPECT_EQ(server.phases[2].neutral_rate, 0.25);
  EXPECT_EQ(server.phases[2].cut_rate, 1);
  EXPECT_FALSE(server.phases[1].neutral_rate.has_value());
  EXPECT_EQ(server.phases[2].until, Duration::max());
  EXPECT_EQ(server.crowding->capacity, 60);
  EXPECT_EQ(server.crowding->beyond, 5);
  EXPECT_EQ(server.pauses->length, milliseconds(50));
  EXPECT_EQ(server.pauses->mean_between, seconds(2));
  EXPECT_EQ(server.noise->least, 1);
  EXPECT_EQ(server.noise->most, 4);
  EXPECT_EQ(server.noise->shortest, seconds(1));
  EXPECT_EQ(server.noise->longest, seconds(2));
  EXPECT_EQ(server.warm_up->length, seconds(10));
  EXPECT_EQ(server.warm_up->most, 3);
  EXPECT_EQ(server.streams->part, 0.5);
  EXPECT_EQ(server.streams->mean_length, seconds(20));
  EXPECT_EQ(server.streams->slots, 0.1);
  EXPECT_EQ(server.failure_after, Duration(10));
  EXPECT_EQ(server.neutral_rate, 0.125);
  EXPECT_EQ(server.neutral_after, Duration(20));
  EXPECT_EQ(server.cut_after, Duration(30));
  EXPECT_EQ(server.weight, 2.5);
  EXPECT_EQ(server.max_outstanding, 7u);
}

TEST(ScenarioFile, SaysWhatIsKnownOfTheSizeOfARequest) {
  const std::string access_points = kBurst + kSizes + kServer;
  EXPECT_EQ(Parsed(access_points).work, WorkTold::kNone);
  for (const auto& [word, work] :
       {std::pair("none", WorkTold::kNone), std::pair("size", WorkTold::kSize),
        std::pair("key", WorkTold::kKey)}) {
    EXPECT_EQ(
        Parsed(access_points + "[access_points]\nwork = \"" + word + "\"\n")
            .work,
        work);
  }
}

TEST(ScenarioFile, MakesManyServersOfOneEntryAndSetsThemApart) {
  const auto servers = Servers(
      "[[servers]]\ncount = 3\nleaves_at = \"5s\"\napart = \"2s\"\n"
      "[[servers]]\ncount = 2\njoins_at = \"1s\"\n"
      "discipline = \"infinite\"\n");
  ASSERT_EQ(servers.size(), 5u);
  EXPECT_EQ(servers[0].leaves_at, seconds(5));
  EXPECT_EQ(servers[2].leaves_at, seconds(9));
  EXPECT_EQ(servers[2].joins_at, Duration::zero());
  EXPECT_EQ(servers[3].joins_at, seconds(1));
  EXPECT_EQ(servers[4].joins_at, seconds(1));
  EXPECT_EQ(servers[4].leaves_at, Duration::max());
  EXPECT_EQ(servers[4].discipline, Discipline::kInfinite);
}

TEST(ScenarioFile, ReadsAccessPointsAndRetries) {
  const Scenario scenario =
      Parsed("failure_penalty = \"2s\"\nfirst_in_turn = 0\n" + kBurst + kSizes +
             kServer + R"([access_points]
count = 50
timeout = "300ms"
skew = { heavy = 0.1, share = 0.9 }
[access_points.retries]
most = 3
backoff = "10ms"
budget = { ratio = 0.1, window = "2s" }
)");
  EXPECT_EQ(scenario.failure_penalty, seconds(2));
  EXPECT_EQ(scenario.first_in_turn, 0u);
  EXPECT_EQ(scenario.access_points, 50u);
  EXPECT_EQ(scenario.timeout, milliseconds(300));
  EXPECT_EQ(scenario.skew->heavy, 0.1);
  EXPECT_EQ(scenario.skew->share, 0.9);
  EXPECT_EQ(scenario.retries.most, 3u);
  EXPECT_EQ(scenario.retries.backoff, milliseconds(10));
  ASSERT_TRUE(scenario.retries.budget.has_value());
  EXPECT_EQ(scenario.retries.budget->ratio, 0.1);
  EXPECT_EQ(scenario.retries.budget->floor_per_second, 10);
  EXPECT_EQ(scenario.retries.budget->window, seconds(2));
}

TEST(ScenarioFile, ReadsZonesAndTheirDelays) {
  using Delays = std::vector<std::vector<Duration>>;
  const Scenario scenario =
      Parsed(kBurst + kSizes + kServer +
             "zone = 1\n[zones]\ncount = 2\n"
             "far = 10\ndelays = [[\"0s\", \"1ms\"], [\"2ms\", \"0s\"]]\n");
  EXPECT_EQ(scenario.zones, 2u);
  EXPECT_EQ(scenario.far, 10);
  EXPECT_EQ(scenario.servers[0].zone, 1u);
  EXPECT_EQ(scenario.delays,
            (Delays{{{}, milliseconds(1)}, {milliseconds(2), {}}}));
  EXPECT_EQ(Parsed(kBurst + kSizes + kServer +
                   "[zones]\ncount = 2\nnear_delay = \"1ms\"\n"
                   "far_delay = \"9ms\"\n")
                .delays,
            (Delays{{milliseconds(1), milliseconds(9)},
                    {milliseconds(9), milliseconds(1)}}));
}

TEST(ScenarioFile, ReadsWindows) {
  const auto windows = Parsed(kBurst + kSizes + kServer +
                              "[[windows]]\nname = \"early\"\nfrom = \"0s\"\n"
                              "until = \"5s\"\n")
                           .windows;
  ASSERT_EQ(windows.size(), 1u);
  EXPECT_EQ(windows[0].name, "early");
  EXPECT_EQ(windows[0].from, Duration::zero());
  EXPECT_EQ(windows[0].until, seconds(5));
}

}  // namespace
}  // namespace els_sim
