#include "sim/tuning/search.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/tuning/minimise.h"
#include "sim/tuning/sobol.h"

namespace els_sim {

absl::StatusOr<std::size_t> Search::Add(Values values, TuneStage stage) {
  const auto candidate = trials_.Add(values);
  if (!candidate.ok()) return candidate.status();
  const auto [place, is_new] =
      points_.try_emplace(*candidate, result_.points.size());
  if (is_new) {
    result_.points.push_back(
        {.values = std::move(values), .stage = stage, .candidate = *candidate});
  }
  return place->second;
}

absl::Status Search::Simulate(const std::vector<std::size_t>& candidates,
                              const std::vector<std::size_t>& scenarios,
                              SeedRange seeds) {
  std::vector<std::size_t> all = {Trials::kYardstick,
                                  result_.points.front().candidate};
  all.insert(all.end(), candidates.begin(), candidates.end());
  std::vector<Trial> wanted;
  // All with a seed before any with the next.
  const std::size_t a_seed = all.size() * scenarios.size();
  for (std::size_t i = 0; i < seeds.count * a_seed; ++i) {
    const std::size_t pair = i % a_seed;
    wanted.push_back({.candidate = all[pair / scenarios.size()],
                      .scenario = scenarios[pair % scenarios.size()],
                      .seed = seeds.first + i / a_seed});
  }
  return trials_.Run(wanted);
}

absl::Status Search::Look(const Points& points, std::size_t seeds) {
  std::vector<std::size_t> candidates;
  for (const std::size_t point : points) {
    candidates.push_back(result_.points[point].candidate);
  }
  absl::Status done = Simulate(candidates, train_, SearchSeeds(seeds));
  if (!done.ok()) return done;
  for (const std::size_t place : points) {
    TunePoint& point = result_.points[place];
    // More of it may be known already.
    if (point.seeds >= seeds) continue;
    point.seeds = seeds;
    point.checked = false;
    const Judge judge = MakeJudge();
    point.judgement = judge.Of(point.candidate, SearchSeeds(seeds), false);
    point.above_start =
        point.judgement.objective -
        judge.Of(result_.points.front().candidate, SearchSeeds(seeds), false)
            .objective;
  }
  return absl::OkStatus();
}

absl::Status Search::Check(const Points& points) {
  std::vector<std::size_t> candidates;
  std::size_t seeds = 0;
  for (const std::size_t place : points) {
    const TunePoint& point = result_.points[place];
    if (!point.checked) candidates.push_back(point.candidate);
    seeds = std::max(seeds, point.seeds);
  }
  absl::Status done = Simulate(candidates, constraints_, SearchSeeds(seeds));
  if (!done.ok()) return done;
  for (const std::size_t place : points) {
    TunePoint& point = result_.points[place];
    if (point.checked) continue;
    point.checked = true;
    point.judgement =
        MakeJudge().Of(point.candidate, SearchSeeds(point.seeds), true);
  }
  return absl::OkStatus();
}

void Search::SortByMerit(Points& points) const {
  std::stable_sort(points.begin(), points.end(),
                   [this](std::size_t one, std::size_t other) {
                     return IsBetter(result_.points[one].judgement,
                                     result_.points[other].judgement);
                   });
}

absl::StatusOr<Points> Search::Keep(Points points, std::size_t count) {
  SortByMerit(points);
  Points kept;
  Points broken;
  std::size_t next = 0;
  while (kept.size() < count && next < points.size()) {
    const std::size_t end = std::min(points.size(), next + count - kept.size());
    const Points batch(points.data() + next, points.data() + end);
    absl::Status checked = Check(batch);
    if (!checked.ok()) return checked;
    for (const std::size_t point : batch) {
      const bool breaks = result_.points[point].judgement.violation > 0;
      (breaks ? broken : kept).push_back(point);
    }
    next = end;
  }
  SortByMerit(broken);
  const std::size_t rest = std::min(count - kept.size(), broken.size());
  kept.insert(kept.end(), broken.data(), broken.data() + rest);
  return kept;
}

absl::Status Search::Begin(const JournalContent* known) {
  const auto start = Add(StartValues(plan_), TuneStage::kStart);
  if (!start.ok()) return start.status();
  return known == nullptr ? absl::OkStatus() : trials_.Recall(*known);
}

absl::Status Search::Explore() {
  Points alive = {0};
  for (const std::vector<double>& place :
       SobolPoints(plan_.points, plan_.options.size())) {
    Values values;
    for (std::size_t i = 0; i < place.size(); ++i) {
      values.push_back(ValueAt(plan_.options[i], place[i]));
    }
    const auto point = Add(std::move(values), TuneStage::kSobol);
    if (!point.ok()) return point.status();
    if (*point + 1 == result_.points.size()) alive.push_back(*point);
  }
  for (std::size_t rung = 0; rung < kRungs; ++rung) {
    Announce(TunePart::kExplore, rung);
    const bool last = rung + 1 == kRungs;
    absl::Status looked = Look(alive, RungOf(plan_, rung).seeds);
    if (!looked.ok()) return looked;
    auto kept = Keep(alive, last ? 1 : RungOf(plan_, rung + 1).points);
    if (!kept.ok()) return kept.status();
    alive = *std::move(kept);
    const bool has_start = std::count(alive.begin(), alive.end(), 0) > 0;
    if (!last && !has_start) alive.push_back(0);
  }
  result_.best = alive.front();
  return absl::OkStatus();
}

absl::StatusOr<double> Search::Try(const std::vector<double>& place) {
  Values values;
  for (std::size_t i = 0; i < place.size(); ++i) {
    values.push_back(ValueAt(plan_.options[i], std::clamp(place[i], 0.0, 1.0)));
  }
  const auto point = Add(std::move(values), TuneStage::kPolish);
  if (!point.ok()) return point.status();
  absl::Status done = Look({*point}, plan_.seeds);
  if (!done.ok()) return done;
  const Judgement& judgement = result_.points[*point].judgement;
  const auto beats_best = [&] {
    return IsBetter(judgement, result_.points[result_.best].judgement);
  };
  if (beats_best()) {
    done = Check({*point});
    if (!done.ok()) return done;
    if (beats_best()) result_.best = *point;
  }
  return HeightOf(judgement);
}

absl::Status Search::Polish() {
  if (plan_.polish == 0) return absl::OkStatus();
  std::vector<double> from;
  const Values& best = result_.points[result_.best].values;
  for (std::size_t i = 0; i < best.size(); ++i) {
    from.push_back(PlaceOf(plan_.options[i], best[i]));
  }
  absl::Status status;
  std::size_t asked = 0;
  Minimise(from, plan_.polish,
           [&](const std::vector<double>& place) -> std::optional<double> {
             Announce(TunePart::kPolish, asked++);
             const auto height = Try(place);
             status = height.status();
             return height.ok() ? std::optional<double>(*height) : std::nullopt;
           });
  return status;
}

absl::StatusOr<TuneResult> Search::Run(const JournalContent* known) {
  absl::Status done = Begin(known);
  if (done.ok()) done = Explore();
  if (done.ok()) done = Polish();
  if (done.ok()) done = Choose();
  if (done.ok()) done = Disturb();
  if (done.ok()) done = Compare();
  if (!done.ok()) return done;
  return std::move(result_);
}

std::string_view StageText(TuneStage stage) {
  switch (stage) {
    case TuneStage::kStart:
      return "start";
    case TuneStage::kSobol:
      return "sobol";
    case TuneStage::kPolish:
      return "polish";
  }
  return "";
}

absl::StatusOr<TuneResult> Tune(const TunePlan& plan, const TuneHooks& hooks,
                                const JournalContent* known) {
  return Search(plan, hooks).Run(known);
}

}  // namespace els_sim
