#include "els/balancer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Backend> Set(std::size_t size) {
  std::vector<Backend> backends;
  for (std::size_t i = 0; i < size; ++i) {
    backends.push_back({.id = "b" + std::to_string(i), .tag = i});
  }
  return backends;
}

std::vector<std::string> Ids(const Balancer& balancer, TimePoint now) {
  std::vector<std::string> ids;
  for (const BackendSnapshot& backend : balancer.Snapshot(now)) {
    ids.push_back(backend.id);
  }
  return ids;
}

class BalancerTest : public testing::Test {
 protected:
  // One request at a time, each answered after `latency`.
  void Serve(int requests, milliseconds latency = milliseconds(10)) {
    for (int i = 0; i < requests; ++i) {
      Ticket ticket = balancer_.Pick(clock_.now());
      clock_.Advance(latency);
      ticket.Finish(Outcome::kSuccess, clock_.now());
    }
  }

  VirtualClock clock_;
  Balancer balancer_{Options{.seed = 1}};
};

TEST_F(BalancerTest, PicksFromSetsOfOneAndOfTenThousand) {
  for (const std::size_t size : {1, 10'000}) {
    ASSERT_TRUE(balancer_.SetBackends(Set(size), clock_.now()).ok());
    std::map<std::uint64_t, int> picks;
    for (int i = 0; i < 200; ++i) {
      const Ticket ticket = balancer_.Pick(clock_.now());
      ASSERT_TRUE(ticket);
      ASSERT_LT(ticket.tag(), size);
      ++picks[ticket.tag()];
    }
    // All are equal: 200 draws from 10,000 repeat one about twice.
    EXPECT_EQ(picks.size() > 150, size > 1);
  }
}

TEST_F(BalancerTest, TakesAsManyBackendsAsItSaysAndNotOneMore) {
  EXPECT_TRUE(
      balancer_.SetBackends(Set(Balancer::kMaxBackends), clock_.now()).ok());
  const absl::Status status =
      balancer_.SetBackends(Set(Balancer::kMaxBackends + 1), clock_.now());
  EXPECT_THAT(std::string(status.message()), HasSubstr("65537 backends"));
  EXPECT_EQ(Ids(balancer_, clock_.now()).size(), Balancer::kMaxBackends);
}

struct BadSet {
  std::vector<Backend> backends;
  std::string error;
};

TEST_F(BalancerTest, ABadSetIsAnErrorThatNamesItAndChangesNothing) {
  ASSERT_TRUE(balancer_.SetBackends(Set(2), clock_.now()).ok());
  const double infinity = std::numeric_limits<double>::infinity();
  const BadSet bad_sets[] = {
      {{{.id = "x"}, {.id = ""}}, "backend 1 has an empty id"},
      {{{.id = "x"}, {.id = "y"}, {.id = "x"}}, "backend \"x\" is given twice"},
      {{{.id = std::string("\0\n", 2)}, {.id = std::string("\0\n", 2)}},
       "backend \"\\x00\\n\" is given twice"},
      {{{.id = "x", .distance = 0}}, "backend \"x\" has a distance of 0"},
      {{{.id = "x", .distance = -1}}, "backend \"x\" has a distance of -1"},
      {{{.id = "x", .distance = infinity}}, "a distance of inf"},
      {{{.id = "x", .distance = infinity - infinity}}, "a distance of "},
  };
  for (const BadSet& bad : bad_sets) {
    const absl::Status status =
        balancer_.SetBackends(bad.backends, clock_.now());
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(bad.error));
    EXPECT_THAT(Ids(balancer_, clock_.now()), ElementsAre("b0", "b1"));
  }
}

TEST_F(BalancerTest, ABackendThatStaysKeepsWhatWasLearnt) {
  ASSERT_TRUE(balancer_.SetBackends(Set(2), clock_.now()).ok());
  Serve(20);
  const std::vector<BackendSnapshot> before = balancer_.Snapshot(clock_.now());
  ASSERT_TRUE(balancer_
                  .SetBackends({{.id = "new"},
                                {.id = "b1", .tag = 99, .distance = 3},
                                {.id = "b0"}},
                               clock_.now())
                  .ok());
  const std::vector<BackendSnapshot> after = balancer_.Snapshot(clock_.now());
  EXPECT_EQ(after[1].successes, before[1].successes);
  EXPECT_EQ(after[1].latency, before[1].latency);
  EXPECT_EQ(after[1].tag, 99u);
  EXPECT_EQ(after[1].distance, 3);
  EXPECT_EQ(after[2].successes, before[0].successes);
  EXPECT_EQ(after[0].successes, 0u);
}

TEST_F(BalancerTest, ABackendThatReturnsInTimeIsRemembered) {
  ASSERT_TRUE(balancer_.SetBackends(Set(2), clock_.now()).ok());
  Serve(20);
  const BackendSnapshot before = balancer_.Snapshot(clock_.now())[1];
  ASSERT_TRUE(balancer_.SetBackends(Set(1), clock_.now()).ok());
  clock_.Advance(minutes(10));
  ASSERT_TRUE(balancer_.SetBackends(Set(2), clock_.now()).ok());
  EXPECT_EQ(balancer_.Snapshot(clock_.now())[1].successes, before.successes);
  EXPECT_EQ(balancer_.Snapshot(clock_.now())[1].latency, before.latency);
}

TEST_F(BalancerTest, ABackendThatReturnsTooLateStartsAnew) {
  ASSERT_TRUE(balancer_.SetBackends(Set(2), clock_.now()).ok());
  Serve(20);
  ASSERT_TRUE(balancer_.SetBackends(Set(1), clock_.now()).ok());
  clock_.Advance(minutes(10) + milliseconds(1));
  ASSERT_TRUE(balancer_.SetBackends(Set(2), clock_.now()).ok());
  EXPECT_EQ(balancer_.Snapshot(clock_.now())[1].successes, 0u);
  EXPECT_GT(balancer_.Snapshot(clock_.now())[0].successes, 0u);
}

