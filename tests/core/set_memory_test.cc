// A change of the set for which there is not enough memory.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <new>
#include <set>
#include <string>
#include <vector>

#include "els/balancer.h"
#include "tests/core/failing_memory.h"

namespace els {
namespace {

constexpr TimePoint kStart{std::chrono::hours(1)};

std::vector<Backend> Set(int from, int to) {
  std::vector<Backend> set;
  for (int i = from; i < to; ++i) {
    set.push_back(
        {.id = "a name too long for a small string " + std::to_string(i)});
  }
  return set;
}

std::set<std::string> IdsOf(const std::vector<Backend>& set) {
  std::set<std::string> ids;
  for (const Backend& backend : set) ids.insert(backend.id);
  return ids;
}

// The ids that a snapshot lists, each once.
std::set<std::string> Listed(const Balancer& balancer) {
  std::set<std::string> ids;
  for (const BackendSnapshot& backend : balancer.Snapshot(kStart)) {
    if (backend.removed) continue;
    EXPECT_TRUE(ids.insert(backend.id).second) << backend.id;
  }
  return ids;
}

// As each backend gets one request before any gets a second.
std::set<std::string> Picked(Balancer& balancer, std::size_t size) {
  std::set<std::string> ids;
  std::vector<Ticket> tickets;
  for (std::size_t i = 0; i < 2 * size; ++i) {
    tickets.push_back(balancer.Pick(kStart));
    ids.emplace(tickets.back().id());
  }
  return ids;
}

// Changes the set without memory from an allocation on. Returns whether that
// failed.
bool FailsAt(Balancer& balancer, const std::vector<Backend>& set,
             std::int64_t allocation, Shortage shortage) {
  const FailingMemory memory(allocation, shortage);
  try {
    (void)balancer.SetBackends(set, kStart);
  } catch (const std::bad_alloc&) {
    return true;
  }
  return false;
}

TEST(SetChangeTest, WhicheverAllocationFailsTheSetIsTheOldOneAndThenTheNew) {
  const auto old_set = Set(0, 20);
  const auto new_set = Set(10, 60);
  for (const Shortage shortage : {Shortage::kMoment, Shortage::kLasting}) {
    std::int64_t failures = 0;
    for (;; ++failures) {
      SCOPED_TRACE(failures);
      Balancer balancer(Options{.seed = 1});
      ASSERT_TRUE(balancer.SetBackends(old_set, kStart).ok());
      if (!FailsAt(balancer, new_set, failures, shortage)) break;
      EXPECT_EQ(Listed(balancer), IdsOf(old_set));
      EXPECT_EQ(Picked(balancer, 20), IdsOf(old_set));
      ASSERT_TRUE(balancer.SetBackends(new_set, kStart).ok());
      EXPECT_EQ(Listed(balancer), IdsOf(new_set));
      EXPECT_EQ(Picked(balancer, 50), IdsOf(new_set));
    }
    EXPECT_GT(failures, 20);
  }
}

// Backends leave, return and are forgotten, with a failure at each step.
TEST(SetChangeTest, FailuresInARowLoseNobody) {
  for (std::int64_t allocation = 0; allocation < 40; ++allocation) {
    SCOPED_TRACE(allocation);
    Balancer balancer(
        Options{.seed = 1, .removed_memory = std::chrono::hours(0)});
    for (int round = 0; round < 30; ++round) {
      const auto set = Set(7 * round % 40, 7 * round % 40 + 20 + round);
      FailsAt(balancer, set, allocation, Shortage::kLasting);
      ASSERT_TRUE(balancer.SetBackends(set, kStart).ok());
      ASSERT_EQ(Listed(balancer), IdsOf(set));
    }
  }
}

}  // namespace
}  // namespace els
