#pragma once

#include "examples/access_point/connection.h"
#include "examples/access_point/wait.h"
#include "examples/access_point/wake.h"

namespace access_point {

// Passes on what has come. True once there is nothing more to come.
inline bool PassOn(Connection& from, Connection& to) {
  while (!to.sending() && !to.broken()) {
    if (!from.in().empty()) {
      to.Send({from.in().view()});
      from.in().Consume(from.in().size());
    } else if (from.ended()) {
      to.EndSending();
      return true;
    } else {
      from.Receive();
      return false;
    }
  }
  return false;
}

// Carries bytes both ways until both sides have ended, one is gone, neither has
// sent anything for `limit`, or `draining` turns true: a tunnel has no end
// of its own that one could wait for. Each side's end is passed on by itself.
inline Async<> RunTunnel(Connection& user, Connection& backend, Wake& wake,
                         els::Duration limit, const bool& draining) {
  Wait silence(user);
  for (;;) {
    const bool up = PassOn(user, backend);
    const bool down = PassOn(backend, user);
    if ((up && down) || user.gone() || backend.gone() || draining) co_return;
    silence.Update(limit, user.bytes_in() + user.bytes_out());
    if (user.expired()) co_return;
    co_await wake.Wait();
  }
}

}  // namespace access_point
