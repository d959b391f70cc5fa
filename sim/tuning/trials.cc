#include "sim/tuning/trials.h"

#include <chrono>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/model/simulate.h"
#include "sim/policies/expected_latency.h"
#include "sim/results/parallel.h"

namespace els_sim {

Trials::Trials(const TunePlan& plan, const TuneHooks& hooks)
    : plan_(plan), hooks_(hooks) {
  Named("yardstick");
}

std::size_t Trials::Named(const std::string& text) {
  const auto [place, is_new] = numbers_.try_emplace(text, candidates_.size());
  if (is_new) candidates_.push_back({.text = text, .options = nullptr});
  return place->second;
}

absl::StatusOr<std::size_t> Trials::Add(absl::Span<const double> values) {
  auto options = WithValues(plan_.start, plan_.options, values);
  if (!options.ok()) return options.status();
  const std::size_t number = Named(ValuesText(plan_.options, values));
  candidates_[number].options =
      std::make_unique<els::Options>(*std::move(options));
  return number;
}

Trials::Key Trials::KeyOf(const Trial& trial) {
  return {trial.candidate, trial.scenario, trial.seed};
}

absl::Status Trials::Recall(const JournalContent& content) {
  std::set<std::pair<std::size_t, std::size_t>> seen;
  for (const JournalContent::Run& run : content.runs) {
    const std::string& text = content.options[run.options];
    const Trial trial = {
        .candidate = Named(text), .scenario = run.scenario, .seed = run.seed};
    if (run.scenario >= plan_.scenarios.size()) {
      return absl::FailedPreconditionError("its scenarios are not these");
    }
    outcomes_[KeyOf(trial)] = run.outcome;
    // Of others, only the text is known so far.
    const bool known = trial.candidate == kYardstick ||
                       candidates_[trial.candidate].options != nullptr;
    if (!known || !seen.insert({trial.candidate, run.scenario}).second ||
        Simulated(trial) == run.outcome) {
      continue;
    }
    return absl::FailedPreconditionError(absl::StrCat(
        plan_.scenarios[run.scenario].scenario.name, " with seed ", run.seed,
        " does not go as it did: the program or the scenario has changed. "
        "Begin anew, with another --journal"));
  }
  return absl::OkStatus();
}

Outcome Trials::Simulated(const Trial& trial) const {
  const els::Options* options = candidates_[trial.candidate].options.get();
  const PolicyInfo policy =
      options == nullptr ? *plan_.yardstick : WithOptions(*options);
  const Result result =
      Simulate(plan_.scenarios[trial.scenario].scenario, policy, trial.seed);
  Outcome outcome = {.cost_ns = result.costs.Mean().count(),
                     .errors = result.failed + result.timed_out,
                     .requests = result.costs.count()};
  outcome.p99_ns = result.costs.Quantile(990).count();
  return outcome;
}

void Trials::Keep(const Trial& trial, const Outcome& outcome) {
  const std::lock_guard<std::mutex> lock(keeping_);
  outcomes_[KeyOf(trial)] = outcome;
  if (hooks_.journal == nullptr || !written_.ok()) return;
  written_ = hooks_.journal->Append(candidates_[trial.candidate].text,
                                    trial.scenario, trial.seed, outcome);
}

absl::Status Trials::Run(absl::Span<const Trial> wanted) {
  std::vector<Trial> missing;
  std::set<Key> asked;
  for (const Trial& trial : wanted) {
    const Key key = KeyOf(trial);
    if (outcomes_.count(key) == 0 && asked.insert(key).second) {
      missing.push_back(trial);
    }
  }
  const auto stopped = [this] { return hooks_.stopped && hooks_.stopped(); };
  ForEach(
      missing.size(), hooks_.threads,
      [&](std::size_t i) {
        if (!stopped()) Keep(missing[i], Simulated(missing[i]));
      },
      hooks_.on_run);
  if (!written_.ok()) return written_;
  return stopped() ? absl::CancelledError("stopped") : absl::OkStatus();
}

const Outcome& Trials::Of(const Trial& trial) const {
  return outcomes_.at(KeyOf(trial));
}

}  // namespace els_sim
