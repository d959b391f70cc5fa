// What docs/hedging.md shows, compiled, and run once.

#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>

#include "els/balancer.h"
#include "els/hedge_timer.h"

namespace {

using Clock = std::chrono::steady_clock;

void Send(std::string_view, const els::Ticket&) {}

// Begin of what the page shows.
struct HedgedRequest {
  els::Ticket first;
  els::Ticket second;  // Empty unless the hedge was sent.
  els::Hedge hedge;
};

void Begin(els::Balancer& balancer, els::HedgeTimer& timer,
           std::string_view route, HedgedRequest& request) {
  request.hedge = timer.Start(route, Clock::now());
  request.first = balancer.Pick(Clock::now());
  Send(route, request.first);
  // Set a timer to request.hedge.delay(), if it has a value. When it fires:
}

void OnTimer(els::Balancer& balancer, std::string_view route,
             HedgedRequest& request) {
  if (!request.hedge.TrySend()) return;  // No budget is left.
  const std::string_view avoid[] = {request.first.id()};
  request.second = balancer.Pick(Clock::now(), avoid);
  Send(route, request.second);
}

// One ticket is that of the attempt that has answered. The loser is to be given
// up for its server, too; if there was no hedge it is empty.
void OnAnswer(HedgedRequest& request, els::Ticket& winner, els::Ticket& loser) {
  winner.Finish(els::Outcome::kSuccess, Clock::now());
  loser.Finish(els::Outcome::kCancelled, Clock::now());
  request.hedge.Done(els::Outcome::kSuccess, Clock::now());
}
// End of what the page shows.

}  // namespace

int main() {
  els::Balancer balancer;
  if (!balancer.SetBackends({{.id = "a"}, {.id = "b"}}, Clock::now()).ok()) {
    return EXIT_FAILURE;
  }
  els::HedgeTimer timer;
  for (int i = 0; i < 200; ++i) {
    HedgedRequest request;
    Begin(balancer, timer, "/", request);
    OnTimer(balancer, "/", request);
    const bool hedged = static_cast<bool>(request.second);
    if (hedged && request.second.id() == request.first.id()) {
      return EXIT_FAILURE;
    }
    OnAnswer(request, hedged ? request.second : request.first,
             hedged ? request.first : request.second);
  }
  const bool sent = timer.Snapshot("/").hedges > 0;
  return sent && timer.Snapshot("/").latencies == 200 ? EXIT_SUCCESS
                                                      : EXIT_FAILURE;
}
