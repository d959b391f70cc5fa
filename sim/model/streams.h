#pragma once

// Randomness keyed by what it is for. A draw depends on (seed, purpose, index)
// alone, never on what was drawn before: every policy is given the same
// arrivals and the same work, so that their differences are the policies' own
// (common random numbers).

#include <cstdint>

#include "els/portable_math.h"
#include "els/random.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// What a draw is for. The values are part of every golden output: add at the
// end, never renumber.
enum class Purpose : std::uint64_t {
  kGap = 1,          // From one arrival to the next; by request.
  kSize = 2,         // How much work a request is; by request.
  kAccessPoint = 3,  // Which access point it reaches; by request.
  kFailure = 4,      // Whether a failing server fails it; by request.
  kPolicy = 5,       // All that a policy draws; by access point.
  kThink = 6,        // How long a user thinks; by the request that follows.
  kOnOff = 7,        // When the stream of requests is on and off; one.
  kPause = 8,        // When a server stands still; by server.
  kNoise = 9,        // How slow its neighbours make it; by server.
  kNeutral = 10,     // Whether an answer says nothing of speed; by request.
  kCut = 11,         // Whether an answer is cut off; by request.
  kStream = 12,      // Whether it is a stream, and how long; by request.
  kPriority = 13,    // How much it matters; by request.
  kLimiter = 14,     // All that a limiter draws; by access point.
  kStraggler = 15,   // Whether an answer is late, and by how much; by attempt.
};

// The draws for one purpose. A value.
class Stream {
 public:
  Stream(std::uint64_t seed, Purpose purpose)
      : base_(els::Random(els::Random(seed).Bits() +
                          static_cast<std::uint64_t>(purpose))
                  .Bits()) {}

  // A generator of the index's own: els::Random scrambles its seed, so
  // consecutive ones are as good as unrelated.
  els::Random At(std::uint64_t index) const {
    return els::Random(base_ + index);
  }

 private:
  std::uint64_t base_;
};

// An exponentially distributed duration, by inversion: one draw.
inline Duration Exponential(FractionalDuration mean, els::Random& random) {
  // 1 - U lies in (0, 1], so the logarithm is finite.
  return Rounded(mean * -els::Log(1 - random.Uniform()));
}

}  // namespace els_sim
