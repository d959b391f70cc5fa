#pragma once

// What a Balancer knows of one backend: plain data for a status page, a metric
// or a test.

#include <cstdint>
#include <optional>
#include <string>

#include "els/options.h"

namespace els {

// expected_latency = (latency + Options::tail * latency_deviation
//                     + failure_cost * (1 / success_rate - 1))
//                    * (queue + 1) * distance * overdue * turn * crowding
//
// With Options::parallelism above 0, (queue + 1) is divided by
// 1 + Options::parallelism * (max(1, parallelism) - 1).
struct BackendSnapshot {
  std::string id;
  std::uint64_t tag = 0;
  double distance = 1;
  double weight = 1;
  std::uint32_t max_outstanding = 0;

  // True for a backend that has left the set with requests outstanding. Its
  // connections may be closed once it is no longer listed.
  bool removed = false;

  Duration expected_latency = {};  // E: the number that picks compare.

  // The terms of E.
  Duration latency = {};            // l: mean of answers, drawn to the fleet's.
  Duration latency_deviation = {};  // Standard deviation of answers, likewise.
  Duration failure_cost = {};       // c: the cost of one failed attempt.
  double success_rate = 1;          // s: in (0, 1].
  double queue = 0;                 // q: by relative weight; see below.
  double overdue = 1;               // 1, or more if its requests wait too long.
  double turn = 1;                  // Near 1: more above its share, less below.
  double crowding = 1;              // By Ticket::Report; 1 if there was none.

  // What the terms are made of. The queue is the number of the outstanding
  // requests, or their work as far as Options::queue_by_work says, in which
  // those answered count as Options::answered_weight says; and what is spared.
  std::int64_t outstanding = 0;  // Requests picked and not finished.
  std::int64_t answered = 0;     // Of those, answered.
  double work = 0;               // Of those that are not answered.
  double answered_work = 0;      // Of those that are.
  double spared = 0;             // Requests that neutral answers cut short.
  // p: the mean queue when requests were sent. Measured only while
  // Options::parallelism is above 0.
  double parallelism = 0;
  Duration failure_latency = {};  // f: mean latency of failures.
  Duration mean_age = {};         // Of outstanding requests without an answer.
  double share = 1;               // Recent picks relative to a fair share.

  // The time since the latest outcome, to 0.3 s. Empty if there was none.
  std::optional<Duration> since_outcome = {};

  // How many requests of others the server has usually reported, and the time
  // since its latest report, to 0.3 s. Empty if there was none.
  std::optional<double> usual_others = {};
  std::optional<Duration> since_report = {};

  // How much longer the backend wants no requests, by Ticket::RetryAfter, to 17
  // ms. 0 for one that has not asked, or whose time is over.
  Duration retry_after = {};

  // Counts since the backend was first added.
  std::uint64_t picks = 0;
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t neutral = 0;
  std::uint64_t cut = 0;            // Successes at Answered that ended badly.
  std::uint64_t dropped = 0;        // Tickets destroyed without an outcome.
  std::uint64_t late_finishes = 0;  // Finish or Answered once too often.
};

}  // namespace els
