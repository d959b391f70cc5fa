// The formulas against tables that other programs made, by other methods where
// there are others, and against each other where two must agree.

#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <vector>

#include "sim/theory/theory.h"

namespace els_sim::theory {
namespace {

// Half a unit of the tables' last digit, and a little for the rounding.
constexpr double kSixDigits = 0.51e-6;

TEST(TheoryFormulas, MM1IsAsTabulated) {
  struct Row {
    double rho, mean, p50, p90, p99;
  };
  for (const Row& row : std::vector<Row>{
           {0.5, 2, 1.386294, 4.605170, 9.210340},
           {0.8, 5, 3.465736, 11.512925, 23.025851},
           {0.9, 10, 6.931472, 23.025851, 46.051702},
           {0.99, 100, 69.314718, 230.258509, 460.517019},
       }) {
    EXPECT_NEAR(Mm1Mean(row.rho), row.mean, kSixDigits) << row.rho;
    EXPECT_NEAR(Mm1Quantile(row.rho, 0.5), row.p50, kSixDigits) << row.rho;
    EXPECT_NEAR(Mm1Quantile(row.rho, 0.9), row.p90, kSixDigits) << row.rho;
    EXPECT_NEAR(Mm1Quantile(row.rho, 0.99), row.p99, kSixDigits) << row.rho;
  }
}

TEST(TheoryFormulas, OneQueueOfTwoIsWhatTheHandCalculates) {
  // With rates 2 and 1 and a request per unit, the states have the weights 5,
  // 2, 1, 1, 1/3, 1/9, ...: 6.75 requests of weight 9.5.
  EXPECT_NEAR(OneQueueOfTwoMean(2, 1, 1), 6.75 / 9.5, 1e-12);
  // Erlang C, if they are alike.
  EXPECT_NEAR(OneQueueOfTwoMean(1, 1, 1.8), MmcMean(2, 0.9), 1e-12);
}

TEST(TheoryFormulas, MMcIsAsTabulated) {
  struct Row {
    std::size_t servers;
    double rho, waits, mean, p50, p90, p99, p999;
  };
  for (const Row& row : std::vector<Row>{
           // Here the wait's rate is the service's: 0 / 0 in the tail.
           {2, 0.5, 0.333333, 1.333333, 0.974412, 2.994878, 5.665961, 8.227510},
           {2, 0.9, 0.852632, 5.263158, 3.769159, 11.831481, 23.344430,
            34.857355},
           {4, 0.7, 0.428654, 1.357212, 1.028547, 2.976254, 5.492557, 7.901734},
           {10, 0.8, 0.409180, 1.204590, 0.912145, 2.624320, 4.946111,
            7.250557},
           // So it is here, but for a rounding.
           {10, 0.9, 0.668732, 1.668732, 1.329092, 3.510904, 6.249877,
            8.841057},
           {20, 0.99, 0.947867, 5.739334, 4.288440, 12.360897, 23.873862,
            35.386788},
           {100, 0.95, 0.506457, 1.101291, 0.807916, 2.421795, 4.724387,
            7.026972},
       }) {
    const auto [servers, rho, waits, mean, p50, p90, p99, p999] = row;
    EXPECT_NEAR(ErlangC(servers, rho), waits, kSixDigits) << servers;
    EXPECT_NEAR(MmcMean(servers, rho), mean, kSixDigits) << servers;
    EXPECT_NEAR(MmcQuantile(servers, rho, 0.5), p50, kSixDigits) << servers;
    EXPECT_NEAR(MmcQuantile(servers, rho, 0.9), p90, kSixDigits) << servers;
    EXPECT_NEAR(MmcQuantile(servers, rho, 0.99), p99, kSixDigits) << servers;
    EXPECT_NEAR(MmcQuantile(servers, rho, 0.999), p999, kSixDigits) << servers;
  }
}

TEST(TheoryFormulas, MMcOfOneServerIsMM1) {
  for (const double rho : {0.3, 0.8, 0.95}) {
    EXPECT_NEAR(ErlangC(1, rho), rho, 1e-12);
    EXPECT_NEAR(MmcMean(1, rho), Mm1Mean(rho), 1e-9);
    EXPECT_NEAR(MmcQuantile(1, rho, 0.99), Mm1Quantile(rho, 0.99), 1e-9);
  }
}

TEST(TheoryFormulas, SizesHaveTheirTabulatedVariation) {
  EXPECT_NEAR(ErlangScv(4), 0.25, kSixDigits);
  EXPECT_NEAR(LognormalScv(1), 1.718282, kSixDigits);
  EXPECT_NEAR(BimodalScv(0.1, 11), 2.25, kSixDigits);
  EXPECT_NEAR(BoundedParetoScv(1.5, 1000), 9.884800, kSixDigits);
}

// Where a moment's integral has a logarithm for a power: between its
// neighbours' values.
TEST(TheoryFormulas, BoundedParetoHasNoGapAtTheMomentsOwnExponents) {
  for (const double alpha : {1.0, 2.0}) {
    const double below = BoundedParetoScv(alpha - 1e-6, 1000);
    const double above = BoundedParetoScv(alpha + 1e-6, 1000);
    EXPECT_NEAR(BoundedParetoScv(alpha, 1000), (below + above) / 2, 1e-6);
  }
}

TEST(TheoryFormulas, MG1IsAsTabulated) {
  struct Row {
    double scv, half, nine_tenths;
  };
  for (const Row& row : std::vector<Row>{
           {0, 1.5, 5.5},
           {0.25, 1.625, 6.625},
           {1, 2, 10},
           {4, 3.5, 23.5},
           {1.718282, 2.359141, 13.232268},
           {2.25, 2.625, 15.625},
           {9.884800, 6.442400, 49.981599},
       }) {
    // The scv has six digits itself, and is multiplied by 4.5 at 0.9.
    EXPECT_NEAR(Mg1Mean(0.5, row.scv), row.half, 1e-6) << row.scv;
    EXPECT_NEAR(Mg1Mean(0.9, row.scv), row.nine_tenths, 3e-6) << row.scv;
  }
}

TEST(TheoryFormulas, ProcessorSharingTakesMM1sTime) {
  EXPECT_NEAR(ProcessorSharingMean(0.8), 5, kSixDigits);
}

TEST(TheoryFormulas, MDcIsAsTabulated) {
  struct Row {
    std::size_t servers;
    double rho, wait;
  };
  for (const Row& row : std::vector<Row>{{2, 0.5, 0.176741},
                                         {2, 0.8, 0.903284},
                                         {2, 0.9, 2.146923},
                                         {4, 0.8, 0.386095},
                                         {4, 0.9, 0.999966},
                                         {10, 0.8, 0.109828},
                                         {10, 0.9, 0.344582}}) {
    EXPECT_NEAR(MdcMean(row.servers, row.rho) - 1, row.wait, kSixDigits)
        << row.servers << " at " << row.rho;
  }
}

TEST(TheoryFormulas, MDcOfOneServerIsMD1) {
  EXPECT_NEAR(MdcMean(1, 0.8), Mg1Mean(0.8, 0), 1e-12);
}

TEST(TheoryFormulas, RoundRobinIsAsTabulated) {
  struct Row {
    std::size_t servers;
    double rho, mean, p50, p99;
  };
  for (const Row& row : std::vector<Row>{
           {2, 0.5, 1.618034, 1.121536, 7.451322},
           {4, 0.8, 3.267384, 2.264778, 15.046858},
           {10, 0.5, 1.324642, 0.918172, 6.100204},
           {10, 0.8, 2.922269, 2.025563, 13.457547},
           {10, 0.99, 55.150961, 38.227733, 253.979563},
           {100, 0.9, 5.226811, 3.622949, 24.070353},
       }) {
    const auto [servers, rho, mean, p50, p99] = row;
    EXPECT_NEAR(RoundRobinMean(servers, rho), mean, kSixDigits) << servers;
    EXPECT_NEAR(RoundRobinQuantile(servers, rho, 0.5), p50, kSixDigits);
    EXPECT_NEAR(RoundRobinQuantile(servers, rho, 0.99), p99, kSixDigits);
  }
}

TEST(TheoryFormulas, RoundRobinGoesFromMM1ToDM1) {
  EXPECT_NEAR(RoundRobinMean(1, 0.8), 5, 1e-9);
  EXPECT_NEAR(RoundRobinMean(10'000'000, 0.8), Dm1Mean(0.8), 1e-6);
  EXPECT_NEAR(Dm1Mean(0.5), 1.255001, kSixDigits);
  EXPECT_NEAR(Dm1Mean(0.8), 2.692731, kSixDigits);
  EXPECT_NEAR(Dm1Mean(0.99), 50.167786, kSixDigits);
}

TEST(TheoryFormulas, PowerOfChoicesIsAsTabulated) {
  struct Row {
    std::size_t choices;
    double half, nine_tenths, most;
  };
  for (const Row& row : std::vector<Row>{
           {1, 2, 10, 100},
           {2, 1.265686, 2.614057, 5.431997},
           {3, 1.125244, 2.027856, 3.857847},
           {5, 1.031250, 1.632881, 2.901683},
           {10, 1.000977, 1.348688, 2.235429},
       }) {
    const std::size_t d = row.choices;
    EXPECT_NEAR(PowerOfChoicesMean(d, 0.5), row.half, kSixDigits) << d;
    EXPECT_NEAR(PowerOfChoicesMean(d, 0.9), row.nine_tenths, kSixDigits) << d;
    EXPECT_NEAR(PowerOfChoicesMean(d, 0.99), row.most, kSixDigits) << d;
  }
}

TEST(TheoryFormulas, JoinTheShortestOfTwoIsAsTabulated) {
  EXPECT_NEAR(JoinShortestOfTwoMean(0.3), 1.144025, kSixDigits);
  EXPECT_NEAR(JoinShortestOfTwoMean(0.5), 1.426321, kSixDigits);
  EXPECT_NEAR(JoinShortestOfTwoMean(0.7), 2.108197, kSixDigits);
  EXPECT_NEAR(JoinShortestOfTwoMean(0.8), 2.955737, kSixDigits);
  EXPECT_NEAR(JoinShortestOfTwoMean(0.9), 5.474913, kSixDigits);
  EXPECT_NEAR(JoinShortestOfTwoMean(0.95), 10.486639, kSixDigits);
  EXPECT_NEAR(JoinShortestOfTwoMean(0.99), 50.497188, kSixDigits);
}

TEST(TheoryFormulas, SplitsAreAsTabulated) {
  const std::vector<double> two = {2, 1};
  EXPECT_NEAR(SplitMean(two, ProportionalSplit(two, 1.5)), 1.333333,
              kSixDigits);
  EXPECT_NEAR(SplitMean(two, {0.75, 0.75}), 2.4, kSixDigits);
  EXPECT_NEAR(SplitMean(two, OptimalSplit(two, 1.5)), 1.257079, kSixDigits);
  const std::vector<double> four = {4, 2, 1, 1};
  const std::vector<double> sent = OptimalSplit(four, 5);
  EXPECT_NEAR(sent[0], 2.891806, kSixDigits);
  EXPECT_NEAR(sent[1], 1.216388, kSixDigits);
  EXPECT_NEAR(sent[2], 0.445903, kSixDigits);
  EXPECT_NEAR(SplitMean(four, sent), 1.154247, kSixDigits);
}

TEST(TheoryFormulas, TheOptimalSplitSendsNothingToAServerTooSlow) {
  const std::vector<double> serves = {1, 1, 1, 0.1};
  const std::vector<double> sent = OptimalSplit(serves, 2);
  EXPECT_EQ(sent[3], 0);
  EXPECT_NEAR(SplitMean(serves, sent), 3, 1e-12);
  EXPECT_NEAR(SplitMean(serves, ProportionalSplit(serves, 2)), 3.636364,
              kSixDigits);
}

// Any exchange between two servers makes it worse.
TEST(TheoryFormulas, NothingNearTheOptimalSplitIsBetter) {
  const std::vector<double> serves = {4, 2, 1, 1, 0.3};
  const std::vector<double> optimal = OptimalSplit(serves, 5);
  const double least = SplitMean(serves, optimal);
  for (std::size_t from = 0; from < serves.size(); ++from) {
    for (std::size_t to = 0; to < serves.size(); ++to) {
      std::vector<double> sent = optimal;
      if (from == to || sent[from] < 0.01) continue;
      sent[from] -= 0.01;
      sent[to] += 0.01;
      EXPECT_GT(SplitMean(serves, sent), least) << from << " to " << to;
    }
  }
}

TEST(TheoryFormulas, RequestsNeededForOnePercentAreAsTabulated) {
  EXPECT_NEAR(RequestsNeeded(0.5, 1, 1, 0.01), 7.3e4, 0.05e4);
  EXPECT_NEAR(RequestsNeeded(0.8, 1, 1, 0.01), 7.9e5, 0.05e5);
  EXPECT_NEAR(RequestsNeeded(0.9, 1, 1, 0.01), 3.6e6, 0.05e6);
}

// With most of the time a wait, a fast server and many slow ones on one queue
// are alike, and what varies three times as much takes twice as long.
TEST(TheoryFormulas, RequestsNeededScaleAsInHeavyTraffic) {
  const double one = RequestsNeeded(0.999, 1, 1, 0.01);
  EXPECT_NEAR(RequestsNeeded(0.999, 1, 4, 0.01) / one, 1, 0.02);
  EXPECT_NEAR(RequestsNeeded(0.999, 3, 1, 0.01) / one, 2, 0.01);
}

TEST(TheoryFormulas, AQueueForgetsItsStartMoreSlowlyTheMoreItIsLoaded) {
  // 1 / (1 - sqrt(0.81))^2
  EXPECT_NEAR(RelaxationTime(0.81, 1, 1), 100, 1e-9);
  EXPECT_NEAR(RelaxationTime(0.25, 1, 1), 4, 1e-9);
  EXPECT_NEAR(RelaxationTime(0.81, 1, 10), 10, 1e-9);
  EXPECT_NEAR(RelaxationTime(0.81, 3, 1), 200, 1e-9);
}

}  // namespace
}  // namespace els_sim::theory
