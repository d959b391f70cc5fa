#include "sim/results/report.h"

#include <gtest/gtest.h>

#include <chrono>
#include <numeric>
#include <string>
#include <vector>

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Histogram Of(const std::vector<Duration>& durations) {
  Histogram histogram;
  for (const Duration duration : durations) histogram.Add(duration);
  return histogram;
}

// Two seeds: 3 requests of 10, 20 and 1030 ms, one of them failed, and 1 of
// 60 ms.
std::vector<Result> TwoResults() {
  return {
      {.costs = Of({milliseconds(10), milliseconds(1030), milliseconds(20)}),
       .succeeded = 2,
       .failed = 0,
       .timed_out = 1,
       .picks = {2, 1},
       .end = Time(seconds(4))},
      {.costs = Of({milliseconds(60)}),
       .succeeded = 1,
       .failed = 0,
       .timed_out = 0,
       .picks = {0, 1},
       .end = Time(seconds(5))}};
}

TEST(Summarise, PoolsTheRequestsOfAllSeeds) {
  const Summary summary = Summarise("p", TwoResults());
  EXPECT_DOUBLE_EQ(summary.mean / milliseconds(1), 280);
  EXPECT_EQ(summary.p50, milliseconds(20));
  EXPECT_EQ(summary.p90, milliseconds(1030));
  EXPECT_DOUBLE_EQ(summary.error_rate, 0.25);
  EXPECT_DOUBLE_EQ(summary.attempts_per_request, 1);
  EXPECT_EQ(summary.shares, (std::vector<double>{0.5, 0.5}));
  EXPECT_DOUBLE_EQ(summary.end / seconds(1), 4.5);
}

TEST(Summarise, TakesTheStandardErrorFromTheSeedsMeans) {
  // Means 353.33 and 60 ms: their half difference.
  const Summary summary = Summarise("p", TwoResults());
  ASSERT_TRUE(summary.standard_error.has_value());
  EXPECT_NEAR(*summary.standard_error / milliseconds(1), 146.666667, 1e-6);
  EXPECT_FALSE(
      Summarise("p", {TwoResults().front()}).standard_error.has_value());
}

TEST(Summarise, IsZeroWhenNothingWasSent) {
  const Summary summary = Summarise("p", {Result{.picks = {0, 0}}});
  EXPECT_EQ(summary.mean.count(), 0);
  EXPECT_EQ(summary.p999, Duration());
  EXPECT_EQ(summary.error_rate, 0);
  EXPECT_EQ(summary.shares, (std::vector<double>{0, 0}));
}

TEST(Render, AlignsTheColumnsUnderTheirHeads) {
  const Scenario scenario = {.name = "two",
                             .description = "two servers",
                             .arrivals = OpenArrivals{.load = 0.25},
                             .servers = {{}, {}},
                             .access_points = 3};
  const std::vector<Summary> summaries = {
      Summarise("round-robin", TwoResults()),
      Summarise("p2c", {TwoResults().back()})};
  EXPECT_EQ(Render(scenario, {.first = 8, .count = 2}, summaries),
            "two: two servers\n"
            "load 0.25, access points 3, seeds 8 to 9\n"
            "\n"
            "policy       mean ms      +-    p50      p90      p99    p99.9"
            "  errors %  attempts  end s   b0 %    b1 %\n"
            "round-robin   280.00  146.67  20.00  1030.00  1030.00  1030.00"
            "     25.00      1.00    4.5  50.00   50.00\n"
            "p2c            60.00       -  60.00    60.00    60.00    60.00"
            "      0.00      1.00    5.0   0.00  100.00\n");
}

TEST(Render, AddsATableOfLightAndHeavyRequestsIfSizesAreApart) {
  const Scenario scenario = {.sizes = {.shape = BimodalSize()},
                             .servers = {{}, {}}};
  std::vector<Result> results = TwoResults();
  results[0].light_costs = Of({milliseconds(10), milliseconds(20)});
  results[1].light_costs = Of({milliseconds(60)});
  results[0].heavy_costs = Of({milliseconds(1030)});
  const std::string text =
      Render(scenario, {.first = 1, .count = 2}, {Summarise("p2c", results)});
  EXPECT_EQ(text.substr(text.find("\nlight")),
            "\nlight requests, smaller than the mean, and heavy ones\n"
            "policy  light ms    p50    p99  p99.9  heavy ms      p50      p99"
            "    p99.9\n"
            "p2c        30.00  20.00  60.00  60.00   1030.00  1030.00  1030.00"
            "  1030.00\n");
}

TEST(Render, AddsATableForEachWindow) {
  Scenario scenario = {.name = "two",
                       .description = "two servers",
                       .arrivals = OpenArrivals{.capacity = Capacity::kAtStart},
                       .servers = {{}, {.phases = {{.slowness = 2}}}},
                       .access_points = 2,
                       .retries = {.most = 1},
                       .windows = {{"late", seconds(3), milliseconds(4500)}}};
  std::vector<Result> results = TwoResults();
  // The second and third request of the first seed, none of the second.
  results[0].windows = {{.costs = Of({milliseconds(1030), milliseconds(20)}),
                         .errors = 1,
                         .attempts = {3, 1},
                         .peak = {9, 4},
                         .zones = {{.near = 3, .far = 1}}}};
  results[1].windows = {
      {.attempts = {2, 2}, .peak = {9, 7}, .zones = {{.near = 4, .far = 0}}}};
  const std::string text =
      Render(scenario, {.first = 1, .count = 2},
             {Summarise("p2c", results, Watched(scenario))});
  EXPECT_NE(text.find("load 0.5 of the servers at the start, retries 1, "),
            std::string::npos);
  EXPECT_EQ(text.substr(text.find("\nlate")),
            "\nlate, 3 s to 4.5 s, watched: b1\n"
            "policy  watched %  uneven %  far %  errors %      p99  peak\n"
            "p2c         37.50      0.00  12.50     50.00  1030.00   5.5\n");
}

}  // namespace
}  // namespace els_sim
