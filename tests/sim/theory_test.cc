// The simulator against queueing theory's closed forms. Mean service time 1, so
// every mean is in units of it.

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <numeric>
#include <vector>

#include "sim/simulate.h"
#include "sim/sweep.h"

namespace els_sim {
namespace {

using std::chrono::seconds;

// The variance of the mean wait over n customers of M/M/1 is about
// rho (2 + 5 rho - 4 rho^2 + rho^3) / ((1 - rho)^4 n): at rho = 0.8, the
// hardest case here, 1976 / n, so that a standard error of 1 % of the mean 5
// takes 790,000 customers.
constexpr std::size_t kReplications = 30;
constexpr double kRequestsEach = 40'000;

// A queue of M/M/1 at rho = 0.8 forgets its start in about
// 1 / (1 - sqrt(rho))^2 = 90 service times; the tenth taken here is far more.
constexpr std::size_t kWarmUpPart = 10;

struct Estimate {
  double mean;
  double standard_error;
};

Estimate MeanInSystem(const std::vector<ServerPlan>& servers, double load) {
  double slots = 0;
  for (const ServerPlan& server : servers) {
    slots += static_cast<double>(server.slots);
  }
  const auto length = Rounded(seconds(1) * (kRequestsEach / (load * slots)));
  const Scenario scenario = {
      .servers = servers,
      .arrivals = PoissonArrivals{.length = length, .load = load},
      .size = SizeDistribution::kExponential,
      .mean_size = seconds(1)};
  std::vector<double> means;
  for (const Result& result :
       RunSeeds(scenario, *FindPolicy("round-robin"),
                {.first = 1, .count = kReplications}, 2)) {
    const auto warm_up = result.costs.size() / kWarmUpPart;
    const std::vector<Duration> steady(
        result.costs.begin() + static_cast<std::ptrdiff_t>(warm_up),
        result.costs.end());
    const Duration sum =
        std::accumulate(steady.begin(), steady.end(), Duration());
    means.push_back(FractionalDuration(sum) / seconds(1) /
                    static_cast<double>(steady.size()));
  }
  const double n = static_cast<double>(means.size());
  const double mean = std::accumulate(means.begin(), means.end(), 0.0) / n;
  double squares = 0;
  for (const double m : means) squares += (m - mean) * (m - mean);
  return {mean, std::sqrt(squares / (n - 1) / n)};
}

void ExpectTheory(const Estimate& estimate, double theory) {
  EXPECT_NEAR(estimate.mean, theory, 4 * estimate.standard_error);
  EXPECT_LT(estimate.standard_error, 0.01 * theory);
}

// M/M/1: T = 1 / (1 - rho).
TEST(Theory, MM1AtLoadOneHalfTakesTwo) {
  ExpectTheory(MeanInSystem({{.slots = 1}}, 0.5), 2);
}

TEST(Theory, MM1AtLoadFourFifthsTakesFive) {
  ExpectTheory(MeanInSystem({{.slots = 1}}, 0.8), 5);
}

// M/M/4: T = 1 + C(4, a) / (4 - a), with Erlang's C.
TEST(Theory, MM4AtLoadOneHalfTakesErlangsTime) {
  ExpectTheory(MeanInSystem({{.slots = 4}}, 0.5), 1.086957);
}

TEST(Theory, MM4AtLoadFourFifthsTakesErlangsTime) {
  ExpectTheory(MeanInSystem({{.slots = 4}}, 0.8), 1.745541);
}

// Each of ten servers sees every tenth arrival: E10/M/1, T = 1 / (1 - sigma)
// with sigma = (8 / (9 - sigma))^10 = 0.657800.
TEST(Theory, RoundRobinOverTenAtLoadFourFifthsTakesTheErlangArrivalsTime) {
  ExpectTheory(MeanInSystem(std::vector<ServerPlan>(10), 0.8), 2.922269);
}

}  // namespace
}  // namespace els_sim
