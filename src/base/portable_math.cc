#include "els/portable_math.h"

#include <array>
#include <bit>
#include <cfloat>
#include <cstdint>
#include <limits>

namespace els {
namespace {

static_assert(std::numeric_limits<double>::is_iec559);
static_assert(FLT_EVAL_METHOD == 0, "doubles must be rounded to doubles");

// ln 2 in two parts. The high part has 32 trailing zero bits, so its product
// with an exponent is exact.
constexpr double kLn2High = 0x1.62e42feep-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kLog2E = 0x1.71547652b82fep+0;

// 1/13!, 1/12!, ... 1/2!
constexpr std::array<double, 12> kExpSeries = {
    1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800,
    1.0 / 362880,     1.0 / 40320,     1.0 / 5040,     1.0 / 720,
    1.0 / 120,        1.0 / 24,        1.0 / 6,        1.0 / 2,
};

// 2/25, 2/23, ... 2/3
constexpr std::array<double, 12> kLogSeries = {
    2.0 / 25, 2.0 / 23, 2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15,
    2.0 / 13, 2.0 / 11, 2.0 / 9,  2.0 / 7,  2.0 / 5,  2.0 / 3,
};

// 2^k for a k in the range of normal numbers.
double PowerOfTwo(std::int64_t k) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52);
}

}  // namespace

// x = k ln 2 + r with |r| <= ln 2 / 2. e^r is the sum of its Taylor series, of
// which fourteen terms leave a rest below 2^-57.
double Exp(double x) {
  if (x != x) return x;
  if (x > 709.782712893384) return std::numeric_limits<double>::infinity();
  if (x < -708.3964185322641) return 0;
  const auto k = static_cast<std::int64_t>(x * kLog2E + (x < 0 ? -0.5 : 0.5));
  const auto k_real = static_cast<double>(k);
  const double high = x - k_real * kLn2High;
  const double low = k_real * kLn2Low;
  const double r = high - low;
  const double lost = (high - r) - low;  // what rounding took from r
  double series = 0;
  for (const double coefficient : kExpSeries) {
    series = series * r + coefficient;
  }
  const double result = 1 + (r + (r * r * series + lost));
  // In two steps, since k may be 1024 and 2^1024 is out of range.
  return result * PowerOfTwo(k / 2) * PowerOfTwo(k - k / 2);
}

// x = 2^k m with m in [sqrt(1/2), sqrt(2)). With f = m - 1 and s = f / (2 + f),
//
//   ln m = 2 artanh s = f - (f^2/2 - s (f^2/2 + R))
//   R = 2 s^2 / 3 + 2 s^4 / 5 + ...
double Log(double x) {
  if (x != x || x < 0) return std::numeric_limits<double>::quiet_NaN();
  if (x == 0) return -std::numeric_limits<double>::infinity();
  if (x > std::numeric_limits<double>::max()) return x;
  std::int64_t k = 0;
  if (x < std::numeric_limits<double>::min()) {  // subnormal
    x *= 0x1p54;
    k = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  k += static_cast<std::int64_t>(bits >> 52) - 1023;
  constexpr std::uint64_t kMantissa = (std::uint64_t{1} << 52) - 1;
  double m = std::bit_cast<double>((bits & kMantissa) | 0x3ff0000000000000);
  if (m > 0x1.6a09e667f3bcdp+0) {  // sqrt(2)
    m /= 2;
    ++k;
  }
  const auto k_real = static_cast<double>(k);
  const double f = m - 1;
  const double s = f / (2 + f);
  const double z = s * s;
  double series = 0;
  for (const double coefficient : kLogSeries) {
    series = series * z + coefficient;
  }
  const double rest = z * series;
  const double half_square = 0.5 * f * f;
  return k_real * kLn2High -
         ((half_square - (s * (half_square + rest) + k_real * kLn2Low)) - f);
}

}  // namespace els
