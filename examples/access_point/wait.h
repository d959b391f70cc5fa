#pragma once

#include <cstdint>
#include <optional>

#include "examples/access_point/connection.h"

namespace access_point {

// Keeps the deadline of a connection in step with what is being waited for. The
// time counts from when that, or the progress made, was last another: what the
// other side does meanwhile prolongs nothing.
class Wait {
 public:
  // Nothing is waited for until the first Update, nor after this is destroyed.
  explicit Wait(Connection& connection) : connection_(connection) {}
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;
  ~Wait() { connection_.Disarm(); }

  // Nothing: not waiting for this connection.
  void Update(std::optional<els::Duration> limit, std::uint64_t progress) {
    if (limit == limit_ && progress == progress_) return;
    limit_ = limit;
    progress_ = progress;
    if (limit) {
      connection_.Arm(*limit);
    } else {
      connection_.Disarm();
    }
  }

 private:
  Connection& connection_;
  std::optional<els::Duration> limit_;
  std::uint64_t progress_ = 0;
};

}  // namespace access_point
