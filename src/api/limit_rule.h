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
    latency_ = window.Latency();
    LearnBaseline(window.refused);
    const bool slower = window.refused && IsSlower();
    if (slower) baseline_ = latency_;
    if (kHeadroom * window.most_in_flight <= limit_) return;
    const double next = Next();
    NoteFall(next, window.refused);
    if (next == limit_) return;
    reason_ = next < limit_ ? LimitReason::kLatency
              : slower      ? LimitReason::kSlowerService
                            : LimitReason::kRoom;
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
  // points with three busy slots each were 30 % apart; with 2, a limit could
  // not fall far enough to tell a slower service from a queue.
  static constexpr double kQueue = 1.5;
  // A limit that grows faster is far above what servers can do before latency
  // shows it. This one doubles in about three windows.
  static constexpr double kSteepestRise = 1.25;
  // Part of a window's answers are to requests sent under the limit before.
  static constexpr double kSteepestFall = 0.5;
  // Chance alone rarely makes a limit fall by so much in window after window.
  static constexpr double kFalling = 0.98;
  // If servers are full, half the limit is half the latency; if they are not,
  // it is the same latency. This is half way between.
  static constexpr double kSameLatency = 0.75;
  // Four means of 50 exponential latencies have a standard error of 9 %.
  static constexpr int kWindowsAfterFall = 4;

  // A limit that falls, window after window, while requests are refused.
  struct Fall {
    double limit = 0;    // Where the fall began.
    double latency = 0;  // The highest before the limit was halved.
    // Since then.
    int windows = 0;
    double log_sum = 0;
  };

  // What the limit is to be after a window that it mattered in.
  double Next() const {
    const double product =
        std::min(tolerance_ * *baseline_ / *latency_, kSteepestRise);
    const double next = limit_ * product + kQueue * std::sqrt(limit_);
    return std::clamp(std::max(next, kSteepestFall * limit_), 1.0, highest_);
  }

  // The mean of the logarithms of all windows at first, and of about the last
  // baseline_windows_ later on.
  void LearnBaseline(bool refused) {
    if (!baseline_.has_value()) baseline_ = latency_;
    if (refused && *latency_ > *baseline_) return;
    learnt_ = std::min(learnt_ + 1, baseline_windows_);
    *baseline_ *= Exp(Log(*latency_ / *baseline_) / learnt_);
  }

  // Whether latency has stayed the same although the limit was halved.
  bool IsSlower() {
    if (!fall_.has_value()) return false;
    if (limit_ > fall_->limit / 2) {
      fall_->latency = std::max(fall_->latency, *latency_);
      return false;
    }
    fall_->log_sum += Log(*latency_);
    if (++fall_->windows < kWindowsAfterFall) return false;
    const double after = Exp(fall_->log_sum / kWindowsAfterFall);
    const bool same = after > kSameLatency * fall_->latency;
    fall_.reset();
    return same;
  }

  void NoteFall(double next, bool refused) {
    const bool falling = next < kFalling * limit_;
    if (fall_.has_value()) {
      const bool halved = limit_ <= fall_->limit / 2;
      if (!refused || (!falling && !halved)) fall_.reset();
    } else if (refused && falling) {
      fall_ = Fall{.limit = limit_, .latency = *latency_};
    }
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
  std::optional<Fall> fall_ = {};
};

}  // namespace els::internal
