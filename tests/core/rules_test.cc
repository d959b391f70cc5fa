// The five rules, and the two beside them, that the plain formula lacks: each
// by what a user of the library would see.

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Reply {
  Outcome outcome;
  milliseconds latency;
};

class RulesTest : public testing::Test {
 protected:
  void SetIds(const std::vector<std::string>& ids) {
    std::vector<Backend> backends;
    for (const std::string& id : ids) backends.push_back({.id = id});
    ASSERT_TRUE(balancer_.SetBackends(backends, clock_.now()).ok());
  }

  // One request at a time, answered as `reply` says for the backend's id and
  // the number of the request. Returns each backend's part of the picks.
  template <typename ReplyTo>
  std::map<std::string, double> Serve(int requests, ReplyTo reply) {
    std::map<std::string, double> shares;
    for (int i = 0; i < requests; ++i) {
      Ticket ticket = balancer_.Pick(clock_.now());
      const std::string id(ticket.id());
      const auto [outcome, latency] = reply(id, i);
      ticket.Finish(outcome, clock_.Advance(latency));
      shares[id] += 1.0 / requests;
    }
    return shares;
  }

  BackendSnapshot Of(const std::string& id) {
    for (BackendSnapshot& backend : balancer_.Snapshot(clock_.now())) {
      if (backend.id == id) return std::move(backend);
    }
    ADD_FAILURE() << id << " is not in the set";
    return {};
  }

  void ExpectEqualSharesOfUnanswered(double within) {
    std::vector<Ticket> owed;
    std::map<std::string, int> picks;
    for (int i = 0; i < 400; ++i) {
      owed.push_back(balancer_.Pick(clock_.Advance(milliseconds(10))));
      ++picks[std::string(owed.back().id())];
    }
    EXPECT_EQ(picks.size(), 4u);
    for (const auto& [id, count] : picks) EXPECT_NEAR(count, 100, within) << id;
  }

  VirtualClock clock_;
  Balancer balancer_{Options{.seed = 1}};
};

Reply Succeed(const std::string&, int) {
  return {Outcome::kSuccess, milliseconds(40)};
}

// Rule 1: failing fast is not being fast.
TEST_F(RulesTest, OneThatFailsHalfItsRequestsAtOnceGetsFarLessThanItsShare) {
  SetIds({"good", "fine", "bad"});
  const auto shares = Serve(2000, [](const std::string& id, int i) {
    if (id == "bad" && i % 2 == 0) {
      return Reply{Outcome::kFailure, milliseconds(1)};
    }
    return Succeed(id, i);
  });
  EXPECT_LT(shares.at("bad"), 0.1);
  EXPECT_GT(shares.at("bad"), 0.0);
}

TEST_F(RulesTest, AFailureCostsSevenSuccessesHoweverFastItIs) {
  SetIds({"a"});
  Serve(1000, Succeed);
  Serve(1, [](const std::string&, int) {
    return Reply{Outcome::kFailure, milliseconds(1)};
  });
  EXPECT_NEAR(Of("a").failure_cost / milliseconds(1), 280, 1);
}

TEST_F(RulesTest, AFailureThatTakesLongerThanThatCostsWhatItTakes) {
  SetIds({"a"});
  Serve(1000, Succeed);
  Serve(100, [](const std::string&, int) {
    return Reply{Outcome::kFailure, milliseconds(1000)};
  });
  EXPECT_GT(Of("a").failure_cost, milliseconds(800));
}

// At a success rate of 13 % there are 6.7 failures, of seven successes each,
// for each success: what is left of a set need not bear the load of all that
// fail.
TEST_F(RulesTest, OneThatOnlyFailsCostsFortyEightSuccessesAndNeverMore) {
  SetIds({"a"});
  Serve(1000, Succeed);
  Serve(3000, [](const std::string&, int) {
    return Reply{Outcome::kFailure, milliseconds(10)};
  });
  EXPECT_NEAR(Of("a").expected_latency / milliseconds(40), 48, 1);
}

// One that was well for long is doubted at its first failure.
TEST_F(RulesTest, AFailureLeavesPartOfTheTrustInEarlierSuccesses) {
  SetIds({"a"});
  Serve(1000, Succeed);
  // What is remembered weighs as much as 70 successes of 40 ms, give or take
  // the spread of the memory: 50 to 91. Of these 0.6.
  Serve(1, [](const std::string&, int) {
    return Reply{Outcome::kFailure, milliseconds(1)};
  });
  EXPECT_GT(Of("a").success_rate, (0.6 * 50 + 1) / (0.6 * 50 + 2));
  EXPECT_LT(Of("a").success_rate, (0.6 * 91 + 1) / (0.6 * 91 + 2));
}

