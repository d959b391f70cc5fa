#include "sim/tuning/minimise.h"

#include <nlopt.h>

#include <cstdlib>
#include <memory>
#include <type_traits>

namespace els_sim {
namespace {

// Of a range, to begin with, and when to be content: below it, values of three
// digits are the same.
constexpr double kFirstStep = 0.15;
constexpr double kLastStep = 1e-3;

using NloptSearch =
    std::unique_ptr<std::remove_pointer_t<nlopt_opt>, decltype(&nlopt_destroy)>;

struct Asking {
  const Heights& height;
  nlopt_opt search;
};

double Ask(unsigned dimensions, const double* point, double*, void* data) {
  const auto& asking = *static_cast<const Asking*>(data);
  const std::vector<double> place(point, point + dimensions);
  const std::optional<double> height = asking.height(place);
  if (height.has_value()) return *height;
  nlopt_force_stop(asking.search);
  return 0;
}

}  // namespace

void Minimise(std::vector<double> start, std::size_t evaluations,
              const Heights& height) {
  const NloptSearch search(
      nlopt_create(NLOPT_LN_SBPLX, static_cast<unsigned>(start.size())),
      nlopt_destroy);
  if (search == nullptr) std::abort();  // Out of memory.
  Asking asking = {.height = height, .search = search.get()};
  nlopt_set_lower_bounds1(search.get(), 0);
  nlopt_set_upper_bounds1(search.get(), 1);
  nlopt_set_initial_step1(search.get(), kFirstStep);
  nlopt_set_xtol_abs1(search.get(), kLastStep);
  nlopt_set_maxeval(search.get(), static_cast<int>(evaluations));
  nlopt_set_min_objective(search.get(), Ask, &asking);
  double least = 0;
  nlopt_optimize(search.get(), start.data(), &least);
}

}  // namespace els_sim
