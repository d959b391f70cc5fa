#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "els/random.h"
#include "sim/model/limiter.h"

namespace els_sim {

// Refuses a request with the probability
//
//   max(0, (requests - 2 accepts) / (requests + 1))
//
// of the last two minutes, refused ones among them: Google, "Site Reliability
// Engineering", 2016, chapter 21. Every answer that is a success is an accept.
// It bounds no number in flight, and priorities are passed over.
class AdaptiveThrottling final : public Limiter {
 public:
  explicit AdaptiveThrottling(const LimiterSetup& setup)
      : random_(setup.random) {}

  std::optional<std::uint32_t> TryAdmit(Time now, els::Priority) override {
    PassTo(now);
    const Counts all = Sum();
    const double excess = all.requests - kMultiplier * all.accepts;
    ++slots_[slot_ % kSlots].requests;
    if (random_.Uniform() < excess / (all.requests + 1)) return std::nullopt;
    return 0;
  }

  void Done(std::uint32_t, els::Outcome outcome, Duration, Time now) override {
    PassTo(now);
    if (outcome == els::Outcome::kSuccess) ++slots_[slot_ % kSlots].accepts;
  }

 private:
  struct Counts {
    double requests = 0;
    double accepts = 0;
  };
  static constexpr double kMultiplier = 2;
  static constexpr std::int64_t kSlots = 120;
  static constexpr Duration kSlot = std::chrono::seconds(1);

  void PassTo(Time now) {
    const std::int64_t slot = now.time_since_epoch() / kSlot;
    for (; slot_ < slot; ++slot_) slots_[(slot_ + 1) % kSlots] = {};
  }

  Counts Sum() const {
    Counts sum;
    for (const Counts& slot : slots_) {
      sum.requests += slot.requests;
      sum.accepts += slot.accepts;
    }
    return sum;
  }

  els::Random random_;
  std::int64_t slot_ = 0;
  std::array<Counts, kSlots> slots_ = {};
};

}  // namespace els_sim
