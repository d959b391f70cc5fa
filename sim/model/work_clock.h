#pragma once

// The time that a server has for its work: none of it while it stands still.

#include <deque>
#include <optional>

#include "els/random.h"
#include "sim/model/scenario.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

class WorkClock {
 public:
  // `random` is for the pauses.
  WorkClock(const std::optional<Pauses>& pauses, els::Random random)
      : pauses_(pauses), random_(random) {}

  // When so much work that begins at `from` is done. Amortised O(pauses
  // passed). REQUIRES, here and below: `from` never steps back between calls.
  Time After(Time from, Duration work);

  // How much is done between the two.
  Duration Worked(Time from, Time to);

 private:
  struct Pause {
    Time begin;
    Time end;
  };

  void Forget(Time before);
  // The i-th that is not forgotten.
  const Pause& Get(std::size_t i);

  // Constant after construction.
  const std::optional<Pauses> pauses_;

  els::Random random_;
  std::deque<Pause> drawn_;
  Time last_end_ = {};  // Of all pauses drawn.
};

}  // namespace els_sim
