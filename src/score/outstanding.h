#pragma once

#include <algorithm>
#include <cstdint>

#include "src/score/work.h"

namespace els::internal {

// Returns seconds, for use inside a formula.
inline double Seconds(std::int64_t ns) {
  return static_cast<double>(ns) * 1e-9;
}

// The requests that are outstanding at one backend: how many, of how much work,
// and how old. A plain value.
class Outstanding {
 public:
  // Counts a request of `work` that is sent at `now_ns`.
  void Sent(Work work, std::int64_t now_ns) {
    ++count_;
    ++waiting_;
    waiting_work_ += work;
    start_sum_ns_ += static_cast<std::uint64_t>(now_ns);
  }

  // Counts a request of `work` sent at `start_ns` as no longer waited for: its
  // answer has come, or it is over.
  void Settled(Work work, std::int64_t start_ns) {
    --waiting_;
    waiting_work_ -= work;
    answered_work_ += work;
    start_sum_ns_ -= static_cast<std::uint64_t>(start_ns);
  }

  // Counts a request of `work` that has Settled as over.
  void Released(Work work) {
    --count_;
    answered_work_ -= work;
  }

  std::uint32_t count() const { return count_; }
  // Those that have not Settled.
  std::uint32_t waiting() const { return waiting_; }

  // Those that have Settled and are not over.
  std::uint32_t answered() const { return count_ - waiting_; }

  // In typical requests.
  double waiting_work() const { return FromWork(waiting_work_); }
  double answered_work() const { return FromWork(answered_work_); }

  // Returns the sum of the ages of the requests that wait, if no answer came
  // since `answered_at_ns`. An age counts from the latest answer at the
  // earliest: a backend that answers others is not silent, whatever it is still
  // busy with. The sum counts as 0 where it is negative, as another thread's
  // clock is ahead.
  double AgesSeconds(std::int64_t now_ns, std::int64_t answered_at_ns) const {
    const std::uint64_t ages_ns =
        waiting_ * static_cast<std::uint64_t>(now_ns) - start_sum_ns_;
    const double ages_s = Seconds(static_cast<std::int64_t>(ages_ns));
    const double silent_s = waiting_ * Seconds(now_ns - answered_at_ns);
    return std::max(0.0, std::min(ages_s, silent_s));
  }

  // Returns the mean age of the requests that wait, in seconds.
  double MeanAgeSeconds(std::int64_t now_ns) const {
    return waiting_ > 0 ? AgesSeconds(now_ns, kNever) / waiting_ : 0;
  }

  // The time of an answer that never came: 146 years ago.
  static constexpr std::int64_t kNever = -(std::int64_t{1} << 62);

 private:
  std::uint32_t count_ = 0;
  std::uint32_t waiting_ = 0;
  // The sum of the starts of those that wait, in wrapping nanoseconds. With
  // their number it gives the sum of their ages without a loop.
  std::uint64_t start_sum_ns_ = 0;
  std::uint64_t waiting_work_ = 0;
  std::uint64_t answered_work_ = 0;
};

}  // namespace els::internal
