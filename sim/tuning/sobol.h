#pragma once

// Points that fill a cube more evenly than chance does.

#include <cstddef>
#include <vector>

namespace els_sim {

// The first `count` points of Sobol's sequence in the open unit cube of so many
// dimensions, without the origin: 0.5 in each comes first. Pure. REQUIRES:
// 1 <= dimensions <= 3667. After Bratley and Fox, "Algorithm 659", TOMS 14,
// 1988, with Joe and Kuo's direction numbers, as Boost has them.
std::vector<std::vector<double>> SobolPoints(std::size_t count,
                                             std::size_t dimensions);

}  // namespace els_sim
