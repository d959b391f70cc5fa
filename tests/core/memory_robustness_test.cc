// What a balancer holds on to while its set changes for ever.

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "els/balancer.h"
#include "tests/core/virtual_clock.h"
#include "tests/sanitized.h"

namespace {
long held = 0;  // Bytes, by this program's one thread.
}  // namespace

// Not inline, or g++ sees malloc where the caller of delete has new.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  held += static_cast<long>(malloc_usable_size(memory));
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  if (memory != nullptr) held -= static_cast<long>(malloc_usable_size(memory));
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace els {
namespace {

using std::chrono::seconds;

constexpr int kChanges = kSanitized ? 100'000 : 1'000'000;

class MemoryRobustnessTest : public testing::Test {
 protected:
  // Two that stay or return, and one from outside. Each request outlives a few
  // changes of the set.
  void Change(int number, const std::string& newcomer) {
    const std::string returns = "returns-" + std::to_string(number % 5);
    ASSERT_TRUE(balancer_
                    ->SetBackends({{.id = "stays, and has a long name indeed"},
                                   {.id = returns},
                                   {.id = newcomer}},
                                  clock_.Advance(seconds(10)))
                    .ok());
    Ticket& ticket = tickets_[static_cast<std::size_t>(number) % 7];
    ticket.Finish(Outcome::kSuccess, clock_.now());
    ticket = balancer_->Pick(clock_.now());
  }

  // The most ever held in `changes` of the set.
  template <class Newcomer>
  long MostHeld(int changes, Newcomer newcomer) {
    long most = 0;
    for (int i = 0; i < changes; ++i, ++changes_) {
      Change(changes_, newcomer(changes_));
      most = std::max(most, held);
    }
    return most;
  }

  VirtualClock clock_;
  std::optional<Balancer> balancer_{
      Options{.seed = 1, .removed_memory = seconds(60)}};
  std::vector<Ticket> tickets_ = std::vector<Ticket>(7);
  int changes_ = 0;
};

// At 10 s a change and a minute of memory six or seven are remembered.
TEST_F(MemoryRobustnessTest, AMillionNewBackendsLeaveNothingBehind) {
  const auto newcomer = [](int number) {
    return "a newcomer with the number " + std::to_string(1'000'000 + number);
  };
  const long at_first = MostHeld(kChanges / 10, newcomer);
  const long later = MostHeld(kChanges, newcomer);
  EXPECT_LE(later, at_first + at_first / 20);
}

TEST_F(MemoryRobustnessTest, BackendsThatComeAndGoLeaveNothingBehind) {
  const auto newcomer = [](int number) {
    return "comes and goes " + std::to_string(number % 7 * number % 11);
  };
  const long at_first = MostHeld(kChanges / 50, newcomer);
  const long later = MostHeld(kChanges / 5, newcomer);
  EXPECT_LE(later, at_first + at_first / 20);
}

// With no time in between in which to be forgotten.
TEST_F(MemoryRobustnessTest, AFloodOfNewBackendsIsRememberedInPart) {
  constexpr int kSize = 20'000;
  long at_first = 0;
  long later = 0;
  for (int i = 0; i < 20; ++i) {
    std::vector<Backend> set;
    for (int j = 0; j < kSize; ++j) {
      set.push_back({.id = "one of a flood of newcomers " +
                           std::to_string(1'000'000 + i * kSize + j)});
    }
    ASSERT_TRUE(balancer_->SetBackends(set, clock_.now()).ok());
    (i < 8 ? at_first : later) = std::max(i < 8 ? at_first : later, held);
  }
  EXPECT_LE(later, at_first + at_first / 20);
}

// Neither of the set nor of those that have left it.
// With the shortest memories the clocks have gone round by then.
TEST(LongAbsenceTest, CountsStayWhateverHasBeenForgottenMeanwhile) {
  using std::chrono::milliseconds;
  Balancer balancer(Options{.seed = 1,
                            .removed_memory = std::chrono::hours(24),
                            .latency_memory = milliseconds(1),
                            .latency_memory_picks = 0,
                            .success_memory = milliseconds(1),
                            .success_memory_picks = 0});
  TimePoint now{std::chrono::hours(1)};
  ASSERT_TRUE(balancer.SetBackends({{.id = "a"}, {.id = "b"}}, now).ok());
  for (int i = 0; i < 100; ++i) {
    now += milliseconds(10);
    Ticket ticket = balancer.Pick(now, {"b"});
    ticket.Finish(i % 2 == 0 ? Outcome::kFailure : Outcome::kSuccess,
                  now + milliseconds(5));
  }
  ASSERT_TRUE(balancer.SetBackends({{.id = "b"}}, now).ok());
  for (int i = 0; i < 20 * 60; ++i) {
    now += std::chrono::seconds(1);
    balancer.Pick(now).Finish(Outcome::kSuccess, now + milliseconds(5));
  }
  ASSERT_TRUE(balancer.SetBackends({{.id = "a"}, {.id = "b"}}, now).ok());
  const BackendSnapshot a = balancer.Snapshot(now)[0];
  EXPECT_EQ(a.id, "a");
  EXPECT_EQ(a.picks, 100u);
  EXPECT_EQ(a.failures, 50u);
  EXPECT_EQ(a.success_rate, 1);
}

TEST_F(MemoryRobustnessTest, ATicketKeepsNoMoreThanItsOwnBackend) {
  const long before = held;
  for (const char* const prefix : {"left", "stays"}) {
    std::vector<Backend> set;
    for (int i = 0; i < 5000; ++i) {
      set.push_back(
          {.id = prefix + std::string(1000, 'x') + std::to_string(i)});
    }
    ASSERT_TRUE(balancer_->SetBackends(set, clock_.now()).ok());
    tickets_.push_back(balancer_->Pick(clock_.now()));
  }
  const long with_all = held - before;
  EXPECT_GT(with_all, 10'000 * 1000);
  balancer_.reset();
  EXPECT_LT(held - before, with_all / 10);
  for (Ticket& ticket : tickets_) ticket = Ticket();
  EXPECT_LT(held - before, 1000) << "the room for tickets alone";
}

// A set that was large once, and then grows one by one, keeps indexes of a few
// sizes alone: all together they take less than two of the largest.
TEST_F(MemoryRobustnessTest, ASetThatGrowsOneByOneKeepsFewIndexes) {
  std::vector<Backend> all;
  for (int i = 0; i < 65'000; ++i) all.push_back({.id = std::to_string(i)});
  const auto use = [&](std::size_t size) {
    ASSERT_TRUE(balancer_
                    ->SetBackends(absl::MakeConstSpan(all).first(size),
                                  clock_.Advance(seconds(30)))
                    .ok());
  };
  for (const std::size_t size : {100, 65'000, 100, 100}) use(size);
  const long before = held;
  for (std::size_t size = 101; size < 2100; ++size) use(size);
  constexpr long kBytesOfASlot = 8 + 8 * 4 / 3;
  EXPECT_LT(held - before, 2 * 4096 * kBytesOfASlot);
}

}  // namespace
}  // namespace els
