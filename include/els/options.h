#pragma once

// The settings of a Balancer. Every default is the shipped one; the comment at
// each field gives its unit, its range and what is traded.

#include <chrono>
#include <cstdint>

#include "absl/status/status.h"

namespace els {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

// How a backend is chosen once each has its expected latency E.
enum class Choice {
  kLowest,          // The lowest E of all, ties at random. The best known.
  kPowerOfTwo,      // The lower E of two different backends drawn at random.
  kWeightedRandom,  // At random, each with a probability proportional to 1/E.
};

// A plain value. Balancer's constructor requires Validate().ok();
// Balancer::SetOptions checks by itself.
struct Options {
  // Seeds every random decision, so that the same calls with the same seed give
  // the same picks on every machine. 0 draws a seed from the system, once, in
  // the constructor. SetOptions leaves the running generator alone.
  std::uint64_t seed = 0;

  Choice choice = Choice::kLowest;

  // The latency assumed of all backends until the first success of any. 1 ns to
  // 1 h. It only matters if requests fail, or stay unanswered, before that.
  Duration initial_latency = std::chrono::milliseconds(50);

  // How long a latency is remembered: its weight falls by a factor of e in this
  // time (the "time bias" of forward decay) or in this many picks per backend
  // of the set, whichever is longer, so that a quiet balancer does not forget
  // what it knows. Longer is steadier, shorter follows a change sooner.
  // 1 ms to 1 day; 0 to 1e6 picks. In the simulator, equals are 3.5 % off
  // over a minute, with 5 s and 10 picks 4.5 %; with 2 s and 7 picks so many
  // requests go to one that is silent for good that peak EWMA loses fewer.
  Duration latency_memory = std::chrono::seconds(3);
  double latency_memory_picks = 5;

  // The same for successes and failures. Shorter brings a recovered backend
  // back sooner, and tries a broken one more often. 1 ms to 1 day; 0 to 1e6.
  Duration success_memory = std::chrono::milliseconds(2800);
  double success_memory_picks = 5;

  // Each balancer multiplies success_memory by a constant of its own, drawn
  // from [1 - spread, 1 + spread], so that many access points do not all try a
  // broken backend again at the same moment. 0 to 0.9.
  double success_memory_spread = 0.3;

  // A failure leaves this part of the weight of the successes before it, and a
  // timeout of the latencies before it: one that has been well for long is
  // doubted as soon as one that is new. 0 to 1. Lower leaves a broken backend
  // sooner; 1 never doubts. Below 0.5 refusals by busy backends, which say
  // nothing of the next request, drive so much away that the rest refuse more.
  double trust_after_failure = 0.6;

  // From a backend's first failure or timeout until it succeeds again, what is
  // known of it fades as (1 + growth t)^(-1/growth), where t is the time since,
  // in success memories: the longer an outage has lasted, the longer it is
  // held to go on, and the rarer the retries. t is multiplied by the part of
  // its attempts that ever succeeded, a quarter at least, so that one that
  // never worked is tried less. 0 to 10; 0 is an exponential. With 0.2 each gap
  // between retries is some 1.7 times as long as the one before, until there is
  // one in 80 s, and of a backend that never worked one in 6 minutes. At 0.3
  // there is hardly a request for a backend that was silent for 20 s in the 10
  // s after it is well again.
  double outage_growth = 0.2;

  // How many observations at the fleet's mean stand beside a backend's own. An
  // idle or new backend drifts to what is typical by their weight. 0.01 to 100:
  // higher is slower to tell backends apart, and less fooled by one sample.
  double prior_weight = 1;

  // A backend that has never succeeded counts as this many times the fleet's
  // mean latency. 1 to 100. Higher keeps a quiet balancer with what it knows;
  // from 1 / (1 - turn_limit) on, one that has a single request at a time may
  // never try some of its backends.
  double unproven_factor = 1.15;

  // A failure costs at least this many times the fleet's mean latency over
  // failure_cost_memory, so that failing fast never looks like being fast.
  // 0 to 100; 1 ms to 1 day. Too high turns overload into collapse: every
  // failure then drives traffic away from a backend that is needed.
  double failure_cost_factor = 7;
  Duration failure_cost_memory = std::chrono::seconds(60);

  // Outstanding requests older than this many times the backend's latency, in
  // the mean, raise its expected latency in proportion. 1 to 1000. Lower
  // notices a silent or slowed backend sooner (1.5 instead of 2 saves 6 % in
  // drastic-slowdown), and mistakes long requests for silence.
  double overdue_factor = 1.5;

  // Near-equals take turns: a backend above its fair share of the picks of
  // turn_memory costs up to turn_limit more, one below it up to turn_limit
  // less; turn_slope is the price of one whole fair share. 0 to 0.9; 0 to 10;
  // 1 ms to 1 day. More evens the shares of equals and re-tries recovered
  // backends sooner, at the price of leaving the best one: up to 15 % of the
  // mean where all are equal and nearly too busy, 1 % at half that. A slope
  // of 1.5 is at the limit with a share 13 % off; a limit above 0.2 tries one
  // that fails or is silent more often than the evenness is worth.
  double turn_limit = 0.2;
  double turn_slope = 1.5;
  Duration turn_memory = std::chrono::seconds(60);

  // A backend of which no success is known yet gets this many outstanding
  // requests, and twice as many after each success. 1 to 1e6. Low protects a
  // cold backend from many access points at once.
  double first_contact_limit = 1;

  // A backend that leaves the set and returns within this time keeps what was
  // learnt of it; later it starts anew. 0 to 1 day.
  Duration removed_memory = std::chrono::minutes(10);

  // OK, or an InvalidArgumentError that names the first field out of range, its
  // value and its range.
  absl::Status Validate() const;
};

}  // namespace els
