#pragma once

// What a search for better options is to do.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "els/options.h"
#include "sim/model/policy.h"
#include "sim/model/scenario.h"
#include "sim/tuning/option_space.h"

namespace els_sim {

// What a scenario is for.
enum class Role {
  kTrain,       // Its cost is what is to be small.
  kConstraint,  // Its cost may not become larger.
  kHoldOut,     // It is looked at once, at the end.
};

// "train", "constraint", "hold-out".
std::string_view RoleText(Role role);

struct TuneScenario {
  Scenario scenario = {};
  Role role = Role::kTrain;
  std::string family = {};  // See catalogue_split.h.
};

struct TunePlan {
  std::vector<TuneScenario> scenarios = {};  // Each name once.
  const PolicyInfo* yardstick = nullptr;
  els::Options start = {};
  std::vector<TunedOption> options = {};  // At least one, each once.

  // The search has the seeds from this one on; the comparison at its end as
  // many after these.
  std::uint64_t first_seed = 1;
  std::size_t seeds = 18;   // Of the last rung, and of all that follows it.
  std::size_t points = 64;  // Of Sobol's that are tried.
  std::size_t polish = 60;  // Points that NLopt may try after that.

  // What is to be small: the mean over the train scenarios of the logarithm of
  // the cost relative to the yardstick's, and so many times the largest of
  // them.
  double worst_weight = 0.2;

  // Costs of the constraint scenarios, and error rates of these and the train
  // scenarios, may be so much of themselves above those of `start`.
  double slack = 0.05;
};

// Beside the slack, so many errors more per request are none: what is rare is
// not known any better.
inline constexpr double kErrorTolerance = 0.0005;

// Rungs of successive halving: each has a third of the points of the one below,
// and three times its seeds.
inline constexpr std::size_t kRungs = 3;
struct Rung {
  std::size_t points = 0;
  std::size_t seeds = 0;
};
// REQUIRES: rung < kRungs.
Rung RungOf(const TunePlan& plan, std::size_t rung);

// The places of the scenarios of a role.
std::vector<std::size_t> ScenariosOf(const TunePlan& plan, Role role);

// The values of `start`.
Values StartValues(const TunePlan& plan);

}  // namespace els_sim
