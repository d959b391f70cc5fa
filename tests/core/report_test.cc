// Servers that tell of their load: what one report does, and for how long; and
// servers that lie.

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "els/server_load.h"
#include "tests/core/same_snapshot.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Three servers that take 10 ms, each.
class ReportTest : public testing::Test {
 protected:
  ReportTest() {
    const std::vector<Backend> backends = {
        {.id = "a"}, {.id = "b"}, {.id = "c"}};
    EXPECT_TRUE(balancer_.SetBackends(backends, clock_.now()).ok());
  }

  BackendSnapshot Of(std::size_t index) {
    return balancer_.Snapshot(clock_.now()).at(index);
  }

  // Picks `id`, as all others are to be avoided.
  Ticket TicketOf(std::string_view id) {
    std::vector<std::string_view> others;
    for (const std::string_view other : {"a", "b", "c"}) {
      if (other != id) others.push_back(other);
    }
    return balancer_.Pick(clock_.now(), others);
  }

  void Tell(std::string_view id, const ServerLoad& load) {
    Ticket ticket = TicketOf(id);
    ticket.Report(load);
    ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(10)));
  }

  // How many of `requests`, one after the other, go to the first. Each server
  // says what it has in flight: what `of_a` says, and others always the same.
  template <typename Says>
  int PicksOfLiar(int requests, Says of_a) {
    int picks = 0;
    for (int i = 0; i < requests; ++i) {
      Ticket ticket = balancer_.Pick(clock_.now());
      const bool liar = ticket.id() == "a";
      ticket.Report({.in_flight = liar ? of_a(picks) : 5.0});
      if (liar) ++picks;
      ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(10)));
    }
    return picks;
  }

  VirtualClock clock_;
  Balancer balancer_{Options{.seed = 1}};
};

TEST_F(ReportTest, OnlyTheDifferenceFromWhatIsUsualCounts) {
  // With the request itself; so 4 are of others. Each latency weighs 1.
  Tell("a", {.in_flight = 5});
  EXPECT_EQ(Of(0).crowding, 1);
  EXPECT_EQ(Of(0).usual_others, 4.0);
  Tell("a", {.in_flight = 1});
  EXPECT_LT(Of(0).crowding, 0.6);
  EXPECT_GT(Of(0).crowding, 0.4) << "about (2 + 0) / (2 + 2)";
  EXPECT_EQ(Of(1).crowding, 1);
  EXPECT_EQ(Of(1).usual_others, std::nullopt);
  EXPECT_EQ(Of(1).since_report, std::nullopt);
}

TEST_F(ReportTest, OurOwnRequestsAreNotThoseOfOthers) {
  Ticket first = TicketOf("a");
  Ticket second = TicketOf("a");
  first.Report({.in_flight = 2});
  first.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(10)));
  EXPECT_EQ(Of(0).usual_others, 0.0);
  second.Report({.in_flight = 0});  // Less than ours: the server lies.
  second.Finish(Outcome::kSuccess, clock_.now());
  EXPECT_EQ(Of(0).usual_others, 0.0);
}

TEST_F(ReportTest, FadesInAQuarterOfAMemory) {
  Tell("a", {.in_flight = 3});
  Tell("a", {.in_flight = 9});
  const double before = Of(0).crowding - 1;
  ASSERT_GT(before, 0.3);
  // With traffic, in which no server tells anything.
  const TimePoint end = clock_.now() + milliseconds(750);
  while (clock_.now() < end) {
    balancer_.Pick(clock_.now())
        .Finish(Outcome::kSuccess, clock_.Advance(milliseconds(1)));
  }
  EXPECT_NEAR((Of(0).crowding - 1) / before, std::exp(-1), 0.03);
  EXPECT_GE(Of(0).since_report, milliseconds(400));
}

TEST_F(ReportTest, UtilizationStandsInForRequests) {
  Tell("a", {.utilization = 0.8});
  EXPECT_NEAR(Of(0).usual_others.value_or(-1), 4, 1e-6);
  Tell("b", {.in_flight = 3, .utilization = 0.8});
  EXPECT_EQ(Of(1).usual_others, 2.0);
  Tell("c", {.utilization = 1e9});
  EXPECT_NEAR(Of(2).usual_others.value_or(-1), 49, 1e-4);
}

