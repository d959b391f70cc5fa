#pragma once

// The settings of a Balancer. Every default is meant for production. The
// comment at each field gives its unit, its range and what is traded.
// sim/tuning/evidence/defaults.md says how each default was found.

#include <chrono>
#include <cstdint>

#include "absl/status/status.h"

namespace els {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

// How a backend is chosen once the expected latency E of each is known.
enum class Choice {
  kLowest,          // The lowest E of all, ties at random. The best known.
  kPowerOfTwo,      // The lower E of two different backends drawn at random.
  kWeightedRandom,  // At random, each with a probability proportional to 1/E.
};

// A plain value. Balancer's constructor requires Validate().ok();
// Balancer::SetOptions calls Validate itself. A range includes both its ends.
struct Options {
  // ---- For the user: what the service and its servers ask for ----

  // Seeds every random decision: the same calls with the same seed give the
  // same picks on every machine. With 0 the constructor draws a seed from the
  // system. SetOptions does not use this field. Any integer.
  std::uint64_t seed = 0;

  // How a backend is chosen. kLowest costs the least latency; the other choices
  // are for comparison.
  Choice choice = Choice::kLowest;

  // The latency assumed of every backend until the first success of any. It
  // matters only if requests fail, or stay unanswered, before that success.
  // 1 ns to 1 h.
  Duration initial_latency = std::chrono::milliseconds(50);

  // How many requests may be outstanding at a backend that has not answered
  // yet. Each answer doubles the number, and each second that the outstanding
  // requests are old in the mean adds to it, so that answers of a minute do not
  // keep a backend waiting. A low limit protects a cold backend from many
  // access points at once. 1 to 1e6.
  double first_contact_limit = 1;

  // How much of its work a request counts for between Answered and Finish. 0
  // for streams that cost a server nothing once they have begun; 1 if they cost
  // as much as before. 0 to 1.
  double answered_weight = 0.01;

  // How much of the outstanding is counted in work, and not in requests. 1 for
  // servers that do one thing at a time, where a heavy request delays those
  // behind it by all of its work. 0 for servers that do much side by side,
  // where it takes no more than a place. It matters only if Request::work is
  // given. 0 to 1.
  double queue_by_work = 0;

  // How many standard deviations of a backend's latencies count beside their
  // mean. 0 goes for the lowest mean. More goes for few slow answers: of two
  // backends with the same mean, the backend that is slow now and then costs
  // more. More tail gives up some of the mean. 0 to 10.
  double tail = 0;

  // A backend that leaves the set keeps what was learnt of it if it returns
  // within this time. After this time it starts anew. 0 to 1 day.
  Duration removed_memory = std::chrono::minutes(10);

  // ---- For the tuner: `els-sim tune` finds better values than a guess ----

  // How long a latency is remembered. Its weight falls by a factor of e in
  // latency_memory (the "time bias" of forward decay), or in
  // latency_memory_picks picks per backend of the set, whichever is longer. So
  // a quiet balancer does not forget what it knows. A longer memory is
  // steadier; a shorter one follows a change sooner. 1 ms to 1 day; 0 to 1e6.
  Duration latency_memory = std::chrono::seconds(3);
  double latency_memory_picks = 5;

  // How long successes and failures are remembered, by the same rule. A shorter
  // memory brings a recovered backend back sooner, and tries a broken backend
  // more often. 1 ms to 1 day; 0 to 1e6.
  Duration success_memory = std::chrono::milliseconds(2800);
  double success_memory_picks = 0;

  // Each balancer multiplies success_memory by a constant of its own, drawn
  // from [1 - spread, 1 + spread]. So access points do not all retry a broken
  // backend at the same moment. More spread makes balancers differ more in how
  // soon they forgive. 0 to 0.9.
  double success_memory_spread = 0.3;

  // A failure multiplies the weight of all earlier successes by this. A timeout
  // does so to the weight of all earlier latencies. So a backend that was well
  // for long is doubted as soon as a new one. A lower trust leaves a broken
  // backend sooner, and also a busy backend whose refusal says nothing of the
  // next request; 1 never doubts. 0 to 1.
  double trust_after_failure = 0.6;

  // How much slower an outage is forgiven the longer it lasts. An outage begins
  // with a backend's first failure or timeout and ends with its next success.
  // Meanwhile what is known of the backend fades as
  //
  //   (1 + outage_growth * t)^(-1 / outage_growth)
  //
  // where t is the length of the outage in success memories, multiplied by the
  // fraction of the backend's attempts that ever succeeded, but at least by a
  // quarter. So a longer outage makes retries rarer, and a backend that never
  // worked is retried least. 0 is an exponential. A higher growth sends fewer
  // requests to broken backends, and notices a recovery later. 0 to 10.
  double outage_growth = 0.2;

  // How many observations at the fleet's mean are added to a backend's own. By
  // their weight an idle or new backend drifts to what is typical. A higher
  // weight is less fooled by one sample, and slower to tell backends apart. A
  // lower weight returns more rarely to a backend that was bad. 0.01 to 100.
  double prior_weight = 1;

  // The latency of a backend that has never succeeded counts as at least this
  // many times the fleet's mean. A higher factor keeps a quiet balancer with
  // the backends that it knows. From 1 / (1 - turn_limit) on, a balancer that
  // has a single request at a time may never try some of its backends. 1 to
  // 100.
  double unproven_factor = 1.15;

  // A failure costs at least failure_cost_factor times the fleet's mean latency
  // over failure_cost_memory. So failing fast never looks like being fast. Too
  // high a factor turns overload into collapse: every failure then drives
  // traffic away from a backend that is needed. 0 to 100; 1 ms to 1 day.
  double failure_cost_factor = 7;
  Duration failure_cost_memory = std::chrono::seconds(60);

  // Once the mean age of a backend's outstanding requests is above this many
  // times its latency, its expected latency rises in proportion. A lower factor
  // notices a silent or slowed backend sooner, and mistakes long requests for
  // silence. 1 to 1000.
  double overdue_factor = 1.5;

  // Backends take turns. A backend below its fair share of the picks of
  // turn_memory costs up to turn_limit less; a backend above its share costs up
  // to turn_premium more. turn_slope is the price of one whole fair share. A
  // higher limit or slope brings backends back sooner that were ill or seemed
  // slow. A higher premium evens the shares of equal backends, and drives
  // requests away from the best. 0 to 0.9; 0 to 0.9; 0 to 10; 1 ms to 1 day.
  double turn_limit = 0.24;
  double turn_premium = 0.02;
  double turn_slope = 1.5;
  Duration turn_memory = std::chrono::seconds(60);

  // How much of a backend's measured parallelism, the decayed mean of what it
  // had outstanding when requests were sent to it, divides what is outstanding.
  // 0 ignores it; 1 is the division by p of Spotify's ELS. 0 to 1.
  double parallelism = 0;

  // OK, or an InvalidArgumentError that names the first field out of range, its
  // value and its range.
  absl::Status Validate() const;
};

}  // namespace els
