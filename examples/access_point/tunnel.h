#pragma once

#include "examples/access_point/connection.h"
#include "examples/access_point/wait.h"
#include "examples/access_point/wake.h"

namespace access_point {

// How long a tunnel may be silent. Protocols that keep connections open send
// something every half minute or so for the sake of such limits; it must only
// tell a peer that has vanished.
inline constexpr els::Duration kTunnelLimit = std::chrono::minutes(5);

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
// sent anything for kTunnelLimit, or `draining` turns true: a tunnel has no end
// of its own that one could wait for. Each side's end is passed on by itself.
inline Async<> RunTunnel(Connection& user, Connection& backend, Wake& wake,
                         const bool& draining) {
  Wait silence(user);
  for (;;) {
    const bool up = PassOn(user, backend);
    const bool down = PassOn(backend, user);
    if ((up && down) || user.gone() || backend.gone() || draining) co_return;
    silence.Update(kTunnelLimit, user.bytes_in() + user.bytes_out());
    if (user.expired()) co_return;
    co_await wake.Wait();
  }
}

}  // namespace access_point
