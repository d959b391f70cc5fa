#pragma once

// Draws how large requests are.

#include <cstdint>

#include "els/random.h"
#include "sim/model/scenario.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// Of the sizes' own shape, with their mean. A value.
class SizeSampler {
 public:
  explicit SizeSampler(const Sizes& sizes);

  // The same for the same state of `random`, on every machine. `number` is the
  // request's, in order of arrival; only recorded sizes depend on it.
  Duration Draw(els::Random& random, std::uint64_t number = 0) const;

 private:
  double DrawUnscaled(els::Random& random, std::uint64_t number) const;

  Sizes sizes_;
  double scale_ns_;  // Makes the mean what it is to be.
};

}  // namespace els_sim
