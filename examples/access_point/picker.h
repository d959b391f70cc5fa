#pragma once

// How the access point chooses a backend: by els, or by one of two simple
// policies to compare it with, all behind one interface.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "els/balancer.h"

namespace access_point {

enum class Policy { kEls, kRoundRobin, kLeastOutstanding };

// "els", "round-robin" or "least-outstanding"; empty for any other name.
std::optional<Policy> ParsePolicy(std::string_view name);

// A backend chosen for one attempt, waiting to hear how it went. Destroyed
// without Finish: the attempt was never made. Not thread-safe.
class Attempt {
 public:
  virtual ~Attempt() = default;

  // Its index among the backends the picker was made with.
  virtual std::size_t backend() const = 0;

  // As for els::Ticket: the response has begun; the attempt is over.
  virtual void Answered(els::Outcome outcome, els::TimePoint now) = 0;
  virtual void Finish(els::Outcome outcome, els::TimePoint now) = 0;

  // The backend asks for no requests for so long. Not every policy listens.
  virtual void RetryAfter(els::Duration /*wait*/, els::TimePoint /*now*/) {}
};

// Thread-safe. Outlives its attempts.
class Picker {
 public:
  virtual ~Picker() = default;

  // Never null. Passes over the backend `avoid` unless it is the only one.
  virtual std::unique_ptr<Attempt> Pick(els::TimePoint now,
                                        std::optional<std::size_t> avoid) = 0;
};

// The backend with the lowest expected latency.
class ElsPicker final : public Picker {
 public:
  // REQUIRES: `ids` are not empty, differ, and are els::Balancer::kMaxBackends
  // at the most; `options` are valid. Throws std::invalid_argument otherwise.
  ElsPicker(std::vector<std::string> ids, const els::Options& options);

  std::unique_ptr<Attempt> Pick(els::TimePoint now,
                                std::optional<std::size_t> avoid) override;

  std::vector<els::BackendSnapshot> Snapshot(els::TimePoint now) const;

 private:
  const std::vector<std::string> ids_;
  els::Balancer balancer_;
};

// The picker of `policy` over backends of these ids, which are as ElsPicker
// requires. `seed` drives its random decisions; 0 draws one from the system.
// `options`, but for their seed, are of kEls alone.
std::unique_ptr<Picker> MakePicker(Policy policy, std::vector<std::string> ids,
                                   std::uint64_t seed,
                                   els::Options options = {});

}  // namespace access_point
