#pragma once

#include <cstdint>

namespace els_sim {

// 0 of none.
inline double Ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0
                    : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace els_sim
