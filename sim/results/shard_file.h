#pragma once

// What a shard of a contest has found, as a text that another machine reads:
//
//   els-sim-shard 1                          the format
//   shard 2 8                                the second of eight
//   seeds 1 20                               first and count
//   warm_up 5000000000                       in ns; see ContestPlan
//   base 5                                   of the policies, from 0 on
//   scenario 1p-1 5e1c... slow               load or -, fingerprint, word
//   policy round-robin
//   stretch 0 3 0 20                         see Stretch
//   counts 17 24310                          errors, attempts
//   costs_s 1.6p-5 ...                       of each seed
//   histogram 0 12 0 ...                     see Histogram::Line
//   second 398 1.8p+33 100 99 100 99         of the first seed's timeline:
//                                            requests, their cost in ns, and
//                                            requests by server
//   end 08a4...                              fingerprint of all before
//
// Numbers are integers or hexadecimal, so that nothing is lost. Lines from
// `scenario` on are there as often as needed.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/results/contest.h"
#include "sim/results/contest_shard.h"

namespace els_sim {

// REQUIRES: plan.with_timelines; the tallies are those of the shard.
std::string ShardText(const ContestPlan& plan, Shard shard,
                      const std::vector<Tally>& tallies);

// The scenario that Origin::word stands for.
using ScenarioFinder =
    std::function<absl::StatusOr<Scenario>(const std::string& word)>;

// Puts the shards of one contest together. Not thread-safe.
class ShardMerger {
 public:
  explicit ShardMerger(ScenarioFinder find);

  // One more shard; `file` names it in errors. InvalidArgumentError, of one
  // line, if it is none, is cut off, is of another contest than the first, is
  // there twice, or if a scenario is not what was simulated.
  absl::Status Add(const std::string& file, std::string_view text);

  // What RunContest would have made of the plan. InvalidArgumentError that
  // names the shards that are missing, if any are. REQUIRES: at least one has
  // been added, and none was refused. May be called once.
  absl::StatusOr<Contest> Finish();

 private:
  // Whose plan all others must have.
  struct First {
    std::string file;
    std::vector<std::string> head;  // The lines that say the plan.
    ContestPlan plan;
    Shard shard;
  };

  // With those that have been added.
  absl::Status CheckAlike(const std::string& file, Shard shard,
                          const std::vector<std::string>& head) const;

  const ScenarioFinder find_;
  std::optional<First> first_;
  std::map<std::size_t, std::string> files_;  // By the shard's number.
  std::vector<Tally> tallies_;
};

}  // namespace els_sim
