#pragma once

// The servers that every policy faces: four backends, and the access point in
// front of them, each a process of its own on the loopback interface.

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "examples/demo/child.h"

namespace demo {

struct BackendKind {
  const char* name = nullptr;
  int mean_ms = 0;     // of the exponential service time
  double failing = 0;  // share of requests answered 503 at once
};

inline constexpr std::array<BackendKind, 4> kBackends = {{
    {"healthy-1", 40, 0},
    {"healthy-2", 40, 0},
    {"slow", 400, 0},
    {"failing", 40, 0.9},
}};

// Requests that a backend works on at a time; the others wait in line.
inline constexpr int kSlots = 8;

// How long the access point waits for a backend.
inline constexpr std::chrono::seconds kAttemptTimeout(1);

// A process that has said where it listens.
struct Server {
  std::unique_ptr<Child> process;
  boost::asio::ip::tcp::endpoint endpoint;
};

struct Fleet {
  std::vector<Server> backends;  // as in kBackends
  Server access_point;
};

struct Programs {
  std::string backend;
  std::string access_point;
};

// How the access point is to be started.
struct Proxying {
  std::string policy;
  std::vector<std::string> flags = {};  // Any others.
};

// Starts all of them afresh; `seed` fixes the backends' random numbers. Throws
// if one does not come up. One that ends later than that, before the fleet is
// destroyed, makes the executor's run() throw a message that tells which.
boost::asio::awaitable<Fleet> StartFleet(Programs programs, Proxying proxying,
                                         std::uint64_t seed);

}  // namespace demo
