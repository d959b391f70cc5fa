#pragma once

// Many policies in many scenarios, each compared with one of them, the base,
// on the same requests.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/model/scenario.h"
#include "sim/model/virtual_time.h"
#include "sim/results/paired.h"
#include "sim/results/sweep.h"
#include "sim/results/timeline.h"

namespace els_sim {

// What is added here goes into shard_file.cc, too.
struct ContestPlan {
  std::vector<Scenario> scenarios;
  std::vector<const PolicyInfo*> policies;  // Each once.
  std::size_t base = 0;                     // Its place among them.
  Seeds seeds;
  // What arrives in a steady scenario before that does not count; see IsSteady.
  Duration warm_up = {};
  // What a page shows besides: see Entry::timeline.
  bool with_timelines = false;
};

// Which quantiles are kept, in thousandths: evenly within each nine, so that
// they draw a curve on a scale that gives every nine the same room.
inline constexpr std::array<std::uint64_t, 28> kContestQuantiles = {
    100, 200, 300, 400, 500, 600, 700, 800, 900, 910, 920, 930, 940, 950,
    960, 970, 980, 990, 991, 992, 993, 994, 995, 996, 997, 998, 999, 1000};

// A policy in a scenario. Without a warm-up whole runs count, from the first
// request on: how a policy starts is a part of what is compared. A request
// costs what Result::costs says.
struct Entry {
  // By seed: the mean cost of a request; 0 if there was none.
  std::vector<double> costs_s = {};

  // Over all requests of all seeds.
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;  // Failures and timeouts.
  std::uint64_t attempts = 0;
  double mean_s = 0;  // Of the costs.
  std::array<Duration, kContestQuantiles.size()> quantiles = {};  // Of these.

  // By seed: the logarithm of the cost to the base's; see LogRatios.
  std::vector<std::optional<double>> log_ratios = {};
  LogRatio to_base = {};  // Their estimate.
  // Of the base; see ScoreOf. Of the scenarios of a policy, whose p-values are
  // raised together by HolmAdjusted.
  Score score = Score::kTie;

  // Of the first seed; empty unless asked for.
  std::optional<Timeline> timeline = {};
};

// The quantile of so many thousandths. REQUIRES: kContestQuantiles has it.
Duration QuantileOf(const Entry& entry, std::uint64_t thousandths);

double ErrorRate(const Entry& entry);           // 0 of no requests.
double AttemptsPerRequest(const Entry& entry);  // 0 of no requests.

// How a policy does over all scenarios, each counting the same.
struct Standing {
  LogRatio to_base = {};
  double p99_to_base = 1;  // Each pooled over the seeds.
  // To Contest::yardstick, if that takes part.
  std::optional<LogRatio> to_yardstick = {};
  // The base's scenarios against this one, as Entry::score counts them.
  std::size_t wins = 0;
  std::size_t ties = 0;
  std::size_t losses = 0;
};

struct Contest {
  // It knows what no access point can: how slow each server is, and what all
  // others have sent there. It does not know which servers fail.
  static constexpr std::string_view kYardstick = "shortest-expected-delay";

  ContestPlan plan;
  std::vector<std::vector<Entry>> entries;  // By scenario and policy.
  std::vector<Standing> standings;          // By policy.
};

// Runs all of it, on so many threads, which do not change the result.
// `on_run`, if not empty, is called after each run, by one thread at a time.
// Takes about 0.3 MB per scenario and policy meanwhile. REQUIRES: threads > 0;
// base is a place among the policies.
Contest RunContest(ContestPlan plan, std::size_t threads,
                   const std::function<void()>& on_run = nullptr);

// Whether it goes on as it starts, for at least twice the warm-up: a stream of
// requests, during which nothing happens at a set time.
bool IsSteady(const Scenario& scenario, Duration warm_up);

// So many simulations that is.
std::size_t CountRuns(const ContestPlan& plan);

// The load that the scenario's rate is made from; empty if there is none.
std::optional<double> LoadOf(const Scenario& scenario);

// Whether it is one of Yardsticks(): losing to it is no shame.
bool IsYardstick(const PolicyInfo& policy);

}  // namespace els_sim
