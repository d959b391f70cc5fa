#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "els/concurrency_limit.h"
#include "sim/limiters/adaptive_throttling.h"
#include "sim/limiters/gradient2.h"
#include "sim/limiters/vegas.h"
#include "sim/limiters/windowed.h"
#include "sim/model/limiter.h"
#include "sim/model/slab.h"

namespace els_sim {
namespace {

// The library's.
class LibraryLimiter final : public Limiter {
 public:
  explicit LibraryLimiter(const LimiterSetup& setup) : limit_(setup.options) {}

  std::optional<std::uint32_t> TryAdmit(Time now,
                                        els::Priority priority) override {
    els::Admission admission = limit_.TryAdmit(AsTimePoint(now), priority);
    if (!admission) return std::nullopt;
    return admissions_.Add(std::move(admission));
  }

  void Done(std::uint32_t admitted, els::Outcome outcome, Duration,
            Time now) override {
    admissions_[admitted].Done(outcome, AsTimePoint(now));
    admissions_.Free(admitted);
  }

 private:
  els::ConcurrencyLimit limit_;
  Slab<els::Admission> admissions_;  // Destroyed before the limit.
};

// Admits everything, to compare with.
class NoLimiter final : public Limiter {
 public:
  explicit NoLimiter(const LimiterSetup&) {}
  std::optional<std::uint32_t> TryAdmit(Time, els::Priority) override {
    return 0;
  }
  void Done(std::uint32_t, els::Outcome, Duration, Time) override {}
};

template <typename L>
std::unique_ptr<Limiter> Make(const LimiterSetup& setup) {
  return std::make_unique<L>(setup);
}

constexpr LimiterInfo kLimiters[] = {
    {"els", "the library's ConcurrencyLimit", Make<LibraryLimiter>},
    {"netflix-gradient2", "by latency against its long mean (Netflix)",
     Make<Windowed<Gradient2>>},
    {"netflix-vegas", "by the queue against the least latency (Netflix)",
     Make<Windowed<Vegas>>},
    {"adaptive-throttling",
     "at random by accepted requests (Google's SRE book)",
     Make<AdaptiveThrottling>},
    {"none", "admits everything", Make<NoLimiter>},
};

}  // namespace

absl::Span<const LimiterInfo> Limiters() { return kLimiters; }

const LimiterInfo* FindLimiter(std::string_view name) {
  const auto* const found = std::find_if(
      std::begin(kLimiters), std::end(kLimiters),
      [name](const LimiterInfo& limiter) { return limiter.name == name; });
  return found == std::end(kLimiters) ? nullptr : found;
}

std::string KnownLimiters() {
  std::string known;
  for (const LimiterInfo& limiter : kLimiters) {
    known.append(known.empty() ? "" : ", ").append(limiter.name);
  }
  return known;
}

}  // namespace els_sim
