#include "sim/model/size_sampler.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <memory>
#include <vector>

#include "sim/model/streams.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;

constexpr int kDraws = 400'000;

struct Case {
  const char* name;
  decltype(Sizes::shape) shape;
  double scv;  // Squared coefficient of variation.
};

// Draws relative to the mean.
std::vector<double> DrawsOf(const decltype(Sizes::shape)& shape) {
  const SizeSampler sampler({.mean = milliseconds(40), .shape = shape});
  const Stream stream(1, Purpose::kSize);
  std::vector<double> draws;
  for (int i = 0; i < kDraws; ++i) {
    els::Random random = stream.At(i);
    draws.push_back(FractionalDuration(sampler.Draw(random)) /
                    milliseconds(40));
  }
  return draws;
}

class SizeSamplerTest : public testing::TestWithParam<Case> {};

TEST_P(SizeSamplerTest, HasTheMeanAndTheVarianceOfItsShape) {
  double sum = 0;
  double squares = 0;
  double fourths = 0;
  for (const double x : DrawsOf(GetParam().shape)) {
    const double square = (x - 1) * (x - 1);
    sum += x;
    squares += square;
    fourths += square * square;
  }
  const double scv = squares / kDraws;
  EXPECT_NEAR(sum / kDraws, 1, 4 * std::sqrt(scv / kDraws) + 1e-8);
  const double error = std::sqrt((fourths / kDraws - scv * scv) / kDraws);
  EXPECT_NEAR(scv, GetParam().scv, 4 * error + 1e-8);
}

// Of the bounded Pareto on [1, 1000] with exponent 1.5: its mean is
// 3 (1 - 1000^-0.5) / (1 - 1000^-1.5), its mean square
// 3 (1000^0.5 - 1) / (1 - 1000^-1.5). Of the quantiles 0, 1, 3: half the draws
// uniform on [0, 1], half on [1, 3], with the mean 5/4 and the mean square
// (1/3 + 13/3) / 2.
INSTANTIATE_TEST_SUITE_P(
    Shapes, SizeSamplerTest,
    testing::Values(
        Case{"Constant", ConstantSize(), 0},
        Case{"Exponential", ExponentialSize(), 1},
        Case{"Erlang", ErlangSize{.stages = 4}, 0.25},
        Case{"Hyperexponential", HyperexponentialSize{.scv = 4}, 4},
        Case{"Lognormal", LognormalSize{.sigma = 0.5}, std::exp(0.25) - 1},
        Case{"Bimodal", BimodalSize{.large = 0.1, .ratio = 11}, 2.25},
        Case{"BoundedPareto", BoundedParetoSize{.alpha = 1.5, .ratio = 1000},
             9.8848},
        Case{"Quantiles",
             QuantileSize{std::make_shared<const std::vector<double>>(
                 std::vector<double>{0, 1, 3})},
             (14.0 / 6) / (25.0 / 16) - 1}),
    [](const auto& row) { return row.param.name; });

TEST(SizeSampler, DrawsNothingBeyondTheBoundsOfTheParetoDistribution) {
  const double mean = 3 * (1 - std::pow(100, -0.5)) / (1 - std::pow(100, -1.5));
  for (const double x :
       DrawsOf(BoundedParetoSize{.alpha = 1.5, .ratio = 100})) {
    ASSERT_GE(x, 1 / mean - 1e-6);
    ASSERT_LE(x, 100 / mean + 1e-6);
  }
}

TEST(SizeSampler, DrawsTheLargeOnesAsOftenAsAskedFor) {
  int large = 0;
  for (const double x : DrawsOf(BimodalSize{.large = 0.1, .ratio = 11})) {
    large += x > 5;
  }
  EXPECT_NEAR(large / double{kDraws}, 0.1, 4 * std::sqrt(0.09 / kDraws));
}

}  // namespace
}  // namespace els_sim
