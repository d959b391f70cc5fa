#include "sim/model/size_sampler.h"

#include <cmath>
#include <cstddef>
#include <numeric>
#include <variant>
#include <vector>

#include "els/portable_math.h"
#include "sim/model/streams.h"

namespace els_sim {
namespace {

double UnitExponential(els::Random& random) {
  return -els::Log(1 - random.Uniform());
}

// Marsaglia's polar method: no trigonometry, whose bits differ by machine.
double StandardNormal(els::Random& random) {
  for (;;) {
    const double x = 2 * random.Uniform() - 1;
    const double y = 2 * random.Uniform() - 1;
    const double square = x * x + y * y;
    if (square >= 1 || square == 0) continue;
    return x * std::sqrt(-2 * els::Log(square) / square);
  }
}

double Power(double base, double exponent) {
  return els::Exp(exponent * els::Log(base));
}

// Two exponentials that contribute equally to the mean 1: the one that is drawn
// with probability p has the mean 1 / 2p.
double BalancedPart(double scv) {
  return (1 + std::sqrt((scv - 1) / (scv + 1))) / 2;
}

// Each shape drawn in whatever unit is simplest, and its mean in that unit.

double Draw(const ConstantSize&, els::Random&) { return 1; }
double Mean(const ConstantSize&) { return 1; }

double Draw(const ExponentialSize&, els::Random& random) {
  return UnitExponential(random);
}
double Mean(const ExponentialSize&) { return 1; }

double Draw(const ErlangSize& size, els::Random& random) {
  double sum = 0;
  for (std::size_t i = 0; i < size.stages; ++i) sum += UnitExponential(random);
  return sum;
}
double Mean(const ErlangSize& size) { return static_cast<double>(size.stages); }

double Draw(const HyperexponentialSize& size, els::Random& random) {
  const double p = BalancedPart(size.scv);
  const bool first = random.Uniform() < p;
  return UnitExponential(random) / (first ? p : 1 - p);
}
double Mean(const HyperexponentialSize&) { return 2; }

double Draw(const LognormalSize& size, els::Random& random) {
  return els::Exp(size.sigma * StandardNormal(random));
}
double Mean(const LognormalSize& size) {
  return els::Exp(size.sigma * size.sigma / 2);
}

double Draw(const BimodalSize& size, els::Random& random) {
  return random.Uniform() < size.large ? size.ratio : 1;
}
double Mean(const BimodalSize& size) {
  return 1 + size.large * (size.ratio - 1);
}

// By inversion of F(x) = (1 - x^-a) / (1 - r^-a) on [1, r].
double Draw(const BoundedParetoSize& size, els::Random& random) {
  const double reach = 1 - Power(size.ratio, -size.alpha);
  return Power(1 - random.Uniform() * reach, -1 / size.alpha);
}
double Mean(const BoundedParetoSize& size) {
  const double reach = 1 - Power(size.ratio, -size.alpha);
  if (size.alpha == 1) return els::Log(size.ratio) / reach;
  return size.alpha / (size.alpha - 1) *
         (1 - Power(size.ratio, 1 - size.alpha)) / reach;
}

double Draw(const QuantileSize& size, els::Random& random) {
  const std::vector<double>& quantiles = *size.quantiles;
  const double place =
      random.Uniform() * static_cast<double>(quantiles.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const double part = place - static_cast<double>(below);
  return quantiles[below] + part * (quantiles[below + 1] - quantiles[below]);
}
double Mean(const QuantileSize& size) {
  const std::vector<double>& quantiles = *size.quantiles;
  const double ends = (quantiles.front() + quantiles.back()) / 2;
  return (std::accumulate(quantiles.begin(), quantiles.end(), 0.0) - ends) /
         static_cast<double>(quantiles.size() - 1);
}

// Not drawn: see DrawUnscaled.
double Draw(const RecordedSize&, els::Random&) { return 1; }
double Mean(const RecordedSize& size) {
  return std::accumulate(size.values->begin(), size.values->end(), 0.0) /
         static_cast<double>(size.values->size());
}

}  // namespace

SizeSampler::SizeSampler(const Sizes& sizes)
    : sizes_(sizes),
      scale_ns_(FractionalDuration(sizes.mean).count() /
                std::visit([](const auto& shape) { return Mean(shape); },
                           sizes.shape)) {}

Duration SizeSampler::Draw(els::Random& random, std::uint64_t number) const {
  return Rounded(FractionalDuration(scale_ns_ * DrawUnscaled(random, number)));
}

double SizeSampler::DrawUnscaled(els::Random& random,
                                 std::uint64_t number) const {
  if (const auto* recorded = std::get_if<RecordedSize>(&sizes_.shape)) {
    return (*recorded->values)[number % recorded->values->size()];
  }
  return std::visit(
      [&](const auto& shape) { return els_sim::Draw(shape, random); },
      sizes_.shape);
}

}  // namespace els_sim
