#pragma once

// Results of queueing theory, for the simulator to be held against.
//
// Servers are of speed 1 and times are in units of the mean service time.
// Arrivals are Poisson, and queues first come first served, unless the name
// says otherwise. "Mean" and "Quantile" are of the response time: the wait and
// the service. `rho` is the load, a part of the capacity, in (0, 1); `p`, the
// part that does not exceed a quantile, in (0, 1); `scv`, the squared
// coefficient of variation of the service times. All functions are pure.

#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace els_sim::theory {

// -- One server

// M/M/1: 1 / (1 - rho), exponentially distributed.
double Mm1Mean(double rho);
double Mm1Quantile(double rho, double p);

// M/G/1: the formula of Pollaczek (1930) and Khinchine (1932). M/D/1 is that of
// scv 0. REQUIRES: scv >= 0.
double Mg1Mean(double rho, double scv);

// M/G/1 with processor sharing: the same for all sizes of a mean (Sakata,
// Noguchi and Oizumi 1971).
double ProcessorSharingMean(double rho);

// D/M/1, arrivals at a constant distance: the root of GI/M/1 (Kleinrock,
// "Queueing Systems" I, 6.4).
double Dm1Mean(double rho);

// -- Squared coefficients of variation of sizes; the parameters as in
// sim/model/scenario.h.

double ErlangScv(std::size_t stages);
double LognormalScv(double sigma);
double BimodalScv(double large, double ratio);
double BoundedParetoScv(double alpha, double ratio);

// -- Many servers. REQUIRES: at least one server.

// M/M/c: the probability that a request has to wait (Erlang 1917).
double ErlangC(std::size_t servers, double rho);

double MmcMean(std::size_t servers, double rho);

// The part of M/M/c's response times above `t`. REQUIRES: t >= 0.
double MmcTail(std::size_t servers, double rho, double t);

// By bisection of MmcTail, to the last bits.
double MmcQuantile(std::size_t servers, double rho, double p);

// M/D/c, exact: by the roots of Crommelin (1932). O(servers), and some hundreds
// of steps for each; more where rho is near 1.
double MdcMean(std::size_t servers, double rho);

// One stream dealt in turn to servers with a queue each and exponential sizes:
// each is an E_N/M/1, again by the root of GI/M/1. Exponentially distributed.
double RoundRobinMean(std::size_t servers, double rho);
double RoundRobinQuantile(std::size_t servers, double rho, double p);

// One queue for two servers with exponential sizes that serve at these rates, a
// request that finds both idle going to the first: by the balance of its
// states. REQUIRES: 0 < rate < first + second.
double OneQueueOfTwoMean(double first, double second, double rate);

// The shorter queue of `choices` at random, with exponential sizes, in the
// limit of many servers (Vvedenskaya, Dobrushin and Karpelevich 1996;
// Mitzenmacher 1996). A finite number of servers takes longer.
// REQUIRES: choices >= 1.
double PowerOfChoicesMean(std::size_t choices, double rho);

// The shorter of the queues of two servers, with exponential sizes; as solved
// by series by Adan, Wessels and Zijm (1990), but here numerically, within
// 1e-6. REQUIRES: rho <= 0.99. Less than a second and 50 MB.
double JoinShortestOfTwoMean(double rho);

// -- A stream split at random among servers with a queue each and exponential
// sizes: independent M/M/1 queues.

// By server, the rate at which it serves and that at which it is sent requests.
// REQUIRES: as many of the one as of the other; each is sent fewer than it
// serves, and one of them any.
double SplitMean(absl::Span<const double> serves,
                 absl::Span<const double> sent);

// What each is sent if every server's load is to be the same. REQUIRES here and
// below: 0 < rate < the sum of `serves`.
std::vector<double> ProportionalSplit(absl::Span<const double> serves,
                                      double rate);

// What each is sent for the least mean: all have a spare rate in proportion to
// the square root of what they serve, but those too slow to be sent any (Buzen
// and Chen 1974).
std::vector<double> OptimalSplit(absl::Span<const double> serves, double rate);

// -- How long to simulate

// After how many requests the mean response time has this standard error,
// relative to it. For one server with exponential sizes by the serial
// correlation of its waits (Daley 1968). Other sizes and more servers on one
// queue are scaled as reflected Brownian motion is (Whitt, "Planning Queueing
// Simulations", 1989): good for the order, and too many rather than too few
// where most requests do not wait. REQUIRES: relative_error > 0.
double RequestsNeeded(double rho, double scv, std::size_t servers,
                      double relative_error);

// In how many service times such a queue forgets its start by a factor of e:
// exact for exponential sizes and one server, scaled likewise.
double RelaxationTime(double rho, double scv, std::size_t servers);

}  // namespace els_sim::theory
