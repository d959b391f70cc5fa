#include "examples/access_point/descriptors.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <iostream>

namespace access_point {
namespace {

// Standard streams, the listener, what the contexts wait with, the reserve.
constexpr rlim_t kOwnDescriptors = 16;

}  // namespace

bool IsShortage(const Error& error) {
  if (error.category() != boost::system::system_category()) return false;
  return error.value() == EMFILE || error.value() == ENFILE ||
         error.value() == ENOBUFS || error.value() == ENOMEM;
}

void ReportRefusal(std::string_view limit) {
  using std::chrono::steady_clock;
  constexpr steady_clock::duration kPause = std::chrono::minutes(1);
  static std::atomic<steady_clock::rep> next{0};
  const steady_clock::duration now = steady_clock::now().time_since_epoch();
  // Only the value itself matters: relaxed.
  steady_clock::rep due = next.load(std::memory_order_relaxed);
  if (due != 0 && now.count() < due) return;
  if (!next.compare_exchange_strong(due, (now + kPause).count(),
                                    std::memory_order_relaxed)) {
    return;
  }
  std::cerr << "els-access-point: too many users for " << limit
            << "; refusing new ones" << std::endl;
}

void ReportShortage() { ReportRefusal("the limit on open files"); }

void RaiseDescriptorLimit() {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::size_t MostUsers() {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return SIZE_MAX;
  if (limit.rlim_cur <= kOwnDescriptors + 2) return 1;
  return static_cast<std::size_t>((limit.rlim_cur - kOwnDescriptors) / 2);
}

DescriptorReserve::DescriptorReserve() { Restore(); }
DescriptorReserve::~DescriptorReserve() { Release(); }

void DescriptorReserve::Release() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void DescriptorReserve::Restore() {
  if (descriptor_ < 0) descriptor_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

}  // namespace access_point
