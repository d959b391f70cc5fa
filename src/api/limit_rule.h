#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include "els/concurrency_limit.h"
#include "els/portable_math.h"

namespace els::internal {

// What the answers of one window were like.
struct LimitWindow {
  // The geometric mean in nanoseconds.
  double Latency() const { return Exp(log_sum / static_cast<double>(answers)); }

  std::uint64_t answers = 0;
  double log_sum = 0;  // Of their latencies in nanoseconds.
  std::uint32_t most_in_flight = 0;
  bool refused = false;  // Whether the limit has refused any request.
};

// How a limit follows windows: the formulas of els/concurrency_limit.h. A plain
// value. Its constants were chosen with the scenarios of
// tests/sim/limit_test.cc and sizes that are constant, exponential,
// hyperexponential and of a power law.
class LimitRule {
 public:
  explicit LimitRule(const ConcurrencyLimitOptions& options)
      : tolerance_(options.tolerance),
        highest_(options.highest_limit),
        baseline_windows_(options.baseline_windows),
        limit_(std::min(options.initial_limit, highest_)) {}

  // REQUIRES: window.answers > 0.
  void Learn(const LimitWindow& window) {
    const bool needed =
        window.refused || kHeadroom * window.most_in_flight > limit_;
    latency_ = window.Latency();
    LearnBaseline(needed);
    if (!needed) return;
    const double next = Next();
    if (next == limit_) return;
    reason_ = next < limit_ ? LimitReason::kLatency : LimitReason::kRoom;
    limit_ = next;
  }

  double limit() const { return limit_; }
  LimitReason reason() const { return reason_; }
  // In nanoseconds. Empty before the first window.
  std::optional<double> baseline() const { return baseline_; }
  std::optional<double> latency() const { return latency_; }

 private:
  // Twice the most in flight leaves room for a burst until the next window. A
  // limit that is higher has no effect, so latency says nothing of it.
  static constexpr double kHeadroom = 2;
  // Requests that may queue, over the root of the limit. With 1, ten access
  // points with three busy slots each were 30 % apart.
  static constexpr double kQueue = 1.5;
  // A limit that grows faster is far above what servers can do before latency
  // shows it. This one doubles in about three windows.
  static constexpr double kSteepestRise = 1.25;
  // Part of a window's answers are to requests sent under the limit before.
  static constexpr double kSteepestFall = 0.5;

  // What the limit is to be after a window that it mattered in.
  double Next() const {
    const double product =
        std::min(tolerance_ * *baseline_ / *latency_, kSteepestRise);
    const double next = limit_ * product + kQueue * std::sqrt(limit_);
    return std::clamp(std::max(next, kSteepestFall * limit_), 1.0, highest_);
  }

  // The mean of the logarithms of all windows that count at first, and of about
  // the last baseline_windows_ later on.
  void LearnBaseline(bool needed) {
    if (!baseline_.has_value()) baseline_ = latency_;
    if (!needed || *latency_ <= *baseline_) {
      learnt_ = std::min(learnt_ + 1, baseline_windows_);
      Follow(*latency_, learnt_);
    } else if (*latency_ > tolerance_ * *baseline_) {
      Follow(*latency_ / tolerance_, baseline_windows_);
    }
  }

  // Moves the baseline to `latency` by one of so many steps.
  void Follow(double latency, double steps) {
    *baseline_ *= Exp(Log(latency / *baseline_) / steps);
  }

  // Constant after construction.
  double tolerance_;
  double highest_;
  double baseline_windows_;

  double limit_;
  LimitReason reason_ = LimitReason::kInitial;
  std::optional<double> baseline_ = {};
  std::optional<double> latency_ = {};
  double learnt_ = 0;  // Windows, up to baseline_windows_.
};

}  // namespace els::internal
