// The parts of Search that come after the search itself: see search.h.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "sim/tuning/pareto.h"
#include "sim/tuning/search.h"

namespace els_sim {
namespace {

// As a part of the cost: less is no reason to leave the start, however sure it
// is.
constexpr double kUnnoticed = 0.001;

}  // namespace

bool Search::AsGoodAsBest(const TunePoint& point) const {
  const TunePoint& best = result_.points[result_.best];
  const LogRatio cost = EstimateRatio(MakeJudge().LogCosts(
      point.candidate, best.candidate, train_, SearchSeeds(plan_.seeds)));
  const double error = cost.half_width.has_value()
                           ? *cost.half_width / StudentFactor(plan_.seeds)
                           : 0;
  return point.judgement.objective <=
         best.judgement.objective + std::max(error, kUnnoticed);
}

double Search::DistanceFromStart(const TunePoint& point) const {
  double squares = 0;
  for (std::size_t i = 0; i < plan_.options.size(); ++i) {
    const TunedOption& option = plan_.options[i];
    const double far =
        PlaceOf(option, point.values[i]) - PlaceOf(option, option.start);
    squares += far * far;
  }
  return squares;
}

absl::Status Search::Choose() {
  Points points;
  for (std::size_t i = 0; i < result_.points.size(); ++i) {
    const TunePoint& point = result_.points[i];
    if (point.seeds == plan_.seeds && AsGoodAsBest(point)) points.push_back(i);
  }
  std::stable_sort(points.begin(), points.end(),
                   [this](std::size_t one, std::size_t other) {
                     return DistanceFromStart(result_.points[one]) <
                            DistanceFromStart(result_.points[other]);
                   });
  result_.chosen = result_.best;
  for (const std::size_t point : points) {
    absl::Status checked = Check({point});
    if (!checked.ok()) return checked;
    if (result_.points[point].judgement.violation > 0) continue;
    result_.chosen = point;
    break;
  }
  Points pool;
  std::vector<Merits> merits;
  for (std::size_t i = 0; i < result_.points.size(); ++i) {
    const TunePoint& point = result_.points[i];
    const Judgement& judgement = point.judgement;
    if (point.seeds != plan_.seeds || judgement.violation > 0) continue;
    pool.push_back(i);
    merits.push_back(
        {judgement.log_cost, judgement.log_p99, judgement.error_rate});
  }
  for (const std::size_t i : ParetoSet(merits)) {
    result_.pareto.push_back(pool[i]);
  }
  return absl::OkStatus();
}

absl::Status Search::Disturb() {
  Announce(TunePart::kDisturb);
  const TunePoint& chosen = result_.points[result_.chosen];
  const SeedRange seeds = SearchSeeds(plan_.seeds);
  std::vector<std::size_t> candidates = {chosen.candidate};
  std::vector<std::pair<std::optional<Change>*, std::size_t>> changes;
  result_.sensitivities.resize(plan_.options.size());
  for (std::size_t i = 0; i < plan_.options.size(); ++i) {
    for (const double factor : {0.5, 2.0}) {
      Values values = chosen.values;
      values[i] = Scaled(plan_.options[i], values[i], factor, plan_.start);
      if (values[i] == chosen.values[i]) continue;
      const auto candidate = trials_.Add(values);
      if (!candidate.ok()) return candidate.status();
      Sensitivity& sensitivity = result_.sensitivities[i];
      auto& change = factor < 1 ? sensitivity.half : sensitivity.twice;
      change = Change{.value = values[i]};
      changes.emplace_back(&change, *candidate);
      candidates.push_back(*candidate);
    }
  }
  absl::Status done = Simulate(candidates, train_, seeds);
  if (!done.ok()) return done;
  for (const auto& [change, candidate] : changes) {
    Estimate(candidate, chosen.candidate, seeds, **change);
  }
  return absl::OkStatus();
}

void Search::Estimate(std::size_t candidate, std::size_t chosen,
                      SeedRange seeds, Change& change) const {
  const auto cost = [&](const std::vector<std::size_t>& scenarios) {
    return EstimateRatio(
        MakeJudge().LogCosts(candidate, chosen, scenarios, seeds));
  };
  change.cost = cost(train_);
  change.scenario = train_.front();
  for (const std::size_t scenario : train_) {
    const LogRatio there = cost({scenario});
    if (std::abs(there.mean) < std::abs(change.there.mean)) continue;
    change.scenario = scenario;
    change.there = there;
  }
}

FinalRow Search::RowOf(std::size_t scenario, SeedRange seeds) const {
  const Judge judge = MakeJudge();
  const std::size_t start = result_.points.front().candidate;
  const std::size_t tuned = result_.points[result_.chosen].candidate;
  const auto to = [&](std::size_t one, std::size_t other) {
    return EstimateRatio(judge.LogCosts(one, other, {scenario}, seeds));
  };
  const LogRatio to_tuned = to(start, tuned);
  return {.start_ms = judge.CostMs(start, scenario, seeds),
          .tuned_ms = judge.CostMs(tuned, scenario, seeds),
          .start_p99_ms = judge.P99Ms(start, scenario, seeds),
          .tuned_p99_ms = judge.P99Ms(tuned, scenario, seeds),
          .start_errors = judge.ErrorRate(start, scenario, seeds),
          .tuned_errors = judge.ErrorRate(tuned, scenario, seeds),
          .to_start = to(tuned, start),
          .to_yardstick = to(tuned, Trials::kYardstick),
          .score = ScoreOf(to_tuned, to_tuned.p_value),
          .violation = judge.Violation(tuned, scenario, seeds)};
}

absl::Status Search::Compare() {
  Announce(TunePart::kCompare);
  const SeedRange seeds = {plan_.first_seed + plan_.seeds, plan_.seeds};
  const std::size_t start = result_.points.front().candidate;
  const std::size_t tuned = result_.points[result_.chosen].candidate;
  std::vector<std::size_t> all(plan_.scenarios.size());
  std::iota(all.begin(), all.end(), 0);
  absl::Status done = Simulate({tuned}, all, seeds);
  if (!done.ok()) return done;
  for (const std::size_t scenario : all) {
    result_.rows.push_back(RowOf(scenario, seeds));
  }
  for (const Role role : {Role::kTrain, Role::kConstraint, Role::kHoldOut}) {
    const std::vector<std::size_t> scenarios = ScenariosOf(plan_, role);
    result_.by_role.emplace_back();
    if (scenarios.empty()) continue;
    result_.by_role.back() =
        EstimateRatio(MakeJudge().LogCosts(tuned, start, scenarios, seeds));
  }
  return absl::OkStatus();
}

}  // namespace els_sim
