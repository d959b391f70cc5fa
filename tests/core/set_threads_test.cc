// Picks of many threads while the set grows and shrinks under them. Run under
// the sanitizers, too.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include "els/balancer.h"
#include "tests/sanitized.h"

namespace els {
namespace {

constexpr TimePoint kStart{std::chrono::hours(1)};

std::vector<Backend> Set(int from, int to) {
  std::vector<Backend> set;
  for (int i = from; i < to; ++i) {
    set.push_back({.id = "b" + std::to_string(i)});
  }
  return set;
}

// A choice, and how many ids a pick avoids.
class ShrinkingSetTest
    : public testing::TestWithParam<std::tuple<Choice, int>> {};

// Two changes, the second of which moves to a smaller index, so that what a
// pick has just read is of a slot that there is no more.
TEST_P(ShrinkingSetTest, PicksOfManyThreadsFindABackendOfASet) {
  Balancer balancer(Options{.seed = 1, .choice = std::get<0>(GetParam())});
  const auto all = Set(0, 1000);
  const auto few = Set(0, 5);
  ASSERT_TRUE(balancer.SetBackends(few, kStart).ok());
  std::vector<std::string_view> avoid;
  for (int i = 0; i < std::get<1>(GetParam()); ++i) avoid.push_back(all[i].id);
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        Ticket ticket = balancer.Pick(kStart, avoid);
        ASSERT_TRUE(ticket);
        ticket.Finish(Outcome::kSuccess, kStart + std::chrono::seconds(1));
      }
    });
  }
  for (int change = 0; change < (kSanitized ? 30 : 100); ++change) {
    ASSERT_TRUE(balancer.SetBackends(all, kStart).ok());
    std::this_thread::yield();
    ASSERT_TRUE(balancer.SetBackends(few, kStart).ok());
    ASSERT_TRUE(balancer.SetBackends(few, kStart).ok());
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

INSTANTIATE_TEST_SUITE_P(
    AllChoices, ShrinkingSetTest,
    testing::Combine(testing::Values(Choice::kLowest, Choice::kPowerOfTwo,
                                     Choice::kWeightedRandom),
                     testing::Values(0, 1, 12)));

}  // namespace
}  // namespace els
