#pragma once

// Processes for the chaos tests: an access point, backends that go wrong, and
// users who keep coming.

#include <sys/resource.h>
#include <sys/types.h>

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/access_point/child.h"
#include "tests/access_point/support.h"
#include "tests/temporary_folder.h"

namespace access_point {

// els-faulty-backend on a port that stays its own while it is down.
class FaultyBackend {
 public:
  // Long beside the time that an answer takes to be forwarded, so that failing
  // at once looks attractive.
  static constexpr int kDelayMs = 5;

  explicit FaultyBackend(int delay_ms = kDelayMs) : delay_ms_(delay_ms) {
    Start();
  }

  std::uint16_t port() const { return port_.port(); }

  void Start();   // Returns when it listens.
  void Kill();    // As kill -9 does.
  void Leave();   // SIGTERM; returns when it has gone.
  void Freeze();  // SIGSTOP.
  void Thaw();    // SIGCONT.

  // Requests meet `fault` from now on, "none" for none; the count is 0 again.
  void Turn(const std::string& fault);

  // Requests that came since it began to run or last turned.
  int Requests() const;

 private:
  std::string Tell(const std::string& command) const;

  const int delay_ms_;
  DeadPort port_;
  std::optional<Child> program_;
};

// Three backends as they should be, and a bad one.
struct Fleet {
  static constexpr int kUsualMs = 10;

  explicit Fleet(int bad_ms = kUsualMs) : bad(bad_ms) {}

  // The bad one's is the last.
  std::vector<std::uint16_t> Ports() const {
    return {good[0].port(), good[1].port(), good[2].port(), bad.port()};
  }

  FaultyBackend good[3] = {FaultyBackend(kUsualMs), FaultyBackend(kUsualMs),
                           FaultyBackend(kUsualMs)};
  FaultyBackend bad;
};

// els-access-point as a process of its own.
class AccessPointProgram {
 public:
  // With `flags` besides those that this class needs itself; `descriptors` is
  // the most that it may have open, if given.
  explicit AccessPointProgram(const std::vector<std::uint16_t>& backends,
                              const std::vector<std::string>& flags = {},
                              std::optional<int> descriptors = {});

  std::uint16_t port() const { return port_; }

  int Descriptors() const;  // Open now.
  long ResidentKib() const;
  // From now on none can be opened; those that are open stay.
  void ForbidDescriptors() const { LimitDescriptors(0); }
  // So many as at the start can be again.
  void AllowDescriptors() const { LimitDescriptors(most_descriptors_); }

  // SIGTERM, and its exit status.
  int Stop();
  // What it wrote to standard error so far.
  std::string Log() const;

 private:
  void LimitDescriptors(rlim_t most) const;

  TemporaryFolder folder_;
  Child program_;
  pid_t pid_;
  rlim_t most_descriptors_;
  std::uint16_t port_;
};

// Users who send a GET each at a steady rate, whatever becomes of the earlier
// ones. A connection that is free is used again.
class Load {
 public:
  Load(std::uint16_t port, int per_second, int requests);

  ~Load();

  // Blocks until so many requests have been begun.
  void AwaitBegun(int requests) const;

  // Blocks until the last one has ended. How many ended in each way: "" for
  // the whole answer of a backend, else the first line of another answer, or
  // what went wrong with the connection.
  std::map<std::string, int> Wait();

  // Of those begun, how many the machine was too busy to begin in time.
  // REQUIRES: Wait has returned.
  int Late() const { return late_; }

 private:
  struct User;

  boost::asio::awaitable<void> BeginAll();
  boost::asio::awaitable<void> Get();

  const std::uint16_t port_;
  const int per_second_;
  const int requests_;
  std::atomic<int> begun_ = 0;
  boost::asio::io_context context_{1};
  // Of the thread alone until it ends.
  std::vector<std::unique_ptr<User>> free_;
  std::map<std::string, int> ends_;
  int late_ = 0;
  std::jthread thread_;
};

// To 127.0.0.1, for a Wire in a container: it cannot be moved there.
tcp::socket ConnectedSocket(std::uint16_t port);

// Whether `holds` becomes true within a time far beyond what it should take.
bool Eventually(const std::function<bool()>& holds);

}  // namespace access_point
