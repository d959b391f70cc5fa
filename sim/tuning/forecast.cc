#include "sim/tuning/forecast.h"

namespace els_sim {
namespace {

// Of the points of NLopt, those that seem better than the best so far, so that
// the constraints are looked at.
constexpr std::size_t kOneBetterOf = 5;

std::size_t RunsOfRung(const TunePlan& plan, std::size_t rung,
                       std::size_t train, std::size_t constraints) {
  const auto [points, seeds] = RungOf(plan, rung);
  const std::size_t before = rung == 0 ? 0 : RungOf(plan, rung - 1).seeds;
  const std::size_t kept =
      rung + 1 < kRungs ? RungOf(plan, rung + 1).points : 1;
  return (points * train + kept * constraints) * (seeds - before);
}

}  // namespace

std::size_t ForecastRuns(const TunePlan& plan, TunePart part,
                         std::size_t done) {
  const std::size_t train = ScenariosOf(plan, Role::kTrain).size();
  const std::size_t constraints = ScenariosOf(plan, Role::kConstraint).size();
  std::size_t runs = 3 * plan.scenarios.size() * plan.seeds;
  if (part == TunePart::kCompare) return runs;
  runs += 2 * plan.options.size() * train * plan.seeds;
  if (part == TunePart::kDisturb) return runs;
  const std::size_t asked = part == TunePart::kPolish ? done : 0;
  const std::size_t tries = (plan.polish - asked) * plan.seeds;
  runs += tries * train + tries * constraints / kOneBetterOf;
  if (part == TunePart::kPolish) return runs;
  for (std::size_t rung = done; rung < kRungs; ++rung) {
    runs += RunsOfRung(plan, rung, train, constraints);
  }
  return runs;
}

}  // namespace els_sim
