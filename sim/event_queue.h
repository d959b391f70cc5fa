#pragma once

// What will happen, in order of time; what is due at one instant happens in the
// order in which it was scheduled, so that the order is total and a run can be
// repeated exactly.

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/virtual_time.h"

namespace els_sim {

// A binary heap keyed (time, sequence). Payloads are kept by value: make them
// small. Not thread-safe.
template <typename Payload>
class EventQueue {
 public:
  struct Event {
    Time time;
    std::uint64_t sequence;
    Payload payload;
  };

  bool empty() const { return heap_.empty(); }

  // O(log n); allocates only when it grows beyond the most ever held.
  void Push(Time time, Payload payload) {
    heap_.push_back({time, next_sequence_, std::move(payload)});
    ++next_sequence_;
    std::push_heap(heap_.begin(), heap_.end(), Later());
  }

  // Takes the next event out. O(log n). REQUIRES: !empty().
  Event Pop() {
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
  std::uint64_t next_sequence_ = 0;
};

}  // namespace els_sim
