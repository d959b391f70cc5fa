#include "sim/results/contest.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <variant>

#include "sim/model/histogram.h"
#include "sim/model/simulate.h"
#include "sim/model/window.h"
#include "sim/results/contest_events.h"
#include "sim/results/parallel.h"

namespace els_sim {
namespace {

double Ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0
                    : static_cast<double>(part) / static_cast<double>(whole);
}

// What counts of a run.
using Counted = WindowResult;

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

// The runs of a contest, and what is kept of them until all are over.
class Runs {
 public:
  explicit Runs(Contest& contest)
      : contest_(contest),
        plan_(contest.plan),
        scenarios_(WithWarmUp(plan_)),
        costs_(plan_.scenarios.size(),
               std::vector<Histogram>(plan_.policies.size())) {
    const Entry entry = {.costs_s = std::vector<double>(plan_.seeds.count)};
    contest_.entries.assign(plan_.scenarios.size(),
                            std::vector<Entry>(plan_.policies.size(), entry));
  }

  // All scenarios with a seed before any with the next, so that the part of
  // the runs that is over tells the part of the time.
  void Do(std::size_t run) {
    const std::size_t policy = run % plan_.policies.size();
    run /= plan_.policies.size();
    const std::size_t scenario = run % plan_.scenarios.size();
    const std::size_t seed = run / plan_.scenarios.size();
    std::optional<Timeline> timeline;
    if (plan_.with_timelines && seed == 0) {
      timeline.emplace(plan_.scenarios[scenario]);
    }
    std::function<void(const Ended&)> on_end;
    if (timeline.has_value()) {
      on_end = [&timeline](const Ended& request) { timeline->Add(request); };
    }
    const Result result =
        Simulate(scenarios_[scenario], *plan_.policies[policy],
                 plan_.seeds.first + seed, on_end);
    Keep(CountedOf(result, plan_.scenarios[scenario]), scenario, policy, seed,
         std::move(timeline));
  }

  // Once all have been done.
  void Finish() {
    for (std::size_t i = 0; i < plan_.scenarios.size(); ++i) {
      for (std::size_t j = 0; j < plan_.policies.size(); ++j) {
        Summarise(costs_[i][j], contest_.entries[i][plan_.base],
                  contest_.entries[i][j]);
      }
    }
  }

 private:
  // Sums of integers, and places of their own: so the order does not matter.
  void Keep(const Counted& counted, std::size_t scenario, std::size_t policy,
            std::size_t seed, std::optional<Timeline> timeline) {
    const std::lock_guard<std::mutex> lock(keeping_);
    Entry& entry = contest_.entries[scenario][policy];
    entry.costs_s[seed] = counted.costs.Mean() / std::chrono::seconds(1);
    entry.requests += counted.costs.count();
    entry.errors += counted.errors;
    for (const std::uint64_t attempts : counted.attempts) {
      entry.attempts += attempts;
    }
    costs_[scenario][policy].Merge(counted.costs);
    if (timeline.has_value()) entry.timeline = std::move(timeline);
  }

  static void Summarise(const Histogram& costs, const Entry& base,
                        Entry& entry) {
    entry.mean_s = costs.Mean() / std::chrono::seconds(1);
    for (std::size_t i = 0; i < kContestQuantiles.size(); ++i) {
      entry.quantiles[i] = costs.Quantile(kContestQuantiles[i]);
    }
    entry.log_ratios = LogRatios(entry.costs_s, base.costs_s);
    entry.to_base = EstimateRatio(entry.log_ratios);
  }

  Counted CountedOf(const Result& result, const Scenario& scenario) const {
    if (IsSteady(scenario, plan_.warm_up)) return result.windows.back();
    return {.costs = result.costs,
            .errors = result.failed + result.timed_out,
            .attempts = result.picks};
  }

