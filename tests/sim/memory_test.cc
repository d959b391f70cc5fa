// A simulation's memory is bounded by what is in flight, not by its length.

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "sim/model/policy.h"
#include "sim/model/simulate.h"

namespace {

std::atomic<std::size_t> used = 0;
std::atomic<std::size_t> most_used = 0;

}  // namespace

void* operator new(std::size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  used += malloc_usable_size(memory);
  most_used = std::max(most_used.load(), used.load());
  return memory;
}

void operator delete(void* memory) noexcept {
  used -= malloc_usable_size(memory);
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace els_sim {
namespace {

// The most memory that was ever used meanwhile, beyond what was before.
std::size_t MemoryFor(Duration length, const char* policy) {
  Scenario scenario;
  scenario.arrivals = OpenArrivals{.length = length, .load = 0.8};
  scenario.servers.assign(10, ServerPlan{.slots = 8});
  scenario.servers.push_back({.slots = 8, .phases = {{.failure_rate = 0.5}}});
  scenario.access_points = 10;
  scenario.timeout = std::chrono::seconds(1);
  scenario.retries.most = 1;
  const std::size_t before = used;
  most_used = before;
  static_cast<void>(Simulate(scenario, *FindPolicy(policy), 1));
  return most_used - before;
}

TEST(Memory, DoesNotGrowWithTheLengthOfARun) {
  for (const char* policy : {"round-robin", "els"}) {
    const std::size_t once = MemoryFor(std::chrono::seconds(20), policy);
    const std::size_t ten_times = MemoryFor(std::chrono::seconds(200), policy);
    // Rarer and longer queues are seen in a longer run, and longer times.
    EXPECT_LT(static_cast<double>(ten_times), 1.5 * static_cast<double>(once))
        << policy << ": " << once << " bytes, then " << ten_times;
  }
}

}  // namespace
}  // namespace els_sim
