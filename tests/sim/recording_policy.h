#pragma once

// A policy that goes round and keeps all that it is told.

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "sim/model/policy.h"

namespace els_sim {

class RecordingPolicy final : public Policy {
 public:
  struct Event {
    std::string_view what = "";
    std::uint32_t server = 0;
    els::Outcome outcome = {};
    Duration latency = {};
    Time now = {};

    friend bool operator==(const Event&, const Event&) = default;
  };

  // What the latest run with Info() told its policies. Of one thread.
  static std::vector<Event>& Events() {
    static auto* const events = new std::vector<Event>();
    return *events;
  }

  static PolicyInfo Info(bool until_first_byte = false) {
    Events().clear();
    ends_at_first_byte = until_first_byte;
    return {"recording", "",
            [](const PolicySetup& setup) -> std::unique_ptr<Policy> {
              return std::make_unique<RecordingPolicy>(setup);
            }};
  }

  static inline bool ends_at_first_byte = false;

  explicit RecordingPolicy(const PolicySetup& setup)
      : servers_(setup.members.size()) {}

  void SetMembers(absl::Span<const Member>, Time) override {}

  Attempt Pick(Time, absl::Span<const std::uint32_t>) override {
    return {.server = static_cast<std::uint32_t>(next_++ % servers_)};
  }

  void Answered(const Attempt& attempt, Duration latency, Time now) override {
    Events().push_back({"answered", attempt.server, {}, latency, now});
  }

  bool EndsAtFirstByte() const override { return ends_at_first_byte; }

  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override {
    Events().push_back({"finish", attempt.server, outcome, latency, now});
  }

  void FinishNeutral(const Attempt& attempt, Duration latency,
                     Time now) override {
    Events().push_back(
        {"neutral", attempt.server, els::Outcome::kNeutral, latency, now});
  }

 private:
  const std::size_t servers_;
  std::size_t next_ = 0;
};

}  // namespace els_sim