TEST_F(ReportTest, WhatIsNoNumberSaysNothing) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double bad : {-1.0, -kInfinity, kInfinity, kNan}) {
    Tell("a", {.in_flight = bad});
    Tell("a", {.utilization = bad});
    Tell("a", {.in_flight = bad, .utilization = bad});
  }
  Tell("a", {});
  Tell("a", {.requests_per_second = 100, .errors_per_second = 1});
  EXPECT_EQ(Of(0).usual_others, std::nullopt);
  Tell("a", {.in_flight = kNan, .utilization = 0.5});
  EXPECT_EQ(Of(0).usual_others, 1.0);
}

TEST_F(ReportTest, NothingIsSoLargeThatItHarms) {
  for (const double huge : {1e7, 1e300, std::numeric_limits<double>::max()}) {
    Tell("a", {.in_flight = 0});
    Tell("a", {.in_flight = huge});
    EXPECT_LE(Of(0).crowding, 4);
    Tell("a", {.in_flight = 0});
    EXPECT_GE(Of(0).crowding, 0.25);
  }
  EXPECT_LE(Of(0).usual_others.value_or(-1), 1e6);
}

TEST_F(ReportTest, CountsWithTheNextAnswerOnly) {
  Ticket ticket = TicketOf("a");
  ticket.Report({.in_flight = 9});
  EXPECT_EQ(Of(0).usual_others, std::nullopt) << "not yet";
  ticket.Report({.in_flight = 3});
  Ticket moved = std::move(ticket);
  moved.Answered(Outcome::kSuccess, clock_.Advance(milliseconds(10)));
  EXPECT_EQ(Of(0).usual_others, 2.0) << "the latter of two";
  moved.Finish(Outcome::kSuccess, clock_.now());
  const BackendSnapshot before = Of(0);
  moved.Report({.in_flight = 100});
  ticket.Report({.in_flight = 100});
  Ticket().Report({.in_flight = 100});
  EXPECT_TRUE(AreSame(before, Of(0)));
}

TEST_F(ReportTest, CountsWithTheEndOfAnAnswerToo) {
  for (const Outcome end : {Outcome::kSuccess, Outcome::kFailure}) {
    Ticket ticket = TicketOf("a");
    ticket.Answered(Outcome::kSuccess, clock_.Advance(milliseconds(10)));
    ticket.Report({.in_flight = 4});
    ticket.Finish(end, clock_.now());
    EXPECT_EQ(Of(0).usual_others, 3.0);
  }
}

TEST_F(ReportTest, TellsNothingOfARequestThatWasDropped) {
  {
    Ticket ticket = TicketOf("a");
    ticket.Report({.in_flight = 9});
  }
  Ticket answered = TicketOf("a");
  answered.Answered(Outcome::kSuccess, clock_.Advance(milliseconds(10)));
  answered.Report({.in_flight = 9});
  answered = Ticket();
  EXPECT_EQ(Of(0).usual_others, std::nullopt);
}

TEST_F(ReportTest, WhoAlwaysLiesLowGainsNothing) {
  const auto low = [](int) { return 0.0; };
  PicksOfLiar(300, low);
  EXPECT_NEAR(PicksOfLiar(900, low), 300, 45);
}

TEST_F(ReportTest, WhoAlwaysLiesHighLosesNothing) {
  const auto high = [](int) { return 1e6; };
  PicksOfLiar(300, high);
  EXPECT_NEAR(PicksOfLiar(900, high), 300, 45);
}

// At worst it says 0 just when that is news.
TEST_F(ReportTest, WhoLiesNowAndThenIsBounded) {
  const auto low = [](int picks) { return picks % 20 == 0 ? 1e6 : 0; };
  PicksOfLiar(300, low);
  const int picks = PicksOfLiar(900, low);
  EXPECT_LT(picks, 600);
  EXPECT_GT(picks, 30);
}

TEST_F(ReportTest, WhoSaysItIsFullIsTriedAgain) {
  PicksOfLiar(300, [](int) { return 0.0; });
  Tell("a", {.in_flight = 1e6});
  EXPECT_EQ(Of(0).crowding, 4);
  const auto picks = balancer_.Snapshot(clock_.now()).at(0).picks;
  PicksOfLiar(300, [](int) { return 0.0; });
  EXPECT_GT(Of(0).picks - picks, 60) << "in three seconds";
}

TEST_F(ReportTest, ABusyServerGetsLessAtOnce) {
  PicksOfLiar(300, [](int) { return 5.0; });
  Tell("a", {.in_flight = 20});
  int picks = 0;
  for (int i = 0; i < 20; ++i) {
    Ticket ticket = balancer_.Pick(clock_.now());
    if (ticket.id() == "a") ++picks;
    ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(10)));
  }
  EXPECT_EQ(picks, 0);
}

}  // namespace
}  // namespace els
