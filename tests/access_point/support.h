#pragma once

// What the tests of the access point are made of: a raw connection, a backend
// that follows a script, and an access point in this process.

#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "els/balancer.h"
#include "examples/access_point/options.h"
#include "examples/access_point/picker.h"
#include "examples/access_point/proxy.h"

namespace access_point {

using boost::asio::ip::tcp;

// An HTTP message as it was on the wire, its body decoded.
struct Message {
  std::string head = {};  // With the empty line.
  std::string body = {};
  std::string trailers = {};  // Lines, without the empty one.

  std::string Start() const;  // The first line.
  bool Has(std::string_view name) const;
  std::string Field(std::string_view name) const;  // Empty if there is none.
};

// One end of a TCP connection, all calls blocking. Throws std::runtime_error
// where the other end leaves too early.
class Wire {
 public:
  explicit Wire(tcp::socket socket);

  // Connects to 127.0.0.1, from another address of this machine if it is given.
  static Wire To(std::uint16_t port, const char* from = "127.0.0.1");
  static std::unique_ptr<Wire> New(std::uint16_t port);  // The same.

  void Send(std::string_view bytes);

  // Up to the empty line, which is included.
  std::string ReadHead();

  // The next message; its body ends by Content-Length, chunked or at once.
  Message Read();
  // The response to a HEAD request, or another without a body.
  Message ReadBodiless();

  std::string ReadBytes(std::size_t count);
  std::string ReadLine();  // Without CRLF.

  // All that comes before the other end's FIN or reset. True for a FIN.
  bool ReadToEnd(std::string& all);
  std::string ReadToFin();  // Throws for a reset.

  void EndSending();  // With a FIN; goes on reading.
  void Close();
  void Reset();     // Closes with RST.
  void ShutDown();  // Wakes another thread that waits here. Thread-safe.

 private:
  tcp::socket socket_;
  std::string unread_;
  std::mutex closing_;  // Guards against Close while in ShutDown.
};

// Values that one thread passes to another, in order.
template <class T>
class Channel {
 public:
  void Put(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    changed_.notify_one();
  }
  T Take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !values_.empty(); });
    T value = std::move(values_.front());
    values_.pop_front();
    return value;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<T> values_;
};

// A server on an ephemeral port that runs `script` for each connection, in a
// thread of its own, and closes the connection when the script ends or throws.
class ScriptedBackend {
 public:
  using Script = std::function<void(Wire&)>;

  // `at`: where it listens; port 0 takes a free one.
  explicit ScriptedBackend(Script script, const char* at = "127.0.0.1",
                           std::uint16_t port = 0);
  ~ScriptedBackend();

  std::uint16_t port() const { return port_; }

  // Accepted so far.
  std::size_t connections() const;

 private:
  void Accept();

  const Script script_;
  tcp::acceptor acceptor_;
  const std::uint16_t port_;
  mutable std::mutex mutex_;  // Guards the two below.
  std::list<Wire> wires_;
  bool stopped_ = false;
  std::list<std::jthread> threads_;  // Of the accepting thread alone.
  std::jthread accepting_;
};

// Answers every request of every connection with `response`.
ScriptedBackend::Script Always(std::string response);

// A port of 127.0.0.1 that the system gives to nobody else while this lives,
// and on which nobody listens unless with SO_REUSEPORT.
class DeadPort {
 public:
  DeadPort();
  std::uint16_t port() const;

 private:
  tcp::socket bound_;
};

// An access point with the els policy. Unless `options` say otherwise its
// patience never ends within a test, however slow the machine.
class RunningProxy {
 public:
  static Options Patient();

  explicit RunningProxy(const std::vector<std::uint16_t>& backends,
                        Options options = Patient());
  ~RunningProxy();

  std::uint16_t port() const { return proxy_->address().port; }

  // Finishes what is in flight; what the balancer knows is final then.
  void Stop();

  // Of the backend of this index.
  els::BackendSnapshot Snapshot(std::size_t backend) const;

 private:
  ElsPicker picker_;
  std::unique_ptr<Proxy> proxy_;
  std::jthread thread_;
};

inline constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
inline constexpr char kUnavailable[] =
    "HTTP/1.1 503 Unavailable\r\nContent-Length: 4\r\n\r\nbusy";
inline constexpr char kGet[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
inline constexpr char kPost[] =
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody";

// `size` bytes that differ from each other enough to show a shift or a loss.
std::string Noise(std::size_t size);

}  // namespace access_point
