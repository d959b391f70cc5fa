#pragma once

// The moving average that go-zero and Kratos keep in whole numbers.

#include <cstdint>

namespace els_sim {

// `weight` of the old value and the rest of the sample, without what is left
// below one. So what moves it by less than one is lost upwards and rounded up
// to one downwards: many samples in a short time can lower it alone.
inline std::uint64_t WholeAverage(std::uint64_t old, std::uint64_t sample,
                                  double weight) {
  return static_cast<std::uint64_t>(static_cast<double>(old) * weight +
                                    static_cast<double>(sample) * (1 - weight));
}

}  // namespace els_sim
