// Backends that can do more at once than others, and backends that may have no
// more than so much.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "els/random.h"
#include "tests/core/each_choice.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;

// `concurrent` requests at a time, each of which takes 40 ms at any backend.
// Returns how many of `requests` each backend got.
std::map<std::string, int> Serve(Balancer& balancer, VirtualClock& clock,
                                 std::size_t concurrent, int requests) {
  std::vector<Ticket> tickets(concurrent);
  std::map<std::string, int> picks;
  for (int i = 0; i < requests; ++i) {
    Ticket& oldest = tickets[static_cast<std::size_t>(i) % concurrent];
    oldest.Finish(Outcome::kSuccess, clock.now());
    oldest = balancer.Pick(clock.now());
    ++picks[std::string(oldest.id())];
    clock.Advance(std::chrono::nanoseconds(milliseconds(40)) / concurrent);
  }
  return picks;
}

class WeightTest : public testing::Test {
 protected:
  // "b" has twice the weight of "a" and of "c".
  void SetBackends(double scale) {
    ASSERT_TRUE(balancer_
                    .SetBackends({{.id = "a", .weight = scale},
                                  {.id = "b", .weight = 2 * scale},
                                  {.id = "c", .weight = scale}},
                                 clock_.now())
                    .ok());
  }

  VirtualClock clock_;
  Balancer balancer_{Options{.seed = 1}};
};

TEST_F(WeightTest, TwiceTheWeightHasTwiceTheOutstandingAndTwiceTheShare) {
  SetBackends(1);
  Serve(balancer_, clock_, 40, 1000);
  std::map<std::string, int> picks = Serve(balancer_, clock_, 40, 4000);
  EXPECT_NEAR(picks["a"], 1000, 50);
  EXPECT_NEAR(picks["b"], 2000, 50);
  EXPECT_NEAR(picks["c"], 1000, 50);

  std::vector<Ticket> tickets;
  for (int i = 0; i < 40; ++i) tickets.push_back(balancer_.Pick(clock_.now()));
  for (const BackendSnapshot& backend : balancer_.Snapshot(clock_.now())) {
    EXPECT_NEAR(static_cast<double>(backend.outstanding),
                backend.id == "b" ? 20 : 10, 1);
    // As many fair shares, though the picks differ.
    EXPECT_NEAR(backend.share, 1, 0.05) << backend.id;
    // The mean weight is 4/3.
    EXPECT_DOUBLE_EQ(backend.queue, static_cast<double>(backend.outstanding) *
                                        (4.0 / 3) / backend.weight);
  }
}

TEST_F(WeightTest, OnlyRatiosMatter) {
  std::vector<std::map<std::string, int>> all;
  for (const double scale : {1.0, 1e-300, 1e300, 1e-9}) {
    Balancer balancer(Options{.seed = 1});
    VirtualClock clock;
    ASSERT_TRUE(balancer
                    .SetBackends({{.id = "a", .weight = scale},
                                  {.id = "b", .weight = 2 * scale},
                                  {.id = "c", .weight = scale}},
                                 clock.now())
                    .ok());
    all.push_back(Serve(balancer, clock, 8, 500));
    EXPECT_EQ(all.back(), all.front()) << scale;
  }
}

TEST_F(WeightTest, ANewWeightCountsFromTheNextPickOn) {
  SetBackends(1);
  Serve(balancer_, clock_, 40, 1000);
  const auto queue_of_b = [&] {
    return balancer_.Snapshot(clock_.now())[1].queue;
  };
  const Ticket held = balancer_.Pick(clock_.now(), {"a", "c"});
  EXPECT_DOUBLE_EQ(queue_of_b(), (4.0 / 3) / 2);
  ASSERT_TRUE(
      balancer_
          .SetBackends({{.id = "a"}, {.id = "b"}, {.id = "c"}}, clock_.now())
          .ok());
  EXPECT_DOUBLE_EQ(queue_of_b(), 1);
  Serve(balancer_, clock_, 40,
        9000);  // For 9 s. Recent shares are of a minute.
  std::map<std::string, int> picks = Serve(balancer_, clock_, 40, 3000);
  for (const auto& [id, count] : picks) EXPECT_NEAR(count, 1000, 100) << id;
}

class LimitTest : public testing::TestWithParam<Choice> {
 protected:
  Balancer balancer_{Options{.seed = 1, .choice = GetParam()}};
};

