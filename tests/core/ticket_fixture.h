#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "els/balancer.h"
#include "tests/core/virtual_clock.h"

namespace els {

// A balancer of one backend, "a".
class TicketFixture : public testing::Test {
 protected:
  TicketFixture() { SetIds({"a"}); }

  void SetIds(const std::vector<std::string>& ids) {
    std::vector<Backend> backends;
    for (const std::string& id : ids) backends.push_back({.id = id, .tag = 7});
    ASSERT_TRUE(balancer_->SetBackends(backends, clock_.now()).ok());
  }

  Ticket Pick() { return balancer_->Pick(clock_.now()); }
  BackendSnapshot First() { return balancer_->Snapshot(clock_.now()).at(0); }

  VirtualClock clock_;
  std::optional<Balancer> balancer_{Options{.seed = 1}};
};

}  // namespace els
