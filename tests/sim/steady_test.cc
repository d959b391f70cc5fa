// How the library, with its default options, holds in the situations in which
// balancers are known to fail. Each bound is on a mean over 20 seeds, and holds
// at half of what the servers can do and at four fifths.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/files/catalogue.h"
#include "sim/model/policy.h"
#include "sim/model/scenario.h"
#include "sim/model/window.h"
#include "sim/results/report.h"
#include "sim/results/sweep.h"

namespace els_sim {
namespace {

constexpr double kHalf = 0.5;
constexpr double kHigh = 0.8;

struct Traffic {
  double load = kHalf;
  std::size_t retries = 0;
};

std::string Text(const Traffic& traffic) {
  return "load " + std::to_string(traffic.load) + ", retries " +
         std::to_string(traffic.retries);
}

const std::vector<Traffic> kAllTraffic = {
    {kHalf, 0}, {kHalf, 1}, {kHigh, 0}, {kHigh, 1}};
const std::vector<Traffic> kWithoutRetries = {{kHalf, 0}, {kHigh, 0}};

// Twenty runs of a situation, and what its windows say.
class Runs {
 public:
  Runs(Scenario scenario, const Traffic& traffic)
      : scenario_(std::move(scenario)), watched_(Watched(scenario_)) {
    std::get<OpenArrivals>(scenario_.arrivals).load = traffic.load;
    scenario_.retries.most = traffic.retries;
    results_ =
        RunSeeds(scenario_, *FindPolicy("els"), {.first = 1, .count = 20}, 2);
  }

  Runs(std::string_view situation, const Traffic& traffic)
      : Runs(*FindScenario(situation), traffic) {}

  // All means over the seeds.
  double Share(std::string_view window) const {
    return Mean(window, [this](const WindowResult& result) {
      return ShareOf(result, watched_);
    });
  }
  double Uneven(std::string_view window) const {
    return Mean(window, [this](const WindowResult& result) {
      return Unevenness(result, watched_);
    });
  }
  double Peak(std::string_view window) const {
    return Mean(window, [this](const WindowResult& result) {
      return static_cast<double>(PeakOf(result, watched_));
    });
  }
  double Errors(std::string_view window) const {
    return Mean(window, ErrorRate);
  }
  double Far(std::string_view window, std::size_t zone) const {
    return Mean(window, [zone](const WindowResult& result) {
      return FarShare(result.zones[zone]);
    });
  }

  // Of the requests of all seeds that arrived in the window.
  Duration P99(std::string_view window) const {
    const Summary summary = Summarise("els", results_, watched_);
    return summary.windows[IndexOf(window)].p99;
  }

 private:
  std::size_t IndexOf(std::string_view window) const {
    const auto found = std::find_if(
        scenario_.windows.begin(), scenario_.windows.end(),
        [&](const Window& candidate) { return candidate.name == window; });
    return static_cast<std::size_t>(found - scenario_.windows.begin());
  }

  double Mean(std::string_view window,
              const std::function<double(const WindowResult&)>& measure) const {
    double sum = 0;
    for (const Result& result : results_) {
      sum += measure(result.windows.at(IndexOf(window)));
    }
    return sum / static_cast<double>(results_.size());
  }

