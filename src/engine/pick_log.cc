#include "src/engine/pick_log.h"

#include <string>
#include <utility>

namespace els {

std::string ToString(PickReason reason) {
  switch (reason) {
    case PickReason::kOnlyOne:
      return "only one";
    case PickReason::kPreferred:
      return "preferred";
    case PickReason::kByChance:
      return "by chance";
    case PickReason::kAvoided:
      return "avoided";
    case PickReason::kFirstContact:
      return "first contact";
    case PickReason::kTie:
      return "tie";
    case PickReason::kBest:
      return "best";
  }
  return "unknown";
}

namespace internal {

void PickLog::Keep(std::size_t picks) {
  const MutexLock lock(mutex_);
  room_ = picks;
  Trim();
  on_.store(picks > 0, std::memory_order_relaxed);
}

void PickLog::Add(PickExplanation explanation) {
  const MutexLock lock(mutex_);
  explanation.number = added_ + 1;
  picks_.push_back(std::move(explanation));
  ++added_;
  Trim();
}

void PickLog::Trim() {
  while (picks_.size() > room_) picks_.pop_front();
}

std::vector<PickExplanation> PickLog::All() const {
  const MutexLock lock(mutex_);
  return {picks_.begin(), picks_.end()};
}

}  // namespace internal
}  // namespace els
