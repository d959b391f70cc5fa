// Tickets that are copied, stale, forged, outlive their balancer, or are
// reported by two threads at once. Run under the sanitizers too.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "els/c_api.h"
#include "els/random.h"
#include "tests/core/c_balancer.h"

namespace els {
namespace {

constexpr std::uint64_t kNow = CBalancer::kNow;

els_status Finish(const els_ticket& ticket) {
  return els_ticket_finish(&ticket, ELS_SUCCESS, kNow);
}

TEST(CTicketsTest, ACopyStandsForTheSameRequest) {
  CBalancer balancer;
  const els_ticket ticket = balancer.Pick();
  const els_ticket copy = ticket;
  EXPECT_EQ(IdOf(copy), "a");
  EXPECT_EQ(Finish(copy), ELS_OK);
  EXPECT_EQ(Finish(ticket), ELS_ALREADY_REPORTED);
  EXPECT_EQ(els_ticket_answered(&ticket, ELS_FAILURE, kNow),
            ELS_ALREADY_REPORTED);
  EXPECT_EQ(els_ticket_drop(&ticket), ELS_ALREADY_REPORTED);
  const els_backend_snapshot after = balancer.First();
  EXPECT_EQ(after.successes, 1u);
  EXPECT_EQ(after.failures, 0u);
  EXPECT_EQ(after.dropped, 0u);
  EXPECT_EQ(after.late_finishes, 2u) << "a drop too many is none";
}

TEST(CTicketsTest, ABackendMayAskToBeLeftAloneUntilItsTicketIsReported) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  CBalancer balancer;
  const els_ticket ticket = balancer.Pick();
  EXPECT_EQ(els_ticket_retry_after(&ticket, 10 * kSecond, kNow), ELS_OK);
  EXPECT_GE(balancer.First().retry_after_ns, 10 * kSecond);
  EXPECT_EQ(els_ticket_retry_after(&ticket, UINT64_MAX, kNow), ELS_OK);
  EXPECT_GE(balancer.First().retry_after_ns, 60 * kSecond);
  EXPECT_LE(balancer.First().retry_after_ns, 61 * kSecond);
  EXPECT_EQ(els_ticket_retry_after(&ticket, 0, kNow), ELS_OK);
  EXPECT_EQ(balancer.First().retry_after_ns, 0u);
  EXPECT_EQ(Finish(ticket), ELS_OK);
  EXPECT_EQ(els_ticket_retry_after(&ticket, kSecond, kNow),
            ELS_ALREADY_REPORTED);
  EXPECT_EQ(balancer.First().retry_after_ns, 0u);
  const els_ticket empty = {};
  EXPECT_EQ(els_ticket_retry_after(&empty, kSecond, kNow), ELS_NO_BACKEND);
  EXPECT_EQ(els_ticket_retry_after(nullptr, kSecond, kNow),
            ELS_INVALID_ARGUMENT);
}

TEST(CTicketsTest, AStaleTicketDoesNotTouchTheOneThatHasItsSlot) {
  CBalancer balancer;
  const els_ticket stale = balancer.Pick();
  ASSERT_EQ(Finish(stale), ELS_OK);
  std::vector<els_ticket> live;
  bool slot_used_again = false;
  for (int i = 0; i < 1000; ++i) {
    live.push_back(balancer.Pick());
    slot_used_again = slot_used_again || live.back().slot == stale.slot;
  }
  ASSERT_TRUE(slot_used_again) << "or this tests nothing";
  EXPECT_EQ(Finish(stale), ELS_ALREADY_REPORTED);
  EXPECT_EQ(els_ticket_answered(&stale, ELS_SUCCESS, kNow),
            ELS_ALREADY_REPORTED);
  EXPECT_EQ(els_ticket_drop(&stale), ELS_ALREADY_REPORTED);
  EXPECT_EQ(els_ticket_id(&stale).data, nullptr);
  EXPECT_EQ(balancer.First().outstanding, 1000);
  for (const els_ticket& ticket : live) EXPECT_EQ(Finish(ticket), ELS_OK);
}

TEST(CTicketsTest, AForgedTicketDoesNothing) {
  CBalancer balancer;
  const els_ticket real = balancer.Pick();
  const els_ticket forged[] = {
      {.tag = 0, .slot = UINT64_MAX, .serial = UINT64_MAX},
      {.tag = 0,
       .slot = real.slot + (UINT64_C(1) << 37),
       .serial = real.serial},
      {.tag = 0, .slot = real.slot, .serial = real.serial + 1},
      {.tag = 0, .slot = real.slot + 1, .serial = real.serial},
  };
  for (const els_ticket& ticket : forged) {
    EXPECT_EQ(Finish(ticket), ELS_ALREADY_REPORTED);
    EXPECT_EQ(els_ticket_id(&ticket).data, nullptr);
  }
  EXPECT_EQ(balancer.First().outstanding, 1);
  EXPECT_EQ(Finish(real), ELS_OK);
}

TEST(CTicketsTest, ATicketOutlivesItsBalancer) {
  CBalancer balancer({"a long enough id to be allocated on its own"});
  const els_ticket reported = balancer.Pick();
  ASSERT_EQ(Finish(reported), ELS_OK);
  const els_ticket finished = balancer.Pick();
  const els_ticket dropped = balancer.Pick();
  balancer.Free();
  EXPECT_EQ(IdOf(finished), "a long enough id to be allocated on its own");
  EXPECT_EQ(els_ticket_answered(&finished, ELS_SUCCESS, kNow), ELS_OK);
  EXPECT_EQ(Finish(finished), ELS_OK);
  EXPECT_EQ(els_ticket_drop(&dropped), ELS_OK);
  for (const els_ticket& ticket : {reported, finished, dropped}) {
    EXPECT_EQ(Finish(ticket), ELS_ALREADY_REPORTED);
    EXPECT_EQ(els_ticket_drop(&ticket), ELS_ALREADY_REPORTED);
  }
}

TEST(CTicketsTest, OfTwoThreadsThatReportARequestOneSucceeds) {
  constexpr int kRequests = 2000;
  CBalancer balancer;
  std::vector<els_ticket> tickets(kRequests);
  for (els_ticket& ticket : tickets) ticket = balancer.Pick();
  std::atomic<int> finished = 0;
  const auto finish_all = [&] {
    for (const els_ticket& ticket : tickets) {
      if (Finish(ticket) == ELS_OK) ++finished;
    }
  };
  std::thread one(finish_all);
  std::thread two(finish_all);
  one.join();
  two.join();
  EXPECT_EQ(finished, kRequests);
  const els_backend_snapshot after = balancer.First();
  EXPECT_EQ(after.successes, std::uint64_t{kRequests});
  EXPECT_EQ(after.late_finishes, std::uint64_t{kRequests});
  EXPECT_EQ(after.outstanding, 0);
}

// Where threads leave tickets for each other.
class Exchange {
 public:
  // An empty ticket at first.
  els_ticket Swap(els_ticket ticket) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::swap(ticket, ticket_);
    return ticket;
  }

