#pragma once

// What access points are told and do, as plain values of a Scenario.

#include <cstddef>
#include <optional>
#include <string>

#include "els/concurrency_limit.h"
#include "els/hedge_timer.h"
#include "els/retry_budget.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// What an access point knows of a request's size before it sends it. els makes
// use of that; no other policy here does.
enum class WorkTold {
  kNone,
  kSize,  // All: els::Request::work is the size over the mean size.
  kKey,   // A key, SizeClass: an els::WorkEstimator learns from how long the
          // answers took what it stands for.
};

// So often is a request that failed or timed out sent again, to a server that
// has not failed it yet.
struct Retries {
  std::size_t most = 0;
  // Before the k-th retry of a request: uniform between 0 and
  // backoff * 2^(k - 1).
  Duration backoff = {};
  // What each access point may retry, of all its requests; empty: everything.
  std::optional<els::RetryBudgetOptions> budget = {};
};

// When a request that is still unanswered gets a second attempt, at another
// server: a hedge, and one for each request. The first attempt to succeed (of a
// stream, to begin) wins, and the other is given up as kCancelled. The server
// of that is not told: it still does the work. A request has failed once both
// attempts have. Each has the scenario's timeout.
struct HedgePlan {
  enum class Kind {
    kNone,
    kFixed,   // After `delay`, as gRPC's hedgingDelay; nothing bounds them.
    kLearnt,  // As an els::HedgeTimer says, one for each access point, which
              // knows the keys of WorkTold::kKey.
  };
  Kind kind = Kind::kLearnt;
  Duration delay = {};                  // Of kFixed.
  els::HedgeTimerOptions options = {};  // Of kLearnt.
};

// Bounds what each access point has outstanding. What it refuses has failed at
// once, and is not sent again.
struct LimitPlan {
  std::string limiter = "els";                // See Limiters.
  els::ConcurrencyLimitOptions options = {};  // Of "els" alone.
};

// The parts of the requests that are of these priorities; the others are
// normal. Each in [0, 1], and their sum, too.
struct Priorities {
  double sheddable = 0;
  double critical = 0;
};

// A part `heavy`, in (0, 1), of the access points, those that come first, has a
// part `share` of the requests; the others share the rest.
struct Skew {
  double heavy = 0.2;
  double share = 0.8;
};

}  // namespace els_sim
