#pragma once

#include <chrono>
#include <vector>

#include "examples/demo/load.h"

namespace demo {

inline Sample Answered(int latency_ms, int due_ms = 0) {
  return {.due = std::chrono::milliseconds(due_ms),
          .latency = std::chrono::milliseconds(latency_ms),
          .ok = true};
}

// Failed fast, to catch whoever takes that for an answer.
inline Sample Failed(int due_ms = 0) {
  return {.due = std::chrono::milliseconds(due_ms),
          .latency = std::chrono::milliseconds(1)};
}

// `answered` requests that took 1, 2, ... ms, and `failed` that failed.
inline std::vector<Sample> Ladder(int answered, int failed) {
  std::vector<Sample> samples;
  for (int i = 0; i < failed; ++i) samples.push_back(Failed());
  for (int ms = answered; ms > 0; --ms) samples.push_back(Answered(ms));
  return samples;
}

}  // namespace demo