 private:
  std::mutex mutex_;
  els_ticket ticket_ = {};
};

TEST(CTicketsTest, ThreadsThatReportEachOthersRequestsLoseNone) {
  constexpr int kThreads = 4;
  constexpr int kPicks = 5000;
  CBalancer balancer({"a", "b", "c"});
  std::vector<Exchange> exchange(16);
  const auto work = [&](std::uint64_t seed) {
    Random random(seed);
    for (int i = 0; i < kPicks; ++i) {
      const els_ticket other =
          exchange[random.Below(exchange.size())].Swap(balancer.Pick());
      if (random.Below(3) == 0) {
        (void)els_ticket_answered(&other, ELS_SUCCESS, kNow);
      }
      const bool drops = random.Below(4) == 0;
      EXPECT_EQ(drops ? els_ticket_drop(&other) : Finish(other),
                other.serial == 0 ? ELS_NO_BACKEND : ELS_OK);
    }
  };
  std::vector<std::thread> threads;
  for (std::uint64_t i = 1; i <= kThreads; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
  for (Exchange& left : exchange) {
    EXPECT_EQ(Finish(left.Swap({})), ELS_OK);
  }
  std::uint64_t picks = 0;
  for (const els_backend_snapshot& backend : balancer.Look()) {
    EXPECT_EQ(backend.outstanding, 0);
    EXPECT_EQ(backend.late_finishes, 0u);
    picks += backend.picks;
  }
  EXPECT_EQ(picks, std::uint64_t{kThreads} * kPicks);
}

TEST(CTicketsTest, BalancersComeAndGoWhileTheirTicketsAreReported) {
  std::vector<Exchange> exchange(8);
  const auto work = [&](std::uint64_t seed) {
    Random random(seed);
    for (int i = 0; i < 300; ++i) {
      CBalancer balancer;
      for (int picks = 0; picks < 10; ++picks) {
        const els_ticket other =
            exchange[random.Below(exchange.size())].Swap(balancer.Pick());
        EXPECT_EQ(Finish(other), other.serial == 0 ? ELS_NO_BACKEND : ELS_OK);
      }
    }
  };
  std::thread one(work, 1);
  std::thread two(work, 2);
  one.join();
  two.join();
  for (Exchange& left : exchange) {
    const els_ticket ticket = left.Swap({});
    if (ticket.serial != 0) {
      EXPECT_EQ(Finish(ticket), ELS_OK);
    }
  }
}

}  // namespace
}  // namespace els
