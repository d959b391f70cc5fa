#include "sim/files/scenario_check.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <string>

namespace els_sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Scenario Good() {
  return {.arrivals = OpenArrivals{.length = seconds(10)},
          .servers = {{.slots = 4}, {.slots = 4}},
          .timeout = seconds(1)};
}

struct Mistake {
  std::function<void(Scenario&)> change;
  const char* wrong;
};

OpenArrivals& Open(Scenario& scenario) {
  return std::get<OpenArrivals>(scenario.arrivals);
}

void ExpectWrong(const std::vector<Mistake>& mistakes) {
  for (const Mistake& mistake : mistakes) {
    Scenario scenario = Good();
    mistake.change(scenario);
    EXPECT_EQ(WhatIsWrong(scenario), mistake.wrong);
  }
}

TEST(WhatIsWrong, IsNothingOfWhatCanBeRun) {
  EXPECT_EQ(WhatIsWrong(Good()), "");
  Scenario overload = Good();
  Open(overload).load = 3;
  EXPECT_EQ(WhatIsWrong(overload), "");
}

TEST(WhatIsWrong, NamesSizesThatNoRequestCanHave) {
  ExpectWrong({
      {[](Scenario& s) { s.sizes.mean = {}; },
       "sizes.mean is 0s; it must be in (0s, 86400s]"},
      {[](Scenario& s) { s.sizes.shape = ErlangSize{0}; },
       "sizes.stages is 0; it must be in [1, 1000]"},
      {[](Scenario& s) { s.sizes.shape = HyperexponentialSize{0.5}; },
       "sizes.scv is 0.5; it must be in [1, 1000000]"},
      {[](Scenario& s) { s.sizes.shape = LognormalSize{0}; },
       "sizes.sigma is 0; it must be in (0, 5]"},
      {[](Scenario& s) {
         s.sizes.shape = BimodalSize{1, 2};
       },
       "sizes.large is 1; it must be in (0, 1)"},
      {[](Scenario& s) {
         s.sizes.shape = BoundedParetoSize{1, kNan};
       },
       "sizes.ratio is nan; it must be in (1, 1e9]"},
      {[](Scenario& s) { s.sizes.shape = QuantileSize{}; },
       "sizes.values are fewer than two numbers"},
      {[](Scenario& s) {
         s.sizes.shape =
             QuantileSize{std::make_shared<const std::vector<double>>(2, 0.0)};
       },
       "sizes.values[0] is 0; it must be in (0, 1e9]"},
  });
}

TEST(WhatIsWrong, NamesArrivalsThatCannotCome) {
  ExpectWrong({
      {[](Scenario& s) { Open(s).length = {}; },
       "arrivals.length is 0s; it must be in (0s, 86400s]"},
      {[](Scenario& s) { Open(s).rate = 0; },
       "arrivals.rate is 0; it must be in (0, 1e9]"},
      {[](Scenario& s) {
         for (ServerPlan& server : s.servers) server.leaves_at = hours(1);
         s.servers.push_back({.joins_at = seconds(1)});
       },
       "arrivals.load is 0.5 of servers with nothing wrong throughout, and "
       "there are none; give capacity = \"at-start\", or a rate"},
      {[](Scenario& s) { s.servers[1].discipline = Discipline::kInfinite; },
       "arrivals.load is 0.5, but a server of infinite discipline has no load; "
       "give a rate"},
      {[](Scenario& s) {
         Open(s).profile = {{.at = seconds(1), .ramp = true}};
       },
       "arrivals.profile[0].ramp is true; it needs a point after it to go to"},
      {[](Scenario& s) {
         Open(s).profile = {{.at = seconds(2)}, {.at = seconds(1)}};
       },
       "arrivals.profile[1].at is 1s; it must be after the point before it, "
       "2s"},
      {[](Scenario& s) { Open(s).on_off = OnOff{.mean_on = seconds(1)}; },
       "arrivals.on_off.mean_off is 0s; it must be in (0s, 86400s]"},
      {[](Scenario& s) { Open(s).rate = 1e9; },
       "arrivals bring 1e+10 requests; at most 2^32 can be held"},
      {[](Scenario& s) { s.arrivals = ClosedArrivals{.users = 1}; },
       "arrivals.requests is 0; it must be in [1, 4294967296]"},
      {[](Scenario& s) {
         s.arrivals = ClosedArrivals{.requests = 1};
         s.access_points = 10;
         s.skew = Skew();
       },
       "arrivals.kind is closed; access_points.skew would have no effect"},
      {[](Scenario& s) { s.arrivals = BurstArrivals(); },
       "arrivals.requests is 0; it must be in [1, 4294967296]"},
      {[](Scenario& s) { s.arrivals = TraceArrivals(); },
       "arrivals.times are none"},
  });
}