  Contest& contest_;
  const ContestPlan& plan_;
  std::vector<Scenario> scenarios_;  // With what counts as the last window.
  std::mutex keeping_;               // Guards the entries and costs_.
  std::vector<std::vector<Histogram>> costs_;  // By scenario and policy.
};

// Of all scenarios with this policy.
void Judge(Contest& contest, std::size_t policy) {
  std::vector<std::optional<double>> p_values;
  for (const std::vector<Entry>& row : contest.entries) {
    p_values.push_back(row[policy].to_base.p_value);
  }
  p_values = HolmAdjusted(p_values);
  for (std::size_t i = 0; i < contest.entries.size(); ++i) {
    Entry& entry = contest.entries[i][policy];
    entry.score = ScoreOf(entry.to_base, p_values[i]);
  }
}

// The mean over the scenarios of log(policy's cost / other's), by seed, and the
// estimate from these: a geometric mean of ratios.
LogRatio OverScenarios(const Contest& contest, std::size_t policy,
                       std::size_t other) {
  std::vector<std::optional<double>> by_seed(contest.plan.seeds.count);
  for (std::size_t seed = 0; seed < by_seed.size(); ++seed) {
    double sum = 0;
    double count = 0;
    for (const std::vector<Entry>& row : contest.entries) {
      const std::optional<double>& to_base = row[policy].log_ratios[seed];
      const std::optional<double>& others = row[other].log_ratios[seed];
      if (!to_base.has_value() || !others.has_value()) continue;
      sum += *to_base - *others;
      ++count;
    }
    if (count > 0) by_seed[seed] = sum / count;
  }
  return EstimateRatio(by_seed);
}

// A geometric mean over the scenarios. A quantile has no value of each seed to
// compare pair by pair, or only a rough one, and so this has no interval.
double P99ToBase(const Contest& contest, std::size_t policy) {
  std::vector<double> of_policy;
  std::vector<double> of_base;
  for (const std::vector<Entry>& row : contest.entries) {
    of_policy.push_back(
        FractionalDuration(QuantileOf(row[policy], 990)).count());
    of_base.push_back(
        FractionalDuration(QuantileOf(row[contest.plan.base], 990)).count());
  }
  return EstimateRatio(LogRatios(of_policy, of_base)).Ratio();
}

Standing StandingOf(const Contest& contest, std::size_t policy) {
  const ContestPlan& plan = contest.plan;
  Standing standing = {.to_base = OverScenarios(contest, policy, plan.base),
                       .p99_to_base = P99ToBase(contest, policy)};
  for (std::size_t i = 0; i < plan.policies.size(); ++i) {
    if (plan.policies[i]->name != Contest::kYardstick) continue;
    standing.to_yardstick = OverScenarios(contest, policy, i);
  }
  for (const std::vector<Entry>& row : contest.entries) {
    switch (row[policy].score) {
      case Score::kWin:
        ++standing.wins;
        break;
      case Score::kTie:
        ++standing.ties;
        break;
      case Score::kLoss:
        ++standing.losses;
        break;
    }
  }
  return standing;
}

}  // namespace

Duration QuantileOf(const Entry& entry, std::uint64_t thousandths) {
  const auto* place = std::find(kContestQuantiles.begin(),
                                kContestQuantiles.end(), thousandths);
  return entry
      .quantiles[static_cast<std::size_t>(place - kContestQuantiles.begin())];
}

double ErrorRate(const Entry& entry) {
  return Ratio(entry.errors, entry.requests);
}

double AttemptsPerRequest(const Entry& entry) {
  return Ratio(entry.attempts, entry.requests);
}

Contest RunContest(ContestPlan plan, std::size_t threads,
                   const std::function<void()>& on_run) {
  Contest contest = {.plan = std::move(plan), .entries = {}, .standings = {}};
  Runs runs(contest);
  ForEach(
      CountRuns(contest.plan), threads, [&runs](std::size_t i) { runs.Do(i); },
      on_run);
  runs.Finish();
  for (std::size_t i = 0; i < contest.plan.policies.size(); ++i) {
    Judge(contest, i);
    contest.standings.push_back(StandingOf(contest, i));
  }
  return contest;
}

bool IsSteady(const Scenario& scenario, Duration warm_up) {
  const auto* open = std::get_if<OpenArrivals>(&scenario.arrivals);
  if (open == nullptr || open->length < 2 * warm_up) return false;
  const std::vector<ScenarioEvent> events = EventsOf(scenario);
  return std::all_of(
      events.begin(), events.end(),
      [](const ScenarioEvent& event) { return event.at == Duration::zero(); });
}

std::size_t CountRuns(const ContestPlan& plan) {
  return plan.scenarios.size() * plan.policies.size() * plan.seeds.count;
}

std::optional<double> LoadOf(const Scenario& scenario) {
  const auto* open = std::get_if<OpenArrivals>(&scenario.arrivals);
  if (open == nullptr || open->rate.has_value()) return std::nullopt;
  return open->load;
}

bool IsYardstick(const PolicyInfo& policy) {
  const auto yardsticks = Yardsticks();
  return std::any_of(
      yardsticks.begin(), yardsticks.end(),
      [&policy](const PolicyInfo& each) { return each.name == policy.name; });
}

}  // namespace els_sim
