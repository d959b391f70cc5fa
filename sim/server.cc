#include "sim/server.h"

namespace els_sim {

bool Server::Arrive(const Job& job) {
  if (free_slots_ > 0) {
    --free_slots_;
    return true;
  }
  waiting_.push_back(job);
  return false;
}

std::optional<Job> Server::Depart() {
  if (waiting_.empty()) {
    ++free_slots_;
    return std::nullopt;
  }
  const Job next = waiting_.front();
  waiting_.pop_front();
  return next;
}

}  // namespace els_sim