// The gaps between the requests that find out whether it is well again grow, up
// to some minutes.
TEST_F(RulesTest, OneThatStaysDownIsTriedEverMoreSeldom) {
  SetIds({"good", "fine", "bad"});
  Serve(1000, Succeed);
  std::vector<TimePoint> tries;
  Serve(15'000, [&](const std::string& id, int i) {
    if (id != "bad") return Succeed(id, i);
    if (tries.empty() || clock_.now() - tries.back() > seconds(1)) {
      tries.push_back(clock_.now());
    }
    return Reply{Outcome::kFailure, milliseconds(1)};
  });
  ASSERT_GE(tries.size(), 5u);
  const auto gap = [&](std::size_t i) { return tries[i] - tries[i - 1]; };
  EXPECT_GT(gap(2), gap(1));
  EXPECT_GT(gap(3), gap(2));
  for (std::size_t i = 1; i < tries.size(); ++i) {
    EXPECT_LT(gap(i), std::chrono::minutes(4));
  }
}

// A timeout is a latency, not a failure as well: where all are overloaded the
// one that still answers is not given everything.
TEST_F(RulesTest, OneThatOnlyTimesOutCostsItsTimeoutAndNoMore) {
  SetIds({"a"});
  Serve(1000, Succeed);
  Serve(100, [](const std::string&, int) {
    return Reply{Outcome::kTimeout, milliseconds(1000)};
  });
  EXPECT_EQ(Of("a").success_rate, 1);
  // Each leaves 0.6 of those before it: 2.5 of them, beside the fleet's mean.
  EXPECT_GT(Of("a").expected_latency, milliseconds(700));
  EXPECT_LT(Of("a").expected_latency, milliseconds(1100));
}

// Rule 2: silence is evidence.
TEST_F(RulesTest, OneThatOwesAnAnswerForLongIsPassedOverForABusierOne) {
  SetIds({"a", "b"});
  Serve(100, Succeed);
  const Ticket owed = balancer_.Pick(clock_.now());
  const std::string silent(owed.id());
  clock_.Advance(milliseconds(180));
  EXPECT_NEAR(Of(silent).overdue, 180.0 / (1.5 * 40), 0.1);
  std::vector<Ticket> others;
  for (int i = 0; i < 3; ++i) {
    others.push_back(balancer_.Pick(clock_.now()));
    EXPECT_NE(others.back().id(), silent);
  }
}

// A single request may be a long one. So a backend that owes nothing else looks
// four times as slow at most, and gets a second request once the other one has
// more than that to do. The answer ends the silence.
TEST_F(RulesTest, OneThatOwesASingleAnswerIsTriedAgain) {
  SetIds({"a", "b"});
  Serve(100, Succeed);
  const Ticket owed = balancer_.Pick(clock_.now());
  const std::string silent(owed.id());
  clock_.Advance(seconds(60));
  EXPECT_EQ(Of(silent).overdue, 4);
  std::vector<Ticket> sent;
  std::map<std::string, int> picks;
  while (picks[silent] == 0) {
    ASSERT_LT(sent.size(), 10u);
    sent.push_back(balancer_.Pick(clock_.now()));
    ++picks[std::string(sent.back().id())];
  }
  EXPECT_GE(sent.size(), 5u);
  sent.back().Finish(Outcome::kSuccess, clock_.Advance(milliseconds(40)));
  EXPECT_EQ(Of(silent).overdue, 1);
  EXPECT_EQ(Of(silent).outstanding, 1);
}

// Rule 3: idle means uncertain, neither good nor frozen.
TEST_F(RulesTest, OneThatWasSlowDriftsToTheTypicalWhileItIsIdle) {
  SetIds({"a", "b"});
  Serve(50, [](const std::string& id, int) {
    return Reply{Outcome::kSuccess, milliseconds(id == "b" ? 4000 : 40)};
  });
  const Duration slow = Of("b").latency;
  ASSERT_GT(slow, milliseconds(200));
  const std::vector<std::string_view> avoid = {"b"};
  Duration previous = slow;
  for (int i = 0; i < 20; ++i) {
    for (int request = 0; request < 50; ++request) {
      Ticket ticket = balancer_.Pick(clock_.now(), avoid);
      ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(40)));
    }
    EXPECT_LT(Of("b").latency, previous);
    previous = Of("b").latency;
  }
  EXPECT_NEAR(Of("b").latency / milliseconds(1), 40, 2);
}

TEST_F(RulesTest, OneThatFailedIsTriedAgainAndReturnsOnceItIsWell) {
  SetIds({"a", "b", "c"});
  const auto broken = Serve(500, [](const std::string& id, int i) {
    if (id == "c") return Reply{Outcome::kFailure, milliseconds(1)};
    return Succeed(id, i);
  });
  EXPECT_LT(broken.at("c"), 0.05);
  Serve(500, Succeed);
  const auto well = Serve(500, Succeed);
  EXPECT_NEAR(well.at("c"), 1.0 / 3, 0.05);
  EXPECT_GT(Of("c").success_rate, 0.99);
}

TEST_F(RulesTest, OneThatNeverAnsweredCountsAsSomewhatWorseThanTypical) {
  SetIds({"a"});
  Serve(200, Succeed);
  SetIds({"a", "new"});
  EXPECT_NEAR(Of("new").latency / milliseconds(1), 1.15 * 40, 1);
}

