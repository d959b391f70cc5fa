#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "els/c_api.h"

namespace els {

// A balancer of the C interface, with calls that a test would else repeat.
class CBalancer {
 public:
  static constexpr std::uint64_t kNow = 3'600'000'000'000;  // An hour.

  explicit CBalancer(const std::vector<std::string>& ids = {"a"}) {
    els_options options;
    EXPECT_EQ(els_options_init(&options, sizeof options), ELS_OK);
    options.seed = 1;
    EXPECT_EQ(els_balancer_new(&options, &balancer_, nullptr, 0), ELS_OK);
    EXPECT_EQ(Set(ids), ELS_OK);
  }
  ~CBalancer() { els_balancer_free(balancer_); }
  CBalancer(const CBalancer&) = delete;
  CBalancer& operator=(const CBalancer&) = delete;

  els_balancer* get() const { return balancer_; }

  void Free() {
    els_balancer_free(balancer_);
    balancer_ = nullptr;
  }

  // Each backend's tag is its index.
  els_status Set(const std::vector<std::string>& ids) {
    std::vector<els_backend> backends;
    for (const std::string& id : ids) {
      els_backend backend = ELS_BACKEND_INIT;
      backend.id = {id.data(), id.size()};
      backend.tag = backends.size();
      backends.push_back(backend);
    }
    return els_balancer_set_backends(balancer_, backends.data(),
                                     backends.size(), kNow, nullptr, 0);
  }

  els_ticket Pick() {
    els_ticket ticket;
    EXPECT_EQ(els_balancer_pick(balancer_, nullptr, 0, kNow, &ticket), ELS_OK);
    return ticket;
  }

  // Their ids are empty, since they are not those of a snapshot any more.
  std::vector<els_backend_snapshot> Look() const {
    els_snapshot* snapshot = nullptr;
    EXPECT_EQ(els_balancer_snapshot(balancer_, kNow, &snapshot), ELS_OK);
    std::vector<els_backend_snapshot> all(els_snapshot_size(snapshot),
                                          ELS_BACKEND_SNAPSHOT_INIT);
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(els_snapshot_get(snapshot, i, &all[i]), ELS_OK);
      all[i].id = {};
    }
    els_snapshot_free(snapshot);
    return all;
  }
  els_backend_snapshot First() const { return Look().at(0); }

 private:
  els_balancer* balancer_ = nullptr;
};

inline std::string_view IdOf(const els_ticket& ticket) {
  const els_id id = els_ticket_id(&ticket);
  return {id.data, id.size};
}

}  // namespace els
