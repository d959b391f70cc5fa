#include "sim/model/window.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

namespace els_sim {
namespace {

using Counts = std::vector<std::uint64_t>;

Time At(int ns) { return Time(Duration(ns)); }

// Two servers, the second in a zone of its own.
Scenario Two(std::vector<Window> windows) {
  return {
      .servers = {{}, {.zone = 1}}, .zones = 2, .windows = std::move(windows)};
}

TEST(WindowTally, CountsWhatIsSentFromTheBeginningToBeforeTheEnd) {
  const Scenario scenario = Two({{"", Duration(10), Duration(20)}});
  WindowTally tally(scenario);
  tally.Sent(0, 0, At(9));
  tally.Sent(0, 0, At(10));
  tally.Sent(1, 0, At(15));
  tally.Sent(1, 1, At(19));
  tally.Sent(1, 1, At(20));
  const WindowResult window = std::move(tally).Results().front();
  EXPECT_EQ(window.attempts, (Counts{1, 2}));
  EXPECT_EQ(window.zones[0].near, 1);
  EXPECT_EQ(window.zones[0].far, 1);
  EXPECT_EQ(window.zones[1].near, 1);
  EXPECT_EQ(window.zones[1].far, 0);
}

TEST(WindowTally, TakesThePeakFromWhatWasInFlightAtTheBeginning) {
  const Scenario scenario = Two({{"", Duration(10), Duration(20)}});
  WindowTally tally(scenario);
  for (int i = 0; i < 5; ++i) tally.Sent(0, 0, At(1));
  tally.Settled(0, At(2));
  for (int i = 0; i < 4; ++i) tally.Settled(0, At(11));
  tally.Sent(0, 0, At(12));
  tally.Sent(1, 0, At(12));
  tally.Sent(1, 0, At(13));
  tally.Settled(1, At(14));
  tally.Sent(1, 0, At(15));
  for (int i = 0; i < 9; ++i) tally.Sent(1, 0, At(20));
  EXPECT_EQ(std::move(tally).Results().front().peak, (Counts{4, 2}));
}

TEST(WindowTally, GivesEachOfOverlappingWindowsItsRequestsAndTheirErrors) {
  const Scenario scenario =
      Two({{"", Duration(0), Duration(20)}, {"", Duration(10), Duration(30)}});
  WindowTally tally(scenario);
  for (const int at : {0, 10, 19, 20, 29, 30}) {
    tally.Ended(At(at), Duration(at), at == 10 || at == 29);
  }
  const auto windows = std::move(tally).Results();
  EXPECT_EQ(windows[0].costs.count(), 3);
  EXPECT_EQ(windows[0].costs.Quantile(1000), Duration(19));
  EXPECT_EQ(windows[0].errors, 1);
  EXPECT_EQ(windows[1].costs.count(), 4);
  EXPECT_EQ(windows[1].costs.Quantile(1000), Duration(29));
  EXPECT_EQ(windows[1].errors, 2);
}

TEST(WindowMeasures, AreTheseOfASmallWindow) {
  Histogram costs;
  costs.Add(Duration(2));
  costs.Add(Duration(3));
  const WindowResult window = {
      .costs = costs, .errors = 1, .attempts = {2, 4, 14}, .peak = {1, 7, 3}};
  EXPECT_DOUBLE_EQ(ShareOf(window, {0, 1}), 0.3);
  EXPECT_DOUBLE_EQ(Unevenness(window, {0, 1}), 1.0 / 3);
  EXPECT_DOUBLE_EQ(Unevenness(window, {0, 1, 2}), 1.1);
  EXPECT_EQ(Unevenness(window, {2}), 0);
  EXPECT_EQ(PeakOf(window, {0, 2}), 3);
  EXPECT_DOUBLE_EQ(ErrorRate(window), 0.5);
  EXPECT_DOUBLE_EQ(FarShare({.near = 3, .far = 1}), 0.25);
}

TEST(WindowMeasures, AreZeroWhereNothingWasSent) {
  const WindowResult window = {.attempts = {0, 0}, .peak = {0, 0}};
  EXPECT_EQ(ShareOf(window, {0}), 0);
  EXPECT_EQ(Unevenness(window, {0, 1}), 0);
  EXPECT_EQ(ErrorRate(window), 0);
  EXPECT_EQ(FarShare({}), 0);
}

}  // namespace
}  // namespace els_sim
