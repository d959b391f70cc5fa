#include "sim/results/contest.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

#include "sim/model/histogram.h"
#include "sim/results/contest_events.h"
#include "sim/results/contest_shard.h"
#include "sim/results/ratio.h"

namespace els_sim {
namespace {

// Sums of integers, and places of their own: so the order does not matter.
void Add(Tally tally, Entry& entry, Histogram& costs) {
  std::copy(tally.costs_s.begin(), tally.costs_s.end(),
            entry.costs_s.begin() +
                static_cast<std::ptrdiff_t>(tally.stretch.first_seed));
  entry.requests += tally.costs.count();
  entry.errors += tally.errors;
  entry.attempts += tally.attempts;
  if (costs.empty()) {
    costs = std::move(tally.costs);
  } else {
    costs.Merge(tally.costs);
  }
  if (tally.timeline.has_value()) entry.timeline = std::move(tally.timeline);
}

void Summarise(const Histogram& costs, const Entry& base, Entry& entry) {
  entry.mean_s = costs.Mean() / std::chrono::seconds(1);
  for (std::size_t i = 0; i < kContestQuantiles.size(); ++i) {
    entry.quantiles[i] = costs.Quantile(kContestQuantiles[i]);
  }
  entry.log_ratios = LogRatios(entry.costs_s, base.costs_s);
  entry.to_base = EstimateRatio(entry.log_ratios);
}

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

Contest PutTogether(ContestPlan plan, std::vector<Tally> tallies) {
  const std::size_t policies = plan.policies.size();
  const Entry entry = {.costs_s = std::vector<double>(plan.seeds.count)};
  Contest contest = {.plan = std::move(plan), .entries = {}, .standings = {}};
  contest.entries.assign(contest.plan.scenarios.size(),
                         std::vector<Entry>(policies, entry));
  std::vector<std::vector<Histogram>> costs(contest.entries.size(),
                                            std::vector<Histogram>(policies));
  for (Tally& tally : tallies) {
    const std::size_t scenario = tally.stretch.scenario;
    const std::size_t policy = tally.stretch.policy;
    Add(std::move(tally), contest.entries[scenario][policy],
        costs[scenario][policy]);
  }
  for (std::size_t i = 0; i < contest.entries.size(); ++i) {
    for (std::size_t j = 0; j < policies; ++j) {
      Summarise(costs[i][j], contest.entries[i][contest.plan.base],
                contest.entries[i][j]);
    }
  }
  for (std::size_t i = 0; i < policies; ++i) {
    Judge(contest, i);
    contest.standings.push_back(StandingOf(contest, i));
  }
  return contest;
}

Contest RunContest(ContestPlan plan, std::size_t threads,
                   const std::function<void()>& on_run) {
  std::vector<Tally> tallies =
      RunStretches(plan, StretchesOf(plan, Shard()), threads, on_run);
  return PutTogether(std::move(plan), std::move(tallies));
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