// Whatever the option initial_latency says: 50 ms by default.
TEST_F(RulesTest, OneRequestAtATimeSoonReachesEveryBackend) {
  for (const int latency_ms : {1, 2000}) {
    SetIds({"a", "b", "c", "d", "e"});
    const auto shares = Serve(50, [&](const std::string&, int) {
      return Reply{Outcome::kSuccess, milliseconds(latency_ms)};
    });
    EXPECT_EQ(shares.size(), 5u) << latency_ms;
    SetIds({});
    clock_.Advance(std::chrono::hours(1));  // All are forgotten.
  }
}

// Rule 4: first contact is bounded.
TEST_F(RulesTest, ANewOneGetsOneRequestThenTwoThenFour) {
  SetIds({"a", "b"});
  Serve(200, Succeed);
  // Its distance makes the new one the best by far, were it not for the bound.
  const Backend near_one{.id = "new", .distance = 0.001};
  ASSERT_TRUE(
      balancer_.SetBackends({{.id = "a"}, {.id = "b"}, near_one}, clock_.now())
          .ok());
  for (const std::size_t bound : {1, 2, 4, 8}) {
    std::vector<Ticket> tickets;
    std::size_t to_new = 0;
    for (int i = 0; i < 30; ++i) {
      tickets.push_back(balancer_.Pick(clock_.now()));
      to_new += tickets.back().id() == "new";
    }
    EXPECT_EQ(to_new, bound);
    // One success of the new one doubles the bound; the others are dropped.
    for (Ticket& ticket : tickets) {
      if (ticket.id() != "new") continue;
      ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(40)));
      break;
    }
  }
}

TEST_F(RulesTest, TheBoundYieldsWhereEveryBackendHasReachedIt) {
  SetIds({"a", "b"});
  std::vector<Ticket> tickets;
  std::map<std::string, int> picks;
  for (int i = 0; i < 20; ++i) {
    tickets.push_back(balancer_.Pick(clock_.now()));
    ASSERT_TRUE(tickets.back());
    ++picks[std::string(tickets.back().id())];
  }
  EXPECT_EQ(picks["a"], 10);
  EXPECT_EQ(picks["b"], 10);
}

// Rule 5: all bad is not special.
TEST_F(RulesTest, WhereAllFailAllShare) {
  SetIds({"a", "b", "c", "d"});
  const auto shares = Serve(2000, [](const std::string&, int) {
    return Reply{Outcome::kFailure, milliseconds(1)};
  });
  ASSERT_EQ(shares.size(), 4u);
  for (const auto& [id, share] : shares) EXPECT_NEAR(share, 0.25, 0.05) << id;
}

TEST_F(RulesTest, WhereAllAreSilentAllShare) {
  SetIds({"a", "b", "c", "d"});
  Serve(200, Succeed);
  ExpectEqualSharesOfUnanswered(20);
}

TEST_F(RulesTest, WhereAllAreSilentTheUnprovenShareToo) {
  SetIds({"a"});
  Serve(200, Succeed);
  SetIds({"a", "b", "c", "d"});
  ExpectEqualSharesOfUnanswered(50);  // It is the turn of those that are new.
}

// Near-equals take turns.
TEST_F(RulesTest, TheSlightlySlowerGetsLessButDoesNotStarve) {
  SetIds({"a", "b"});
  const auto shares = Serve(3000, [](const std::string& id, int) {
    return Reply{Outcome::kSuccess, milliseconds(id == "b" ? 42 : 40)};
  });
  EXPECT_GT(shares.at("b"), 0.3);
  EXPECT_LT(shares.at("b"), 0.5);
}

// A backend at distance 10 costs as much as a near one with nine in line, or
// with seven as long as it is below its share: 0.8 * 10 = 1.02 * 7.8.
TEST_F(RulesTest, AFarBackendIsUsedOnceTheNearOneIsBusy) {
  ASSERT_TRUE(balancer_
                  .SetBackends({{.id = "near"}, {.id = "far", .distance = 10}},
                               clock_.now())
                  .ok());
  Serve(40, Succeed);
  EXPECT_EQ(Of("far").picks, 0u);
  std::vector<Ticket> tickets;
  do {
    tickets.push_back(balancer_.Pick(clock_.now()));
  } while (tickets.back().id() == "near" && tickets.size() < 100);
  EXPECT_GT(tickets.size(), 6u);
  EXPECT_LT(tickets.size(), 14u);
}

// Memory is bounded by picks as well as by seconds.
TEST_F(RulesTest, AQuietBalancerDoesNotForget) {
  SetIds({"a", "b"});
  const auto reply = [](const std::string& id, int) {
    return Reply{Outcome::kSuccess, milliseconds(id == "b" ? 80 : 40)};
  };
  Serve(100, reply);
  const Duration before = Of("b").latency;
  clock_.Advance(seconds(3000));  // 600 times the memory in seconds
  EXPECT_EQ(Of("b").latency, before);
  Serve(1, reply);
  EXPECT_NEAR(Of("b").latency / milliseconds(1), before / milliseconds(1), 5);
}

}  // namespace
}  // namespace els
