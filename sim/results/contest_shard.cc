// What runs; PutTogether is in contest.cc.

#include "sim/results/contest_shard.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <utility>

#include "sim/model/simulate.h"
#include "sim/model/window.h"
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

// The scenarios, with what counts as the last window where not all does.
std::vector<Scenario> WithWarmUp(const ContestPlan& plan) {
  std::vector<Scenario> scenarios = plan.scenarios;
  for (Scenario& scenario : scenarios) {
    if (!IsSteady(scenario, plan.warm_up)) continue;
    scenario.windows.push_back({.name = "after the warm-up",
                                .from = plan.warm_up,
                                .until = Duration::max()});
  }
  return scenarios;
}

// What counts of a run.
WindowResult CountedOf(const Result& result, bool is_steady) {
  if (is_steady) return result.windows.back();
  return {.costs = result.costs,
          .errors = result.failed + result.timed_out,
          .attempts = result.picks};
}

void Keep(const WindowResult& counted, std::size_t seed,
          std::optional<Timeline> timeline, Tally& tally) {
  tally.costs_s[seed - tally.stretch.first_seed] =
      counted.costs.Mean() / std::chrono::seconds(1);
  tally.errors += counted.errors;
  for (const std::uint64_t picks : counted.attempts) tally.attempts += picks;
  tally.costs.Merge(counted.costs);
  if (timeline.has_value()) tally.timeline = std::move(timeline);
}

// The runs of some stretches of a plan.
class Runner {
 public:
  // REQUIRES: the plan outlives it.
  explicit Runner(const ContestPlan& plan)
      : plan_(plan), scenarios_(WithWarmUp(plan)) {}

  // Thread-safe, but for what the tally's stretch is.
  void Do(std::size_t seed, Tally& tally) {
    const Scenario& scenario = plan_.scenarios[tally.stretch.scenario];
    std::optional<Timeline> timeline;
    std::function<void(const Ended&)> on_end;
    if (plan_.with_timelines && seed == 0) {
      timeline.emplace(scenario);
      on_end = [&timeline](const Ended& request) { timeline->Add(request); };
    }
    const Result result = Simulate(scenarios_[tally.stretch.scenario],
                                   *plan_.policies[tally.stretch.policy],
                                   plan_.seeds.first + seed, on_end);
    const WindowResult counted =
        CountedOf(result, IsSteady(scenario, plan_.warm_up));
    const std::lock_guard<std::mutex> lock(keeping_);
    Keep(counted, seed, std::move(timeline), tally);
  }

 private:
  const ContestPlan& plan_;
  const std::vector<Scenario> scenarios_;
  std::mutex keeping_;  // Guards what is in the tallies besides stretches.
};

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
  Runner runner(plan);
  ForEach(
      runs.size(), threads,
      [&](std::size_t i) { runner.Do(runs[i].seed, tallies[runs[i].tally]); },
      on_run);
  return tallies;
}

}  // namespace els_sim
