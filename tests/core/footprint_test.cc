// How much memory a large set takes.

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "els/balancer.h"
#include "tests/core/virtual_clock.h"

namespace {

long held = 0;

void* Take(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  held += static_cast<long>(malloc_usable_size(memory));
  return memory;
}

void Give(void* memory) {
  held -= static_cast<long>(malloc_usable_size(memory));
  std::free(memory);
}

std::size_t Align(std::align_val_t align) {
  return static_cast<std::size_t>(align);
}

}  // namespace

void* operator new(std::size_t size) { return Take(std::malloc(size)); }
void* operator new(std::size_t size, std::align_val_t align) {
  const std::size_t to = Align(align);
  return Take(std::aligned_alloc(to, (size + to - 1) / to * to));
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, std::align_val_t align) {
  return operator new(size, align);
}
void operator delete(void* memory) noexcept { Give(memory); }
void operator delete(void* memory, std::size_t) noexcept { Give(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { Give(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  Give(memory);
}
void operator delete[](void* memory) noexcept { Give(memory); }
void operator delete[](void* memory, std::size_t) noexcept { Give(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept {
  Give(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  Give(memory);
}

namespace els {
namespace {

TEST(FootprintTest, ABackendTakesAtMost192BytesBesidesItsId) {
  constexpr int kBackends = 10'000;
  std::vector<Backend> backends;
  for (int i = 0; i < kBackends; ++i) {
    backends.push_back({.id = std::to_string(i)});  // All in the string itself.
  }
  VirtualClock clock;
  const long before = held;
  Balancer balancer(Options{.seed = 1});
  ASSERT_TRUE(balancer.SetBackends(backends, clock.now()).ok());
  const long each = (held - before) / kBackends;
  EXPECT_LE(each - static_cast<long>(sizeof(std::string)), 192);
  EXPECT_GE(each, 128) << "less than a record takes has been counted";
}

}  // namespace
}  // namespace els
