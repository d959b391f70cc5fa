#include "sim/tuning/tune_plan.h"

namespace els_sim {
namespace {

constexpr std::size_t kEta = 3;

std::size_t Divided(std::size_t value, std::size_t by) {
  return (value + by - 1) / by;
}

}  // namespace

std::string_view RoleText(Role role) {
  switch (role) {
    case Role::kTrain:
      return "train";
    case Role::kConstraint:
      return "constraint";
    case Role::kHoldOut:
      return "hold-out";
  }
  return "";
}

Rung RungOf(const TunePlan& plan, std::size_t rung) {
  std::size_t fewer_points = 1;
  for (std::size_t i = 0; i < rung; ++i) fewer_points *= kEta;
  std::size_t fewer_seeds = 1;
  for (std::size_t i = rung + 1; i < kRungs; ++i) fewer_seeds *= kEta;
  return {.points = Divided(plan.points, fewer_points),
          .seeds = Divided(plan.seeds, fewer_seeds)};
}

std::vector<std::size_t> ScenariosOf(const TunePlan& plan, Role role) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < plan.scenarios.size(); ++i) {
    if (plan.scenarios[i].role == role) places.push_back(i);
  }
  return places;
}

Values StartValues(const TunePlan& plan) {
  Values values;
  for (const TunedOption& option : plan.options) values.push_back(option.start);
  return values;
}

}  // namespace els_sim
