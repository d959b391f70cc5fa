// What many threads must not lose. Run under ThreadSanitizer too.

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "els/random.h"

namespace els {
namespace {

using std::chrono::microseconds;

constexpr TimePoint kStart{std::chrono::hours(1)};
constexpr int kThreads = 4;
constexpr int kPicksPerThread = 20'000;

std::vector<Backend> Set(std::size_t size, std::size_t first = 0) {
  std::vector<Backend> backends;
  for (std::size_t i = first; i < first + size; ++i) {
    backends.push_back({.id = std::to_string(i), .tag = i});
  }
  return backends;
}

// Picks, and ends each request in one of the ways there are, a few at a time;
// each thread's time runs a little differently.
void Work(Balancer& balancer, std::uint64_t seed) {
  Random random(seed);
  TimePoint now = kStart;
  std::vector<Ticket> tickets(8);
  for (int i = 0; i < kPicksPerThread; ++i) {
    now += microseconds(random.Below(100));
    Ticket& ticket = tickets[random.Below(tickets.size())];
    const std::uint64_t how = random.Below(10);
    if (how == 9) {
      ticket.Finish(Outcome::kTimeout, now);
      ticket.Finish(Outcome::kSuccess, now);
    } else if (how == 8) {
      ticket.Answered(Outcome::kSuccess, now);
    } else if (how > 0) {
      ticket.Finish(how == 1 ? Outcome::kFailure : Outcome::kSuccess, now);
    }
    ticket = balancer.Pick(now);  // Drops what was not finished.
  }
}

void WorkOnAllThreads(Balancer& balancer) {
  std::vector<std::thread> threads;
  for (int i = 1; i <= kThreads; ++i) {
    threads.emplace_back(
        [&balancer, i] { Work(balancer, static_cast<std::uint64_t>(i)); });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(BalancerThreadsTest, CountsAreConserved) {
  Balancer balancer(Options{.seed = 1});
  ASSERT_TRUE(balancer.SetBackends(Set(5), kStart).ok());
  WorkOnAllThreads(balancer);
  std::uint64_t picks = 0;
  for (const BackendSnapshot& backend : balancer.Snapshot(kStart)) {
    EXPECT_EQ(backend.outstanding, 0);
    // One answered and then dropped is counted as both.
    EXPECT_LE(backend.picks, backend.successes + backend.failures +
                                 backend.timeouts + backend.cancelled +
                                 backend.dropped);
    picks += backend.picks;
  }
  EXPECT_EQ(picks, std::uint64_t{kThreads} * kPicksPerThread);
}

TEST(BalancerThreadsTest, NothingIsLostWhileTheSetChanges) {
  Balancer balancer(Options{.seed = 1});
  ASSERT_TRUE(balancer.SetBackends(Set(5), kStart).ok());
  std::thread changer([&] {
    for (std::size_t i = 0; i < 2000; ++i) {
      EXPECT_TRUE(balancer.SetBackends(Set(5, i % 7), kStart).ok());
      EXPECT_GE(balancer.Snapshot(kStart).size(), 5u);
      EXPECT_TRUE(balancer.SetOptions(Options{}, kStart).ok());
    }
  });
  WorkOnAllThreads(balancer);
  changer.join();
  // Every backend that was ever in the set, back in it.
  ASSERT_TRUE(balancer.SetBackends(Set(12), kStart).ok());
  std::uint64_t picks = 0;
  for (const BackendSnapshot& backend : balancer.Snapshot(kStart)) {
    EXPECT_EQ(backend.outstanding, 0);
    picks += backend.picks;
  }
  EXPECT_EQ(picks, std::uint64_t{kThreads} * kPicksPerThread);
}

}  // namespace
}  // namespace els
