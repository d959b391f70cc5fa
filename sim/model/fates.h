#pragma once

// What becomes of answers that are no failures.

#include <cstdint>

#include "sim/model/scenario.h"
#include "sim/model/streams.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// Drawn by request, so that all attempts at a request share its draws, whatever
// the policy; but for stragglers, which are drawn by attempt. A value.
class Fates {
 public:
  explicit Fates(std::uint64_t seed)
      : neutral_(seed, Purpose::kNeutral),
        cut_(seed, Purpose::kCut),
        streams_(seed, Purpose::kStream),
        stragglers_(seed, Purpose::kStraggler) {}

  // Whether the answer to the request of this number says nothing of speed.
  bool IsNeutral(std::uint64_t number, double rate) const {
    return Happens(neutral_, number, rate);
  }

  // Whether that answer is cut off.
  bool IsCut(std::uint64_t number, double rate) const {
    return Happens(cut_, number, rate);
  }

  // How long that answer is streamed. Zero if it is not.
  Duration StreamedFor(std::uint64_t number,
                       const AnswerStreams& streams) const {
    els::Random random = streams_.At(number);
    if (random.Uniform() >= streams.part) return {};
    return Exponential(streams.mean_length, random);
  }

  // By how much the answer to an attempt is late.
  Duration LateBy(std::uint64_t number, std::uint32_t ordinal,
                  const Stragglers& stragglers) const {
    els::Random random =
        stragglers_.At(number + (std::uint64_t{ordinal} << 32));
    if (random.Uniform() >= stragglers.part) return {};
    return Exponential(stragglers.mean_delay, random);
  }

 private:
  static bool Happens(const Stream& draws, std::uint64_t number, double rate) {
    return rate > 0 && draws.At(number).Uniform() < rate;
  }

  Stream neutral_;
  Stream cut_;
  Stream streams_;
  Stream stragglers_;
};

}  // namespace els_sim
