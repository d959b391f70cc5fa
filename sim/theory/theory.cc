#include "sim/theory/theory.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>

namespace els_sim::theory {
namespace {

// The quantile of an exponential distribution.
double ExponentialQuantile(double mean, double p) {
  return -mean * std::log1p(-p);
}

// The smallest root in (0, 1) of x = f(x), for an f that rises from f(0) > 0:
// the steps from 0 rise towards it until rounding ends them.
template <typename F>
double RootFromBelow(const F& f) {
  double root = 0;
  for (;;) {
    const double next = f(root);
    if (next <= root) return root;
    root = next;
  }
}

// The n-th moment of a bounded Pareto distribution on [1, ratio].
double BoundedParetoMoment(double alpha, double ratio, double n) {
  const double log_ratio = std::log(ratio);
  const double integral =
      alpha == n ? log_ratio
                 : std::expm1((n - alpha) * log_ratio) / (n - alpha);
  return alpha * integral / -std::expm1(-alpha * log_ratio);
}

// Where M/M/1's waits, one after the other, are a process, the variance of the
// mean of n is this over n.
double AsymptoticVarianceOfMm1(double rho) {
  const double idle = 1 - rho;
  return rho * (2 + 5 * rho - 4 * rho * rho + rho * rho * rho) /
         (idle * idle * idle * idle);
}

}  // namespace

double Mm1Mean(double rho) { return 1 / (1 - rho); }

double Mm1Quantile(double rho, double p) {
  return ExponentialQuantile(Mm1Mean(rho), p);
}

double Mg1Mean(double rho, double scv) {
  return 1 + rho * (1 + scv) / (2 * (1 - rho));
}

double ProcessorSharingMean(double rho) { return 1 / (1 - rho); }

double Dm1Mean(double rho) {
  const double root =
      RootFromBelow([rho](double x) { return std::exp((x - 1) / rho); });
  return 1 / (1 - root);
}

double ErlangScv(std::size_t stages) { return 1 / static_cast<double>(stages); }

double LognormalScv(double sigma) { return std::expm1(sigma * sigma); }

double BimodalScv(double large, double ratio) {
  const double mean = 1 - large + large * ratio;
  const double square = 1 - large + large * ratio * ratio;
  return square / (mean * mean) - 1;
}

double BoundedParetoScv(double alpha, double ratio) {
  const double mean = BoundedParetoMoment(alpha, ratio, 1);
  return BoundedParetoMoment(alpha, ratio, 2) / (mean * mean) - 1;
}

double ErlangC(std::size_t servers, double rho) {
  const double offered = static_cast<double>(servers) * rho;
  // Erlang B by its recursion, which cannot overflow as the factorials would.
  double blocked = 1;
  for (std::size_t i = 1; i <= servers; ++i) {
    blocked = offered * blocked / (static_cast<double>(i) + offered * blocked);
  }
  return blocked / (1 - rho * (1 - blocked));
}

double MmcMean(std::size_t servers, double rho) {
  return 1 + ErlangC(servers, rho) / (static_cast<double>(servers) * (1 - rho));
}

double MmcTail(std::size_t servers, double rho, double t) {
  // Of those that wait, the wait is exponential of rate 1 + faster.
  const double faster = static_cast<double>(servers) * (1 - rho) - 1;
  const double both = faster == 0 ? t : -std::expm1(-faster * t) / faster;
  return std::exp(-t) * (1 + ErlangC(servers, rho) * both);
}

double MmcQuantile(std::size_t servers, double rho, double p) {
  double low = 0;
  double high = 1;
  while (MmcTail(servers, rho, high) > 1 - p) high *= 2;
  for (;;) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    (MmcTail(servers, rho, middle) > 1 - p ? low : high) = middle;
  }
}

// Of the states "none", "one, at the first", "one, at the second" and "n", n >=
// 2, whose probabilities fall by rho from each to the next. That of "2" is 1
// here, until all are divided by their sum.
double OneQueueOfTwoMean(double first, double second, double rate) {
  const double rho = rate / (first + second);
  const double at_second = first / (rate + second);
  const double at_first = (first + second) / rate - at_second;
  const double none = (first * at_first + second * at_second) / rate;
  const double sum = none + at_first + at_second + 1 / (1 - rho);
  const double open =
      at_first + at_second + (2 - rho) / ((1 - rho) * (1 - rho));
  return open / sum / rate;
}

