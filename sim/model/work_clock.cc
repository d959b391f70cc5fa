#include "sim/model/work_clock.h"

#include <algorithm>

#include "sim/model/streams.h"

namespace els_sim {

Time WorkClock::After(Time from, Duration work) {
  if (!pauses_.has_value()) return from + work;
  Forget(from);
  for (std::size_t i = 0;; ++i) {
    const Pause& pause = Get(i);
    const Duration until = std::max(pause.begin - from, Duration::zero());
    if (work <= until) return from + work;
    work -= until;
    from = pause.end;
  }
}

Duration WorkClock::Worked(Time from, Time to) {
  if (!pauses_.has_value()) return to - from;
  Forget(from);
  Duration worked = to - from;
  for (std::size_t i = 0; Get(i).begin < to; ++i) {
    worked -= std::min(Get(i).end, to) - std::max(Get(i).begin, from);
  }
  return worked;
}

void WorkClock::Forget(Time before) {
  while (!drawn_.empty() && drawn_.front().end <= before) drawn_.pop_front();
}

const WorkClock::Pause& WorkClock::Get(std::size_t i) {
  while (drawn_.size() <= i) {
    // At least a nanosecond, so that time goes on.
    const Duration well =
        std::max(Exponential(pauses_->mean_between, random_), Duration(1));
    const Time begin = last_end_ + well;
    last_end_ = begin + pauses_->length;
    drawn_.push_back({begin, last_end_});
  }
  return drawn_[i];
}

}  // namespace els_sim
