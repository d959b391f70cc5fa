#pragma once

// Recordings of which it is known what a fit has to find.

#include <cstdint>
#include <optional>
#include <string>

#include "els/random.h"
#include "sim/model/streams.h"
#include "sim/traces/recording.h"

namespace els_sim {

inline constexpr double kMillisecond = 1e6;

// Of `backends` b0, b1, ..., and no attempt yet.
inline Recording NoRecording(std::size_t backends) {
  Recording recording = {
      .path = "t.csv", .has_times = true, .work = WorkKind::kLatencies};
  for (std::size_t i = 0; i < backends; ++i) {
    recording.backends.push_back("b" + std::to_string(i));
  }
  return recording;
}

inline void Add(Recording& recording, Duration time, std::uint32_t backend,
                std::optional<double> work_ns,
                els::Outcome outcome = els::Outcome::kSuccess,
                std::size_t attempt = 1) {
  recording.attempts.push_back({.time = time,
                                .work = work_ns,
                                .backend = backend,
                                .outcome = outcome,
                                .first = attempt == 1});
  if (attempt == 1) ++recording.requests;
  recording.most_attempts = std::max(recording.most_attempts, attempt);
}

// A Poisson stream of `rate` a second, in turn to the backends, each answering
// after exponential times of 10 ms in the mean.
inline Recording Poisson(std::size_t requests, double rate,
                         std::size_t backends) {
  Recording recording = NoRecording(backends);
  els::Random random(5);
  Duration time = {};
  for (std::size_t i = 0; i < requests; ++i) {
    const Duration work = Exponential(std::chrono::milliseconds(10), random);
    Add(recording, time, static_cast<std::uint32_t>(i % backends),
        FractionalDuration(work).count());
    time += Exponential(FractionalDuration(1e9 / rate), random);
  }
  return recording;
}

}  // namespace els_sim
