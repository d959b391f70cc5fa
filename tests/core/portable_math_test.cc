#include "els/portable_math.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "els/random.h"

namespace els {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The distance to the exact value in units of the last place of a double; the
// C library's long double functions serve as exact.
double UlpError(double value, long double exact) {
  const auto nearest = static_cast<double>(exact);
  const double ulp =
      std::nextafter(std::fabs(nearest), kInfinity) - std::fabs(nearest);
  return static_cast<double>(
      std::fabs(static_cast<long double>(value) - exact) / ulp);
}

TEST(ExpTest, IsWithinOneUlpOverTheWholeRange) {
  Random random(1);
  double worst = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const double x = -708 + random.Uniform() * (709.7 + 708);
    worst = std::max(worst,
                     UlpError(Exp(x), std::exp(static_cast<long double>(x))));
  }
  for (int i = 0; i < 1'000'000; ++i) {
    const double x = random.Uniform() * 2 - 1;
    worst = std::max(worst,
                     UlpError(Exp(x), std::exp(static_cast<long double>(x))));
  }
  EXPECT_LE(worst, 1.0);
}

TEST(ExpTest, IsExactAtZero) { EXPECT_EQ(Exp(0), 1.0); }

TEST(ExpTest, HasLimitsInsteadOfErrors) {
  EXPECT_EQ(Exp(-1000), 0.0);
  EXPECT_EQ(Exp(-kInfinity), 0.0);
  EXPECT_EQ(Exp(1000), kInfinity);
  EXPECT_EQ(Exp(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(Exp(std::nan(""))));
  EXPECT_GT(Exp(-708.39), 0.0);
  EXPECT_LT(Exp(709.78), kInfinity);
}

TEST(LogTest, IsWithinOneUlpOverTheWholeRange) {
  Random random(2);
  double worst = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    // Every bit pattern of a positive finite number, subnormals included.
    const double x = std::bit_cast<double>(
        random.Below(std::bit_cast<std::uint64_t>(kInfinity) - 1) + 1);
    worst = std::max(worst,
                     UlpError(Log(x), std::log(static_cast<long double>(x))));
  }
  for (int i = 0; i < 1'000'000; ++i) {
    const double x = random.Uniform() + 0.5;  // where the result is near zero
    if (x == 1) continue;
    worst = std::max(worst,
                     UlpError(Log(x), std::log(static_cast<long double>(x))));
  }
  EXPECT_LE(worst, 1.0);
}

TEST(LogTest, IsExactAtOne) { EXPECT_EQ(Log(1), 0.0); }

TEST(LogTest, HasLimitsInsteadOfErrors) {
  EXPECT_EQ(Log(0), -kInfinity);
  EXPECT_EQ(Log(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(Log(-1)));
  EXPECT_TRUE(std::isnan(Log(std::nan(""))));
}

// A checksum of many results: it changes if one bit of one of them does, on
// any machine and with any compiler.
TEST(PortableMathTest, GivesTheSameBitsEverywhere) {
  Random random(3);
  std::uint64_t sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double x = random.Uniform();
    sum = sum * 31 + std::bit_cast<std::uint64_t>(Exp(x * 100 - 50));
    sum = sum * 31 + std::bit_cast<std::uint64_t>(Log(x));
  }
  EXPECT_EQ(sum, 6513606517272801603u);
}

}  // namespace
}  // namespace els
