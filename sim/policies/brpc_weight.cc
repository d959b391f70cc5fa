#include "sim/policies/brpc_weight.h"

#include <algorithm>

namespace els_sim {

void BrpcWeight::StartAnew(std::int64_t weight) {
  value_ = base_ = weight;
  average_ = {};
  answers_.clear();
}

void BrpcWeight::Reset(Microseconds now) {
  value_ = base_;
  if (outstanding_ > 0 && average_ > Microseconds::zero()) {
    const Microseconds age = now - begins_ / outstanding_;
    const Microseconds late = average_ * 3 / 2;
    if (age >= late) value_ = value_ * late.count() / age.count();
  }
  value_ = std::max(value_, kLeast);
}

void BrpcWeight::Begin(Microseconds now) {
  begins_ += now;
  ++outstanding_;
}

void BrpcWeight::End(Microseconds begin) {
  begins_ -= begin;
  --outstanding_;
}

void BrpcWeight::Succeed(Microseconds begin, Microseconds end) {
  End(begin);
  const Microseconds latency = end - begin;
  if (latency <= Microseconds::zero()) return;
  const Microseconds sum =
      answers_.empty() ? Microseconds::zero() : answers_.back().sum;
  if (answers_.size() == kAnswersKept) answers_.pop_front();
  answers_.push_back({.sum = sum + latency, .end = end});
  Update(end);
}

void BrpcWeight::Fail(Microseconds begin, Microseconds end,
                      std::int64_t retries) {
  End(begin);
  const Microseconds latency = end - begin;
  if (latency <= Microseconds::zero()) return;
  const std::int64_t left = kMostRetries - retries;
  const Microseconds cost =
      (left * (latency * 6 / 5) + retries * kTimeout) / kMostRetries;
  if (answers_.empty()) {
    // Nothing says yet what is normal.
    answers_.push_back({.sum = std::max(cost, kTimeout), .end = end});
  } else {
    answers_.back().sum += cost;
    answers_.back().end = end;
  }
  Update(end);
}

void BrpcWeight::Update(Microseconds now) {
  const Answer& oldest = answers_.front();
  const Answer& newest = answers_.back();
  const auto intervals = static_cast<std::int64_t>(answers_.size()) - 1;
  const Microseconds span = now - oldest.end;
  std::int64_t scaled_rate = kScale;  // One per second.
  if (intervals == 0) {
    average_ = newest.sum;
  } else if (span > Microseconds::zero()) {
    average_ = (newest.sum - oldest.sum) / intervals;
    // Too short a span says little of the rate.
    if (answers_.size() == kAnswersKept || span >= kLeastSpan) {
      const std::int64_t a_second =
          Microseconds(std::chrono::seconds(1)).count();
      scaled_rate =
          std::max(kScale, intervals * a_second * kScale / span.count());
    }
  } else {
    return;
  }
  if (average_ == Microseconds::zero()) return;
  base_ = scaled_rate / average_.count();
  Reset(now);
}

}  // namespace els_sim