TEST_F(BalancerTest, AvoidsWhatItIsToldToWhileAnythingElseIsLeft) {
  ASSERT_TRUE(balancer_.SetBackends(Set(3), clock_.now()).ok());
  for (int i = 0; i < 30; ++i) {
    const std::vector<std::string_view> two = {"b0", "b2", "unknown"};
    EXPECT_EQ(balancer_.Pick(clock_.now(), two).id(), "b1");
  }
  // Also where the one left has reached its first-contact limit.
  const Ticket one = balancer_.Pick(clock_.now(), {"b0", "b2"});
  const Ticket two = balancer_.Pick(clock_.now(), {"b0", "b2"});
  EXPECT_EQ(two.id(), "b1");
}

TEST_F(BalancerTest, PicksAmongTheAvoidedIfNothingElseIsLeft) {
  ASSERT_TRUE(balancer_.SetBackends(Set(3), clock_.now()).ok());
  std::map<std::string, int> picks;
  for (int i = 0; i < 60; ++i) {
    const Ticket ticket = balancer_.Pick(clock_.now(), {"b0", "b1", "b2"});
    ASSERT_TRUE(ticket);
    ++picks[std::string(ticket.id())];
  }
  EXPECT_EQ(picks.size(), 3u);
}

TEST_F(BalancerTest, TheSameSeedGivesTheSamePicks) {
  const auto picks = [](std::uint64_t seed) {
    VirtualClock clock;
    Balancer balancer(Options{.seed = seed});
    EXPECT_TRUE(balancer.SetBackends(Set(10), clock.now()).ok());
    std::vector<std::uint64_t> tags;
    for (int i = 0; i < 50; ++i) {
      Ticket ticket = balancer.Pick(clock.now());
      tags.push_back(ticket.tag());
      ticket.Finish(Outcome::kSuccess, clock.Advance(milliseconds(5)));
    }
    return tags;
  };
  EXPECT_EQ(picks(5), picks(5));
  EXPECT_NE(picks(5), picks(6));
  EXPECT_NE(picks(0), picks(0)) << "0 draws a seed from the system";
}

TEST_F(BalancerTest, NewOptionsKeepWhatWasLearnt) {
  ASSERT_TRUE(balancer_.SetBackends(Set(2), clock_.now()).ok());
  Serve(20);
  const BackendSnapshot before = balancer_.Snapshot(clock_.now())[0];
  ASSERT_TRUE(
      balancer_
          .SetOptions(Options{.failure_cost_factor = 9, .turn_limit = 0},
                      clock_.now())
          .ok());
  const BackendSnapshot after = balancer_.Snapshot(clock_.now())[0];
  EXPECT_EQ(after.successes, before.successes);
  EXPECT_EQ(after.latency, before.latency);
  EXPECT_EQ(after.turn, 1);
  EXPECT_NEAR(static_cast<double>(after.failure_cost.count()),
              static_cast<double>(before.failure_cost.count()) * 9 / 7, 2);
}

TEST_F(BalancerTest, BadOptionsAreRefusedAndChangeNothing) {
  ASSERT_TRUE(balancer_.SetBackends(Set(1), clock_.now()).ok());
  const absl::Status status = balancer_.SetOptions(
      Options{.failure_cost_factor = 9, .turn_limit = 5}, clock_.now());
  EXPECT_THAT(std::string(status.message()), HasSubstr("turn_limit is 5"));
  EXPECT_EQ(balancer_.Snapshot(clock_.now())[0].failure_cost,
            milliseconds(350));  // 7 times 50 ms
}

TEST(BalancerDeathTest, TheConstructorRequiresValidOptions) {
  EXPECT_DEATH(Balancer(Options{.overdue_factor = 0}), "");
  EXPECT_DEATH(Balancer(Options{.choice = static_cast<Choice>(3)}), "");
}

TEST_F(BalancerTest, ASnapshotChangesNothing) {
  const auto picks = [](bool look) {
    VirtualClock clock;
    Balancer balancer(Options{.seed = 3});
    EXPECT_TRUE(balancer.SetBackends(Set(5), clock.now()).ok());
    std::vector<std::uint64_t> tags;
    for (int i = 0; i < 100; ++i) {
      Ticket ticket = balancer.Pick(clock.now());
      tags.push_back(ticket.tag());
      clock.Advance(milliseconds(1 + i % 7));
      if (look) (void)balancer.Snapshot(clock.now() + seconds(1000));
      ticket.Finish(i % 5 == 0 ? Outcome::kFailure : Outcome::kSuccess,
                    clock.now());
    }
    return tags;
  };
  EXPECT_EQ(picks(true), picks(false));
}

TEST_F(BalancerTest, StandsAnAbsurdReadingOfTheClock) {
  ASSERT_TRUE(balancer_.SetBackends(Set(3), clock_.now()).ok());
  Serve(30);
  for (const TimePoint absurd : {TimePoint::max(), TimePoint::min()}) {
    Ticket ticket = balancer_.Pick(absurd);
    ticket.Finish(Outcome::kSuccess, absurd);
  }
  Serve(300);
  for (const BackendSnapshot& backend : balancer_.Snapshot(clock_.now())) {
    EXPECT_GT(backend.picks, 50u);
    EXPECT_EQ(backend.outstanding, 0);
    EXPECT_GT(backend.expected_latency, milliseconds(5));
    EXPECT_LT(backend.expected_latency, milliseconds(20));
  }
}

}  // namespace
}  // namespace els
