#include "els/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "els/balancer.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ExplanationTest : public testing::Test {
 protected:
  void SetIds(const std::vector<std::string>& ids) {
    std::vector<Backend> backends;
    for (const std::string& id : ids) backends.push_back({.id = id});
    ASSERT_TRUE(balancer_.SetBackends(backends, clock_.now()).ok());
  }

  // One request to each in turn, which it answers after 40 ms, 50 ms, ...
  void ServeEach(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
      std::vector<std::string_view> others;
      for (const std::string& other : ids) {
        if (other != id) others.push_back(other);
      }
      Ticket ticket = balancer_.Pick(clock_.now(), others);
      ASSERT_EQ(ticket.id(), id);
      ticket.Finish(Outcome::kSuccess, clock_.Advance(latency_));
      latency_ += milliseconds(10);
    }
  }

  PickExplanation Last() { return balancer_.Explanations().back(); }

  milliseconds latency_{40};
  VirtualClock clock_;
  Balancer balancer_{Options{.seed = 1}};
};

TEST_F(ExplanationTest, ThereIsNoneUnlessAskedFor) {
  SetIds({"a"});
  static_cast<void>(balancer_.Pick(clock_.now()));
  EXPECT_THAT(balancer_.Explanations(), IsEmpty());
}

TEST_F(ExplanationTest, TheLatestAreKeptTheOldestFirst) {
  SetIds({"a"});
  balancer_.Explain(3);
  for (int i = 0; i < 5; ++i) {
    static_cast<void>(balancer_.Pick(clock_.Advance(milliseconds(1))));
  }
  const std::vector<PickExplanation> kept = balancer_.Explanations();
  ASSERT_THAT(kept, SizeIs(3));
  EXPECT_EQ(kept[0].number, 3u);
  EXPECT_EQ(kept[2].number, 5u);
  EXPECT_EQ(kept[2].now, clock_.now());
  balancer_.Explain(1);
  EXPECT_THAT(balancer_.Explanations(), SizeIs(1));
  EXPECT_EQ(Last().number, 5u);
  balancer_.Explain(0);
  EXPECT_THAT(balancer_.Explanations(), IsEmpty());
}

TEST_F(ExplanationTest, AnEmptySetExplainsNothing) {
  balancer_.Explain(3);
  EXPECT_FALSE(balancer_.Pick(clock_.now()));
  EXPECT_THAT(balancer_.Explanations(), IsEmpty());
}

TEST_F(ExplanationTest, EachReasonIsGivenWhereItHolds) {
  balancer_.Explain(10);
  SetIds({"a"});
  static_cast<void>(balancer_.Pick(clock_.now()));
  EXPECT_EQ(Last().reason, PickReason::kOnlyOne);

  SetIds({"a", "b", "c"});
  const Ticket first = balancer_.Pick(clock_.now());
  EXPECT_EQ(Last().reason, PickReason::kFirstContact);

  ServeEach({"a", "b", "c"});
  const Ticket best = balancer_.Pick(clock_.now());
  EXPECT_EQ(Last().reason, PickReason::kBest);
  EXPECT_EQ(Last().candidates.at(0).id, best.id());

  const std::string lowest(best.id());
  const std::string next = Last().candidates.at(1).id;
  static_cast<void>(balancer_.Pick(clock_.now(), {lowest, next}));
  EXPECT_EQ(Last().reason, PickReason::kAvoided);
}

TEST_F(ExplanationTest, EqualsAreATie) {
  SetIds({"a", "b"});
  for (const char* const other : {"b", "a"}) {
    Ticket ticket = balancer_.Pick(clock_.now(), {other});
    ticket.Finish(Outcome::kSuccess, clock_.now() + milliseconds(40));
  }
  balancer_.Explain(1);
  static_cast<void>(balancer_.Pick(clock_.Advance(milliseconds(40))));
  EXPECT_EQ(Last().reason, PickReason::kTie);
}

TEST_F(ExplanationTest, ByChanceIsAReason) {
  ASSERT_TRUE(
      balancer_.SetOptions(Options{.choice = Choice::kPowerOfTwo}, clock_.now())
          .ok());
  SetIds({"a", "b", "c"});
  balancer_.Explain(1);
  const Ticket ticket = balancer_.Pick(clock_.now());
  EXPECT_EQ(Last().reason, PickReason::kByChance);
  EXPECT_EQ(Last().candidates.at(0).id, ticket.id());
}