// 6 requests may be outstanding, and each thread alone has 8 tickets.
TEST_P(LimitTest, IsNeverExceededByManyThreads) {
  constexpr int kThreads = 3;
  constexpr std::uint32_t kLimits[] = {3, 1, 2};
  constexpr TimePoint kStart{std::chrono::hours(1)};
  std::vector<Backend> set;
  for (const std::uint32_t limit : kLimits) {
    set.push_back({.id = std::to_string(set.size()),
                   .tag = set.size(),
                   .max_outstanding = limit});
  }
  ASSERT_TRUE(balancer_.SetBackends(set, kStart).ok());
  std::atomic<int> outstanding[3] = {};
  std::atomic<int> full = 0;
  std::atomic<int> picked = 0;
  std::latch start(kThreads);
  const auto work = [&](std::uint64_t seed) {
    Random random(seed);
    std::vector<Ticket> tickets(8);
    start.arrive_and_wait();
    for (int i = 0; i < 30'000; ++i) {
      Ticket& ticket = tickets[random.Below(tickets.size())];
      // Counted before the request ends, and after it begins.
      if (ticket) --outstanding[ticket.tag()];
      ticket.Finish(Outcome::kSuccess, kStart);
      const std::string_view prefer[] = {"1", "0"};
      ticket = balancer_.Pick(
          kStart,
          Request{.prefer = absl::MakeSpan(prefer).subspan(random.Below(3))});
      if (!ticket) {
        EXPECT_EQ(ticket.failure(), PickFailure::kAllFull);
        ++full;
        continue;
      }
      ++picked;
      EXPECT_LE(++outstanding[ticket.tag()],
                static_cast<int>(kLimits[ticket.tag()]));
    }
    for (Ticket& ticket : tickets) {
      if (ticket) --outstanding[ticket.tag()];
    }
  };
  std::vector<std::thread> threads;
  for (std::uint64_t i = 1; i <= kThreads; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(full, 100);
  EXPECT_GT(picked, 100);
}

TEST_P(LimitTest, BelowWhatIsOutstandingEndsNothing) {
  VirtualClock clock;
  const auto set_limit = [&](std::uint32_t limit) {
    ASSERT_TRUE(
        balancer_
            .SetBackends({{.id = "a", .max_outstanding = limit}}, clock.now())
            .ok());
  };
  set_limit(0);
  std::vector<Ticket> tickets;
  for (int i = 0; i < 5; ++i) tickets.push_back(balancer_.Pick(clock.now()));
  set_limit(3);
  EXPECT_EQ(balancer_.Snapshot(clock.now())[0].outstanding, 5);
  for (int left = 5; left > 3; --left) {
    tickets.back().Finish(Outcome::kSuccess, clock.now());
    tickets.pop_back();
    EXPECT_EQ(balancer_.Pick(clock.now()).failure(), PickFailure::kAllFull);
  }
  tickets.pop_back();
  const Ticket third = balancer_.Pick(clock.now());
  EXPECT_TRUE(third);
  EXPECT_EQ(balancer_.Pick(clock.now()).failure(), PickFailure::kAllFull);
}

INSTANTIATE_TEST_SUITE_P(ByEachChoice, LimitTest, EachChoice(), NameOf);

// A backend that joins is counted as having had its fair part of the recent
// picks. Whatever sets it joins and leaves, what it is counted for stays within
// what the heaviest would have had.
TEST(WeightOfSetsTest, CountsNoMorePicksHoweverOftenSetsOfOtherWeightsChange) {
  Balancer balancer(Options{.seed = 1});
  const std::vector<Backend> all = {{.id = "light", .weight = 1},
                                    {.id = "middle", .weight = 2},
                                    {.id = "heavy", .weight = 3}};
  constexpr TimePoint kNow{std::chrono::hours(1)};
  ASSERT_TRUE(balancer.SetBackends(all, kNow).ok());
  for (int i = 0; i < 100; ++i) {
    balancer.Pick(kNow).Finish(Outcome::kSuccess,
                               kNow + std::chrono::milliseconds(1));
  }
  for (int i = 0; i < 3'000; ++i) {
    const Backend& alone = all[i % 2 == 0 ? 1 : 2];
    ASSERT_TRUE(balancer.SetBackends(absl::MakeSpan(&alone, 1), kNow).ok());
    ASSERT_TRUE(balancer.SetBackends(all, kNow).ok());
  }
  for (const BackendSnapshot& backend : balancer.Snapshot(kNow)) {
    EXPECT_GT(backend.expected_latency, Duration::zero()) << backend.id;
    EXPECT_NEAR(backend.share, 1, 0.5) << backend.id;
  }
}

}  // namespace
}  // namespace els
