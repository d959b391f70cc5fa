// A change of the set for which there is not enough memory.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <set>
#include <string>
#include <vector>

#include "els/balancer.h"

namespace {
// Allocations until there is no memory; below 0: there is enough.
std::int64_t until_failure = -1;

void* Take(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void MayFail() {
  if (until_failure == 0) throw std::bad_alloc();
  if (until_failure > 0) --until_failure;
}
}  // namespace

// Not inline, or g++ sees malloc where the caller of delete has new.
[[gnu::noinline]] void* operator new(std::size_t size) {
  MayFail();
  return Take(std::malloc(size));
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t align) {
  MayFail();
  const auto line = static_cast<std::size_t>(align);
  return Take(std::aligned_alloc(line, (size + line - 1) / line * line));
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, std::align_val_t align) {
  return operator new(size, align);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory,
                                       std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t a) noexcept {
  operator delete(memory, a);
}
void operator delete[](void* memory) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::size_t) noexcept {
  operator delete(memory);
}
void operator delete[](void* memory, std::align_val_t a) noexcept {
  operator delete(memory, a);
}
void operator delete[](void* memory, std::size_t, std::align_val_t a) noexcept {
  operator delete(memory, a);
}

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

// Makes one allocation of the call fail; whether there was one.
bool FailsAt(Balancer& balancer, const std::vector<Backend>& set,
             std::int64_t allocation) {
  bool failed = false;
  until_failure = allocation;
  try {
    (void)balancer.SetBackends(set, kStart);
  } catch (const std::bad_alloc&) {
    failed = true;
  }
  until_failure = -1;
  return failed;
}

TEST(SetChangeTest, WhicheverAllocationFailsTheSetIsTheOldOneAndThenTheNew) {
  const auto old_set = Set(0, 20);
  const auto new_set = Set(10, 60);
  std::int64_t failures = 0;
  for (;; ++failures) {
    SCOPED_TRACE(failures);
    Balancer balancer(Options{.seed = 1});
    ASSERT_TRUE(balancer.SetBackends(old_set, kStart).ok());
    if (!FailsAt(balancer, new_set, failures)) break;
    EXPECT_EQ(Listed(balancer), IdsOf(old_set));
    EXPECT_EQ(Picked(balancer, 20), IdsOf(old_set));
    ASSERT_TRUE(balancer.SetBackends(new_set, kStart).ok());
    EXPECT_EQ(Listed(balancer), IdsOf(new_set));
    EXPECT_EQ(Picked(balancer, 50), IdsOf(new_set));
  }
  EXPECT_GT(failures, 20);
}

// Backends leave, return and are forgotten, with a failure at each step.
TEST(SetChangeTest, FailuresInARowLoseNobody) {
  for (std::int64_t allocation = 0; allocation < 40; ++allocation) {
    SCOPED_TRACE(allocation);
    Balancer balancer(
        Options{.seed = 1, .removed_memory = std::chrono::hours(0)});
    for (int round = 0; round < 30; ++round) {
      const auto set = Set(7 * round % 40, 7 * round % 40 + 20 + round);
      FailsAt(balancer, set, allocation);
      ASSERT_TRUE(balancer.SetBackends(set, kStart).ok());
      ASSERT_EQ(Listed(balancer), IdsOf(set));
    }
  }
}

}  // namespace
}  // namespace els
