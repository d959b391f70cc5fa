#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "sim/theory/theory.h"

namespace els_sim::theory {
namespace {

// The chain of two servers where each request joins the shorter queue. A state
// is the length of the shorter queue and how much longer the other is, both cut
// off where next to no probability is left.
class ShortestOfTwo {
 public:
  explicit ShortestOfTwo(double rho)
      : lengths_(static_cast<std::size_t>(
            std::ceil(std::log(kNeglected) / (2 * std::log(rho))))) {
    rates_.resize(lengths_ * kDifferences);
    for (std::size_t shorter = 0; shorter < lengths_; ++shorter) {
      AddRates(shorter, 2 * rho);
    }
  }

  // By the elimination of one state after the other of Grassmann, Taksar and
  // Heyman (1985), which subtracts nothing and so loses no digits.
  double MeanInSystem() {
    for (std::size_t k = rates_.size() - 1; k > 0; --k) Eliminate(k);
    std::vector<double> weights(rates_.size());
    weights[0] = 1;
    double sum = 1;
    double in_system = 0;
    for (std::size_t k = 1; k < weights.size(); ++k) {
      for (std::size_t i = First(k); i < k; ++i) {
        weights[k] += weights[i] * Rate(i, k);
      }
      sum += weights[k];
      const std::size_t shorter = k / kDifferences;
      const std::size_t longer = shorter + k % kDifferences;
      in_system += weights[k] * static_cast<double>(shorter + longer);
    }
    return in_system / sum;
  }

 private:
  // The shorter queue's length falls by a factor of rho^2 a step. What is
  // neglected counts times the length.
  static constexpr double kNeglected = 1e-11;
  // Where the difference is d > 0, it falls at the rate 1 + 2 rho and grows at
  // the rate 1: at least by a factor of 1.5 a step for rho >= 0.25, and where
  // rho is less, queues of 40 are out of reach.
  static constexpr std::size_t kDifferences = 41;
  // No move changes the number of the state by more.
  static constexpr std::size_t kReach = kDifferences - 1;

  static std::size_t First(std::size_t k) {
    return k < kReach ? 0 : k - kReach;
  }

  double& Rate(std::size_t from, std::size_t to) {
    return rates_[from][to + kReach - from];
  }

  void AddRates(std::size_t shorter, double arrivals) {
    const std::size_t at = shorter * kDifferences;
    const bool last = shorter + 1 == lengths_;
    Rate(at, at + 1) += arrivals;
    if (shorter > 0) Rate(at, at - kDifferences + 1) += 2;
    for (std::size_t d = 1; d < kDifferences; ++d) {
      const std::size_t here = at + d;
      Rate(here, here - 1) += 1;
      if (!last) Rate(here, here + kDifferences - 1) += arrivals;
      if (shorter > 0 && d + 1 < kDifferences) {
        Rate(here, here - kDifferences + 1) += 1;
      }
    }
  }

  // Leaves the chain as it is seen while it is not in k, nor above.
  void Eliminate(std::size_t k) {
    double out = 0;
    for (std::size_t j = First(k); j < k; ++j) out += Rate(k, j);
    for (std::size_t i = First(k); i < k; ++i) {
      if (Rate(i, k) == 0) continue;
      const double part = Rate(i, k) /= out;
      for (std::size_t j = First(k); j < k; ++j) {
        Rate(i, j) += part * Rate(k, j);
      }
    }
  }

  std::size_t lengths_;
  std::vector<std::array<double, 2 * kReach + 1>> rates_;
};

}  // namespace

double JoinShortestOfTwoMean(double rho) {
  return ShortestOfTwo(rho).MeanInSystem() / (2 * rho);
}

}  // namespace els_sim::theory
