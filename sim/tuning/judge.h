#pragma once

// How good options are, by the simulations that have been done.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "sim/results/paired.h"
#include "sim/tuning/trials.h"
#include "sim/tuning/tune_plan.h"

namespace els_sim {

struct SeedRange {
  std::uint64_t first = 1;
  std::size_t count = 0;
};

struct Judgement {
  // What is to be small: see TunePlan::worst_weight.
  double objective = 0;
  // Means over the train scenarios, each counting the same: of the logarithms
  // of the cost and of the 99th percentile relative to the yardstick's, and of
  // the part of the requests that failed.
  double log_cost = 0;
  double log_p99 = 0;
  double error_rate = 0;
  // How far the constraints that were looked at are broken, all together; 0 if
  // none is.
  double violation = 0;
};

// Those that keep the constraints before those that do not; then the smaller
// objective, or the smaller violation.
bool IsBetter(const Judgement& one, const Judgement& other);

// As a number for which that holds, too.
double HeightOf(const Judgement& judgement);

// Reads what has been done. A value; all of its functions are const.
class Judge {
 public:
  // Both outlive it; `start` is the candidate of the options at the start.
  Judge(const TunePlan& plan, const Trials& trials, std::size_t start)
      : plan_(plan), trials_(trials), start_(start) {}

  // REQUIRES: the candidate, the yardstick and the start have been simulated in
  // all train scenarios with these seeds; and if `with_constraints` in the
  // constraint scenarios, too.
  Judgement Of(std::size_t candidate, SeedRange seeds,
               bool with_constraints) const;

  // By seed: the mean over these scenarios of log(cost / other's cost); empty
  // where none has any.
  std::vector<std::optional<double>> LogCosts(
      std::size_t candidate, std::size_t other,
      absl::Span<const std::size_t> scenarios, SeedRange seeds) const;

  // Over all requests of these seeds.
  double ErrorRate(std::size_t candidate, std::size_t scenario,
                   SeedRange seeds) const;

  // Means over the seeds of the mean cost and of the 99th percentile, in ms.
  double CostMs(std::size_t candidate, std::size_t scenario,
                SeedRange seeds) const;
  double P99Ms(std::size_t candidate, std::size_t scenario,
               SeedRange seeds) const;

  // By how much the constraints of this scenario are broken.
  double Violation(std::size_t candidate, std::size_t scenario,
                   SeedRange seeds) const;

 private:
  // By seed, in ns.
  std::vector<double> Costs(std::size_t candidate, std::size_t scenario,
                            SeedRange seeds) const;

  // The mean over the seeds.
  double LogP99(std::size_t candidate, std::size_t scenario,
                SeedRange seeds) const;

  const TunePlan& plan_;
  const Trials& trials_;
  const std::size_t start_;
};

}  // namespace els_sim
