#include "examples/access_point/picker.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace access_point {
namespace {

constexpr els::TimePoint kNow{};
constexpr std::uint64_t kSeed = 3;

const std::vector<std::string>& ThreeIds() {
  static const std::vector<std::string> ids = {"a:1", "b:1", "c:1"};
  return ids;
}

class EveryPolicy : public testing::TestWithParam<const char*> {
 protected:
  static std::unique_ptr<Picker> Make(std::vector<std::string> ids) {
    return MakePicker(*ParsePolicy(GetParam()), std::move(ids), kSeed);
  }
};

TEST_P(EveryPolicy, GivesOutstandingRequestsToAllBackendsEqually) {
  const auto picker = Make(ThreeIds());
  std::vector<std::unique_ptr<Attempt>> attempts;
  std::multiset<std::size_t> picked;
  for (int i = 0; i < 6; ++i) {
    attempts.push_back(picker->Pick(kNow, std::nullopt));
    picked.insert(attempts.back()->backend());
  }
  EXPECT_EQ(picked, (std::multiset<std::size_t>{0, 0, 1, 1, 2, 2}));
}

TEST_P(EveryPolicy, PassesOverTheBackendToAvoid) {
  const auto picker = Make(ThreeIds());
  for (int i = 0; i < 30; ++i) {
    EXPECT_NE(picker->Pick(kNow, 1)->backend(), 1u);
  }
}

TEST_P(EveryPolicy, PicksTheOnlyBackendEvenIfToBeAvoided) {
  const auto picker = Make({"a:1"});
  EXPECT_EQ(picker->Pick(kNow, 0)->backend(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Of, EveryPolicy,
                         testing::Values("els", "round-robin",
                                         "least-outstanding"));

TEST(RoundRobin, TakesTheBackendsInTurnThoughOneHoldsAll) {
  const auto picker = MakePicker(Policy::kRoundRobin, ThreeIds(), kSeed);
  const std::size_t first = picker->Pick(kNow, std::nullopt)->backend();
  for (std::size_t i = 1; i < 9; ++i) {
    EXPECT_EQ(picker->Pick(kNow, std::nullopt)->backend(), (first + i) % 3);
  }
}

TEST(LeastOutstanding, TakesTheBackendWhoseAttemptIsOver) {
  const auto picker = MakePicker(Policy::kLeastOutstanding, ThreeIds(), kSeed);
  std::vector<std::unique_ptr<Attempt>> attempts;
  for (int i = 0; i < 9; ++i) {
    attempts.push_back(picker->Pick(kNow, std::nullopt));
  }
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const std::size_t backend = attempts[i]->backend();
    attempts[i].reset();
    attempts[i] = picker->Pick(kNow, std::nullopt);
    EXPECT_EQ(attempts[i]->backend(), backend);
  }
}

TEST(LeastOutstanding, EqualsAreAllPicked) {
  const auto picker = MakePicker(Policy::kLeastOutstanding, ThreeIds(), kSeed);
  std::set<std::size_t> picked;
  for (int i = 0; i < 60; ++i) {  // (2/3)^60 of missing one: 3e-11.
    picked.insert(picker->Pick(kNow, std::nullopt)->backend());
  }
  EXPECT_EQ(picked.size(), 3u);
}

TEST(Els, OutcomesReachTheBalancer) {
  ElsPicker picker({"a:1"}, els::Options{.seed = kSeed});
  picker.Pick(kNow, std::nullopt)->Finish(els::Outcome::kFailure, kNow);
  const auto answered = picker.Pick(kNow, std::nullopt);
  answered->Answered(els::Outcome::kSuccess, kNow);
  const std::vector<els::BackendSnapshot> snapshot = picker.Snapshot(kNow);
  ASSERT_EQ(snapshot.size(), 1u);
  EXPECT_EQ(snapshot[0].id, "a:1");
  EXPECT_EQ(snapshot[0].failures, 1u);
  EXPECT_EQ(snapshot[0].successes, 1u);
  EXPECT_EQ(snapshot[0].outstanding, 1);
}

TEST(Els, IdsThatAreNoSetAreAnError) {
  const els::Options options = {.seed = kSeed};
  EXPECT_THROW(ElsPicker({"a:1", "a:1"}, options), std::invalid_argument);
  EXPECT_THROW(ElsPicker({}, options), std::invalid_argument);
}

TEST(Policy, NamesAreTheThreeOnly) {
  EXPECT_EQ(ParsePolicy("els"), Policy::kEls);
  EXPECT_EQ(ParsePolicy("round-robin"), Policy::kRoundRobin);
  EXPECT_EQ(ParsePolicy("least-outstanding"), Policy::kLeastOutstanding);
  EXPECT_EQ(ParsePolicy("ELS"), std::nullopt);
  EXPECT_EQ(ParsePolicy(""), std::nullopt);
}

}  // namespace
}  // namespace access_point
