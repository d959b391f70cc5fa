// Threads that do everything at once, tickets that wander between them, and a
// set that changes all the while: every count is conserved to the last one. Run
// under ThreadSanitizer too.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "els/random.h"
#include "tests/core/given_seed.h"
#include "tests/core/stress_worker.h"

namespace els {
namespace {

using std::chrono::microseconds;

constexpr TimePoint kStart{std::chrono::hours(1)};
constexpr std::size_t kWorkers = 4;
constexpr int kStepsPerWorker = 100'000;
constexpr std::size_t kIds = 12;

// Each second backend is soon full.
std::vector<Backend> All() {
  std::vector<Backend> set;
  for (std::size_t i = 0; i < kIds; ++i) {
    set.push_back({.id = std::to_string(i),
                   .tag = i,
                   .weight = 1.0 + static_cast<double>(i % 3),
                   .max_outstanding = i % 2 == 0 ? 0 : 2U});
  }
  return set;
}

// Whether one backend's numbers are of one moment.
void ExpectConsistent(const BackendSnapshot& backend) {
  const Counts counts = CountsOf(backend);
  std::uint64_t learnt = 0;
  for (const std::uint64_t outcome : counts.outcomes) learnt += outcome;
  ASSERT_GE(backend.outstanding, 0);
  const auto outstanding = static_cast<std::uint64_t>(backend.outstanding);
  EXPECT_LE(outstanding, counts.picks);
  EXPECT_TRUE(backend.max_outstanding == 0 ||
              outstanding <= backend.max_outstanding);
  EXPECT_LE(backend.answered, backend.outstanding);
  EXPECT_EQ(backend.work > 0, backend.answered < backend.outstanding);
  EXPECT_EQ(backend.answered_work > 0, backend.answered > 0);
  EXPECT_LE(counts.cut, counts.outcomes.front());
  EXPECT_LE(learnt, counts.picks);
  EXPECT_GT(backend.expected_latency, Duration::zero());
  // What is over has an outcome or was dropped, and what has may not be over.
  EXPECT_LE(counts.picks - outstanding, learnt + counts.dropped);
  EXPECT_TRUE(!backend.removed || outstanding > 0);
}

// Takes backends out and puts them back, but for the first, which has no limit;
// changes options, and looks, until told to stop, but a hundred times at the
// least.
void Disturb(Balancer& balancer, std::uint64_t seed,
             const std::atomic<bool>& stop) {
  Random random(seed);
  TimePoint now = kStart;
  for (int i = 0; i < 100 || !stop; ++i) {
    now += microseconds(random.Below(200));
    std::vector<Backend> set;
    for (const Backend& backend : All()) {
      if (random.Below(3) != 0 || backend.tag == 0) set.push_back(backend);
    }
    EXPECT_TRUE(balancer.SetBackends(set, now).ok());
    Options options;
    options.choice = static_cast<Choice>(random.Below(3));
    options.overdue_factor = 1 + 3 * random.Uniform();
    EXPECT_TRUE(balancer.SetOptions(options, now).ok());
    for (const BackendSnapshot& backend : balancer.Snapshot(now)) {
      ExpectConsistent(backend);
    }
  }
}

TEST(BalancerStressTest, EveryCountIsConserved) {
  const std::uint64_t seed = GivenSeed().value_or(1);
  SCOPED_TRACE("repeat with ELS_TEST_SEED=" + std::to_string(seed));
  Balancer balancer(Options{.seed = seed});
  ASSERT_TRUE(balancer.SetBackends(All(), kStart).ok());
  Mailboxes mailboxes;
  std::vector<Worker> workers;
  for (std::size_t i = 0; i < kWorkers; ++i) {
    workers.emplace_back(balancer, mailboxes, seed * kWorkers + i, kStart);
  }
  std::atomic<bool> stop = false;
  std::thread disturber([&] { Disturb(balancer, seed, stop); });
  std::vector<std::thread> threads;
  for (Worker& worker : workers)
    threads.emplace_back([&] { worker.Run(kStepsPerWorker); });
  for (std::thread& thread : threads) thread.join();
  stop = true;
  disturber.join();

  Counts done;
  for (const Worker& worker : workers) done += worker.counts();
  ASSERT_TRUE(balancer.SetBackends(All(), kStart).ok());
  Counts counted;
  const std::vector<BackendSnapshot> all = balancer.Snapshot(kStart);
  EXPECT_EQ(all.size(), kIds) << "one that has left is still outstanding";
  for (const BackendSnapshot& backend : all) {
    EXPECT_EQ(backend.outstanding, 0) << backend.id;
    EXPECT_EQ(backend.answered, 0) << backend.id;
    EXPECT_EQ(backend.work, 0) << backend.id;
    EXPECT_EQ(backend.answered_work, 0) << backend.id;
    EXPECT_EQ(backend.mean_age, Duration::zero()) << backend.id;
    counted += CountsOf(backend);
  }
  EXPECT_GT(done.picks, kWorkers * kStepsPerWorker / 4);
  for (const Worker& worker : workers) EXPECT_EQ(worker.refused(), 0);
  EXPECT_EQ(counted.picks, done.picks);
  EXPECT_EQ(counted.outcomes, done.outcomes);
  EXPECT_EQ(counted.cut, done.cut);
  EXPECT_EQ(counted.dropped, done.dropped);
  EXPECT_EQ(counted.late_finishes, done.late_finishes);
}

TEST(BalancerStressTest, TicketsEndOnTheirThreadsWhileTheBalancerIsDestroyed) {
  for (int round = 0; round < 200; ++round) {
    std::optional<Balancer> balancer(Options{.seed = 1});
    ASSERT_TRUE(balancer->SetBackends(All(), kStart).ok());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kWorkers; ++i) {
      std::vector<Ticket> tickets;
      for (int j = 0; j < 20; ++j) tickets.push_back(balancer->Pick(kStart));
      threads.emplace_back([tickets = std::move(tickets)]() mutable {
        for (Ticket& ticket : tickets) {
          ticket.Answered(Outcome::kSuccess, kStart + microseconds(5));
          EXPECT_EQ(ticket.id(), std::to_string(ticket.tag()));
          ticket = Ticket();
        }
      });
    }
    balancer.reset();
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace els
