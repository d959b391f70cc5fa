#include "sim/tuning/judge.h"

#include <algorithm>

#include "els/portable_math.h"

namespace els_sim {
namespace {

constexpr double kNanosecondsPerMs = 1e6;

// Above every objective: these are logarithms of ratios of times between 1 ns
// and some years.
constexpr double kBroken = 1000;

double Mean(absl::Span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

// Of the seeds, in their order.
template <typename Measure>
std::vector<double> BySeed(SeedRange seeds, Measure measure) {
  std::vector<double> values;
  for (std::size_t i = 0; i < seeds.count; ++i) {
    values.push_back(measure(seeds.first + i));
  }
  return values;
}

}  // namespace

bool IsBetter(const Judgement& one, const Judgement& other) {
  return HeightOf(one) < HeightOf(other);
}

double HeightOf(const Judgement& judgement) {
  return judgement.violation > 0 ? kBroken + judgement.violation
                                 : judgement.objective;
}

std::vector<double> Judge::Costs(std::size_t candidate, std::size_t scenario,
                                 SeedRange seeds) const {
  return BySeed(seeds, [&](std::uint64_t seed) {
    return trials_.Of({candidate, scenario, seed}).cost_ns;
  });
}

std::vector<std::optional<double>> Judge::LogCosts(
    std::size_t candidate, std::size_t other,
    absl::Span<const std::size_t> scenarios, SeedRange seeds) const {
  std::vector<double> sums(seeds.count);
  std::vector<double> counts(seeds.count);
  for (const std::size_t scenario : scenarios) {
    const auto ratios = LogRatios(Costs(candidate, scenario, seeds),
                                  Costs(other, scenario, seeds));
    for (std::size_t i = 0; i < ratios.size(); ++i) {
      sums[i] += ratios[i].value_or(0);
      counts[i] += ratios[i].has_value() ? 1 : 0;
    }
  }
  std::vector<std::optional<double>> means(seeds.count);
  for (std::size_t i = 0; i < means.size(); ++i) {
    if (counts[i] > 0) means[i] = sums[i] / counts[i];
  }
  return means;
}

double Judge::LogP99(std::size_t candidate, std::size_t scenario,
                     SeedRange seeds) const {
  const auto p99 = [&](std::size_t whose) {
    return BySeed(seeds, [&](std::uint64_t seed) {
      return static_cast<double>(trials_.Of({whose, scenario, seed}).p99_ns);
    });
  };
  return EstimateRatio(LogRatios(p99(candidate), p99(Trials::kYardstick))).mean;
}

double Judge::ErrorRate(std::size_t candidate, std::size_t scenario,
                        SeedRange seeds) const {
  std::uint64_t errors = 0;
  std::uint64_t requests = 0;
  for (std::size_t i = 0; i < seeds.count; ++i) {
    const Outcome& outcome = trials_.Of({candidate, scenario, seeds.first + i});
    errors += outcome.errors;
    requests += outcome.requests;
  }
  return requests == 0
             ? 0
             : static_cast<double>(errors) / static_cast<double>(requests);
}

double Judge::CostMs(std::size_t candidate, std::size_t scenario,
                     SeedRange seeds) const {
  return Mean(Costs(candidate, scenario, seeds)) / kNanosecondsPerMs;
}

double Judge::P99Ms(std::size_t candidate, std::size_t scenario,
                    SeedRange seeds) const {
  return Mean(BySeed(seeds,
                     [&](std::uint64_t seed) {
                       return static_cast<double>(
                           trials_.Of({candidate, scenario, seed}).p99_ns);
                     })) /
         kNanosecondsPerMs;
}

double Judge::Violation(std::size_t candidate, std::size_t scenario,
                        SeedRange seeds) const {
  const double allowed = 1 + plan_.slack;
  double violation = std::max(
      0.0, ErrorRate(candidate, scenario, seeds) -
               allowed * ErrorRate(start_, scenario, seeds) - kErrorTolerance);
  if (plan_.scenarios[scenario].role == Role::kConstraint) {
    const LogRatio cost =
        EstimateRatio(LogCosts(candidate, start_, {scenario}, seeds));
    violation += std::max(0.0, cost.mean - els::Log(allowed));
  }
  return violation;
}

Judgement Judge::Of(std::size_t candidate, SeedRange seeds,
                    bool with_constraints) const {
  std::vector<double> costs;
  std::vector<double> p99s;
  std::vector<double> errors;
  Judgement judgement;
  for (const std::size_t scenario : ScenariosOf(plan_, Role::kTrain)) {
    costs.push_back(EstimateRatio(LogCosts(candidate, Trials::kYardstick,
                                           {scenario}, seeds))
                        .mean);
    p99s.push_back(LogP99(candidate, scenario, seeds));
    errors.push_back(ErrorRate(candidate, scenario, seeds));
    judgement.violation += Violation(candidate, scenario, seeds);
  }
  judgement.log_cost = Mean(costs);
  judgement.log_p99 = Mean(p99s);
  judgement.error_rate = Mean(errors);
  judgement.objective =
      judgement.log_cost +
      plan_.worst_weight * *std::max_element(costs.begin(), costs.end());
  if (!with_constraints) return judgement;
  for (const std::size_t scenario : ScenariosOf(plan_, Role::kConstraint)) {
    judgement.violation += Violation(candidate, scenario, seeds);
  }
  return judgement;
}

}  // namespace els_sim