TEST(WhatIsWrong, NamesServersThatCannotBe) {
  ExpectWrong({
      {[](Scenario& s) { s.servers.clear(); },
       "servers is 0; it must be in [1, 10000]"},
      {[](Scenario& s) {
         Open(s).rate = 1;
         s.servers = {{.joins_at = seconds(1)}};
       },
       "servers are none at the start"},
      {[](Scenario& s) {
         Open(s).rate = 1;
         s.servers = {{.leaves_at = seconds(2)}, {.joins_at = seconds(3)}};
       },
       "servers are none at 2s"},
      {[](Scenario& s) { s.servers[1].slots = 0; },
       "servers[1].slots is 0; it must be in [1, 1000000]"},
      {[](Scenario& s) { s.servers[1].zone = 1; },
       "servers[1].zone is 1; zones.count is 1, and the first zone is 0"},
      {[](Scenario& s) {
         s.servers[1].joins_at = seconds(2);
         s.servers[1].leaves_at = seconds(2);
       },
       "servers[1].leaves_at is 2s; it must be after servers[1].joins_at, "
       "which is 2s"},
  });
}

TEST(WhatIsWrong, NamesTroublesThatCannotHappen) {
  ExpectWrong({
      {[](Scenario& s) {
         s.timeout.reset();
         s.servers[1].phases = {{.silent = true}};
       },
       "servers[1].phases[0].silent is true; it needs an "
       "access_points.timeout"},
      {[](Scenario& s) {
         s.servers[1].phases = {{.until = seconds(2)}, {.from = seconds(1)}};
       },
       "servers[1].phases[1].from is 1s; the phase before it lasts until 2s"},
      {[](Scenario& s) {
         s.servers[1].phases = {{.from = seconds(2), .until = seconds(1)}};
       },
       "servers[1].phases[0].until is 1s; it must be after "
       "servers[1].phases[0].from, which is 2s"},
      {[](Scenario& s) { s.servers[1].phases = {{.slowness = 0}}; },
       "servers[1].phases[0].slowness is 0; it must be in (0, 1000000]"},
      {[](Scenario& s) {
         s.servers[1].crowding = Crowding{0, 5};
       },
       "servers[1].crowding.capacity is 0; it must be in (0, 1e9]"},
      {[](Scenario& s) {
         s.servers[1].pauses = Pauses{milliseconds(50), {}};
       },
       "servers[1].pauses.mean_between is 0s; it must be in (0s, 86400s]"},
      {[](Scenario& s) {
         s.servers[1].noise = Noise{2, 1, seconds(1), seconds(1)};
       },
       "servers[1].noise.most is 1; it must not be below "
       "servers[1].noise.least, which is 2"},
      {[](Scenario& s) {
         s.servers[1].warm_up = WarmUp{seconds(1), 0.5};
       },
       "servers[1].warm_up.most is 0.5; it must be in [1, 1000000]"},
  });
}

TEST(WhatIsWrong, NamesAccessPointsZonesAndWindowsThatCannotBe) {
  ExpectWrong({
      {[](Scenario& s) { s.failure_penalty = seconds(-1); },
       "failure_penalty is -1s; it must be in [0s, 86400s]"},
      {[](Scenario& s) { s.access_points = 0; },
       "access_points.count is 0; it must be in [1, 1000000]"},
      {[](Scenario& s) {
         s.access_points = 2;
         s.skew = Skew{0.2, 0.8};
       },
       "access_points.skew.heavy is 0.2 of 2 access points; both parts must "
       "have at least one"},
      {[](Scenario& s) { s.timeout = Duration::zero(); },
       "access_points.timeout is 0s; it must be in (0s, 86400s]"},
      {[](Scenario& s) { s.retries.most = 101; },
       "access_points.retries.most is 101; it must be in [0, 100]"},
      {[](Scenario& s) { s.retries.budget = els::RetryBudgetOptions{2}; },
       "access_points.retries.budget.ratio is 2; it must be in [0, 1]"},
      {[](Scenario& s) { s.zones = 0; },
       "servers[0].zone is 0; zones.count is 0, and the first zone is 0"},
      {[](Scenario& s) { s.delays = {{}}; },
       "zones.delays[0] has 0 durations; zones.count is 1"},
      {[](Scenario& s) {
         s.delays = {{seconds(1)}, {seconds(1)}};
       },
       "zones.delays has 2 rows; zones.count is 1"},
      {[](Scenario& s) {
         s.windows = {{"w", seconds(2), seconds(1)}};
       },
       "windows[0].until is 1s; it must be after windows[0].from, which is "
       "2s"},
      {[](Scenario& s) {
         s.windows = {{"w", seconds(10), seconds(11)}};
       },
       "windows[0].from is 10s; nothing arrives from 10s on"},
      {[](Scenario& s) { s.first_in_turn = 2; },
       "first_in_turn is 2; there are 2 servers at the start, from 0 on"},
  });
}

TEST(Faults, AreAllOfThem) {
  Scenario scenario = Good();
  scenario.servers[0].slots = 0;
  scenario.servers[1].slots = 0;
  scenario.access_points = 0;
  const auto faults = Faults(scenario);
  ASSERT_EQ(faults.size(), 3u);
  EXPECT_EQ(faults[0].field, "servers[0].slots");
  EXPECT_EQ(faults[1].field, "servers[1].slots");
  EXPECT_EQ(faults[2].field, "access_points.count");
}

}  // namespace
}  // namespace els_sim
