#pragma once

// NLopt's search for a minimum without derivatives.

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace els_sim {

// What is to be small, at a point of the closed unit cube; empty: stop.
using Heights =
    std::function<std::optional<double>(const std::vector<double>& point)>;

// Asks `height` of at most so many points, from `start` on, as Sbplx does: Tom
// Rowan's Subplex, which searches subspaces by Nelder and Mead's simplexes and
// so takes many dimensions, and noise, as they come. It keeps no result: the
// caller sees every point. Deterministic if `height` is. REQUIRES: `start` is
// in the cube; evaluations > 0.
void Minimise(std::vector<double> start, std::size_t evaluations,
              const Heights& height);

}  // namespace els_sim
