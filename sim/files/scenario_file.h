#pragma once

// Scenarios as TOML:
//
//   name = "slow"                      # the file is slow.toml
//   description = "one of four servers is ten times slower"
//   shows = "..."
//   cannot_show = "..."
//
//   [arrivals]
//   kind = "poisson"
//   length = "60s"
//   load = 0.5
//
//   [sizes]
//   shape = "exponential"
//   mean = "40ms"
//
//   [[servers]]
//   slots = 8
//   phases = [{ slowness = 10 }]
//
//   [[servers]]
//   count = 3
//   slots = 8
//
// The keys are the fields of scenario.h, with these defaults, and
//
//   arrivals     kind: poisson, constant (both with length, rate or load and
//                capacity: healthy or at-start, on_off, and one of
//                  profile = [{ at, times, ramp }...]
//                  steps = [{ at, times }...]
//                  ramp = { from, until, times }      and so it stays
//                  spike = { at, length, times }      and then as before),
//                closed (users, think, requests), burst (requests),
//                trace (file, column, times_faster; see ParseTimes)
//   sizes        shape: constant, exponential, erlang (stages),
//                hyperexponential (scv), lognormal (sigma),
//                bimodal (large, ratio), bounded-pareto (alpha, ratio),
//                quantiles (values or file, of one number a line; in ms if no
//                mean is given, otherwise only their proportions count)
//   servers      count: so many of them; apart: each joins and leaves so much
//                later than the one before; discipline: slots, sharing,
//                infinite
//   access_points  count, timeout, skew, retries, work: none, size, key; limit:
//                a limiter of `els-sim list`; limit_options, of "els";
//                priorities (sheddable, critical)
//   zones        count, far, and delays or near_delay and far_delay
//   windows      name, from, until
//
// Durations are texts with a unit: "250us", "40ms", "1.5s", "2min". Files are
// looked for beside the scenario's own.

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sim/model/scenario.h"

namespace els_sim {

// The content of a file that a scenario names, or why it cannot be had.
using FileLoader =
    std::function<absl::StatusOr<std::string>(const std::string& name)>;

// `file` is its name, or path. InvalidArgumentError, with a line for each
// error, such as
//
//   slow.toml:12:16: servers[1].phases[0].failure_rate is 1.5; it must be in
//   [0, 1]
//
// (on one line): first all errors of form, and if there are none, all Faults.
absl::StatusOr<Scenario> ParseScenario(std::string_view text,
                                       std::string_view file,
                                       const FileLoader& load);

// NotFoundError if the file cannot be read.
absl::StatusOr<Scenario> ReadScenario(const std::string& path);

}  // namespace els_sim
