#include "tests/core/failing_memory.h"

#include <atomic>
#include <cstdlib>

namespace {

std::atomic<std::int64_t> allocated = 0;
std::atomic<std::int64_t> held = 0;

// Of this thread: how many allocations succeed before one fails; below 0 none
// fails.
thread_local std::int64_t until_failure = -1;
thread_local bool lasting = false;
thread_local bool has_failed = false;

void MayFail() {
  if (until_failure < 0) return;
  if (until_failure > 0) {
    --until_failure;
    return;
  }
  has_failed = true;
  if (!lasting) until_failure = -1;
  throw std::bad_alloc();
}

void* Take(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  ++allocated;
  ++held;
  return memory;
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
  if (memory != nullptr) --held;
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  operator delete(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  operator delete(memory);
}
void operator delete[](void* memory) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::size_t) noexcept {
  operator delete(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  operator delete(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  operator delete(memory);
}

namespace els {

std::int64_t AllocatedBlocks() { return allocated; }
std::int64_t HeldBlocks() { return held; }

FailingMemory::FailingMemory(std::int64_t first, Shortage shortage) {
  lasting = shortage == Shortage::kLasting;
  has_failed = false;
  until_failure = first;
}

FailingMemory::~FailingMemory() { until_failure = -1; }

bool FailingMemory::HasFailed() const { return has_failed; }

}  // namespace els
