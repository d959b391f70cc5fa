// What runs; PutTogether is in contest.cc.

#include "sim/results/contest_shard.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <utility>

#include "sim/model/simulate.h"
#include "sim/results/parallel.h"

namespace els_sim {
namespace {

// Neighbours in the plan take similar times: the same scenario, a similar
// policy. Steps of the golden ratio visit all of a circle of so many places and
// spread any few that follow each other evenly over it.
std::size_t StepAround(std::size_t places) {
  constexpr double kGolden = 0.6180339887498949;
  auto step = static_cast<std::size_t>(kGolden * static_cast<double>(places));
  step = std::max<std::size_t>(step, 1);
  while (std::gcd(step, places) != 1) ++step;
  return step;
}

// A seed of a tally.
struct Run {
  std::size_t tally = 0;
  std::size_t seed = 0;  // So much above the plan's first.
};

// All with a seed before any with the next, so that the part of the runs that
// is over tells the part of the time.
std::vector<Run> RunsOf(const std::vector<Stretch>& stretches) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    for (std::size_t j = 0; j < stretches[i].seeds; ++j) {
      runs.push_back({.tally = i, .seed = stretches[i].first_seed + j});
    }
  }
  std::stable_sort(runs.begin(), runs.end(),
                   [](const Run& a, const Run& b) { return a.seed < b.seed; });
  return runs;
}

void Keep(const Result& result, std::size_t seed,
          std::optional<Timeline> timeline, Tally& tally) {
  tally.costs_s[seed - tally.stretch.first_seed] =
      result.costs.Mean() / std::chrono::seconds(1);
  tally.errors += result.failed + result.timed_out;
  for (const std::uint64_t picks : result.picks) tally.attempts += picks;
  tally.costs.Merge(result.costs);
  if (timeline.has_value()) tally.timeline = std::move(timeline);
}

// `keeping` guards what is in the tally besides its stretch.
void Do(const ContestPlan& plan, std::size_t seed, Tally& tally,
        std::mutex& keeping) {
  const Scenario& scenario = plan.scenarios[tally.stretch.scenario];
  std::optional<Timeline> timeline;
  std::function<void(const Ended&)> on_end;
  if (plan.with_timelines && seed == 0) {
    timeline.emplace(scenario);
    on_end = [&timeline](const Ended& request) { timeline->Add(request); };
  }
  const Result result = Simulate(scenario, *plan.policies[tally.stretch.policy],
                                 plan.seeds.first + seed, on_end);
  const std::lock_guard<std::mutex> lock(keeping);
  Keep(result, seed, std::move(timeline), tally);
}

}  // namespace

std::vector<Stretch> StretchesOf(const ContestPlan& plan, Shard shard) {
  const std::size_t policies = plan.policies.size();
  const std::size_t pairs = plan.scenarios.size() * policies;
  const std::size_t seeds = plan.seeds.count;
  const std::size_t step = StepAround(pairs);
  std::size_t run = CountRuns(plan) * (shard.number - 1) / shard.count;
  const std::size_t end = CountRuns(plan) * shard.number / shard.count;
  std::vector<Stretch> stretches;
  while (run < end) {
    const std::size_t pair = run / seeds * step % pairs;
    const std::size_t first = run % seeds;
    stretches.push_back({.scenario = pair / policies,
                         .policy = pair % policies,
                         .first_seed = first,
                         .seeds = std::min(seeds - first, end - run)});
    run += stretches.back().seeds;
  }
  return stretches;
}

std::size_t CountRuns(const std::vector<Stretch>& stretches) {
  std::size_t runs = 0;
  for (const Stretch& stretch : stretches) runs += stretch.seeds;
  return runs;
}

std::vector<Tally> RunStretches(const ContestPlan& plan,
                                const std::vector<Stretch>& stretches,
                                std::size_t threads,
                                const std::function<void()>& on_run) {
  std::vector<Tally> tallies;
  tallies.reserve(stretches.size());
  for (const Stretch& stretch : stretches) {
    tallies.push_back(
        {.stretch = stretch, .costs_s = std::vector<double>(stretch.seeds)});
  }
  const std::vector<Run> runs = RunsOf(stretches);
  std::mutex keeping;
  ForEach(
      runs.size(), threads,
      [&](std::size_t i) {
        Do(plan, runs[i].seed, tallies[runs[i].tally], keeping);
      },
      on_run);
  return tallies;
}

}  // namespace els_sim
