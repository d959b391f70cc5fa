#pragma once

// The parts of Tune: search.cc finds the best point, search_end.cc chooses one
// and says what is to be said of it.

#include <cstddef>
#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/tuning/forecast.h"
#include "sim/tuning/journal.h"
#include "sim/tuning/judge.h"
#include "sim/tuning/trials.h"
#include "sim/tuning/tune.h"
#include "sim/tuning/tune_plan.h"

namespace els_sim {

using Points = std::vector<std::size_t>;  // Places among the points.

class Search {
 public:
  Search(const TunePlan& plan, const TuneHooks& hooks)
      : plan_(plan),
        hooks_(hooks),
        trials_(plan, hooks),
        train_(ScenariosOf(plan, Role::kTrain)),
        constraints_(ScenariosOf(plan, Role::kConstraint)) {}

  absl::StatusOr<TuneResult> Run(const JournalContent* known);

 private:
  absl::Status Begin(const JournalContent* known);
  absl::Status Explore();
  absl::Status Polish();
  absl::Status Choose();
  absl::Status Disturb();
  absl::Status Compare();

  Judge MakeJudge() const {
    return {plan_, trials_, result_.points.front().candidate};
  }
  SeedRange SearchSeeds(std::size_t count) const {
    return {plan_.first_seed, count};
  }

  // The point of these values, new or not.
  absl::StatusOr<std::size_t> Add(Values values, TuneStage stage);

  // Simulates these, the yardstick and the start.
  absl::Status Simulate(const std::vector<std::size_t>& candidates,
                        const std::vector<std::size_t>& scenarios,
                        SeedRange seeds);

  // Judges the points by the train scenarios, or by all that the search may
  // see, with so many seeds.
  absl::Status Look(const Points& points, std::size_t seeds);
  absl::Status Check(const Points& points);

  // The best `count` that keep the constraints, best first; if there are fewer,
  // then those that break them least.
  absl::StatusOr<Points> Keep(Points points, std::size_t count);
  void SortByMerit(Points& points) const;

  // Judges a point for Polish, and says how high it is.
  absl::StatusOr<double> Try(const std::vector<double>& place);

  bool AsGoodAsBest(const TunePoint& point) const;
  double DistanceFromStart(const TunePoint& point) const;
  void Estimate(std::size_t candidate, std::size_t chosen, SeedRange seeds,
                Change& change) const;
  FinalRow RowOf(std::size_t scenario, SeedRange seeds) const;

  void Announce(TunePart part, std::size_t done = 0) const {
    if (hooks_.on_left) hooks_.on_left(ForecastRuns(plan_, part, done));
  }

  const TunePlan& plan_;
  const TuneHooks& hooks_;
  Trials trials_;
  const std::vector<std::size_t> train_;
  const std::vector<std::size_t> constraints_;
  std::map<std::size_t, std::size_t> points_;  // By candidate.
  TuneResult result_;
};

}  // namespace els_sim
