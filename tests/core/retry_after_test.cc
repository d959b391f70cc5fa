// Backends that ask for no requests for a while, with each choice.

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "els/balancer.h"
#include "tests/core/each_choice.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class RetryAfterTest : public testing::TestWithParam<Choice> {
 protected:
  RetryAfterTest() { SetIds({"a", "b", "c"}); }

  void SetIds(const std::vector<std::string>& ids) {
    std::vector<Backend> backends;
    for (const std::string& id : ids) backends.push_back({.id = id});
    ASSERT_TRUE(balancer_.SetBackends(backends, clock_.now()).ok());
  }

  // Picks until the backend has a request, and returns its ticket.
  Ticket TicketOf(std::string_view id) {
    for (;;) {
      Ticket ticket = balancer_.Pick(clock_.now());
      if (ticket.id() == id) return ticket;
      ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(1)));
    }
  }

  void Ask(std::string_view id, Duration wait) {
    Ticket ticket = TicketOf(id);
    ticket.RetryAfter(wait, clock_.now());
    ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(1)));
  }

  // How many of a hundred requests, of 1 ms each and one after the other.
  int PicksOf(std::string_view id, const Request& request = {}) {
    int picks = 0;
    for (int i = 0; i < 100; ++i) {
      Ticket ticket = balancer_.Pick(clock_.now(), request);
      if (ticket.id() == id) ++picks;
      ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(1)));
    }
    return picks;
  }

  Duration Left(std::size_t index) {
    return balancer_.Snapshot(clock_.now()).at(index).retry_after;
  }

  VirtualClock clock_;
  Balancer balancer_{Options{.seed = 1, .choice = GetParam()}};
};

TEST_P(RetryAfterTest, WhoHasAskedIsNotPickedUntilTheTimeIsOver) {
  Ask("b", seconds(10));
  EXPECT_EQ(PicksOf("b"), 0);
  EXPECT_GT(Left(1), seconds(9));
  EXPECT_LT(Left(1), seconds(10));
  EXPECT_EQ(Left(0), Duration::zero());
  clock_.Advance(seconds(9));
  EXPECT_EQ(PicksOf("b"), 0);
  // A word is written anew within half a second.
  clock_.Advance(seconds(1));
  EXPECT_GT(PicksOf("b"), 10);
  EXPECT_EQ(Left(1), Duration::zero());
}

TEST_P(RetryAfterTest, WhoHasAskedIsPickedWhereNothingElseIsLeft) {
  Ask("b", seconds(10));
  const std::vector<std::string_view> others = {"a", "c"};
  EXPECT_EQ(PicksOf("b", {.avoid = others}), 100);
  Ask("a", seconds(10));
  Ask("c", seconds(10));
  EXPECT_GT(PicksOf("a"), 10);
}

TEST_P(RetryAfterTest, MoreThanAMinuteIsAMinute) {
  constexpr Duration kRounding = milliseconds(20);
  Ask("b", std::chrono::hours(24 * 365));
  EXPECT_LE(Left(1), kLongestRetryAfter + kRounding);
  Ask("c", Duration::max());
  EXPECT_LE(Left(2), kLongestRetryAfter + kRounding);
  clock_.Advance(seconds(58));
  EXPECT_EQ(PicksOf("a"), 100);
  clock_.Advance(seconds(3));
  EXPECT_LT(PicksOf("a"), 80);
}

TEST_P(RetryAfterTest, TheLatestCountsAndNothingEndsIt) {
  Ticket ticket = TicketOf("b");
  ticket.RetryAfter(seconds(10), clock_.now());
  ticket.RetryAfter(seconds(20), clock_.now());
  EXPECT_GT(Left(1), seconds(19));
  ticket.RetryAfter(seconds(0), clock_.now());
  EXPECT_EQ(Left(1), Duration::zero());
  ticket.RetryAfter(seconds(20), clock_.now());
  ticket.RetryAfter(Duration::min(), clock_.now());
  EXPECT_EQ(Left(1), Duration::zero());
  ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(1)));
  EXPECT_GT(PicksOf("b"), 10);
}

TEST_P(RetryAfterTest, MayBeSaidAfterTheEndAndOfWhoHasLeft) {
  Ticket ticket = TicketOf("b");
  ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(1)));
  ticket.RetryAfter(seconds(10), clock_.now());
  EXPECT_GT(Left(1), seconds(9));
  SetIds({"a", "c"});
  ticket.RetryAfter(seconds(30), clock_.now());
  SetIds({"a", "c", "b"});
  EXPECT_GT(Left(2), seconds(29)) << "it is remembered, as all else";
  EXPECT_EQ(PicksOf("b"), 0);
  Ticket().RetryAfter(seconds(10), clock_.now());
}

TEST_P(RetryAfterTest, IsOverForEverHoweverLongAgoItWas) {
  Ask("b", minutes(1));
  clock_.Advance(minutes(2));
  constexpr int kHalfHoursInThreeYears = 2 * 24 * 365 * 3;
  for (int i = 0; i < kHalfHoursInThreeYears; ++i) {
    clock_.Advance(minutes(30));
    Ticket ticket = balancer_.Pick(clock_.now());
    ticket.Finish(Outcome::kSuccess, clock_.now());
  }
  EXPECT_EQ(Left(1), Duration::zero());
  EXPECT_GT(PicksOf("b"), 10);
}

INSTANTIATE_TEST_SUITE_P(AllChoices, RetryAfterTest, EachChoice(), NameOf);

}  // namespace
}  // namespace els
