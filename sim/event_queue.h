#pragma once

// What will happen, in order of time; what is due at one instant happens in the
// order in which it was scheduled, so that the order is total and a run can be
// repeated exactly.

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "sim/virtual_time.h"

namespace els_sim {

// A binary heap keyed (time, sequence), and a lane beside it for what is
// scheduled in order of time anyway, such as timeouts, which are many and
// mostly come to nothing. Payloads are kept by value: make them small. Not
// thread-safe.
template <typename Payload>
class EventQueue {
 public:
  struct Event {
    Time time;
    std::uint64_t sequence;
    Payload payload;
  };

  bool empty() const { return heap_.empty() && lane_.empty(); }

  // O(log n of the heap); allocates only when it grows beyond the most ever
  // held.
  void Push(Time time, Payload payload) {
    heap_.push_back({time, next_sequence_, std::move(payload)});
    ++next_sequence_;
    std::push_heap(heap_.begin(), heap_.end(), Later());
  }

  // O(1). REQUIRES: not before the last one pushed so.
  void PushInOrder(Time time, Payload payload) {
    lane_.push_back({time, next_sequence_, std::move(payload)});
    ++next_sequence_;
  }

  // Takes the next event out. O(log n of the heap). REQUIRES: !empty().
  Event Pop() {
    if (heap_.empty() ||
        (!lane_.empty() && Later()(heap_.front(), lane_.front()))) {
      Event next = std::move(lane_.front());
      lane_.pop_front();
      return next;
    }
    std::pop_heap(heap_.begin(), heap_.end(), Later());
    Event next = std::move(heap_.back());
    heap_.pop_back();
    return next;
  }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      if (a.time != b.time) return a.time > b.time;
      return a.sequence > b.sequence;
    }
  };

  std::vector<Event> heap_;
  std::deque<Event> lane_;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace els_sim