TEST_F(ExplanationTest, APreferredBackendIsAReason) {
  SetIds({"a", "b", "c"});
  ServeEach({"a", "b", "c"});
  balancer_.Explain(1);
  const std::string_view c = "c";
  const Ticket ticket =
      balancer_.Pick(clock_.now(), Request{.prefer = {&c, 1}});
  EXPECT_EQ(ticket.id(), "c");
  EXPECT_EQ(Last().reason, PickReason::kPreferred);
  EXPECT_EQ(Last().candidates.at(0).id, "c");
  EXPECT_EQ(Last().candidates.at(0).outstanding, 0) << "as before the pick";
  EXPECT_EQ(Last().candidates.at(1).id, "a");
  static_cast<void>(
      balancer_.Pick(clock_.now(), Request{.prefer = {&c, 1}, .price = 1}));
  EXPECT_EQ(Last().reason, PickReason::kBest) << "c was too dear";
}

// Each pair of neighbours that can hold at once.
TEST_F(ExplanationTest, OfSeveralReasonsTheFirstIsGiven) {
  const std::string_view a = "a";
  const std::string_view b = "b";
  balancer_.Explain(1);
  SetIds({"a"});
  static_cast<void>(balancer_.Pick(clock_.now(), Request{.prefer = {&a, 1}}));
  EXPECT_EQ(Last().reason, PickReason::kOnlyOne) << "and preferred";

  SetIds({"a", "b", "c"});
  const Options by_chance = {.choice = Choice::kWeightedRandom};
  ASSERT_TRUE(balancer_.SetOptions(by_chance, clock_.now()).ok());
  static_cast<void>(balancer_.Pick(clock_.now(), Request{.prefer = {&b, 1}}));
  EXPECT_EQ(Last().reason, PickReason::kPreferred) << "and by chance";
  static_cast<void>(balancer_.Pick(clock_.now(), Request{.avoid = {&b, 1}}));
  EXPECT_EQ(Last().reason, PickReason::kByChance) << "and avoided";

  ASSERT_TRUE(balancer_.SetOptions(Options(), clock_.now()).ok());
  const Ticket tie = balancer_.Pick(clock_.now());
  EXPECT_EQ(Last().reason, PickReason::kFirstContact) << "and a tie";
  const std::string next = Last().candidates.at(1).id;
  const std::string_view lowest = next;
  static_cast<void>(
      balancer_.Pick(clock_.now(), Request{.avoid = {&lowest, 1}}));
  EXPECT_EQ(Last().reason, PickReason::kAvoided) << "and a first contact";
}

TEST_F(ExplanationTest, TheCandidatesHaveTheirTermsAndComeInOrder) {
  const std::vector<std::string> ids = {"a", "b", "c", "d", "e", "f"};
  SetIds(ids);
  ServeEach(ids);
  balancer_.Explain(1);
  const std::vector<BackendSnapshot> before = balancer_.Snapshot(clock_.now());
  const Ticket ticket = balancer_.Pick(clock_.now());
  const PickExplanation last = Last();
  ASSERT_THAT(last.candidates, SizeIs(kExplainedCandidates));
  EXPECT_EQ(last.candidates[0].id, ticket.id());
  EXPECT_EQ(last.candidates[0].outstanding, 0) << "as before the pick";
  for (std::size_t i = 1; i < last.candidates.size(); ++i) {
    EXPECT_LE(last.candidates[i - 1].expected_latency,
              last.candidates[i].expected_latency);
  }
  // It was the quickest of all, asked once, and shares evenly.
  EXPECT_EQ(last.candidates[0].id, "a");
  EXPECT_EQ(last.candidates[0].picks, 1u);
  EXPECT_EQ(last.candidates[0].successes, 1u);
  EXPECT_NEAR(last.candidates[0].latency / milliseconds(1),
              before[0].latency / milliseconds(1), 1);
}

TEST(PickReasonTest, HasAName) {
  EXPECT_EQ(ToString(PickReason::kOnlyOne), "only one");
  EXPECT_EQ(ToString(PickReason::kPreferred), "preferred");
  EXPECT_EQ(ToString(PickReason::kByChance), "by chance");
  EXPECT_EQ(ToString(PickReason::kAvoided), "avoided");
  EXPECT_EQ(ToString(PickReason::kFirstContact), "first contact");
  EXPECT_EQ(ToString(PickReason::kTie), "tie");
  EXPECT_EQ(ToString(PickReason::kBest), "best");
}

}  // namespace
}  // namespace els
