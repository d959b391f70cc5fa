#pragma once

// Simulations of many options, each done once.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "els/options.h"
#include "sim/tuning/journal.h"
#include "sim/tuning/option_space.h"
#include "sim/tuning/tune_plan.h"

namespace els_sim {

// What a search needs of the world.
struct TuneHooks {
  std::size_t threads = 1;
  Journal* journal = nullptr;  // Is told of each simulation; may be null.
  // Called after each simulation, by one thread at a time; may be empty.
  std::function<void()> on_run = nullptr;
  // How many simulations are left, as far as is known; may be empty.
  std::function<void(std::size_t)> on_left = nullptr;
  // Whether to stop, asked by many threads at once; may be empty.
  std::function<bool()> stopped = nullptr;
};

struct Trial {
  std::size_t candidate = 0;
  std::size_t scenario = 0;
  std::uint64_t seed = 1;
};

// Not thread-safe; it uses threads of its own. About 100 bytes a simulation.
class Trials {
 public:
  // The candidate that is there from the start on: the yardstick.
  static constexpr std::size_t kYardstick = 0;

  // Both outlive it.
  Trials(const TunePlan& plan, const TuneHooks& hooks);

  // The candidate with these values: the same number for the same ones. An
  // error if the library does not take them together.
  absl::StatusOr<std::size_t> Add(absl::Span<const double> values);

  // Takes over what is known. FailedPreconditionError if the first run that
  // the yardstick, or a candidate that is there, has in a scenario goes another
  // way when it is done again.
  absl::Status Recall(const JournalContent& content);

  // Does those that have not been done. CancelledError if stopped; errors of
  // the journal.
  absl::Status Run(absl::Span<const Trial> wanted);

  // REQUIRES: it has been done.
  const Outcome& Of(const Trial& trial) const;

 private:
  struct Candidate {
    std::string text;  // As the journal has it.
    std::unique_ptr<els::Options> options;
  };
  using Key = std::tuple<std::size_t, std::size_t, std::uint64_t>;
  static Key KeyOf(const Trial& trial);

  Outcome Simulated(const Trial& trial) const;
  void Keep(const Trial& trial, const Outcome& outcome);
  std::size_t Named(const std::string& text);

  const TunePlan& plan_;
  const TuneHooks& hooks_;
  std::vector<Candidate> candidates_;
  std::map<std::string, std::size_t> numbers_;  // By text.

  std::mutex keeping_;  // Guards what follows while Run's threads run.
  std::map<Key, Outcome> outcomes_;
  absl::Status written_;
};

}  // namespace els_sim
