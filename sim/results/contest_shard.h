#pragma once

// A contest in parts that share nothing, so that many machines can do it.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "sim/model/histogram.h"
#include "sim/results/contest.h"
#include "sim/results/timeline.h"

namespace els_sim {

// More would wait for their files.
inline constexpr std::size_t kMaxShards = 10'000;

// One of `count` parts.
struct Shard {
  std::size_t number = 1;  // 1 to count.
  std::size_t count = 1;
  friend bool operator==(const Shard&, const Shard&) = default;
};

// A policy in a scenario with some seeds that follow each other.
struct Stretch {
  std::size_t scenario = 0;    // Places in the plan.
  std::size_t policy = 0;      //
  std::size_t first_seed = 0;  // So much above the plan's first.
  std::size_t seeds = 0;       // At least 1.
  friend bool operator==(const Stretch&, const Stretch&) = default;
};

// What is kept of its runs. Integers, and numbers of one run each: so that the
// order in which parts are put together does not matter.
struct Tally {
  Stretch stretch = {};
  std::vector<double> costs_s = {};  // By seed: see Entry.
  std::uint64_t errors = 0;
  std::uint64_t attempts = 0;
  Histogram costs = {};  // Of all requests.
  // See Entry; empty, too, if the first seed is not among them.
  std::optional<Timeline> timeline = {};
};

// What the shard has to do: as many runs as any other, give or take one, and
// few policies and scenarios with all their seeds rather than many with some,
// as there is a histogram for each. A run depends on its own scenario, policy
// and seed alone, so all policies get the same requests wherever they run.
// REQUIRES: number is 1 to count, and that at most kMaxShards.
std::vector<Stretch> StretchesOf(const ContestPlan& plan, Shard shard);

// So many simulations that is.
std::size_t CountRuns(const std::vector<Stretch>& stretches);

// Runs them, on so many threads, which do not change the result. `on_run` as
// for RunContest. REQUIRES: threads > 0.
std::vector<Tally> RunStretches(const ContestPlan& plan,
                                const std::vector<Stretch>& stretches,
                                std::size_t threads,
                                const std::function<void()>& on_run = nullptr);

// The contest that RunContest makes of the plan. REQUIRES: the tallies, in any
// order, are of all shards of one count.
Contest PutTogether(ContestPlan plan, std::vector<Tally> tallies);

}  // namespace els_sim
