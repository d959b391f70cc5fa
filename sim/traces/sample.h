#pragma once

// Two samples of the same thing, side by side.

#include <vector>

namespace els_sim {

// Numbers in rising order.
class Sample {
 public:
  explicit Sample(std::vector<double> values);

  bool empty() const { return values_.empty(); }
  std::size_t size() const { return values_.size(); }

  // 0 of none, as below.
  double Mean() const;

  // The squared coefficient of variation: 1 of exponential times.
  double Scv() const;

  // The value of nearest rank. REQUIRES: 0 < part <= 1.
  double Quantile(double part) const;

  const std::vector<double>& values() const { return values_; }

 private:
  std::vector<double> values_;
};

// The largest difference of the two distribution functions (Kolmogorov and
// Smirnov); 0 if either is empty.
double Distance(const Sample& one, const Sample& other);

// What the distance of two samples of one distribution exceeds in one of 20
// times, if they are large and no two numbers are equal; 1 if either is empty.
double DistanceByChance(const Sample& one, const Sample& other);

}  // namespace els_sim