double MdcMean(std::size_t servers, double rho) {
  const double c = static_cast<double>(servers);
  const double offered = c * rho;
  // The number in the system, seen one service time later, is
  // max(N - c, 0) + the arrivals meanwhile. Its generating function is
  // A(z) (z - 1) prod(z - z_j) / (z^c - A(z)) up to a factor, where
  // A(z) = exp(offered (z - 1)) and z_1 .. z_(c-1) are those roots of z^c =
  // A(z) within the unit circle. The logarithm's derivative at 1 is the mean.
  double queue = (offered * offered - c * (c - 1)) / (2 * (c - offered));
  for (std::size_t j = 1; j < servers; ++j) {
    const auto unity =
        std::polar(1.0, 2 * std::numbers::pi * static_cast<double>(j) / c);
    std::complex<double> root = 0;
    // A contraction by rho: z = (the j-th c-th root of 1) A(z)^(1/c).
    for (double moved = 1; moved > 1e-15;) {
      const std::complex<double> next = unity * std::exp(rho * (root - 1.0));
      moved = std::abs(next - root);
      root = next;
    }
    queue += (1.0 / (1.0 - root)).real();
  }
  return 1 + queue / offered;
}

double RoundRobinMean(std::size_t servers, double rho) {
  const double n = static_cast<double>(servers);
  const double root = RootFromBelow(
      [=](double x) { return std::pow(n * rho / (n * rho + 1 - x), n); });
  return 1 / (1 - root);
}

double RoundRobinQuantile(std::size_t servers, double rho, double p) {
  return ExponentialQuantile(RoundRobinMean(servers, rho), p);
}

double PowerOfChoicesMean(std::size_t choices, double rho) {
  // The part of the queues that hold k or more is rho^((d^k - 1) / (d - 1)).
  // Their sum is the mean number in a server; over rho, by Little's law, the
  // mean time.
  double mean = 0;
  for (double exponent = 1;;
       exponent = exponent * static_cast<double>(choices) + 1) {
    const double part = std::pow(rho, exponent - 1);
    if (part < 1e-17) return mean;
    mean += part;
  }
}

double SplitMean(absl::Span<const double> serves,
                 absl::Span<const double> sent) {
  double in_system = 0;
  for (std::size_t i = 0; i < serves.size(); ++i) {
    in_system += sent[i] / (serves[i] - sent[i]);
  }
  return in_system / std::accumulate(sent.begin(), sent.end(), 0.0);
}

std::vector<double> ProportionalSplit(absl::Span<const double> serves,
                                      double rate) {
  const double capacity = std::accumulate(serves.begin(), serves.end(), 0.0);
  std::vector<double> sent(serves.begin(), serves.end());
  for (double& one : sent) one *= rate / capacity;
  return sent;
}

std::vector<double> OptimalSplit(absl::Span<const double> serves, double rate) {
  std::vector<bool> used(serves.size(), true);
  for (;;) {
    double spare = -rate;
    double roots = 0;
    for (std::size_t i = 0; i < serves.size(); ++i) {
      if (!used[i]) continue;
      spare += serves[i];
      roots += std::sqrt(serves[i]);
    }
    std::vector<double> sent(serves.size());
    bool good = true;
    for (std::size_t i = 0; i < serves.size(); ++i) {
      if (!used[i]) continue;
      sent[i] = serves[i] - spare / roots * std::sqrt(serves[i]);
      if (sent[i] >= 0) continue;
      used[i] = false;
      good = false;
    }
    if (good) return sent;
  }
}

double RequestsNeeded(double rho, double scv, std::size_t servers,
                      double relative_error) {
  const double c = static_cast<double>(servers);
  const double scale = (1 + scv) / 2;
  // Waits are `scale` / c times M/M/1's, and as many requests cover 1 / `scale`
  // times as many of their correlation times.
  const double variance =
      AsymptoticVarianceOfMm1(rho) * scale * scale * scale / (c * c);
  const double wait = MmcMean(servers, rho) - 1;
  const double error = relative_error * (1 + scale * wait);
  return variance / (error * error);
}

double RelaxationTime(double rho, double scv, std::size_t servers) {
  const double gap = 1 - std::sqrt(rho);
  return (1 + scv) / 2 / (static_cast<double>(servers) * gap * gap);
}

}  // namespace els_sim::theory
