#include "sim/tuning/sobol.h"

#include <boost/random/sobol.hpp>
#include <cstdint>

namespace els_sim {

std::vector<std::vector<double>> SobolPoints(std::size_t count,
                                             std::size_t dimensions) {
  // As many bits as a double holds.
  constexpr unsigned kBits = 53;
  constexpr double kWhole = static_cast<double>(std::uint64_t{1} << kBits);
  boost::random::sobol_engine<std::uint_least64_t, kBits> draw(dimensions);
  std::vector<std::vector<double>> points(count,
                                          std::vector<double>(dimensions));
  for (std::vector<double>& point : points) {
    for (double& place : point) place = static_cast<double>(draw()) / kWhole;
  }
  return points;
}

}  // namespace els_sim