  Scenario scenario_;
  std::vector<std::size_t> watched_;
  std::vector<Result> results_;
};

TEST(Steady, LeavesAServerThatFailsAtOnceWithinASecond) {
  for (const Traffic& traffic : kAllTraffic) {
    const Runs runs("sinkhole", traffic);
    EXPECT_LE(runs.Share("after the first second"), 0.004) << Text(traffic);
  }
}

// A peak of 15 was hoped for. Each of the twenty access points loses a request
// or none before it can know, so that a mean over 20 seeds is luck: over 150 it
// is 15.3.
TEST(Steady, KeepsAwayFromAServerThatDoesNotAnswer) {
  for (const Traffic& traffic : kAllTraffic) {
    const Runs runs("black-hole", traffic);
    EXPECT_LE(runs.Share("silent"), 0.002) << Text(traffic);
    EXPECT_LE(runs.Peak("silent"), traffic.load == kHalf ? 15.5 : 20)
        << Text(traffic);
    // A tenth is fair. With a turn_premium of 0.2, too, the share was 0.05;
    // that cost the catalogue 1 %.
    EXPECT_GE(runs.Share("back"), 0.045) << Text(traffic);
  }
}

TEST(Steady, DoesNotDrownAColdNewcomerAndUsesItOnceItIsWarm) {
  for (const Traffic& traffic : kAllTraffic) {
    const Runs runs("cold-newcomer", traffic);
    EXPECT_LE(runs.Peak("cold"), traffic.load == kHalf ? 10 : 15)
        << Text(traffic);
    EXPECT_GE(runs.Share("warm"), 0.08) << Text(traffic);
  }
}

TEST(Steady, UsesTheHalfThatFailedAgain) {
  for (const Traffic& traffic : kAllTraffic) {
    const Runs runs("half-fail", traffic);
    EXPECT_GE(runs.Share("back"), 0.77 * 0.5) << Text(traffic);
  }
}

TEST(Steady, HidesTheFailureOfHalfBehindOneRetryAtHalfTheLoad) {
  const Runs runs("half-fail", {kHalf, 1});
  EXPECT_LE(runs.Errors("failing and 15 s after"), 0.01);
}

// For five seconds the other half can serve five eighths of the requests at
// best. In the four seconds before any can wait for the end of that 2,400 of
// 6,400 are too many, less the 1,000 that may wait a second: of the 32,000 of
// the 20 s window 4.4 %, of the run's 64,000 half of that.
TEST(Steady, LosesFewBehindOneRetryWhenHalfFailAtTheHighLoad) {
  const Runs runs("half-fail", {kHigh, 1});
  EXPECT_LE(runs.Errors("all the time"), 0.05);
  EXPECT_LE(runs.Errors("failing and 15 s after"), 0.082);
}

TEST(Steady, SharesEvenlyOverAMinuteWhereAllAreEqual) {
  for (const Traffic& traffic : kWithoutRetries) {
    const Runs runs("calm", traffic);
    // Where there is room it costs nobody anything that shares differ.
    EXPECT_LE(runs.Uneven("all the time"), traffic.load == kHalf ? 0.09 : 0.04)
        << Text(traffic);
  }
}

TEST(Steady, SharesFailuresEvenlyWhenAllFail) {
  for (const Traffic& traffic : kAllTraffic) {
    const Runs runs("all-fail", traffic);
    EXPECT_LE(runs.Uneven("meanwhile"), 0.2) << Text(traffic);
  }
}

TEST(Steady, SharesSilenceEvenlyWhenNobodyAnswers) {
  for (const Traffic& traffic : kAllTraffic) {
    const Runs runs("all-silent", traffic);
    EXPECT_LE(runs.Uneven("meanwhile"), 0.2) << Text(traffic);
  }
}

TEST(Steady, KeepsTheP99WhileEveryServerIsReplaced) {
  for (const Traffic& traffic : kWithoutRetries) {
    const Scenario rollout = *FindScenario("rollout");
    Scenario calm = *FindScenario("calm");
    calm.arrivals = rollout.arrivals;
    calm.windows = rollout.windows;
    EXPECT_LE(Runs(rollout, traffic).P99("meanwhile").count(),
              1.05 * Runs(calm, traffic).P99("meanwhile").count())
        << Text(traffic);
  }
}

TEST(Steady, StaysInTheNearZoneWhileItIsWell) {
  for (const Traffic& traffic : kWithoutRetries) {
    const Runs runs("zone-slow", traffic);
    EXPECT_LT(runs.Far("well", 0), 0.01) << Text(traffic);
    EXPECT_LT(runs.Far("well", 1), 0.01) << Text(traffic);
  }
}

// At the high load the other zone has room for a quarter of what leaves.
double RoomElsewhere(double load) { return load == kHalf ? 0.5 : 0.25; }

// What leaves a zone that fails. At the high load a quarter would fit, if it
// came as slowly as it left before backends were doubted at their first
// failure: now all want to leave at once, the other zone answers some of it too
// late, and a fifth goes. Of the 20 s of the outage 36.5 % fail either way; at
// half the load the mean cost of a request fell from 69 to 56 ms.
double LeavesFailures(double load) { return load == kHalf ? 0.5 : 0.2; }

TEST(Steady, LeavesASlowZoneWithinTwoSeconds) {
  for (const Traffic& traffic : kAllTraffic) {
    const Runs runs("zone-slow", traffic);
    EXPECT_GE(runs.Far("third second", 0), RoomElsewhere(traffic.load))
        << Text(traffic);
  }
}

TEST(Steady, LeavesAFailingZoneWithinFourSecondsAndReturnsWithinTen) {
  for (const Traffic& traffic : kAllTraffic) {
    const Runs runs("zone-fails", traffic);
    EXPECT_GE(runs.Far("fifth second", 0), LeavesFailures(traffic.load))
        << Text(traffic);
    EXPECT_LT(runs.Far("back", 0), 0.05) << Text(traffic);
    EXPECT_LT(runs.Errors("back"), 0.001) << Text(traffic);
  }
}

TEST(Steady, ReturnsToAZoneThatWasSlowWithinTenSecondsAtHalfTheLoad) {
  for (const std::size_t retries : {0, 1}) {
    const Runs runs("zone-slow", {kHalf, retries});
    EXPECT_LT(runs.Far("back", 0), 0.05) << retries;
    EXPECT_LT(runs.Errors("back"), 0.001) << retries;
  }
}

// At the high load 500 requests a second too many, for 20 s, are in some queue,
// where the servers work on what nobody waits for; with 400 a second to spare
// that takes them 25 s, whoever is sent what. The library adds little to that.
TEST(Steady, ReturnsToAZoneThatWasSlowOnceItsQueuesAreEmpty) {
  const Runs runs("zone-slow", {kHigh, 0});
  EXPECT_LE(runs.Errors("bad"), 0.38);
  EXPECT_LT(runs.Far("at last", 0), 0.05);
  EXPECT_LT(runs.Errors("at last"), 0.001);
}

// With a retry for every fifth request 60 a second are left to spare: no policy
// empties 10,000 in this time.
TEST(Steady, LosesLittleMoreInASlowZoneWithOneRetry) {
  const Runs runs("zone-slow", {kHigh, 1});
  EXPECT_LE(runs.Errors("bad"), 0.45);
}

}  // namespace
}  // namespace els_sim
