#include <chrono>
#include <iostream>

#include "els/balancer.h"

int main() {
  using Clock = std::chrono::steady_clock;
  els::Balancer balancer;
  const absl::Status status = balancer.SetBackends(
      {{.id = "10.0.0.1:80"}, {.id = "10.0.0.2:80"}}, Clock::now());
  if (!status.ok()) return 1;

  els::Ticket ticket = balancer.Pick(Clock::now());  // once for each request
  std::cout << "send it to " << ticket.id() << "\n";
  ticket.Finish(els::Outcome::kSuccess, Clock::now());
}
