#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "els/balancer.h"
#include "src/index/index.h"
#include "src/score/moment.h"
#include "src/set/membership.h"
#include "src/set/record.h"
#include "src/set/scoreboard.h"

namespace els::internal {

// The backends of a balancer. No other class changes which backends there are.
// Not thread-safe, but for its scoreboard.
class BackendSet {
 public:
  explicit BackendSet(std::uint64_t seed);

  Scoreboard& board() { return board_; }

  // Makes `backends` the set. Forgets backends that left longer ago than
  // `removed_memory`. A backend that returns after more than
  // `longest_absence_ns` keeps its counts alone. If this throws std::bad_alloc,
  // the set is as it was. REQUIRES: ValidateSet(backends).ok().
  void Change(absl::Span<const Backend> backends, Duration removed_memory,
              double longest_absence_ns, const Moment& moment);

  // Calls `visit` with the record of each backend in the caller's order.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const std::uint32_t slot : order_) {
      visit(board_.index().RecordAt(slot));
    }
  }

  // Calls `visit` with the record of each backend that has left the set and may
  // have requests outstanding.
  template <class Visit>
  void ForEachDeparted(Visit visit) const {
    members_.ForEachDeparted(visit);
  }

  // See RecordPool.
  std::uint64_t CloseAndCountReferences() {
    return members_.pool().CloseAndCountReferences();
  }

 private:
  struct Match;
  class Newcomers;

  Match MatchWith(absl::Span<const Backend> backends) const;
  std::unique_ptr<Newcomers> MakeNewcomers(absl::Span<const Backend> backends,
                                           const Match& match);
  Index& FindRoom(std::size_t slots);
  Record* TakeBack(std::string_view id, double longest_absence_ns,
                   const Moment& moment) noexcept;
  void Apply(absl::Span<const Backend> backends, Match& match,
             Newcomers& newcomers, double longest_absence_ns,
             const Moment& moment) noexcept;

  Membership members_;
  std::vector<std::uint32_t> order_;  // The slots in the caller's order.
  // All indexes that were ever used, from small to large. A pick may still look
  // into an index that was replaced.
  std::vector<std::unique_ptr<Index>> indexes_;
  Scoreboard board_;
  double mean_weight_ = 0;  // Of the set; 0 if it is empty.
};

}  // namespace els::internal
