#pragma once

// For a test that runs with each way of choosing a backend.

#include <gtest/gtest.h>

#include <string>

#include "els/options.h"

namespace els {

inline auto EachChoice() {
  return testing::Values(Choice::kLowest, Choice::kPowerOfTwo,
                         Choice::kWeightedRandom);
}

inline std::string NameOf(const testing::TestParamInfo<Choice>& choice) {
  switch (choice.param) {
    case Choice::kLowest:
      return "Lowest";
    case Choice::kPowerOfTwo:
      return "PowerOfTwo";
    case Choice::kWeightedRandom:
      return "WeightedRandom";
  }
  return "Unknown";
}

}  // namespace els
