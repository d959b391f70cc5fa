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

// 192 bytes are the record, which every request writes: three cache lines, as
// it has the weight, the limit, the work and the neutral answers of the
// backend. 64 are what few calls need: the counts of what was no success, and
// the weight as it was given. 24 are the index, and 16 to 32, as its size is a
// power of two, the table of ids for Request::prefer.
TEST(FootprintTest, ABackendTakesAtMost320BytesBesidesItsId) {
  for (const int backends : {8191, 8192, 10'000, 16'384}) {
    std::vector<Backend> set;
    for (int i = 0; i < backends; ++i) {
      set.push_back({.id = std::to_string(i)});  // All in the string itself.
    }
    VirtualClock clock;
    const long before = held;
    Balancer balancer(Options{.seed = 1});
    ASSERT_TRUE(balancer.SetBackends(set, clock.now()).ok());
    const long each = (held - before) / backends;
    EXPECT_LE(each - static_cast<long>(sizeof(std::string)), 320) << backends;
    EXPECT_GE(each, 192) << "less than a record takes has been counted";
  }
}

}  // namespace
}  // namespace els
