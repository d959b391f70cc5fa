#pragma once

// Systems of which theory, or another simulation, knows the response time.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/scenario.h"
#include "sim/results/sweep.h"

namespace els_sim {

// What is known of a system's response time, in mean service times.
struct Reference {
  std::optional<std::uint64_t> thousandths = {};  // A quantile; or the mean.
  double value = 0;
  std::string source = {};
  // How far the value may itself be off. 0 of theory; of a simulation, half of
  // its 95 % interval.
  double allowance = 0;
  // Or only shown: what is simulated within reasonable time says too little.
  bool judged = true;
};

struct ValidationCase {
  std::string name = {};
  std::string_view policy = {};  // As FindPolicy knows it.
  // Poisson arrivals. One window, of the steady state.
  Scenario scenario = {};
  Seeds seeds = {};
  std::vector<Reference> references = {};  // At least one.
  bool quick = false;                      // One of the few for every test run.
};

// All, in the order of reports.
std::vector<ValidationCase> ValidationCases();

}  // namespace els_sim
