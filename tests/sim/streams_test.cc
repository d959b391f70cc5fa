#include "sim/model/streams.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <set>

namespace els_sim {
namespace {

using std::chrono::milliseconds;

constexpr int kPairs = 200'000;

double FirstUniform(const Stream& stream, std::uint64_t index) {
  els::Random random = stream.At(index);
  return random.Uniform();
}

// Correlation of independent uniforms has a standard error of 1 / sqrt(n).
template <typename X, typename Y>
double Correlation(const X& x, const Y& y) {
  double sum = 0;
  for (int i = 0; i < kPairs; ++i) sum += (x(i) - 0.5) * (y(i) - 0.5);
  return sum / kPairs * 12;
}

const double kFourStandardErrors = 4 / std::sqrt(kPairs);

TEST(Stream, DependsOnSeedPurposeAndIndexAlone) {
  const Stream stream(7, Purpose::kSize);
  els::Random once = stream.At(3);
  for (std::uint64_t i = 0; i < 10; ++i) stream.At(i).Bits();
  els::Random again = Stream(7, Purpose::kSize).At(3);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(once.Bits(), again.Bits());
}

TEST(Stream, DiffersBySeedByPurposeAndByIndex) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    for (const Purpose purpose :
         {Purpose::kGap, Purpose::kSize, Purpose::kAccessPoint,
          Purpose::kFailure, Purpose::kPolicy}) {
      const Stream stream(seed, purpose);
      for (std::uint64_t i = 0; i < 100; ++i) seen.insert(stream.At(i).Bits());
    }
  }
  EXPECT_EQ(seen.size(), 10 * 5 * 100);
}

TEST(Stream, ConsecutiveIndicesAreUncorrelated) {
  const Stream stream(1, Purpose::kGap);
  EXPECT_NEAR(Correlation([&](int i) { return FirstUniform(stream, i); },
                          [&](int i) { return FirstUniform(stream, i + 1); }),
              0, kFourStandardErrors);
}

TEST(Stream, PurposesAreUncorrelated) {
  const Stream gaps(1, Purpose::kGap);
  const Stream sizes(1, Purpose::kSize);
  EXPECT_NEAR(Correlation([&](int i) { return FirstUniform(gaps, i); },
                          [&](int i) { return FirstUniform(sizes, i); }),
              0, kFourStandardErrors);
}

TEST(Stream, NeighbouringSeedsAreUncorrelated) {
  const Stream one(1, Purpose::kSize);
  const Stream two(2, Purpose::kSize);
  EXPECT_NEAR(Correlation([&](int i) { return FirstUniform(one, i); },
                          [&](int i) { return FirstUniform(two, i); }),
              0, kFourStandardErrors);
}

TEST(Exponential, HasTheMeanAskedForWithinFourStandardErrors) {
  const Stream stream(1, Purpose::kSize);
  double sum_ms = 0;
  for (int i = 0; i < kPairs; ++i) {
    els::Random random = stream.At(i);
    sum_ms += FractionalDuration(Exponential(milliseconds(40), random)) /
              milliseconds(1);
  }
  // The standard deviation of an exponential variable is its mean.
  EXPECT_NEAR(sum_ms / kPairs, 40, 40 * kFourStandardErrors);
}

TEST(Exponential, HasTheClosedFormsQuantilesWithinFourStandardErrors) {
  const struct {
    double quantile_in_means;  // -ln(1 - p)
    double p;
  } kCases[] = {{0.105361, 0.1},
                {0.693147, 0.5},
                {2.302585, 0.9},
                {4.605170, 0.99},
                {6.907755, 0.999}};
  const Stream stream(2, Purpose::kSize);
  for (const auto& c : kCases) {
    int below = 0;
    for (int i = 0; i < kPairs; ++i) {
      els::Random random = stream.At(i);
      const FractionalDuration drawn = Exponential(milliseconds(40), random);
      if (drawn <= milliseconds(40) * c.quantile_in_means) ++below;
    }
    const double part = static_cast<double>(below) / kPairs;
    EXPECT_NEAR(part, c.p, 4 * std::sqrt(c.p * (1 - c.p) / kPairs));
  }
}

TEST(Rounded, GoesToTheNearestNanosecond) {
  EXPECT_EQ(Rounded(FractionalDuration(0)), Duration(0));
  EXPECT_EQ(Rounded(FractionalDuration(1.49)), Duration(1));
  EXPECT_EQ(Rounded(FractionalDuration(1.5)), Duration(2));
  EXPECT_EQ(Rounded(std::chrono::seconds(35)), std::chrono::seconds(35));
}

}  // namespace
}  // namespace els_sim
