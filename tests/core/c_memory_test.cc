// What the C interface allocates, frees, and says when there is no memory.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "els/c_api.h"
#include "tests/core/c_balancer.h"

namespace {
// Of blocks: allocated since the start, and not yet freed.
std::atomic<long> allocations = 0;
std::atomic<long> held = 0;
// In this thread, until there is no memory; below 0: there is enough.
thread_local long until_failure = -1;
}  // namespace

// Not inline, or g++ sees malloc where the caller of delete has new.
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (until_failure == 0) throw std::bad_alloc();
  if (until_failure > 0) --until_failure;
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  ++allocations;
  ++held;
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  if (memory != nullptr) --held;
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace els {
namespace {

constexpr std::uint64_t kNow = CBalancer::kNow;

TEST(CMemoryTest, ARequestAllocatesNothing) {
  CBalancer balancer({"a", "b", "c"});
  const std::vector<els_id> avoid(16, els_id{"b", 1});
  const auto request = [&](int i) {
    els_ticket ticket;
    EXPECT_EQ(els_balancer_pick(balancer.get(), avoid.data(), avoid.size(),
                                kNow, &ticket),
              ELS_OK);
    EXPECT_NE(IdOf(ticket), "b");
    if (i % 3 == 0) els_ticket_answered(&ticket, ELS_SUCCESS, kNow);
    if (i % 3 != 1) els_ticket_finish(&ticket, ELS_SUCCESS, kNow);
    if (i % 3 == 1) els_ticket_drop(&ticket);
  };
  request(0);
  const long before = allocations;
  for (int i = 0; i < 1000; ++i) request(i);
  EXPECT_EQ(allocations - before, 0);
}

TEST(CMemoryTest, ABalancerAndItsTicketsFreeWhatTheyHeld) {
  const std::string id(100, 'a');
  // The table's slots are there to stay.
  for (const bool first : {true, false}) {
    const long before = held;
    {
      CBalancer balancer({id});
      const els_ticket finished = balancer.Pick();
      EXPECT_EQ(els_ticket_finish(&finished, ELS_SUCCESS, kNow), ELS_OK);
      const els_ticket late = balancer.Pick();
      const els_ticket dropped = balancer.Pick();
      balancer.Free();
      EXPECT_EQ(els_ticket_finish(&late, ELS_SUCCESS, kNow), ELS_OK);
      EXPECT_EQ(els_ticket_drop(&dropped), ELS_OK);
    }
    if (!first) {
      EXPECT_EQ(held - before, 0);
    }
  }
}

// Lets `call` run out of memory at its first allocation, its second, and so on,
// until it needs no more; gives how often it did.
int RunOut(const std::function<els_status()>& call) {
  for (int times = 0;; ++times) {
    until_failure = times;
    const els_status status = call();
    until_failure = -1;
    if (status == ELS_OK) return times;
    EXPECT_EQ(status, ELS_NO_MEMORY);
  }
}

TEST(CMemoryTest, WithoutMemoryThereIsNoBalancer) {
  char why[40] = "";
  els_balancer* balancer = nullptr;
  EXPECT_GT(RunOut([&] {
              const els_status status =
                  els_balancer_new(nullptr, &balancer, why, sizeof why);
              if (status != ELS_OK) {
                EXPECT_STREQ(why, "out of memory");
                EXPECT_EQ(balancer, nullptr);
              }
              return status;
            }),
            0);
  els_balancer_free(balancer);
}

TEST(CMemoryTest, WithoutMemoryThereIsNoSnapshot) {
  CBalancer balancer({std::string(100, 'a'), "b"});
  els_snapshot* snapshot = nullptr;
  EXPECT_GT(RunOut([&] {
              return els_balancer_snapshot(balancer.get(), kNow, &snapshot);
            }),
            0);
  EXPECT_EQ(els_snapshot_size(snapshot), 2u);
  els_snapshot_free(snapshot);
}

TEST(CMemoryTest, WithoutMemoryToReadItANewSetChangesNothing) {
  CBalancer balancer({"old"});
  const std::string id(100, 'a');
  els_backend backend = ELS_BACKEND_INIT;
  backend.id = {id.data(), id.size()};
  for (const long first : {0, 1}) {
    until_failure = first;
    const els_status status = els_balancer_set_backends(
        balancer.get(), &backend, 1, kNow, nullptr, 0);
    until_failure = -1;
    EXPECT_EQ(status, ELS_NO_MEMORY);
    const els_ticket ticket = balancer.Pick();
    EXPECT_EQ(IdOf(ticket), "old");
    EXPECT_EQ(els_ticket_drop(&ticket), ELS_OK);
  }
}

TEST(CMemoryTest, WithoutMemoryForItsTicketNothingIsPicked) {
  CBalancer balancer;
  std::vector<els_ticket> tickets(1000);
  int failures = 0;
  for (els_ticket& ticket : tickets) {
    failures += RunOut([&] {
      return els_balancer_pick(balancer.get(), nullptr, 0, kNow, &ticket);
    });
  }
  EXPECT_GT(failures, 0);
  EXPECT_EQ(balancer.First().picks, tickets.size());
  for (const els_ticket& ticket : tickets) {
    EXPECT_EQ(els_ticket_drop(&ticket), ELS_OK);
  }
}

}  // namespace
}  // namespace els
