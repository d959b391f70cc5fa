#pragma once

// What will happen, in order of time; what is due at one instant happens in the
// order in which it was scheduled, so that the order is total and a run can be
// repeated exactly.

#include <boost/heap/d_ary_heap.hpp>
#include <cstdint>
#include <deque>
#include <utility>

#include "sim/model/virtual_time.h"

namespace els_sim {

// A heap keyed (time, sequence), and a lane beside it for what is
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
    heap_.push({time, next_sequence_, std::move(payload)});
    ++next_sequence_;
  }

  // O(1). REQUIRES: not before the last one pushed so.
  void PushInOrder(Time time, Payload payload) {
    lane_.push_back({time, next_sequence_, std::move(payload)});
    ++next_sequence_;
  }

  // Takes the next event out. O(log n of the heap). REQUIRES: !empty().
  Event Pop() {
    if (heap_.empty() ||
        (!lane_.empty() && Later()(heap_.top(), lane_.front()))) {
      Event next = std::move(lane_.front());
      lane_.pop_front();
      return next;
    }
    Event next = heap_.top();
    heap_.pop();
    return next;
  }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      if (a.time != b.time) return a.time > b.time;
      return a.sequence > b.sequence;
    }
  };

  // Four children to a node: half as deep as a binary one, which pays once it
  // no longer fits into the caches.
  boost::heap::d_ary_heap<Event, boost::heap::arity<4>,
                          boost::heap::compare<Later>>
      heap_;
  std::deque<Event> lane_;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace els_sim
