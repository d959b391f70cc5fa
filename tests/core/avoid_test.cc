// Retries and hedges: the backends that are passed over.

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "els/balancer.h"
#include "tests/core/each_choice.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;

class AvoidTest : public testing::TestWithParam<Choice> {
 protected:
  void SetSize(std::size_t size) {
    ids_.clear();
    std::vector<Backend> set;
    for (std::size_t i = 0; i < size; ++i) {
      ids_.push_back(std::to_string(i));
      set.push_back({.id = ids_.back(), .tag = i});
    }
    ASSERT_TRUE(balancer_.SetBackends(set, clock_.now()).ok());
  }

  // Succeeds after 40 ms, and says who it was.
  std::string Serve(const std::vector<std::string_view>& avoid = {}) {
    Ticket ticket = balancer_.Pick(clock_.now(), avoid);
    EXPECT_TRUE(ticket);
    ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(40)));
    return std::string(ticket.id());
  }

  VirtualClock clock_;
  Balancer balancer_{Options{.seed = 1, .choice = GetParam()}};
  std::vector<std::string> ids_;
};

TEST_P(AvoidTest, WhatIsToBeAvoidedIsPassedOverWhileAnythingIsLeft) {
  for (const std::size_t size : {2, 5, 100}) {
    SetSize(size);
    for (std::size_t avoided = 1; avoided < size; ++avoided) {
      const std::vector<std::string_view> avoid(
          ids_.end() - static_cast<std::ptrdiff_t>(avoided), ids_.end());
      for (int i = 0; i < 5; ++i) {
        EXPECT_LT(std::stoul(Serve(avoid)), size - avoided);
      }
    }
  }
}

TEST_P(AvoidTest, WhereAllAreToBeAvoidedOneIsPickedAllTheSame) {
  for (const std::size_t size : {1, 2, 5, 100}) {
    SetSize(size);
    const std::vector<std::string_view> all(ids_.begin(), ids_.end());
    std::set<std::string> picked;
    for (int i = 0; i < 500; ++i) picked.insert(Serve(all));
    EXPECT_EQ(picked.size() > 1, size > 1);
  }
}

TEST_P(AvoidTest, UnknownAndRepeatedIdsDoNoHarm) {
  SetSize(3);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Serve({"1", "no such", "", "1", "2", "1", "3"}), "0");
    Serve({"no such"});
    Serve({"0", "0", "0", "1", "1", "2", "2", "no such"});
  }
}

// Whether it is known to be good, or new and at its first-contact limit.
TEST_P(AvoidTest, OneThatIsBusyIsPickedIfTheOthersAreToBeAvoided) {
  for (const int served : {0, 30}) {
    SetSize(0);
    clock_.Advance(std::chrono::hours(1));  // All are forgotten.
    SetSize(3);
    for (int i = 0; i < served; ++i) Serve();
    std::vector<Ticket> busy;
    for (int i = 0; i < 50; ++i) {
      busy.push_back(balancer_.Pick(clock_.now(), {"0", "2"}));
      EXPECT_EQ(busy.back().id(), "1");
    }
  }
}

TEST_P(AvoidTest, OneThatHasLeftTheSetIsUnknown) {
  SetSize(3);
  const Ticket old = balancer_.Pick(clock_.now(), {"0", "1"});
  SetSize(2);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Serve({"2", "1"}), "0");
}

TEST_P(AvoidTest, ItIsForThisPickAlone) {
  SetSize(2);
  std::set<std::string> picked_next;
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(Serve({"1"}), "0");
    picked_next.insert(Serve());
  }
  EXPECT_TRUE(picked_next.contains("1"));
}

// One that fails this request of mine, while the second attempt, elsewhere, is
// answered in `retry`, or is never sent at all.
BackendSnapshot AfterAFailure(Choice choice, bool sent, milliseconds retry) {
  VirtualClock clock;
  Balancer balancer(Options{.seed = 1, .choice = choice});
  EXPECT_TRUE(
      balancer.SetBackends({{.id = "a"}, {.id = "b"}}, clock.now()).ok());
  for (int i = 0; i < 100; ++i) {
    balancer.Pick(clock.now())
        .Finish(Outcome::kSuccess, clock.Advance(milliseconds(40)));
  }
  const BackendSnapshot before = balancer.Snapshot(clock.now())[0];
  Ticket first = balancer.Pick(clock.now(), {"b"});
  first.Finish(Outcome::kFailure, clock.Advance(milliseconds(40)));
  Ticket second = balancer.Pick(clock.now(), {first.id()});
  EXPECT_EQ(second.id(), "b");
  clock.Advance(retry);
  if (sent) second.Finish(Outcome::kSuccess, clock.now());
  second = Ticket();

  const BackendSnapshot after = balancer.Snapshot(clock.now())[0];
  EXPECT_EQ(after.failures, 1u);
  EXPECT_EQ(after.successes, before.successes);
  EXPECT_LT(after.success_rate, before.success_rate);
  EXPECT_GT(after.expected_latency, before.expected_latency);
  return after;
}

// 40 ms is what all others took: no news of the fleet. 80 ms is, and bad news.
TEST_P(AvoidTest, ASecondAttemptThatSucceedsDoesNotMakeUpForTheFirst) {
  for (const int retry_ms : {40, 80}) {
    const milliseconds retry(retry_ms);
    const BackendSnapshot with = AfterAFailure(GetParam(), true, retry);
    const BackendSnapshot without = AfterAFailure(GetParam(), false, retry);
    EXPECT_LE(with.success_rate, without.success_rate);
    EXPECT_GE(with.latency, without.latency - Duration(1));
    EXPECT_GE(with.expected_latency, without.expected_latency - Duration(1));
  }
}

INSTANTIATE_TEST_SUITE_P(ByEachChoice, AvoidTest, EachChoice(), NameOf);

}  // namespace
}  // namespace els
